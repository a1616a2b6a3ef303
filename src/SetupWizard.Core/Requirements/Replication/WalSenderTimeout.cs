using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements.Replication;

/// <summary>
/// SW205: <c>wal_sender_timeout</c> is 0 for the ClickPipes user, as ClickPipes' guides asked until April 2026. Since then ClickPipes sends 120 s when it connects, which wins over every value here:
/// nothing depends on it any more, and whoever follows such a guide finds it in the plan all the same.
/// Which of several values wins is for <see cref="AttachedSettings"/>.
/// </summary>
public sealed class WalSenderTimeout : IRequirement
{
    private const string Setting = "wal_sender_timeout";

    /// <inheritdoc/>
    public RequirementId Id => RequirementId.WalSenderTimeout;

    /// <inheritdoc/>
    public Area Area => Area.Replication;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["not-zero", "not-zero-attached", "hidden", Verdicts.UnreadableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "pg_settings", "pg_db_role_setting", "pg_roles") is { } blind)
        {
            yield return blind;
            yield break;
        }

        var snapshot = context.Snapshot;
        var user = snapshot.Role(context.Goal.User);
        if (!snapshot.Settings.ContainsKey(Setting))
        {
            yield return this.Unreadable(Setting, "not listed");
            yield break;
        }

        var attached = AttachedSettings.For(context, Setting);
        var winner = attached.Count > 0 ? attached[0] : null;
        var ofServer = AttachedSettings.OfServer(context, Setting);

        // This session's own value says nothing about the user's when it was attached to this login.
        var value = winner?.Value ?? ofServer;
        (string, object?)[] arguments =
        [
            ("user", context.Goal.User),
            ("admin", snapshot.Admin.Name),
            ("value", value),
            ("origin", winner is null ? "" : AttachedSettings.Origin(context, winner)),
        ];
        var finding = value is not null && AttachedSettings.IsZero(value) ? this.Satisfied(arguments)
            : this.Finding(FindingState.Advice, value is null ? "hidden" : winner is null ? "not-zero" : "not-zero-attached", arguments) with
            {
                // A user that does not exist yet is made in the Access step; this setting goes with it, right behind.
                Area = user is null ? Area.Access : Area,
                PlannedByDefault = true,
                Fixes = user is null
                    ? [UserChanges.Create(context), Set(context, null, winner)]
                    : [Set(context, user, winner)],
            };
        yield return finding with
        {
            Actual = value ?? "",
            Desired = "0",
            Evidence =
            [
                .. attached.Select(s => new Evidence(Setting + " (" + AttachedSettings.Origin(context, s) + ")", s.Value)),
                .. ofServer is null ? Array.Empty<Evidence>() : [new Evidence(Setting + " (server)", ofServer)],
            ],
        };
    }

    private static SqlChange Set(RequirementContext context, RoleFact? user, RoleSettingFact? winner)
    {
        // A setting for the user in this database beats the user's own; it has to be changed where it stands.
        var target = AttachedSettings.Target(context, winner);
        var allowed = user is null
            ? AdminPowers.CanCreateRole(context.Snapshot)
            : AdminPowers.CanConfigureRole(context.Snapshot, user);
        return new SqlChange
        {
            For = RequirementId.WalSenderTimeout,
            Kind = "role-setting",
            Needs = Needs.User(context),
            Phase = ChangePhase.User,
            Statement = new SqlText($"{target} SET {Setting} TO 0"),
            Undo = new SqlText(winner?.Role is null ? $"{target} RESET {Setting}" : $"{target} SET {Setting} TO {PgLiteral.Quote(winner.Value)}"),
            Leaves = LeftStates.Setting(context.Goal.User, winner is { Role: not null, InDatabase: true }, Setting, winner?.Role is null ? null : winner.Value, "0"),
            RunBy = allowed ? null : AdminPowers.HigherAdmin(context.Snapshot, context.Provider),
            Arguments = Verdicts.Args(("user", context.Goal.User), ("setting", Setting), ("value", "0")),
        };
    }
}
