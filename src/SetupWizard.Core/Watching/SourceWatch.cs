using SetupWizard.Core.Model;

namespace SetupWizard.Core.Watching;

/// <summary>A slot and its forecast.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Forecast">If nobody reads from it any more.</param>
/// <param name="OfPipe">Whether it is ClickPipes'.</param>
public sealed record SlotForecast(SlotPulse Slot, WalForecast Forecast, bool OfPipe)
{
    /// <summary>The slots of one reading, at the average rate since the server's statistics began.</summary>
    public static IReadOnlyList<SlotForecast> Of(SourceSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return [.. snapshot.Slots.Select(s => Of(s, snapshot)).OrderByDescending(s => s.OfPipe)];
    }

    private static SlotForecast Of(SlotFact fact, SourceSnapshot snapshot)
    {
        var slot = new SlotPulse(fact.Name, fact.Active, fact.RetainedBytes ?? 0)
        {
            Logical = fact.Logical,
            Database = fact.Database,
            WalStatus = fact.WalStatus,
            SafeBytes = fact.SafeBytes,
            InactiveSince = fact.InactiveSince,
        };
        var forecast = WalForecast.Of(slot.WalStatus, slot.RetainedBytes, slot.SafeBytes, snapshot.SlotLimitBytes, snapshot.WalBytesPerSecond, null);
        return new SlotForecast(slot, forecast, PipeStatus.IsPipeSlot(slot));
    }
}

/// <summary>What watching has found so far.</summary>
/// <param name="Pulse">The last reading that reached the server.</param>
/// <param name="Rate">How fast the log grows.</param>
/// <param name="Pipe">Where ClickPipes stands.</param>
/// <param name="Slots">All slots, ClickPipes' first.</param>
public sealed record WatchReport(LivePulse Pulse, WalRate Rate, PipeStatus Pipe, IReadOnlyList<SlotForecast> Slots)
{
    /// <summary>The growth of the log in parts of <see cref="SourceWatch.PartLength"/>, the oldest first; null where nothing was measured.</summary>
    public IReadOnlyList<double?> Parts { get; init; } = [];

    /// <summary>What is ahead of a slot made now: what a pipe that does not exist yet would have.</summary>
    public required WalForecast NewSlot { get; init; }
}

/// <summary>Aggregates a few minutes of pulses: WAL rate, since when ClickPipes is in its state, and lag. Thread-safe; does no I/O.</summary>
public sealed class SourceWatch
{
    /// <summary>Retention of pulses.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    /// <summary>Length of one interval of the chart.</summary>
    public static readonly TimeSpan PartLength = TimeSpan.FromSeconds(10);

    /// <summary>Minimum lag in bytes that counts as behind: one WAL segment.</summary>
    private const long LagBytes = 16L * 1024 * 1024;

    /// <summary>Lag in bytes that counts as behind at once, without waiting for the reader to stop confirming.</summary>
    private const long FarBehindBytes = 1024L * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly TimeSpan _patience;
    private readonly List<WalSample> _samples = [];
    private readonly Dictionary<string, (long? Position, DateTimeOffset Since)> _confirmed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _pipeSlots = new(StringComparer.Ordinal);
    private LivePulse? _last;
    private bool _here;
    private DateTimeOffset? _hereSince;
    private DateTimeOffset? _goneSince;

    /// <summary>Starts with nothing.</summary>
    /// <param name="patience">How long a reader may confirm nothing, with WAL to read, before it lags; three minutes unless told: ClickPipes reads once a minute.</param>
    public SourceWatch(TimeSpan? patience = null) => _patience = patience ?? TimeSpan.FromMinutes(3);

    /// <summary>Adds a pulse. One that did not reach the server changes nothing.</summary>
    /// <param name="pulse">The pulse.</param>
    /// <param name="goal">Whose user is watched.</param>
    public void Add(LivePulse pulse, SetupGoal goal)
    {
        ArgumentNullException.ThrowIfNull(pulse);
        ArgumentNullException.ThrowIfNull(goal);
        if (!pulse.Reachable)
        {
            return;
        }

        lock (_gate)
        {
            _last = pulse;
            if (pulse.WalPosition is { } position)
            {
                _samples.Add(new(pulse.At, pulse.StartedAt, position));
                _samples.RemoveAll(s => s.At < pulse.At - Window);
            }

            var senders = pulse.WalSenders.Where(s => PipeStatus.IsPipe(s, goal.User)).ToList();
            foreach (var slot in pulse.Slots)
            {
                if (PipeStatus.IsPipeSlot(slot) || senders.Exists(s => s.Pid == slot.ActivePid))
                {
                    _pipeSlots.Add(slot.Name);
                }

                if (!_confirmed.TryGetValue(slot.Name, out var before) || before.Position != slot.ConfirmedPosition || slot.BehindBytes is null or < LagBytes)
                {
                    _confirmed[slot.Name] = (slot.ConfirmedPosition, pulse.At);
                }
            }

            var here = senders.Count > 0;
            _hereSince = here ? senders.Min(s => s.Since) ?? (_here ? _hereSince : pulse.At) : _hereSince;
            _goneSince = here ? null : _here ? pulse.At : _goneSince;
            _here = here;
        }
    }

