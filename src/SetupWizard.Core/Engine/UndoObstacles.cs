using System.Globalization;
using Npgsql;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Model;
using SetupWizard.Core.Source;

namespace SetupWizard.Core.Engine;

/// <summary>What an undo would hurt. It is looked for before anything runs, so that an undo is refused as a whole and never half done.</summary>
internal static class UndoObstacles
{
    /// <summary>How many readers of slots, or owned objects, are named; more are counted.</summary>
    private const int Named = 5;

    private const string DropUser = AuditTrail.UndoPrefix + "create-user";

    /// <summary>How often, and how long apart, is looked again while sessions of the wizard's own are still there: three seconds in all.</summary>
    private const int EndingLooks = 30;

    private static readonly TimeSpan s_endingPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Longer than catalog work takes, shorter than anybody notices.</summary>
    private static readonly TimeSpan s_rehearsalLockTimeout = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Active slots that read changes through pgoutput: those of the ClickPipes user, those ClickPipes names, and those whose command names the publication.
    /// Which publication a slot reads the server keeps nowhere; since PostgreSQL 14 the command of a walsender shows it to those who may see it.
    /// See <see href="https://www.postgresql.org/docs/current/view-pg-replication-slots.html"/>.
    /// </summary>
    private const string Readers =
        """
        SELECT s.slot_name::text, coalesce(a.usename::text, '?'), coalesce(nullif(a.application_name, ''), '?'), coalesce(s.active_pid, 0)
        FROM pg_catalog.pg_replication_slots s
        LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = s.active_pid
        WHERE s.active AND s.slot_type = 'logical' AND s.plugin = 'pgoutput' AND s.database = pg_catalog.current_database()
          AND (a.usename = $1 OR s.slot_name LIKE 'peerflow\_slot\_%'
            OR (pg_catalog.strpos(a.query, 'publication_names') > 0 AND pg_catalog.strpos(a.query, $2) > 0))
        ORDER BY 1
        """;

    /// <summary>Logical slots on the whole server: without logical decoding it refuses to start while there is one.</summary>
    private const string LogicalSlots = "SELECT s.slot_name::text FROM pg_catalog.pg_replication_slots s WHERE s.slot_type = 'logical' ORDER BY 1";

    private const string Sessions =
        """
        SELECT coalesce(nullif(a.application_name, ''), '?'), a.pid, coalesce(a.datname::text, '')
        FROM pg_catalog.pg_stat_activity a WHERE a.usename = $1 AND a.pid <> pg_catalog.pg_backend_pid() ORDER BY a.backend_start
        """;

    /// <summary>What the role owns anywhere, and what it was granted in other databases, where this undo cannot reach. See <see href="https://www.postgresql.org/docs/current/catalog-pg-shdepend.html"/>.</summary>
    private const string Belongings =
        """
        SELECT CASE
                 WHEN d.dbid IN (0, here.oid) THEN pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid)
                 ELSE 'database ' || coalesce(o.datname::text, '?')
               END
        FROM pg_catalog.pg_shdepend d
        JOIN pg_catalog.pg_roles r ON d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND d.refobjid = r.oid
        JOIN pg_catalog.pg_database here ON here.datname = pg_catalog.current_database()
        LEFT JOIN pg_catalog.pg_database o ON o.oid = d.dbid
        WHERE r.rolname = $1 AND (d.deptype = 'o' OR (d.deptype = 'a' AND d.dbid NOT IN (0, here.oid)))
        GROUP BY 1 ORDER BY 1
        """;

    /// <summary>Everything that depends on the role in this database, memberships aside: those go with it.</summary>
    private const string Dependents =
        """
        SELECT DISTINCT pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid)
        FROM pg_catalog.pg_shdepend d
        JOIN pg_catalog.pg_roles r ON d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND d.refobjid = r.oid
        JOIN pg_catalog.pg_database here ON here.datname = pg_catalog.current_database() AND d.dbid IN (0, here.oid)
        WHERE r.rolname = $1 AND d.classid <> 'pg_catalog.pg_auth_members'::pg_catalog.regclass
        ORDER BY 1
        """;

