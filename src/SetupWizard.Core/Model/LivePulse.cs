namespace SetupWizard.Core.Model;

/// <summary>The few facts that change outside the wizard, read every couple of seconds while somebody looks.</summary>
/// <param name="At">When, by the server's clock while it answers.</param>
/// <param name="Reachable">Whether the server answered.</param>
/// <param name="UnreachableFor">How long it has not answered; zero while it does.</param>
public sealed record LivePulse(DateTimeOffset At, bool Reachable, TimeSpan UnreachableFor)
{
    /// <summary>When the server process started: a new value means it restarted.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>The watched settings, by name (<c>wal_level</c>, the provider's switch), as <c>current_setting</c> gives them.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>(StringComparer.Ordinal);

    /// <summary>Settings that wait for a restart.</summary>
    public IReadOnlyList<string> PendingRestart { get; init; } = [];

    /// <summary>How far the log is written, in bytes since its beginning; null when the server does not say.</summary>
    public long? WalPosition { get; init; }

    /// <summary>How much WAL a slot may hold back, in bytes (<c>max_slot_wal_keep_size</c>); null when there is no limit.</summary>
    public long? SlotLimitBytes { get; init; }

    /// <summary>Whether this login sees the details of everybody's sessions (<c>pg_read_all_stats</c>).</summary>
    public bool SeesEverySession { get; init; }

    /// <summary>Replication slots.</summary>
    public IReadOnlyList<SlotPulse> Slots { get; init; } = [];

    /// <summary>Connected WAL senders.</summary>
    public IReadOnlyList<SenderPulse> WalSenders { get; init; } = [];

    /// <summary>The ClickPipes user's other sessions in this database, without the wizard's own.</summary>
    public SessionsPulse UserSessions { get; init; } = new(0, 0, 0, 0);

    /// <summary>Tables the ClickPipes user copies out right now, where the server shows it (PostgreSQL 14 and later).</summary>
    public IReadOnlyList<CopyPulse> Copies { get; init; } = [];

    /// <summary>
    /// Stands for the ClickPipes user, what was granted to it, and the publications: another value means that somebody made, changed or dropped something.
    /// </summary>
    public string? Prepared { get; init; }

    /// <summary>
    /// Stands for every row identity (<c>REPLICA IDENTITY</c>) that is not the default one and every primary key and unique index: another value means that somebody
    /// changed, added or dropped one; null when it was not read.
    /// </summary>
    public string? Identities { get; init; }

    /// <summary>How large the catalogs of tables and of indexes are, in bytes, which is what reading <see cref="Identities"/> costs.</summary>
    public long CatalogBytes { get; init; }

    /// <summary>Whether anything a verdict depends on differs from <paramref name="other"/>.</summary>
    public bool DiffersFrom(LivePulse? other) =>
        other is null
        || Reachable != other.Reachable
        || StartedAt != other.StartedAt
        || !PendingRestart.SequenceEqual(other.PendingRestart)
        || Settings.Count != other.Settings.Count
        || Settings.Any(s => !other.Settings.TryGetValue(s.Key, out var v) || v != s.Value)
        || SlotLimitBytes != other.SlotLimitBytes
        || (Reachable && Prepared != other.Prepared)
        || (Identities is not null && other.Identities is not null && Identities != other.Identities)
        || !Slots.Select(s => (s.Name, s.Active, s.WalStatus)).SequenceEqual(other.Slots.Select(s => (s.Name, s.Active, s.WalStatus)))
        || !WalSenders.Select(s => (s.User, s.Application, s.Address)).SequenceEqual(other.WalSenders.Select(s => (s.User, s.Application, s.Address)));
}

/// <summary>A replication slot at one moment. See <see href="https://www.postgresql.org/docs/current/view-pg-replication-slots.html"/>.</summary>
/// <param name="Name">Name.</param>
/// <param name="Active">Somebody reads from it.</param>
/// <param name="RetainedBytes">WAL it holds back, in bytes; zero when it holds none.</param>
public sealed record SlotPulse(string Name, bool Active, long RetainedBytes)
{
    /// <summary>Logical (true) or physical.</summary>
    public bool Logical { get; init; }

    /// <summary>The database of a logical slot.</summary>
    public string? Database { get; init; }

    /// <summary>The process that reads from it.</summary>
    public int? ActivePid { get; init; }

    /// <summary>Up to where its reader has said it is done, in bytes since the log's beginning; null for a physical slot.</summary>
    public long? ConfirmedPosition { get; init; }

    /// <summary>Written since, in bytes; null for a physical slot.</summary>
    public long? BehindBytes { get; init; }

    /// <summary><c>reserved</c>, <c>extended</c>, <c>unreserved</c>, <c>lost</c>; null before PostgreSQL 13.</summary>
    public string? WalStatus { get; init; }

    /// <summary>What may still be written before it is in danger, in bytes; null without a limit, when it is lost, and before PostgreSQL 13.</summary>
    public long? SafeBytes { get; init; }

    /// <summary>Since when nobody reads from it; null while somebody does, and before PostgreSQL 17.</summary>
    public DateTimeOffset? InactiveSince { get; init; }
}

/// <summary>A WAL sender at one moment. See <see href="https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-REPLICATION-VIEW"/>.</summary>
/// <param name="User">Who is logged in.</param>
/// <param name="Application">The name its client gave itself.</param>
/// <param name="Address">Where its client connects from; null over a local socket and when this login may not see it.</param>
public sealed record SenderPulse(string User, string Application, string? Address)
{
    /// <summary>The process.</summary>
    public int Pid { get; init; }

    /// <summary>Since when it is connected; null when this login may not see it.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Whether this login sees more than that it is there.</summary>
    public bool Visible => Since is not null;
}

/// <summary>A user's sessions, counted.</summary>
/// <param name="Active">That run a statement.</param>
/// <param name="InTransaction">That are idle in a transaction.</param>
/// <param name="Idle">That are idle.</param>
/// <param name="Hidden">Of which this login may not see what they do.</param>
public sealed record SessionsPulse(int Active, int InTransaction, int Idle, int Hidden)
{
    /// <summary>All of them.</summary>
    public int Total => Active + InTransaction + Idle + Hidden;

    /// <summary>Where they connect from, as far as this login may see it.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];
}

/// <summary>A copy out of the database. See <see href="https://www.postgresql.org/docs/current/progress-reporting.html#COPY-PROGRESS-REPORTING"/>.</summary>
/// <param name="Table">Schema and name; null when a query is copied.</param>
/// <param name="Rows">Rows so far; null when this login may not see it.</param>
/// <param name="Bytes">Bytes so far; null when this login may not see it.</param>
public sealed record CopyPulse(string? Table, long? Rows, long? Bytes);
