using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace SetupWizard.Sandbox;

/// <summary>
/// Ports for servers that go away and come back. One that the system hands out by itself, to a listener or to a connection under way, can be
/// somebody else's before the server listens, or while it reboots; these lie below that range.
/// </summary>
internal static class FreePorts
{
    private const string SystemRange = "/proc/sys/net/ipv4/ip_local_port_range";
    private const int UsualLowest = 32768;
    private const int Lowest = 10000;
    private const int Enough = 1000;

    private static readonly Lock s_lock = new();
    private static readonly HashSet<int> s_given = [];

    /// <summary>A TCP port of the loopback addresses that nobody listens on; never the same one twice in this process.</summary>
    public static int Next()
    {
        var end = LowestOfSystem();
        for (var attempt = 0; end - Lowest >= Enough && attempt < 100; attempt++)
        {
            var port = RandomNumberGenerator.GetInt32(Lowest, end);
            lock (s_lock)
            {
                if (!s_given.Add(port))
                {
                    continue;
                }
            }

            if (IsFree(port))
            {
                return port;
            }
        }

        // The system keeps all ports for itself here, or the rest is taken.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Whether nobody listens on a port of the loopback address.</summary>
    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>The first port that the system hands out (https://docs.kernel.org/networking/ip-sysctl.html, <c>ip_local_port_range</c>).</summary>
    private static int LowestOfSystem()
    {
        try
        {
            return int.Parse(File.ReadAllText(SystemRange).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture);
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException)
        {
            return UsualLowest;
        }
    }
}
