namespace SetupWizard.Testing;

/// <summary>A clock that stands until it is moved: a limit of ten seconds runs out after exactly ten, and without a wait.</summary>
public sealed class SteppedClock : TimeProvider
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private readonly List<Timer> _timers = [];
    private TimeSpan _elapsed;
    private TimeSpan _skipped;
    private int _limits;

    /// <summary>How many limits were set so far.</summary>
    public int Limits
    {
        get
        {
            lock (_gate)
            {
                return _limits;
            }
        }
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => s_start + Elapsed;

    public override long GetTimestamp() => Elapsed.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock. What runs out has run out when this returns.</summary>
    public void Advance(TimeSpan by)
    {
        List<Timer> due;
        lock (_gate)
        {
            _elapsed += by;
            due = _timers.FindAll(t => t.Due <= _elapsed);
            _timers.RemoveAll(due.Contains);
        }

        foreach (var timer in due)
        {
            timer.Fire();
        }
    }

    /// <summary>
    /// From now on a pause of no more than this is over as soon as it begins, and the clock has moved by it. Whoever looks again and again looks
    /// as often as ever, without a wait between, and a limit on that runs out after as many looks.
    /// </summary>
    public void SkipPauses(TimeSpan upTo)
    {
        List<TimeSpan> pending;
        lock (_gate)
        {
            _skipped = upTo;
            pending = [.. _timers.Select(t => t.Due - _elapsed).Where(left => left <= upTo)];
        }

        foreach (var left in pending)
        {
            Advance(left);
        }
    }

    private TimeSpan Elapsed
    {
        get
        {
            lock (_gate)
            {
                return _elapsed;
            }
        }
    }

    private sealed class Timer(SteppedClock clock, Action fire) : ITimer
    {
        public TimeSpan Due { get; private set; }

        public void Fire() => fire();

        /// <summary>Repeats nothing: what is tried here are limits.</summary>
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            bool skipped;
            lock (clock._gate)
            {
                clock._timers.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Due = clock._elapsed + dueTime;
                    clock._timers.Add(this);
                    clock._limits++;
                }

                skipped = dueTime != Timeout.InfiniteTimeSpan && dueTime <= clock._skipped;
            }

            if (skipped)
            {
                // Elsewhere: whoever sets a timer has not got it yet.
                ThreadPool.QueueUserWorkItem(_ => clock.Advance(dueTime));
            }

            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
