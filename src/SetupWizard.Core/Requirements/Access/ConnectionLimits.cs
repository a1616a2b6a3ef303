using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements.Access;

/// <summary>
/// SW312: the database and the server have room for the connections ClickPipes opens at once. What a database lets in
/// (<c>ALTER DATABASE … CONNECTION LIMIT</c>) counts everybody's sessions, and of <c>max_connections</c> some are kept for administrators. The same limit on the user itself is SW301's.
/// See <see href="https://www.postgresql.org/docs/current/sql-alterdatabase.html"/> and
/// <see href="https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-MAX-CONNECTIONS"/>.
/// </summary>
public sealed class ConnectionLimits : IRequirement
{
    private const string Setting = "max_connections";

    /// <summary>The second since PostgreSQL 16.</summary>
    private static readonly string[] s_kept = ["superuser_reserved_connections", "reserved_connections"];

    /// <inheritdoc/>
    public RequirementId Id => RequirementId.Connections;

    /// <inheritdoc/>
    public Area Area => Area.Access;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["database", "database-crowded", "server", "server-crowded", "pending", Verdicts.UnreadableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "pg_settings", "pg_database", "pg_stat_replication", "session", "pg_roles") is { } blind)
        {
            return [blind];
        }

        var snapshot = context.Snapshot;
        if (snapshot.Connections is not { } connections)
        {
            return [this.Unreadable("pg_database", "not listed")];
        }

        if (!snapshot.Settings.TryGetValue(Setting, out var most) || most.Number is not { } all)
        {
            return [this.Unreadable(Setting, "not listed")];
        }

        var kept = s_kept.Sum(s => snapshot.Settings.TryGetValue(s, out var fact) ? fact.Number ?? 0 : 0);
        (string, object?)[] arguments =
        [
            ("user", context.Goal.User),
            ("database", snapshot.Server.Database),
            ("needed", ClickPipesUser.NeededConnections),
            ("limit", connections.DatabaseLimit),
            ("used", connections.InDatabase),
            ("max", all),
            ("kept", kept),
            ("open", all - kept),
            ("usedInAll", connections.InServer),
        ];
        Finding[] findings = [.. OfDatabase(context, connections, arguments), .. OfServer(context, connections, most, all, all - kept, arguments)];
        return findings.Length > 0 ? findings :
        [
            this.Satisfied(arguments) with { Evidence = [new Evidence(Setting, most.Value), new Evidence("datconnlimit", connections.DatabaseLimit.ToString(CultureInfo.InvariantCulture))] },
        ];
    }

    private IEnumerable<Finding> OfDatabase(RequirementContext context, ConnectionFacts connections, (string, object?)[] arguments)
    {
        // A limit lets superusers in.
        if (connections.DatabaseLimit < 0 || context.Snapshot.Role(context.Goal.User)?.Superuser == true)
        {
            yield break;
        }

        var situation = connections.DatabaseLimit < ClickPipesUser.NeededConnections ? "database"
            : connections.DatabaseLimit - connections.InDatabase < ClickPipesUser.NeededConnections ? "database-crowded"
            : null;
        if (situation is not null)
        {
            // As many more as ClickPipes needs: what the limit leaves to everybody else stays as it is.
            var raised = connections.DatabaseLimit + ClickPipesUser.NeededConnections;
            yield return this.Finding(situation == "database" ? FindingState.Blocking : FindingState.Warning, situation, [.. arguments, ("raised", raised)]) with
            {
                Actual = Clause(connections.DatabaseLimit),
                Desired = Clause(raised),
                Fixes = Raise(context, connections.DatabaseLimit, raised),
                Evidence = [new Evidence("datconnlimit", connections.DatabaseLimit.ToString(CultureInfo.InvariantCulture)), new Evidence("sessions", connections.InDatabase.ToString(CultureInfo.InvariantCulture))],
            };
        }
    }

    private IEnumerable<Finding> OfServer(RequirementContext context, ConnectionFacts connections, SettingFact most, long all, long open, (string, object?)[] arguments)
    {
        var full = open < ClickPipesUser.NeededConnections;
        if (!full && open - connections.InServer >= ClickPipesUser.NeededConnections)
        {
            yield break;
        }

        // Sessions come and go, and more of them cost memory and a restart: only where there would never be room is that planned.
        var raised = (all + ClickPipesUser.NeededConnections).ToString(CultureInfo.InvariantCulture);
        (string, object?)[] more = [.. arguments, ("raised", raised)];
        yield return (most.PendingRestart ? this.Finding(FindingState.Pending, "pending", more) with { Fixes = ParameterChanges.Restart(context, Id, Setting) }
            : full ? ParameterChanges.Raise(context, this.Finding(FindingState.Blocking, "server", more), Setting, raised)
            : this.Finding(FindingState.Warning, "server-crowded", more)) with
        {
            Actual = connections.InServer.ToString(CultureInfo.InvariantCulture) + "/" + open.ToString(CultureInfo.InvariantCulture),
            Desired = raised,
            Evidence = [new Evidence(Setting, most.Value), new Evidence("sessions", connections.InServer.ToString(CultureInfo.InvariantCulture))],
        };
    }

    private static IReadOnlyList<Change> Raise(RequirementContext context, int limit, int raised)
    {
        var snapshot = context.Snapshot;
        var owner = snapshot.Server.DatabaseOwner;
        var alter = "ALTER DATABASE " + PgIdentifier.Quote(snapshot.Server.Database) + " ";
        return
        [
            .. OwnerChanges.Memberships(snapshot, [owner]),
            new SqlChange
            {
                For = RequirementId.Connections,
                Kind = "database-connection-limit",
                Phase = ChangePhase.Grants,
                Statement = new SqlText(alter + Clause(raised)),
                Undo = new SqlText(alter + Clause(limit)),
                Leaves = LeftStates.DatabaseLimit(snapshot.Server.Database, limit, raised),
                RunBy = AdminPowers.CanBecome(snapshot, owner) ? null : owner,
                Arguments = Verdicts.Args(("database", snapshot.Server.Database), ("limit", raised)),
            },
        ];
    }

    private static string Clause(int limit) => "CONNECTION LIMIT " + limit.ToString(CultureInfo.InvariantCulture);
}
