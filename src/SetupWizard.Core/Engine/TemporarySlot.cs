using System.Globalization;
using Npgsql;
using Npgsql.Replication;
using Npgsql.Replication.PgOutput;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Engine;

/// <summary>Temporary replication slots: created while reporting which transaction they wait for, and awaited until the catalog no longer shows them.</summary>
internal static class TemporarySlot
{
    /// <summary>Delay before a slot that is still being created gets a <see cref="SlotGuard"/>; most take less.</summary>
    private static readonly TimeSpan s_guardAfter = TimeSpan.FromMilliseconds(250);

    /// <summary>Delay before the blocking transaction is reported, and the interval of further reports.</summary>
    private static readonly TimeSpan s_explainAfter = TimeSpan.FromSeconds(1);

    /// <summary>Retries, and the delay between them, until a dropped slot is gone from the catalog: half a minute in all.</summary>
    private const int CleanLooks = 120;

    /// <summary>Number of retries after which the backend that holds the slot is terminated.</summary>
    private const int PatientLooks = 20;

    private static readonly TimeSpan s_cleanPause = TimeSpan.FromMilliseconds(250);

    /// <summary>A unique name.</summary>
    public static string NewName(string purpose) => $"setupwizard_{purpose}_" + Guid.NewGuid().ToString("N")[..12];

    /// <summary>
    /// Settings for a session that makes a slot. Making one waits for transactions under way; unlike statement_timeout, lock_timeout bounds
    /// that wait. And a server that is told never to give up on a silent client would keep the slot of a machine that vanished.
    /// </summary>
    public static string SessionOptions { get; } = string.Create(
        CultureInfo.InvariantCulture,
        $"-c lock_timeout={(int)ProofLimits.Patience.TotalMilliseconds} -c wal_sender_timeout={(int)TimeSpan.FromSeconds(30).TotalMilliseconds}");

    /// <summary>How long a command of such a session may take: the server gives up first, and says why.</summary>
    public static TimeSpan CommandLimit { get; } = ProofLimits.Patience + TimeSpan.FromSeconds(15);

    /// <summary>
    /// Makes one; tells whoever listens, once a second, what it waits for. When it is given up, the session ends with it; when this process
    /// is gone while it waits, too (<see cref="SlotGuard"/>).
    /// </summary>
    public static async Task<PgOutputReplicationSlot> CreateAsync(
        ReplicationSession session, string name, NpgsqlConnection admin, Func<Task> explain, TimeProvider time, CancellationToken cancellationToken)
    {
        // Npgsql cannot cancel this command: its attempt throws into whoever cancels. A wait for transactions is ended from beside.
        var creation = session.Connection.CreatePgOutputReplicationSlot(
            name,
            temporarySlot: true,
            slotSnapshotInitMode: LogicalSlotSnapshotInitMode.NoExport,
            cancellationToken: CancellationToken.None);
        SlotGuard? guard = null;
        try
        {
            if (!await EndsWithinAsync(creation, s_guardAfter, time, cancellationToken).ConfigureAwait(false))
            {
                guard = await SlotGuard.PostAsync(session, admin, cancellationToken).ConfigureAwait(false);
            }

            while (!await EndsWithinAsync(creation, s_explainAfter, time, cancellationToken).ConfigureAwait(false))
            {
                await explain().ConfigureAwait(false);
            }
        }
        catch
        {
            await session.EndAsync().ConfigureAwait(false);
            await ((Task)creation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
        finally
        {
            if (guard is not null)
            {
                await guard.DisposeAsync().ConfigureAwait(false);
            }
        }

        return await creation.ConfigureAwait(false);
    }

    private static async Task<bool> EndsWithinAsync(Task creation, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var ended = await Task.WhenAny(creation, Task.Delay(limit, time, cancellationToken)).ConfigureAwait(false) == creation;
        if (!ended)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return ended;
    }

    /// <summary>Why a slot could not be made, and who owns that; nobody does when nothing was seen that could be mended.</summary>
    /// <param name="e">What ended the wait.</param>
    /// <param name="user">Who makes the slot.</param>
    /// <param name="blocker">The transaction it was seen to wait for; null when none was.</param>
    /// <param name="inRecovery">Whether the server is a standby, which waits for a word of its primary.</param>
    /// <param name="waited">How long it was waited for.</param>
    /// <param name="redactor">Takes secrets out of what the server said.</param>
    public static (Problem Problem, RequirementId? Owner) Failure(Exception e, string user, SlotBlocker? blocker, bool inRecovery, TimeSpan waited, Redactor redactor)
    {
        var server = e as PostgresException;
        (string, object?)[] arguments = [("user", user), ("seconds", (int)waited.TotalSeconds)];
        (string, RequirementId?)? certain = server?.SqlState switch
        {
            PostgresErrorCodes.ObjectNotInPrerequisiteState => ("proof-wal-level", RequirementId.WalLevel),
            PostgresErrorCodes.ConfigurationLimitExceeded => ("proof-no-slot", RequirementId.ReplicationSlots),
            PostgresErrorCodes.InsufficientPrivilege => ("proof-replication", RequirementId.ReplicationPrivilege),
            not null when ProofReport.IsLost(e) => ("proof-lost", RequirementId.Reachable),
            not null when ApplyProblems.IsConnectionLost(server!) => ("proof-failed", RequirementId.Reachable),
            _ => null,
        };
        var (key, owner) = certain
            ?? (blocker is not null ? ("proof-slot-waits", RequirementId.OpenTransactions)
                : server is not null and not { SqlState: PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.QueryCanceled } ? ("proof-failed", null)
                : inRecovery ? ("proof-slot-standby", RequirementId.Primary)
                : e is OperationCanceledException or TimeoutException || e.InnerException is TimeoutException || server is not null ? ("proof-slot-slow", RequirementId.OpenTransactions)
                : ("proof-lost", RequirementId.Reachable));

        // What a driver says of a wait that it broke off is not the server's word.
        var said = server is not null || key == "proof-lost" ? redactor.Message(e) : null;
        return (new Problem(key, ProofReport.Arguments([.. arguments, .. key == "proof-slot-waits" ? blocker!.Arguments : []]), said), owner);
    }

    /// <summary>The publication's name for a replication command: Npgsql puts it between quotes of both kinds and doubles neither.</summary>
    public static string InReplicationCommand(string publication) =>
        publication.Replace("\"", "\"\"", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal);

    /// <summary>
    /// Waits until the catalog no longer shows a slot: the server drops a temporary one when its connection ends; that takes it a moment, and a
    /// busy one a longer one. One that has not heard of that end after five seconds is told.
    /// </summary>
    /// <param name="admin">A session to look with.</param>
    /// <param name="user">The source, with the login that made the slot as administrator.</param>
    /// <param name="name">The slot.</param>
    /// <param name="time">The clock.</param>
    /// <returns>False when it is still there after half a minute.</returns>
    public static async Task<bool> HasGoneAsync(NpgsqlConnection admin, SetupTarget user, string name, TimeProvider time)
    {
        for (var attempt = 0; ; attempt++)
        {
            if (await ProofQueries.ScalarAsync(admin, "SELECT slot_name::text FROM pg_catalog.pg_replication_slots WHERE slot_name = $1", name, CancellationToken.None).ConfigureAwait(false) is null)
            {
                return true;
            }

            if (attempt == CleanLooks)
            {
                return false;
            }

            if (attempt == PatientLooks)
            {
                await ReplicationSession.EndHolderAsync(user, name).ConfigureAwait(false);
            }

            await Task.Delay(s_cleanPause, time, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
