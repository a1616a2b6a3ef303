using System.Globalization;
using Npgsql;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.HandOff;
using SetupWizard.Core.Model;
using SetupWizard.Core.Reading;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Engine;

/// <summary>What an undo would hurt. It is looked for before anything runs, so that an undo is refused as a whole and never half done.</summary>
internal static class UndoObstacles
{
    /// <summary>Maximum number of slot readers, or owned objects, named; the rest is counted.</summary>
    private const int Named = 5;

    internal const string DropUser = AuditTrail.UndoPrefix + "create-user";

    /// <summary>Retries, and the delay between them, while the wizard's own sessions are still ending: three seconds in all.</summary>
    private const int EndingLooks = 30;

    private static readonly TimeSpan s_endingPause = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Everything that depends on the role in this database, memberships aside: those go with it. Without tables named by $2 (schemas) and $3 (names, both text[]) on which it has nothing but SELECT.
    /// </summary>
    private const string Dependents =
        """
        SELECT DISTINCT pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid)
        FROM pg_catalog.pg_shdepend d
        JOIN pg_catalog.pg_roles r ON d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND d.refobjid = r.oid
        JOIN pg_catalog.pg_database here ON here.datname = pg_catalog.current_database() AND d.dbid IN (0, here.oid)
        WHERE r.rolname = $1 AND d.classid <> 'pg_catalog.pg_auth_members'::pg_catalog.regclass
          AND NOT (d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objsubid = 0 AND d.deptype = 'a'
                   AND EXISTS (SELECT FROM ROWS FROM (pg_catalog.unnest($2::pg_catalog.text[]), pg_catalog.unnest($3::pg_catalog.text[])) w(schema, name)
                               JOIN pg_catalog.pg_namespace n ON n.nspname = w.schema JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = w.name
                               WHERE c.oid = d.objid AND NOT EXISTS (SELECT FROM pg_catalog.aclexplode(c.relacl) a WHERE a.grantee = r.oid AND a.privilege_type <> 'SELECT')))
        ORDER BY 1
        """;

    /// <summary>A table of this name with an owner whose rights this session does not have.</summary>
    private const string Foreign =
        """
        SELECT c.oid::text FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND c.relname = $2 AND NOT pg_catalog.pg_has_role(c.relowner, 'USAGE')
        """;

