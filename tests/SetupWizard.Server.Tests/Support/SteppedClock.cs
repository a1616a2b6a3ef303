using Microsoft.Extensions.Time.Testing;

namespace SetupWizard.Server.Tests.Support;

/// <summary>
/// A clock that stands until it is moved, and besides counts the limits that are set on it and can let short pauses pass by themselves: what a plain
/// <see cref="FakeTimeProvider"/> cannot, and a test needs that waits for another process in between.
/// </summary>
public sealed class SteppedClock : FakeTimeProvider
{
    private int _limits;
    private long _skipped;

    /// <summary>How many limits were set so far.</summary>
    public int Limits => Volatile.Read(ref _limits);

    /// <summary>
    /// From now on a pause of no more than this is over as soon as it begins, and the clock has moved by it. Whoever looks again and again looks
    /// as often as ever, without a wait between, and a limit on that runs out after as many looks.
    /// </summary>
    public void SkipPauses(TimeSpan upTo)
    {
        Volatile.Write(ref _skipped, upTo.Ticks);

        // The one under way.
        Advance(upTo);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, base.CreateTimer(callback, state, dueTime, period));
        Set(dueTime);
        return timer;
    }

    private void Set(TimeSpan dueTime)
    {
        if (dueTime == Timeout.InfiniteTimeSpan)
        {
            return;
        }

        Interlocked.Increment(ref _limits);
        if (dueTime.Ticks <= Volatile.Read(ref _skipped))
        {
            // Elsewhere: whoever sets a timer has not got it yet.
            ThreadPool.QueueUserWorkItem(_ => Advance(dueTime));
        }
    }

    private sealed class Timer(SteppedClock clock, ITimer inner) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var changed = inner.Change(dueTime, period);
            clock.Set(dueTime);
            return changed;
        }

        public void Dispose() => inner.Dispose();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
