using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements.Access;

/// <summary>
/// SW302: the user may replicate. REPLICATION counts only on the login role itself; a provider may ask for membership of a role of its own instead.
/// See <see href="https://www.postgresql.org/docs/current/role-attributes.html#ROLE-ATTRIBUTES"/>.
/// </summary>
public sealed class ReplicationPrivilege : IRequirement
{
    /// <inheritdoc/>
    public RequirementId Id => RequirementId.ReplicationPrivilege;

    /// <inheritdoc/>
    public Area Area => Area.Access;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["no-attribute", "no-membership", "role-missing", Verdicts.UnreadableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "pg_roles") is { } blind)
        {
            yield return blind;
            yield break;
        }

        var provider = context.Provider;
        var snapshot = context.Snapshot;
        var user = snapshot.Role(context.Goal.User);
        var membership = provider.ReplicationGrant == ReplicationGrant.Membership;
        (string, object?)[] arguments = [("user", context.Goal.User), ("userSql", PgIdentifier.QuoteIfNeeded(context.Goal.User)), ("role", provider.ReplicationRole), ("provider", provider.Name), ("admin", snapshot.Admin.Name)];
        var member = membership && provider.ReplicationRole is { } name && snapshot.Role(name)?.UserIsMember == true;
        var finding = user is { Replication: true } or { Superuser: true } || member ? this.Satisfied(arguments)
            : !membership ? this.Finding(FindingState.Blocking, "no-attribute", arguments) with { Fixes = GiveAttribute(context) }
            : provider.ReplicationRole is not { } role || snapshot.Role(role) is null ? this.Finding(FindingState.Blocking, "role-missing", arguments)
            : this.Finding(FindingState.Blocking, "no-membership", arguments) with { Fixes = [GiveMembership(context, role)] };
        yield return finding with
        {
            Actual = finding.State == FindingState.Satisfied ? "on" : "off",
            Desired = membership ? provider.ReplicationRole ?? "" : "REPLICATION",
            Subjects = [new Subject(SubjectKind.Role, context.Goal.User)],
            Evidence = user is null ? [] : [new Evidence("rolreplication", user.Replication ? "on" : "off")],
        };
    }

    private static List<Change> GiveAttribute(RequirementContext context)
    {
        var snapshot = context.Snapshot;
        var provider = context.Provider;
        var user = snapshot.Role(context.Goal.User);
        var may = AdminPowers.CanGiveReplication(snapshot, provider) && (user is null || AdminPowers.CanAlterRole(snapshot, provider, user));
        var changes = new List<Change>();
        if (AdminPowers.NeedsOwnReplication(snapshot, provider))
        {
            var admin = PgIdentifier.Quote(snapshot.Admin.Name);
            changes.Add(new SqlChange
            {
                For = RequirementId.ReplicationPrivilege,
                Kind = "admin-replication",
                Makes = Needs.OwnReplication(snapshot.Admin.Name),
                Phase = ChangePhase.AdminRights,
                Statement = new SqlText($"ALTER ROLE {admin} REPLICATION"),
                Undo = new SqlText($"ALTER ROLE {admin} NOREPLICATION"),
                Leaves = LeftStates.Flag(snapshot.Admin.Name, "rolreplication", true),
                RunBy = may ? null : AdminPowers.HigherAdmin(snapshot, provider),
                Arguments = Verdicts.Args(("admin", snapshot.Admin.Name)),
            });
        }

        var quoted = PgIdentifier.Quote(context.Goal.User);
        changes.Add(new SqlChange
        {
            For = RequirementId.ReplicationPrivilege,
            Kind = "give-replication",
            Needs = [.. Needs.User(context), .. Needs.OwnReplication(snapshot.Admin.Name)],
            Phase = ChangePhase.User,
            Statement = new SqlText($"ALTER USER {quoted} WITH REPLICATION"),
            Undo = new SqlText($"ALTER USER {quoted} WITH NOREPLICATION"),
            Leaves = LeftStates.Flag(context.Goal.User, "rolreplication", true),
            RunBy = may ? null : AdminPowers.HigherAdmin(snapshot, provider),
            Arguments = Verdicts.Args(("user", context.Goal.User)),
        });
        return changes;
    }

    private static SqlChange GiveMembership(RequirementContext context, string role) => new()
    {
        For = RequirementId.ReplicationPrivilege,
        Kind = "grant-replication-role",
        Needs = Needs.User(context),
        Phase = ChangePhase.User,
        Statement = new SqlText($"GRANT {PgIdentifier.QuoteIfNeeded(role)} TO {PgIdentifier.Quote(context.Goal.User)}"),
        Undo = new SqlText($"REVOKE {PgIdentifier.QuoteIfNeeded(role)} FROM {PgIdentifier.Quote(context.Goal.User)}"),
        Leaves = LeftStates.Membership(context.Snapshot, role, context.Goal.User, UserChanges.Granted(context, role)),
        RunBy = AdminPowers.CanGiveReplication(context.Snapshot, context.Provider) ? null : AdminPowers.HigherAdmin(context.Snapshot, context.Provider),
        Arguments = Verdicts.Args(("user", context.Goal.User), ("role", role)),
    };
}
