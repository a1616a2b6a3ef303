using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SetupWizard.Server.Tests.Support;

/// <summary>
/// A way to a server on which replication connections can vanish, as on one whose firewall forgets them: from then on nothing of them passes, not
/// even their end, and both sides believe that the other one is silent. It knows them by their first packet, hence without TLS.
/// </summary>
public sealed class SwallowingRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _serving = [];
    private readonly int _port;
    private readonly Task _loop;
    private volatile bool _swallows;

    public SwallowingRelay(int port)
    {
        _port = port;
        _listener.Start();
        _loop = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Replication connections vanish, those that are there and those to come.</summary>
    public void Swallow() => _swallows = true;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_serving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            _serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            await server.ConnectAsync(IPAddress.Loopback, _port, _stop.Token);
            var buffer = new byte[65536];
            var first = await client.GetStream().ReadAsync(buffer, _stop.Token);
            var replication = Encoding.UTF8.GetString(buffer, 0, first).Contains("\0replication\0", StringComparison.Ordinal);
            await server.GetStream().WriteAsync(buffer.AsMemory(0, first), _stop.Token);
            await Task.WhenAll(PassAsync(client, server, replication), PassAsync(server, client, replication));
        }
    }

    private async Task PassAsync(TcpClient from, TcpClient to, bool replication)
    {
        var buffer = new byte[65536];
        var vanished = false;
        try
        {
            int read;
            while ((read = await from.GetStream().ReadAsync(buffer, _stop.Token)) > 0)
            {
                vanished |= replication && _swallows;
                if (!vanished)
                {
                    await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _stop.Token);
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // That side is gone.
        }

        if (!(vanished || (replication && _swallows)))
        {
            to.Close();
        }
    }
}
