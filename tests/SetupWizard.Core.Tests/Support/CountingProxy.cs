using System.Net;
using System.Net.Sockets;

namespace SetupWizard.Core.Tests.Support;

/// <summary>Stands between a client and a server and counts flights: how often the client spoke after the server had.</summary>
public sealed class CountingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _port;
    private readonly Task _loop;
    private readonly Lock _lock = new();
    private bool _serverSpoke = true;
    private int _flights;

    public CountingProxy(int port)
    {
        _port = port;
        _listener.Start();
        _loop = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Flights
    {
        get
        {
            lock (_lock)
            {
                return _flights;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            var server = new TcpClient();
            await server.ConnectAsync(IPAddress.Loopback, _port, _stop.Token);
            _ = PumpAsync(client.GetStream(), server.GetStream(), fromClient: true);
            _ = PumpAsync(server.GetStream(), client.GetStream(), fromClient: false);
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, bool fromClient)
    {
        await using (from)
        {
            var buffer = new byte[65536];
            try
            {
                int read;
                while ((read = await from.ReadAsync(buffer, _stop.Token)) > 0)
                {
                    lock (_lock)
                    {
                        _flights += fromClient && _serverSpoke ? 1 : 0;
                        _serverSpoke = !fromClient;
                    }

                    await to.WriteAsync(buffer.AsMemory(0, read), _stop.Token);
                }

                await to.DisposeAsync();
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // One side is gone.
            }
        }
    }
}