    /// <summary>Discards all state; called when the source or the ClickPipes user changes.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _samples.Clear();
            _confirmed.Clear();
            _pipeSlots.Clear();
            _last = null;
            _here = false;
            _hereSince = null;
            _goneSince = null;
        }
    }

    /// <summary>What has been found so far; null before the first pulse.</summary>
    /// <param name="goal">The goal, with ClickPipes' region.</param>
    /// <param name="free">Free space on the server's disk, in bytes; null when not known.</param>
    public WatchReport? Report(SetupGoal goal, long? free)
    {
        ArgumentNullException.ThrowIfNull(goal);
        lock (_gate)
        {
            if (_last is not { } pulse)
            {
                return null;
            }

            var rate = WalRate.Of(_samples);
            WalForecast Ahead(SlotPulse slot) => WalForecast.Of(slot.WalStatus, slot.RetainedBytes, slot.SafeBytes, pulse.SlotLimitBytes, rate.BytesPerSecond, free);
            var slots = pulse.Slots.Select(s => new SlotForecast(s, Ahead(s), _pipeSlots.Contains(s.Name))).OrderByDescending(s => s.OfPipe).ToList();
            return new WatchReport(pulse, rate, StatusOf(pulse, goal, [.. slots.Where(s => s.OfPipe).Select(s => s.Slot)]), slots)
            {
                Parts = WalRate.Parts(_samples, pulse.At, PartLength, (int)(Window / PartLength)),
                NewSlot = WalForecast.Of(null, 0, null, pulse.SlotLimitBytes, rate.BytesPerSecond, free),
            };
        }
    }

    private PipeStatus StatusOf(LivePulse pulse, SetupGoal goal, List<SlotPulse> slots)
    {
        // Of several pipes the one that needs somebody most.
        var slot = slots.OrderByDescending(s => s.WalStatus == "lost").ThenByDescending(s => s.BehindBytes ?? 0).FirstOrDefault();
        var senders = pulse.WalSenders.Where(s => PipeStatus.IsPipe(s, goal.User)).ToList();
        var sender = senders.Find(s => s.Pid == slot?.ActivePid) ?? senders.FirstOrDefault();

        // The connection that made the slot stays open for the copy's snapshot: it is there, and streams from no slot yet.
        var streams = sender is not null && pulse.Slots.Any(s => s.ActivePid == sender.Pid);
        if (!streams && pulse.UserSessions is { Active: > 0 } or { InTransaction: > 0 } or { Hidden: > 0 })
        {
            var address = pulse.UserSessions.Addresses.Count > 0 ? pulse.UserSessions.Addresses[0] : null;
            return new PipeStatus(PipeState.Copying)
            {
                Slot = slot,
                Address = address,
                Origin = PipeStatus.OriginOf(address, pulse.UserSessions.Hidden < pulse.UserSessions.Total, goal),
            };
        }

        if (sender is not null)
        {
            var lag = slot is null ? null : LagSince(slot, pulse.At);
            return new PipeStatus(lag is null ? PipeState.Connected : PipeState.Lagging, lag ?? _hereSince)
            {
                Sender = sender,
                Slot = slot,
                Address = sender.Address,
                Origin = PipeStatus.OriginOf(sender.Address, sender.Visible, goal),
            };
        }

        return slot is null && _goneSince is null
            ? new PipeStatus(PipeState.NotSeen)
            : new PipeStatus(PipeState.Gone, slot?.InactiveSince ?? _goneSince) { Slot = slot };
    }

    /// <summary>Since when it has not kept up; null while it does.</summary>
    private DateTimeOffset? LagSince(SlotPulse slot, DateTimeOffset now) =>
        slot.BehindBytes is not >= LagBytes || !_confirmed.TryGetValue(slot.Name, out var confirmed) ? null
        : slot.BehindBytes >= FarBehindBytes || now - confirmed.Since >= _patience ? confirmed.Since
        : null;
}
