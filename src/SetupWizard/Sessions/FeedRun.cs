using System.Diagnostics.CodeAnalysis;
using SetupWizard.Core.Model;

namespace SetupWizard.Sessions;

/// <summary>One watch of arriving changes. It lasts while a page looks: whoever leaves ends it, and so does a browser that is gone.</summary>
public sealed class FeedRun : IDisposable
{
    /// <summary>How long it goes on without a page: long enough for a reload or a short break of the network.</summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeProvider _time;
    private ITimer? _leaving;
    private int _lookers;
    private bool _over;

    public FeedRun(TimeProvider time)
    {
        _time = time;

        // Started by a page that has not said yet that it looks.
        _leaving = _time.CreateTimer(Leave, null, Grace, Timeout.InfiniteTimeSpan);
    }

    public event Action? Changed;

    public bool IsRunning => !_over;

    /// <summary>The last pulse; null before the first.</summary>
    public FeedPulse? Pulse { get; private set; }

    public bool Crashed { get; private set; }

    /// <summary>Whether it was ended because no page looked any more.</summary>
    public bool Abandoned { get; private set; }

    /// <summary>How many pages look.</summary>
    public int Lookers => _lookers;

    /// <summary>Looks until the result is disposed of.</summary>
    public IDisposable Look()
    {
        lock (_gate)
        {
            _lookers++;
            _leaving?.Dispose();
            _leaving = null;
        }

        return new Looker(this);
    }

    public void Stop()
    {
        lock (_gate)
        {
            if (_over)
            {
                return;
            }
        }

        _stop.Cancel();
    }

    public void Dispose()
    {
        _leaving?.Dispose();
        _stop.Dispose();
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A watch must end in a state that can be shown, whatever broke.")]
    internal async Task RunAsync(Func<CancellationToken, IAsyncEnumerable<FeedPulse>> start, Action<Exception> failed)
    {
        Changed?.Invoke();
        try
        {
            await foreach (var pulse in start(_stop.Token).ConfigureAwait(false))
            {
                Pulse = pulse;
                Changed?.Invoke();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopped before it had anything to tell.
        }
        catch (Exception exception)
        {
            Crashed = true;
            failed(exception);
        }
        finally
        {
            lock (_gate)
            {
                _over = true;
                _leaving?.Dispose();
                _leaving = null;
            }

            Changed?.Invoke();
        }
    }

    private void Unlook()
    {
        lock (_gate)
        {
            _lookers--;
            if (_lookers == 0 && !_over)
            {
                _leaving?.Dispose();
                _leaving = _time.CreateTimer(Leave, null, Grace, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Leave(object? state)
    {
        lock (_gate)
        {
            if (_lookers > 0 || _over)
            {
                return;
            }

            Abandoned = true;
        }

        _stop.Cancel();
    }

    private sealed class Looker(FeedRun feed) : IDisposable
    {
        private FeedRun? _feed = feed;

        public void Dispose() => Interlocked.Exchange(ref _feed, null)?.Unlook();
    }
}
