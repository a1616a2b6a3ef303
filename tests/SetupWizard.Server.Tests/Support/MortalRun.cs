using System.Net;
using System.Net.Sockets;
using SetupWizard.Core.Audit;

namespace SetupWizard.Server.Tests.Support;

/// <summary>
/// A way to a server on which a client dies: with the packet of that number, whichever way it goes, all connections end, and nothing is written into the record any
/// more. What was sent to the server before may still be carried out.
/// </summary>
public sealed class MortalRun : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly List<Task> _serving = [];
    private readonly Lock _gate = new();
    private readonly int _port;
    private readonly int _last;
    private readonly Task _loop;
    private int _packets;

    /// <param name="port">The server's port.</param>
    /// <param name="last">The packet it dies with, from 1.</param>
    public MortalRun(int port, int last)
    {
        _port = port;
        _last = last;
        _listener.Start();
        _loop = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public bool Dead => _end.IsCancellationRequested;

    /// <summary>A clock on which nobody waits for the server once the client is dead.</summary>
    public TimeProvider Clock => new Impatience(this);

    /// <summary>A record that nobody writes to any more once the client is dead.</summary>
    public IAuditLog Around(IAuditLog record) => new Record(this, record);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_serving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            _serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            await server.ConnectAsync(IPAddress.Loopback, _port, _end.Token);
            await Task.WhenAny(PassAsync(client, server), PassAsync(server, client));
        }
    }

    private async Task PassAsync(TcpClient from, TcpClient to)
    {
        var buffer = new byte[65536];
        while (await from.GetStream().ReadAsync(buffer, _end.Token) is > 0 and var read)
        {
            lock (_gate)
            {
                if (++_packets >= _last)
                {
                    _end.Cancel();
                    _listener.Stop();
                    return;
                }
            }

            await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _end.Token);
        }
    }

    /// <summary>Real time, which the server needs, until the client is dead; then a minute with every look.</summary>
    private sealed class Impatience(MortalRun run) : TimeProvider
    {
        private long _minutes;

        public override long GetTimestamp() => base.GetTimestamp() + (run.Dead ? Interlocked.Increment(ref _minutes) * 60 * TimestampFrequency : 0);
    }

    private sealed class Record(MortalRun run, IAuditLog inner) : IAuditLog
    {
        public Task AppendAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken) =>
            run.Dead ? throw new IOException("Nobody writes any more.") : inner.AppendAsync(entries, cancellationToken);

        public Task<string?> TroubleAsync(CancellationToken cancellationToken) => inner.TroubleAsync(cancellationToken);

        public Task<AuditRecord> ReadAsync(AuditSource? about, CancellationToken cancellationToken) => inner.ReadAsync(about, cancellationToken);
    }
}