    /// <summary>Everything that can be seen without trying.</summary>
    public static async Task<IReadOnlyList<Problem>> FindAsync(NpgsqlConnection connection, SetupPlan plan, TimeProvider time, CancellationToken cancellationToken)
    {
        var found = new List<Problem>();
        var (user, publication) = (plan.Goal.User, plan.Goal.Publication);
        if (plan.Changes.Any(c => c.Phase > ChangePhase.AdminRights))
        {
            var readers = await ReadAsync(connection, Readers, [user, publication], cancellationToken).ConfigureAwait(false);
            if (readers.Count > 0)
            {
                found.Add(ApplyRun.Problem(
                    "undo-slot-active",
                    ("publication", publication),
                    ("count", readers.Count),
                    ("slots", Names(readers.Select(r => r[0]))),
                    ("readers", Names(readers.Select(r => $"{r[1]} ({r[2]}, pid {r[3]})")))));
            }
        }

        if (plan.Changes.Any(c => c.Kind == AuditTrail.UndoPrefix + "alter-system" && c.For.Code == RequirementId.WalLevel.Code))
        {
            var slots = await ReadAsync(connection, LogicalSlots, [], cancellationToken).ConfigureAwait(false);
            if (slots.Count > 0)
            {
                found.Add(ApplyRun.Problem("undo-slots-left", ("count", slots.Count), ("slots", Names(slots.Select(s => s[0])))));
            }
        }

        if (plan.Changes.Any(c => c.Kind == DropUser))
        {
            var sessions = await SessionsAsync(connection, user, time, cancellationToken).ConfigureAwait(false);
            if (sessions.Count > 0)
            {
                found.Add(ApplyRun.Problem("undo-user-connected", ("user", user), ("count", sessions.Count), ("sessions", Names(sessions.Select(s => $"{s[0]} (pid {s[1]}, {s[2]})")))));
            }

            var owned = await ReadAsync(connection, Belongings, [user], cancellationToken).ConfigureAwait(false);
            if (owned.Count > 0)
            {
                found.Add(ApplyRun.Problem("undo-user-owns", ("user", user), ("count", owned.Count), ("objects", Names(owned.Select(o => o[0])))));
            }
        }

        return found;
    }

    /// <summary>The first thing in the way: seen, or said by the server when the user's part is tried in a transaction that is rolled back.</summary>
    public static async Task<Problem?> FirstAsync(NpgsqlConnection connection, ApplyRun run, CancellationToken cancellationToken) =>
        (await FindAsync(connection, run.Plan, run.Time, cancellationToken).ConfigureAwait(false)) is [var first, ..]
            ? first
            : await RehearseAsync(connection, run, cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// The user's sessions. The server lets a session go a moment after its client has: those of a proof that has just ended are no reason to refuse.
    /// </summary>
    private static async Task<List<string[]>> SessionsAsync(NpgsqlConnection connection, string user, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var look = 0; ; look++)
        {
            var sessions = await ReadAsync(connection, Sessions, [user], cancellationToken).ConfigureAwait(false);
            if (look == EndingLooks || sessions.Count == 0 || !sessions.TrueForAll(static s => s[0].StartsWith(SourceConnector.ApplicationName + " ", StringComparison.Ordinal)))
            {
                return sessions;
            }

            await Task.Delay(s_endingPause, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// What somebody else granted to the role keeps it from being dropped, and by then the publication would be gone. So the role's own part is
    /// tried in a transaction that is rolled back, and whatever still depends on the role then is in the way.
    /// </summary>
    private static async Task<Problem?> RehearseAsync(NpgsqlConnection connection, ApplyRun run, CancellationToken cancellationToken)
    {
        if (run.Plan.Changes.All(c => c.Kind != DropUser))
        {
            return null;
        }

        var transaction = await ApplySession.BeginAsync(connection, s_rehearsalLockTimeout, cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            try
            {
                foreach (var change in run.Plan.Changes.Where(c => c is { Transactional: true, Phase: ChangePhase.Grants or ChangePhase.User } && c.Kind != DropUser))
                {
                    var command = new NpgsqlCommand(change.Statement.Execute(null), connection, transaction);
                    await using (command.ConfigureAwait(false))
                    {
                        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                    }
                }

                var left = await ReadAsync(connection, Dependents, [run.Plan.Goal.User], cancellationToken).ConfigureAwait(false);
                return left.Count == 0
                    ? null
                    : ApplyRun.Problem("undo-user-in-use", ("user", run.Plan.Goal.User), ("count", left.Count), ("objects", Names(left.Select(o => o[0]))));
            }
            catch (PostgresException e) when (!ApplyProblems.IsConnectionLost(e))
            {
                // For the run itself to meet and to report: a lock that is held now may be free then.
                return null;
            }
        }
    }

    private static async Task<List<string[]>> ReadAsync(NpgsqlConnection connection, string sql, string[] values, CancellationToken cancellationToken)
    {
        var rows = new List<string[]>();
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 10 };
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture) ?? "")]);
                }
            }
        }

        return rows;
    }

    private static string Names(IEnumerable<string> all)
    {
        var names = all.ToList();
        var more = names.Count - Named;
        return string.Join(", ", names.Take(Named)) + (more > 0 ? string.Create(CultureInfo.InvariantCulture, $", +{more}") : "");
    }
}