    /// <summary>Everything that can be seen without trying.</summary>
    public static async Task<IReadOnlyList<Problem>> FindAsync(NpgsqlConnection connection, SetupPlan plan, TimeProvider time, CancellationToken cancellationToken)
    {
        var found = new List<Problem>();
        var (users, publications) = (Arguments(plan, "user", plan.Goal.User), Arguments(plan, "publication", plan.Goal.Publication));
        if (plan.Changes.Any(c => c.Phase > ChangePhase.AdminRights))
        {
            // Active slots: those of the ClickPipes user, those ClickPipes names, and those whose command names the publication.
            var readers = (await ReadAsync(connection, CatalogQueries.SlotReaders, [], cancellationToken).ConfigureAwait(false))
                .Where(r => r[3].Length > 0 && (users.Contains(r[1]) || r[0].StartsWith(ForeignReaders.SlotOfClickPipes, StringComparison.Ordinal) || PublicationNames.Of(r[4])?.Any(publications.Contains) == true))
                .ToList();
            if (readers.Count > 0)
            {
                found.Add(ApplyRun.Problem(
                    "undo-slot-active",
                    ("publication", string.Join(", ", publications)),
                    ("count", readers.Count),
                    ("slots", Names(readers.Select(r => r[0]))),
                    ("readers", Names(readers.Select(static r => $"{OrUnknown(r[1])} ({OrUnknown(r[2])}, pid {r[3]})")))));
            }
        }

        if (plan.Changes.Any(c => c.Phase > ChangePhase.AdminRights) && plan.Undo is { IdleSlotsUnused: false })
        {
            // Which set-up a slot that nobody reads belongs to is nowhere to be seen: a pipe that is paused comes back to it.
            var idle = (await ReadAsync(connection, CatalogQueries.SlotReaders, [], cancellationToken).ConfigureAwait(false))
                .Where(r => r[3].Length == 0 && r[0].StartsWith(ForeignReaders.SlotOfClickPipes, StringComparison.Ordinal)).ToList();
            if (idle.Count > 0)
            {
                found.Add(ApplyRun.Problem("undo-slot-idle", ("publication", string.Join(", ", publications)), ("count", idle.Count), ("slots", Names(idle.Select(static r => r[0])))));
            }
        }

        foreach (var (change, query) in plan.Changes.Select(static c => (c, ParameterRoom.SlotsInTheWay(c.Statement.Display))))
        {
            if (query is not null && await ReadAsync(connection, query + " ORDER BY 1", [], cancellationToken).ConfigureAwait(false) is { Count: > 0 } slots)
            {
                found.Add(ApplyRun.Problem(
                    change.For.Code == RequirementId.WalLevel.Code ? "undo-slots-left" : "undo-slots-many",
                    ("count", slots.Count),
                    ("slots", Names(slots.Select(s => s[0])))));
            }
        }

        foreach (var user in Dropped(plan))
        {
            var sessions = await SessionsAsync(connection, user, time, cancellationToken).ConfigureAwait(false);
            if (sessions.Count > 0)
            {
                found.Add(ApplyRun.Problem("undo-user-connected", ("user", user), ("count", sessions.Count), ("sessions", Names(sessions.Select(s => $"{s[0]} (pid {s[1]}, {s[2]})")))));
            }

            var owned = await ReadAsync(connection, UndoQuestions.Belongings("= $1"), [user], cancellationToken).ConfigureAwait(false);
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
            var sessions = await ReadAsync(connection, UndoQuestions.Sessions("= $1"), [user], cancellationToken).ConfigureAwait(false);
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
        if (await ForbiddenAsync(connection, run, cancellationToken).ConfigureAwait(false) is { } forbidden)
        {
            return forbidden;
        }

        var dropped = Dropped(run.Plan);
        var tried = run.Plan.Changes.Where(static c => c is { Transactional: true, Phase: ChangePhase.Grants or ChangePhase.User } && c.Kind != DropUser).ToList();

        // The locks of these, all together, could fill the lock table; what they leave is reckoned instead.
        var apart = PlanSql.NamedIn(tried.Where(static c => c.OwnTransaction).Select(static c => c.Statement.Display)).Tables;
        tried.RemoveAll(static c => c.OwnTransaction);
        if (dropped.Count + tried.Count == 0)
        {
            return null;
        }

        var current = run.Plan.Changes[0];
        var transaction = await ApplySession.BeginAsync(connection, rehearsal: true, cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            try
            {
                foreach (var change in tried)
                {
                    current = change;
                    var command = new NpgsqlCommand(change.Statement.Execute(null), connection, transaction);
                    await using (command.ConfigureAwait(false))
                    {
                        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                    }
                }

                foreach (var user in dropped)
                {
                    var left = await ReadAsync(connection, Dependents, [user, apart.Select(static t => t.Schema).ToArray(), apart.Select(static t => t.Name).ToArray()], cancellationToken).ConfigureAwait(false);
                    if (left.Count > 0)
                    {
                        return ApplyRun.Problem("undo-user-in-use", ("user", user), ("count", left.Count), ("objects", Names(left.Select(static o => o[0]))));
                    }
                }

                return null;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
            {
                // No later try fares better, and by then what publishes would be gone.
                return new Problem("undo-not-permitted", ApplyRun.Arguments(("sql", current.Statement.Display)), run.Redactor.Message(e));
            }
            catch (PostgresException e) when (!ApplyProblems.IsConnectionLost(e))
            {
                // For the run itself to meet and to report: a lock that is held now may be free then.
                return null;
            }
        }
    }

    /// <summary>A row identity of a table that this login may not act on: only its owner may change it, and trying takes a lock that keeps readers out.</summary>
    private static async Task<Problem?> ForbiddenAsync(NpgsqlConnection connection, ApplyRun run, CancellationToken cancellationToken)
    {
        foreach (var change in run.Plan.Changes.Where(static c => c.Phase == ChangePhase.ReplicaIdentity))
        {
            foreach (var table in PlanSql.NamedIn([change.Statement.Display]).Tables)
            {
                if ((await ReadAsync(connection, Foreign, [table.Schema, table.Name], cancellationToken).ConfigureAwait(false)).Count > 0)
                {
                    return ApplyRun.Problem("undo-not-permitted", ("sql", change.Statement.Display));
                }
            }
        }

        return null;
    }

    /// <summary>The users the undo drops: those its changes name, whatever the goal of now says.</summary>
    private static List<string> Dropped(SetupPlan plan) =>
        [.. plan.Changes.Where(static c => c.Kind == DropUser).Select(c => c.Arguments.GetValueOrDefault("user") as string ?? plan.Goal.User).Distinct(StringComparer.Ordinal)];

    private static List<string> Arguments(SetupPlan plan, string name, string otherwise) =>
        plan.Changes.Select(c => c.Arguments.GetValueOrDefault(name) as string).OfType<string>().Distinct(StringComparer.Ordinal).ToList() is { Count: > 0 } named ? named : [otherwise];

    private static async Task<List<string[]>> ReadAsync(NpgsqlConnection connection, string sql, object[] values, CancellationToken cancellationToken)
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

    private static string OrUnknown(string name) => name.Length == 0 ? "?" : name;

    private static string Names(IEnumerable<string> all) => NameList.Of(all, Named);
}
