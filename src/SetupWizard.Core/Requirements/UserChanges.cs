using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements;

/// <summary>Changes to the ClickPipes user itself.</summary>
internal static class UserChanges
{
    /// <summary>Creates the user; without a password when it logs in with IAM.</summary>
    public static SqlChange Create(RequirementContext context)
    {
        var user = context.Goal.User;
        return new SqlChange
        {
            For = RequirementId.User,
            Kind = "create-user",
            Phase = ChangePhase.User,
            Risk = context.Goal.Authentication == LoginMethod.Iam ? ChangeRisk.None : PasswordRisk(context),
            Statement = new SqlText($"CREATE USER {PgIdentifier.Quote(user)}" + (context.Goal.Authentication == LoginMethod.Iam ? "" : $" PASSWORD {SqlText.PasswordHole}")),
            Undo = new SqlText($"DROP USER {PgIdentifier.Quote(user)}"),
            Leaves = LeftStates.Role(user),
            NeededWhen = $"NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {PgLiteral.Quote(user)})",
            RunBy = AdminPowers.CanCreateRole(context.Snapshot) ? null : AdminPowers.HigherAdmin(context.Snapshot, context.Provider),
            Makes = Needs.User(context),
            Arguments = Verdicts.Args(("user", user)),
        };
    }

    /// <summary>What setting the password costs: sent as it is, it may be in the server's log afterwards.</summary>
    public static ChangeRisk PasswordRisk(RequirementContext context) => context.Goal.SendPasswordAsText ? ChangeRisk.Logged : ChangeRisk.None;

    /// <summary>Changes an attribute of the user, which exists.</summary>
    public static SqlChange Alter(RequirementContext context, RoleFact role, string kind, string clause, string? undo, RequirementId id, LeftState? leaves = null) => new()
    {
        For = id,
        Kind = kind,
        Phase = ChangePhase.User,
        Statement = new SqlText($"ALTER USER {PgIdentifier.Quote(role.Name)} {clause}"),
        Undo = undo is null ? null : new SqlText($"ALTER USER {PgIdentifier.Quote(role.Name)} {undo}"),
        Leaves = leaves,
        RunBy = AdminPowers.CanAlterRole(context.Snapshot, context.Provider, role) ? null : AdminPowers.HigherAdmin(context.Snapshot, context.Provider),
        Arguments = Verdicts.Args(("user", role.Name)),
    };

    /// <summary>Whether ClickPipes is to log in with IAM, and this provider has that.</summary>
    public static bool WithIam(RequirementContext context) => context.Goal.Authentication == LoginMethod.Iam && context.Provider.Iam is not null;

    /// <summary>Lets the user log in with IAM, and from then on with no password.</summary>
    public static SqlChange GrantIam(RequirementContext context, string role) => Membership(context, role, "grant-iam-role", grant: true);

    /// <summary>Lets the user log in with its password again.</summary>
    public static SqlChange RevokeLoginRole(RequirementContext context, string role) => Membership(context, role, "revoke-iam-role", grant: false);

    private static SqlChange Membership(RequirementContext context, string role, string kind, bool grant)
    {
        var (quotedRole, quotedUser) = (PgIdentifier.QuoteIfNeeded(role), PgIdentifier.Quote(context.Goal.User));
        var (give, take) = ($"GRANT {quotedRole} TO {quotedUser}", $"REVOKE {quotedRole} FROM {quotedUser}");
        var taken = context.Snapshot.Memberships.FirstOrDefault(m => m.Role == role && m.Member == context.Goal.User);
        return new SqlChange
        {
            For = RequirementId.User,
            Kind = kind,
            Phase = ChangePhase.User,
            Statement = new SqlText(grant ? give : take),
            Undo = new SqlText(grant ? take : give + Options(context, taken)),
            Leaves = LeftStates.Membership(context.Snapshot, role, context.Goal.User, grant ? Granted(context, role) : null),
            Needs = Needs.User(context),
            RunBy = AdminPowers.CanGrant(context.Snapshot, role) ? null : AdminPowers.HigherAdmin(context.Snapshot, context.Provider),
            Arguments = Verdicts.Args(("user", context.Goal.User), ("role", role)),
        };
    }

    /// <summary>That the user's password ends no more.</summary>
    internal static LeftState Expiry(string user, DateTimeOffset before) => LeftStates.Attribute(
        user,
        "coalesce(pg_catalog.to_char(nullif(r.rolvaliduntil, 'infinity') AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS'), 'infinity')",
        before.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        "infinity");

    /// <summary>The membership that a GRANT without options makes of the user: since PostgreSQL 16 the user's own INHERIT decides whether it inherits.</summary>
    internal static MembershipFact Granted(RequirementContext context, string role) =>
        new(role, context.Goal.User, context.Snapshot.Admin.Name, Admin: false, Inherit: context.Snapshot.Role(context.Goal.User)?.Inherits ?? true, Set: true);

    /// <summary>The options of a membership as GRANT takes them; empty for those it gives by itself.</summary>
    private static string Options(RequirementContext context, MembershipFact? membership)
    {
        if (membership is null || membership == Granted(context, membership.Role) with { Grantor = membership.Grantor })
        {
            return "";
        }

        return context.Snapshot.Server.Major >= PostgresFeatures.CreateRoleNeedsAdminOption
            ? $" WITH ADMIN {Truth(membership.Admin)}, INHERIT {Truth(membership.Inherit)}, SET {Truth(membership.Set)}"
            : membership.Admin ? " WITH ADMIN OPTION" : "";
    }

    /// <summary>A Boolean as SQL writes it.</summary>
    internal static string Truth(bool value) => value ? "TRUE" : "FALSE";

    /// <summary>A point in time as <c>VALID UNTIL</c> takes it.</summary>
    public static string Literal(DateTimeOffset time) =>
        PgLiteral.Quote(time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff'+00'", CultureInfo.InvariantCulture));
}
