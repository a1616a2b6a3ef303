using SetupWizard.Core.Model;

namespace SetupWizard.Sessions.Runs;

/// <summary>One watch of arriving changes. It lasts while a page looks: whoever leaves ends it, and so does a browser that is gone.</summary>
public sealed class FeedRun : BackgroundRun<FeedPulse>
{
    /// <summary>How long it goes on without a page: long enough for a reload or a short break of the network.</summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _time;
    private ITimer? _leaving;
    private int _lookers;

    public FeedRun(TimeProvider time)
    {
        _time = time;
        IsRunning = true;

        // Started by a page that has not said yet that it looks.
        _leaving = _time.CreateTimer(Leave, null, Grace, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The last pulse; null before the first.</summary>
    public FeedPulse? Pulse { get; private set; }

    /// <summary>Whether it was ended because no page looked any more.</summary>
    public bool Abandoned { get; private set; }

    /// <summary>How many pages look.</summary>
    public int Lookers => _lookers;

    /// <summary>Looks until the result is disposed of.</summary>
    public IDisposable Look()
    {
        lock (Gate)
        {
            _lookers++;
            _leaving?.Dispose();
            _leaving = null;
        }

        return new Looker(this);
    }

    /// <inheritdoc/>
    public override void Stop()
    {
        if (IsRunning)
        {
            base.Stop();
        }
    }

    /// <inheritdoc/>
    protected override void Take(FeedPulse happened) => Pulse = happened;

    /// <inheritdoc/>
    protected override void Ending() => StopWaiting();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        StopWaiting();
        base.Dispose(disposing);
    }

    private void StopWaiting()
    {
        lock (Gate)
        {
            _leaving?.Dispose();
            _leaving = null;
        }
    }

    private void Unlook()
    {
        lock (Gate)
        {
            _lookers--;
            if (_lookers == 0 && IsRunning)
            {
                _leaving?.Dispose();
                _leaving = _time.CreateTimer(Leave, null, Grace, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Leave(object? state)
    {
        lock (Gate)
        {
            if (_lookers > 0 || !IsRunning)
            {
                return;
            }

            Abandoned = true;
        }

        base.Stop();
    }

    private sealed class Looker(FeedRun feed) : IDisposable
    {
        private FeedRun? _feed = feed;

        public void Dispose() => Interlocked.Exchange(ref _feed, null)?.Unlook();
    }
}
