using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements.Access;

/// <summary>SW303: the user may connect to the database. Everybody may unless somebody took that away.</summary>
public sealed class ConnectPrivilege : IRequirement
{
    /// <inheritdoc/>
    public RequirementId Id => RequirementId.Connect;

    /// <inheritdoc/>
    public Area Area => Area.Access;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["missing", Verdicts.UnreadableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "session", "pg_roles") is { } blind)
        {
            yield return blind;
            yield break;
        }

        var server = context.Snapshot.Server;
        var may = server.UserCanConnect ?? server.PublicCanConnect;
        (string, object?)[] arguments = [("user", context.Goal.User), ("database", server.Database)];
        yield return (may ? this.Satisfied(arguments) : this.Finding(FindingState.Blocking, "missing", arguments) with { Fixes = Grant(context) }) with
        {
            Actual = may ? "CONNECT" : "",
            Desired = "CONNECT",
        };
    }

    private static IReadOnlyList<Change> Grant(RequirementContext context)
    {
        var snapshot = context.Snapshot;
        var owner = snapshot.Server.DatabaseOwner;
        var database = PgIdentifier.Quote(snapshot.Server.Database);
        var user = PgIdentifier.Quote(context.Goal.User);
        return
        [
            .. OwnerChanges.Memberships(snapshot, [owner]),
            new SqlChange
            {
                For = RequirementId.Connect,
                Kind = "grant-connect",
                Needs = Needs.User(context),
                Phase = ChangePhase.Grants,
                Statement = new SqlText($"GRANT CONNECT ON DATABASE {database} TO {user}"),
                Undo = new SqlText($"REVOKE CONNECT ON DATABASE {database} FROM {user}"),
                Leaves = LeftStates.Granted("pg_catalog.pg_database d", "d.datacl", "d.datdba", "d.datname = pg_catalog.current_database()", context.Goal.User, "CONNECT"),
                RunBy = AdminPowers.CanBecome(snapshot, owner) ? null : owner,
                Arguments = Verdicts.Args(("user", context.Goal.User), ("database", snapshot.Server.Database)),
            },
        ];
    }
}
