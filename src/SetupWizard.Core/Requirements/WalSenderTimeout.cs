using SetupWizard.Core.Model;
using SetupWizard.Core.Source;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements;

/// <summary>
/// SW205: <c>wal_sender_timeout</c> is 0 for the ClickPipes user, as both guides ask. Newer ClickPipes sends a value of its own, so this never blocks.
/// Role and database settings win over the server's in the order the manual gives:
/// <see href="https://www.postgresql.org/docs/current/catalog-pg-db-role-setting.html"/>.
/// </summary>
public sealed class WalSenderTimeout : IRequirement
{
    private const string Setting = "wal_sender_timeout";

    /// <inheritdoc/>
    public RequirementId Id => RequirementId.WalSenderTimeout;

    /// <inheritdoc/>
    public WizardStep Step => WizardStep.Replication;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["not-zero", Verdicts.UnreadableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.Blind(context, "pg_settings", "pg_db_role_setting", "pg_roles") is { } blind)
        {
            yield return blind;
            yield break;
        }

        var snapshot = context.Snapshot;
        var user = snapshot.Role(context.Goal.User);
        if (!snapshot.Settings.TryGetValue(Setting, out var server))
        {
            yield return this.Unreadable(Setting, "not listed");
            yield break;
        }

        var attached = snapshot.RoleSettings.Where(s => s.Name == Setting && (s.Role is null || s.Role == context.Goal.User)).OrderBy(Rank).ToList();
        var winner = attached.FirstOrDefault();
        var value = winner?.Value ?? server.Value;

        // This session's own value says nothing about the user's when it was attached to this login.
        var known = winner is not null || !(server.Source is "user" or "database user" or "client" or "session");
        (string, object?)[] arguments = [("user", context.Goal.User), ("value", value), ("level", LevelOf(winner))];
        var finding = known && IsZero(value) ? this.Ok(arguments)
            : this.Say(FindingState.Warning, "not-zero", arguments) with
            {
                // A user that does not exist yet is made in the Access step; this setting goes with it, right behind.
                Step = user is null ? WizardStep.Access : Step,
                Fixes = user is null
                    ? [UserChanges.Create(context), Set(context, null, winner)]
                    : [Set(context, user, winner)],
            };
        yield return finding with
        {
            Actual = value,
            Desired = "0",
            Evidence = [.. attached.Select(s => new Evidence(Setting + " (" + LevelOf(s) + ")", s.Value)), new Evidence(Setting + " (server)", server.Value)],
        };
    }

    private static SqlChange Set(RequirementContext context, RoleFact? user, RoleSettingFact? winner)
    {
        // A setting for the user in this database beats the user's own; it has to be changed where it stands.
        var inDatabase = winner is { Role: not null, InDatabase: true };
        var target = "ALTER ROLE " + PgIdentifier.Quote(context.Goal.User)
            + (inDatabase ? " IN DATABASE " + PgIdentifier.Quote(context.Snapshot.Server.Database) : "");
        var allowed = user is null
            ? AdminPowers.CanCreateRole(context.Snapshot)
            : AdminPowers.CanConfigureRole(context.Snapshot, user);
        return new SqlChange
        {
            For = RequirementId.WalSenderTimeout,
            Kind = "role-setting",
            Phase = ChangePhase.User,
            Statement = new SqlText($"{target} SET {Setting} TO 0"),
            Undo = new SqlText(winner?.Role is null ? $"{target} RESET {Setting}" : $"{target} SET {Setting} TO {PgLiteral.Quote(winner.Value)}"),
            RunBy = allowed ? null : AdminPowers.HigherAdmin(context.Snapshot, context.Provider),
            Arguments = Verdicts.Args(("user", context.Goal.User), ("setting", Setting), ("value", "0")),
        };
    }

    private static int Rank(RoleSettingFact s) => s switch { { Role: not null, InDatabase: true } => 0, { Role: not null } => 1, { InDatabase: true } => 2, _ => 3 };

    private static string LevelOf(RoleSettingFact? s) => s switch
    {
        null => "server",
        { Role: not null, InDatabase: true } => "user in database",
        { Role: not null } => "user",
        { InDatabase: true } => "database",
        _ => "all roles",
    };

    private static bool IsZero(string value) => value.TrimEnd('m', 's', 'i', 'n', 'h', 'd', ' ') is "0";
}
