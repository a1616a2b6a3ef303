namespace SetupWizard.Core.Model;

/// <summary>Limits of a live change feed.</summary>
public static class FeedLimits
{
    /// <summary>Maximum number of changes read.</summary>
    public const long Changes = 100_000;

    /// <summary>Number of most recent changes in each pulse.</summary>
    public const int Last = 20;

    /// <summary>Maximum duration of a feed.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromMinutes(5);
}

/// <summary>Where a live change feed stands.</summary>
public enum FeedState
{
    /// <summary>Connecting, and making the temporary slot.</summary>
    Opening,

    /// <summary>The slot waits for a transaction to end, which <see cref="FeedPulse.Waiting"/> names.</summary>
    Waiting,

    /// <summary>Changes are being watched.</summary>
    Watching,

    /// <summary>Over. The last pulse, always sent.</summary>
    Ended,
}

/// <summary>Why a feed is over.</summary>
public enum FeedEnd
{
    /// <summary>Whoever watched has stopped.</summary>
    Stopped,

    /// <summary>It reached its limit of time.</summary>
    TimeLimit,

    /// <summary>It reached its limit of changes.</summary>
    ChangeLimit,

    /// <summary>Something broke: see <see cref="FeedPulse.Problem"/>.</summary>
    Failed,
}

/// <summary>What a change does to a table.</summary>
public enum FeedOperationKind
{
    /// <summary>A row was added.</summary>
    Insert,

    /// <summary>A row was changed.</summary>
    Update,

    /// <summary>A row was removed.</summary>
    Delete,

    /// <summary>All rows were removed at once.</summary>
    Truncate,
}

/// <summary>How many changes of a table arrived since the feed began.</summary>
/// <param name="Table">The table, as the publication sends it.</param>
/// <param name="Inserts">Rows added.</param>
/// <param name="Updates">Rows changed.</param>
/// <param name="Deletes">Rows removed.</param>
/// <param name="Truncates">How often it was emptied.</param>
/// <param name="LastSecond">Of all of them, those since the pulse before.</param>
public sealed record FeedCount(TableRef Table, long Inserts, long Updates, long Deletes, long Truncates, long LastSecond)
{
    /// <summary>Changes of all kinds together.</summary>
    public long Total => Inserts + Updates + Deletes + Truncates;
}

/// <summary>A column of a key with its value as PostgreSQL writes it, cut when it is long; null for NULL.</summary>
/// <param name="Column">The column.</param>
/// <param name="Value">Its value.</param>
public sealed record FeedKey(string Column, string? Value);

/// <summary>One change that arrived. It carries the key of the row and no other value.</summary>
/// <param name="Number">Its number in this feed, from 1.</param>
/// <param name="CommittedAt">When its transaction was committed, by the server's clock.</param>
/// <param name="Table">The table.</param>
/// <param name="Kind">What was done.</param>
/// <param name="Key">The key of the row; empty for a truncate and for a table without a key.</param>
public sealed record FeedOperation(long Number, DateTimeOffset CommittedAt, TableRef Table, FeedOperationKind Kind, IReadOnlyList<FeedKey> Key);

/// <summary>The transaction a slot waits for.</summary>
/// <param name="Pid">Its process, or <c>prepared</c>.</param>
/// <param name="Application">Who runs it.</param>
/// <param name="Seconds">How long it has been open.</param>
/// <param name="Transaction">The same in one piece, for people: <c>pid 4711 (app, psql, shop) 00:01:12</c>.</param>
public sealed record FeedWait(string Pid, string Application, int Seconds, string Transaction);

/// <summary>What a live change feed has seen, told every second.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="Elapsed">How long changes have been watched; zero before that.</param>
public sealed record FeedPulse(FeedState State, TimeSpan Elapsed)
{
    /// <summary>How many changes of the chosen tables arrived.</summary>
    public long Changes { get; init; }

    /// <summary>Changes since the previous pulse.</summary>
    public long LastSecond { get; init; }

    /// <summary>Counts by table, the busiest first; only tables with a change.</summary>
    public IReadOnlyList<FeedCount> Tables { get; init; } = [];

    /// <summary>The last changes, newest first.</summary>
    public IReadOnlyList<FeedOperation> Last { get; init; } = [];

    /// <summary>What the slot waits for, while <see cref="FeedState.Waiting"/>.</summary>
    public FeedWait? Waiting { get; init; }

    /// <summary>Why it is over.</summary>
    public FeedEnd? End { get; init; }

    /// <summary>What broke, in four parts.</summary>
    public Problem? Problem { get; init; }

    /// <summary>The requirement that owns the problem: where to go to mend it.</summary>
    public RequirementId? Owner { get; init; }

    /// <summary>At the end: whether the server's catalog was asked and shows that the slot has gone. False when it could not be asked.</summary>
    public bool Clean { get; init; }
}
