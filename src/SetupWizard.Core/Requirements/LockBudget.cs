using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements;

/// <summary>
/// The server's lock table, which all sessions share, and how much of it one query on a table takes. When it is full, the server refuses with
/// "out of shared memory" (53200) whoever comes next, the application as well.
/// See <see href="https://www.postgresql.org/docs/current/runtime-config-locks.html"/>.
/// </summary>
internal sealed record LockBudget
{
    /// <summary>The setting that makes the table larger or smaller.</summary>
    public const string Setting = "max_locks_per_transaction";

    /// <summary>The autovacuum processes of every version, with those the server keeps for itself: they count, and their number has another name since 18.</summary>
    private const long OwnProcesses = 20;

    /// <summary>Locks for which there is memory beside the table: the server keeps 100 kB of shared memory free, and a lock takes some 250 bytes.</summary>
    private const long Spare = 1_500;

    /// <summary>The multiple the setting is raised to.</summary>
    private const long Step = 64;

    private readonly long _sessions;

    private LockBudget(long sessions, long each, long processes)
    {
        _sessions = sessions;
        Capacity = each * sessions;

        // The table grows into whatever shared memory is left over. Measured on 15 and 18 with 10 to 256 locks for each of 20 to 400 sessions, it holds
        // 1.4 to 1.8 times what it was made for.
        Most = (2 * each * processes) + Spare;
    }

    /// <summary>How many locks the manual promises to all sessions together.</summary>
    public long Capacity { get; }

    /// <summary>More than the table has ever been seen to hold: a query that takes more is refused, whoever else is there or not.</summary>
    public long Most { get; }

    /// <summary>What one query may take without anybody else having to fear for theirs: half of what is promised.</summary>
    public long Share => Capacity / 2;

    /// <summary>The lock table of a server; null when its settings could not be read.</summary>
    public static LockBudget? Of(SourceSnapshot snapshot)
    {
        long? Number(string name) => snapshot.Settings.TryGetValue(name, out var fact) ? fact.Number : null;
        if (Number(Setting) is not { } each || Number("max_connections") is not { } connections)
        {
            return null;
        }

        var sessions = connections + (Number("max_prepared_transactions") ?? 0);
        return new LockBudget(sessions, each, sessions + (Number("max_worker_processes") ?? 0) + (Number("max_wal_senders") ?? 0) + OwnProcesses);
    }

    /// <summary>
    /// What one query on a table locks: the table and everything below it, partitions and tables that inherit, with every index, whatever the query asks for.
    /// Indexes of a table that stands alone are not counted.
    /// </summary>
    /// <param name="table">The table.</param>
    /// <param name="families">What is below it.</param>
    /// <param name="major">The server's major version.</param>
    public static long LocksOf(TableFact table, TableFamilies families, int major)
    {
        return families.Members(table).Sum(Own);

        long Own(TableFact one) => 1 + (one.Kind == RelationKind.Partitioned && major < PostgresFeatures.PartitionedIndexesPlanned ? 0 : one.Indexes);
    }

    /// <summary>The setting with which a query of so many locks stays within its <see cref="Share"/>.</summary>
    public long Raised(long locks) => ((((2 * locks) + _sessions - 1) / _sessions) + Step - 1) / Step * Step;
}
