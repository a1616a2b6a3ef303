using System.Diagnostics.CodeAnalysis;
using SetupWizard.Core.Model;

namespace SetupWizard.Sessions.Monitors;

/// <summary>
/// Watches the source while at least one page looks. Owned by the session, so that ten pages cost as much as one and a reload costs nothing.
/// </summary>
public sealed class LiveMonitor
{
    private readonly Lock _gate = new();
    private readonly Func<CancellationToken, IAsyncEnumerable<LivePulse>?> _watch;
    private readonly Action<LivePulse, LivePulse?> _pulsed;
    private readonly Action<Exception> _failed;
    private CancellationTokenSource? _running;
    private int _lookers;

    /// <param name="watch">Starts watching; null when there is nothing to watch yet.</param>
    /// <param name="pulsed">Hears each pulse and the one before it.</param>
    /// <param name="failed">Hears what broke.</param>
    internal LiveMonitor(Func<CancellationToken, IAsyncEnumerable<LivePulse>?> watch, Action<LivePulse, LivePulse?> pulsed, Action<Exception> failed)
    {
        _watch = watch;
        _pulsed = pulsed;
        _failed = failed;
    }

    /// <summary>The last pulse; null before the first.</summary>
    public LivePulse? Pulse { get; private set; }

    /// <summary>Whether the server does not answer right now.</summary>
    public bool Lost => Pulse is { Reachable: false };

    /// <summary>How many pages look.</summary>
    public int Lookers => _lookers;

    /// <summary>Looks until the result is disposed of.</summary>
    public IDisposable Look()
    {
        lock (_gate)
        {
            _lookers++;
            Start();
        }

        return new Looker(this);
    }

    /// <summary>Starts over: the source is another one.</summary>
    internal void Restart()
    {
        lock (_gate)
        {
            _running?.Cancel();
            _running = null;
            Pulse = null;
            if (_lookers > 0)
            {
                Start();
            }
        }
    }

    private void Start()
    {
        if (_running is not null)
        {
            return;
        }

        var stop = new CancellationTokenSource();
        if (_watch(stop.Token) is not { } pulses)
        {
            stop.Dispose();
            return;
        }

        _running = stop;
        _ = RunAsync(pulses, stop);
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Watching is a convenience; whatever breaks it must not break the session.")]
    private async Task RunAsync(IAsyncEnumerable<LivePulse> pulses, CancellationTokenSource stop)
    {
        // The first pulse may come at once; the caller still holds the lock.
        await Task.Yield();
        try
        {
            await foreach (var pulse in pulses.WithCancellation(stop.Token).ConfigureAwait(false))
            {
                LivePulse? before;
                lock (_gate)
                {
                    if (_running != stop)
                    {
                        return;
                    }

                    before = Pulse;
                    Pulse = pulse;
                }

                _pulsed(pulse, before);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Nobody looks any more.
        }
        catch (Exception exception)
        {
            _failed(exception);
        }
        finally
        {
            lock (_gate)
            {
                if (_running == stop)
                {
                    _running = null;
                }
            }

            stop.Dispose();
        }
    }

    private void Leave()
    {
        lock (_gate)
        {
            _lookers--;
            if (_lookers == 0)
            {
                _running?.Cancel();
                _running = null;
            }
        }
    }

    private sealed class Looker(LiveMonitor monitor) : IDisposable
    {
        private LiveMonitor? _monitor = monitor;

        public void Dispose() => Interlocked.Exchange(ref _monitor, null)?.Leave();
    }
}
