using System.Net;
using System.Net.Sockets;

namespace SetupWizard.Server.Tests.Support;

/// <summary>What becomes of a packet, and of its connection.</summary>
public enum Fault
{
    /// <summary>It is lost, and the connection is reset on both sides.</summary>
    Reset,

    /// <summary>It is lost, and the connection is closed in order on both sides.</summary>
    Close,

    /// <summary>It is lost, and from then on nothing passes on any connection, not even its end.</summary>
    Silence,

    /// <summary>It is late.</summary>
    Delay,
}

/// <summary>A way to a server on which one packet meets a fault: the one of that number in one direction, over all connections.</summary>
internal sealed class FaultyRelay : IAsyncDisposable
{
    private static readonly TimeSpan s_late = TimeSpan.FromMilliseconds(300);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _serving = [];
    private readonly Lock _gate = new();
    private readonly int _port;
    private readonly Fault _fault;
    private readonly bool _toServer;
    private readonly int _number;
    private readonly Task _loop;
    private int _packets;
    private volatile bool _silent;

    /// <param name="port">The server's port.</param>
    /// <param name="fault">What happens.</param>
    /// <param name="toServer">To what the client sends, or to what the server answers.</param>
    /// <param name="number">To which packet, from 1.</param>
    public FaultyRelay(int port, Fault fault, bool toServer, int number)
    {
        (_port, _fault, _toServer, _number) = (port, fault, toServer, number);
        _listener.Start();
        _loop = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Whether there were as many packets.</summary>
    public bool Struck
    {
        get
        {
            lock (_gate)
            {
                return _packets >= _number;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Task[] serving;
        lock (_gate)
        {
            serving = [.. _serving];
        }

        await Task.WhenAll(serving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            lock (_gate)
            {
                _serving.Add(ServeAsync(client));
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            await server.ConnectAsync(IPAddress.Loopback, _port, _stop.Token);
            (client.NoDelay, server.NoDelay) = (true, true);
            await Task.WhenAll(PassAsync(client, server, toServer: true), PassAsync(server, client, toServer: false));
        }
    }

    private async Task PassAsync(TcpClient from, TcpClient to, bool toServer)
    {
        var buffer = new byte[65536];
        try
        {
            while (await from.GetStream().ReadAsync(buffer, _stop.Token) is > 0 and var read)
            {
                if (toServer == _toServer && IsIt())
                {
                    switch (_fault)
                    {
                        case Fault.Reset:
                            Reset(from);
                            Reset(to);
                            return;
                        case Fault.Close:
                            Close(from);
                            Close(to);
                            return;
                        case Fault.Silence:
                            _silent = true;
                            break;
                        default:
                            await Task.Delay(s_late, _stop.Token);
                            break;
                    }
                }

                await SilenceAsync();
                await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _stop.Token);
            }

            await SilenceAsync();
            to.Client.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // One side is gone: the other one hears of it, unless nothing passes.
            await SilenceAsync();
            to.Close();
        }
    }

    private bool IsIt()
    {
        lock (_gate)
        {
            return ++_packets == _number;
        }
    }

    private Task SilenceAsync() => _silent ? Task.Delay(Timeout.Infinite, _stop.Token) : Task.CompletedTask;

    private static void Reset(TcpClient client)
    {
        client.LingerState = new LingerOption(true, 0);
        client.Close();
    }

    private static void Close(TcpClient client)
    {
        client.Client.Shutdown(SocketShutdown.Both);
        client.Close();
    }
}
