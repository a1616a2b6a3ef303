using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Source;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements;

/// <summary>Changes to the ClickPipes user itself.</summary>
internal static class UserChanges
{
    /// <summary>Creates the user.</summary>
    public static SqlChange Create(RequirementContext context)
    {
        var user = context.Goal.User;
        return new SqlChange
        {
            For = RequirementId.User,
            Kind = "create-user",
            Phase = ChangePhase.User,
            Statement = new SqlText($"CREATE USER {PgIdentifier.Quote(user)} PASSWORD {SqlText.PasswordHole}"),
            Undo = new SqlText($"DROP USER {PgIdentifier.Quote(user)}"),
            NeededWhen = $"NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {PgLiteral.Quote(user)})",
            RunBy = AdminPowers.CanCreateRole(context.Snapshot) ? null : AdminPowers.HigherAdmin(context.Snapshot, context.Provider),
            Arguments = Verdicts.Args(("user", user)),
        };
    }

    /// <summary>Changes an attribute of the user, which exists.</summary>
    public static SqlChange Alter(RequirementContext context, RoleFact role, string kind, string clause, string? undo, RequirementId id) => new()
    {
        For = id,
        Kind = kind,
        Phase = ChangePhase.User,
        Statement = new SqlText($"ALTER USER {PgIdentifier.Quote(role.Name)} {clause}"),
        Undo = undo is null ? null : new SqlText($"ALTER USER {PgIdentifier.Quote(role.Name)} {undo}"),
        RunBy = AdminPowers.CanAlterRole(context.Snapshot, context.Provider, role) ? null : AdminPowers.HigherAdmin(context.Snapshot, context.Provider),
        Arguments = Verdicts.Args(("user", role.Name)),
    };

    /// <summary>A point in time as <c>VALID UNTIL</c> takes it.</summary>
    public static string Literal(DateTimeOffset time) =>
        PgLiteral.Quote(time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff'+00'", CultureInfo.InvariantCulture));
}
