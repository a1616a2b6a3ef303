using System.Net;
using System.Net.Sockets;

namespace SetupWizard.Testing;

/// <summary>A port of the loopback address on which nobody listens and, as long as this is held, nobody can.</summary>
public sealed class ClosedPort : IDisposable
{
    private readonly Socket _holder = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public ClosedPort() => _holder.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public int Number => ((IPEndPoint)_holder.LocalEndPoint!).Port;

    public void Dispose() => _holder.Dispose();
}
