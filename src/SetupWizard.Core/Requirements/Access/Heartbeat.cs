using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements.Access;

/// <summary>
/// SW310: the user may call <c>pg_logical_emit_message</c>, which keeps the slot moving while the tables are quiet. Everybody may unless somebody took
/// that away. See <see href="https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-REPLICATION"/>.
/// </summary>
public sealed class Heartbeat : IRequirement
{
    private const int DecodedSince = 14;
    private const int FlushArgumentSince = 17;

    /// <inheritdoc/>
    public RequirementId Id => RequirementId.Heartbeat;

    /// <inheritdoc/>
    public Area Area => Area.Access;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["missing", Verdicts.UnreadableCase, Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "session", "pg_roles") is { } blind)
        {
            yield return blind;
            yield break;
        }

        var server = context.Snapshot.Server;
        (string, object?)[] arguments = [("user", context.Goal.User), ("version", server.Version)];
        if (server.Major < DecodedSince)
        {
            yield return this.NotApplicable(arguments);
            yield break;
        }

        var may = server.UserCanEmitMessage ?? server.PublicCanEmitMessage;
        yield return (may ? this.Satisfied(arguments) : this.Finding(FindingState.Advice, "missing", arguments) with { Fixes = [Grant(context)] }) with
        {
            Actual = may ? "EXECUTE" : "",
            Desired = "EXECUTE",
        };
    }

    /// <summary>The function as GRANT names it on this major version.</summary>
    internal static string Function(int major) => major >= FlushArgumentSince
        ? "pg_catalog.pg_logical_emit_message(boolean, text, text, boolean)"
        : "pg_catalog.pg_logical_emit_message(boolean, text, text)";

    private static SqlChange Grant(RequirementContext context)
    {
        var function = Function(context.Snapshot.Server.Major);
        var user = PgIdentifier.Quote(context.Goal.User);
        return new SqlChange
        {
            For = RequirementId.Heartbeat,
            Kind = "grant-heartbeat",
            Needs = Needs.User(context),
            Phase = ChangePhase.Grants,
            Statement = new SqlText($"GRANT EXECUTE ON FUNCTION {function} TO {user}"),
            Undo = new SqlText($"REVOKE EXECUTE ON FUNCTION {function} FROM {user}"),
            Leaves = LeftStates.Granted(
                "pg_catalog.pg_proc p",
                "p.proacl",
                "p.proowner",
                "p.pronamespace = 'pg_catalog'::pg_catalog.regnamespace AND p.proname = 'pg_logical_emit_message' AND p.proargtypes[2] = 'pg_catalog.text'::pg_catalog.regtype",
                context.Goal.User,
                "EXECUTE"),
            RunBy = context.Snapshot.Admin.Superuser ? null : AdminPowers.HigherAdmin(context.Snapshot, context.Provider),
            Arguments = Verdicts.Args(("user", context.Goal.User)),
        };
    }
}
