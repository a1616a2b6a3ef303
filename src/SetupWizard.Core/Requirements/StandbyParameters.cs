using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements;

/// <summary>
/// Parameters that a standby must not have lower than the server it follows: raised here first, it stops replaying, and before PostgreSQL 14 shuts down.
/// See <see href="https://www.postgresql.org/docs/current/hot-standby.html#HOT-STANDBY-ADMIN"/>.
/// </summary>
public static class StandbyParameters
{
    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["max_connections", "max_prepared_transactions", "max_locks_per_transaction", "max_wal_senders", "max_worker_processes"];

    /// <summary>
    /// Whether the parameter has to be raised on a standby first: one is attached, one that is away has a slot, or whether there is one could not be read.
    /// </summary>
    public static bool GoFirstOn(SourceSnapshot snapshot, string setting)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return Names.Contains(setting)
            && (snapshot.Standbys > 0 || snapshot.Slots.Any(s => !s.Logical) || snapshot.Unreadable.Any(u => u.What is "pg_stat_replication" or "pg_replication_slots"));
    }
}
