using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace SetupWizard.Testing;

/// <summary>
/// A TCP relay in front of a server that holds every packet back for a while in each direction, as a distance would, and counts round trips:
/// how often the client spoke after an answer had reached it. Bytes pass as they are, so TLS goes from end to end. Where there is no TLS, a request
/// that comes in pieces counts once: a server can begin to answer it before it has all of it.
/// </summary>
public sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly int _port;
    private readonly TimeSpan _delay;
    private readonly Task _loop;
    private bool _answered = true;
    private int _roundTrips;

    /// <summary>Listens on a free port of the loopback address.</summary>
    /// <param name="port">The server's port on the same address.</param>
    /// <param name="delay">How long each direction takes; half a round trip.</param>
    /// <param name="address">Another address of this machine to listen on.</param>
    public Relay(int port, TimeSpan delay, IPAddress? address = null)
    {
        _listener = new TcpListener(address ?? IPAddress.Loopback, 0);
        _port = port;
        _delay = delay;
        _listener.Start();
        _loop = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Round trips so far, over all connections.</summary>
    public int RoundTrips
    {
        get
        {
            lock (_lock)
            {
                return _roundTrips;
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
            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _port, _stop.Token);
                client.NoDelay = true;
                server.NoDelay = true;
                await Task.WhenAll(
                    PassAsync(client, server, onRead: new Requests(this).Read, onWrite: null),
                    PassAsync(server, client, onRead: null, onWrite: Answered));
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One side is gone, and the other goes with it.
            }
        }
    }

    /// <summary>Reading and writing are apart: what is under way does not hold up what follows it.</summary>
    private async Task PassAsync(TcpClient from, TcpClient to, Action<ReadOnlyMemory<byte>>? onRead, Action? onWrite)
    {
        var underWay = Channel.CreateUnbounded<(long Read, byte[] Bytes)>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        var delivering = DeliverAsync();
        var buffer = new byte[65536];
        try
        {
            int read;
            while ((read = await from.GetStream().ReadAsync(buffer, _stop.Token)) > 0)
            {
                onRead?.Invoke(buffer.AsMemory(0, read));
                underWay.Writer.TryWrite((Stopwatch.GetTimestamp(), buffer[..read]));
            }
        }
        finally
        {
            underWay.Writer.Complete();
            await delivering;
        }

        async Task DeliverAsync()
        {
            await foreach (var (read, bytes) in underWay.Reader.ReadAllAsync(_stop.Token))
            {
                var left = _delay - Stopwatch.GetElapsedTime(read);
                if (left > TimeSpan.Zero)
                {
                    await Task.Delay(left, _stop.Token);
                }

                onWrite?.Invoke();
                await to.GetStream().WriteAsync(bytes, _stop.Token);
            }

            to.Client.Shutdown(SocketShutdown.Send);
        }
    }

    private void Asked()
    {
        lock (_lock)
        {
            _roundTrips += _answered ? 1 : 0;
            _answered = false;
        }
    }

    private void Answered()
    {
        lock (_lock)
        {
            _answered = true;
        }
    }

    /// <summary>Where the requests of one client begin and end (https://www.postgresql.org/docs/current/protocol-message-formats.html).</summary>
    private sealed class Requests(Relay relay)
    {
        private const int SslRequestCode = 80877103;

        private readonly List<byte> _begun = [];
        private bool _started;
        private bool _unreadable;
        private bool _whole = true;

        public void Read(ReadOnlyMemory<byte> bytes)
        {
            if (_whole)
            {
                relay.Asked();
            }

            if (!_unreadable)
            {
                _begun.AddRange(bytes.Span);
                TakeMessages();
            }
        }

        private void TakeMessages()
        {
            // The first message has no type.
            var type = _started ? 1 : 0;
            while (_begun.Count >= type + 4)
            {
                var head = CollectionsMarshal.AsSpan(_begun);
                var length = type + BinaryPrimitives.ReadInt32BigEndian(head[type..]);
                if (!_started && length == 8 && head.Length >= 8 && BinaryPrimitives.ReadInt32BigEndian(head[4..]) == SslRequestCode)
                {
                    // What follows is for the two ends alone.
                    (_unreadable, _whole) = (true, true);
                    return;
                }

                if (head.Length < length)
                {
                    break;
                }

                // The server answers in full when it is asked to: Sync, Query, a password.
                _whole = !_started || head[0] is (byte)'S' or (byte)'Q' or (byte)'p' or (byte)'X';
                _started = true;
                type = 1;
                _begun.RemoveRange(0, length);
            }

            _whole &= _begun.Count == 0;
        }
    }
}
