using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements;

/// <summary>
/// The value of a setting that the ClickPipes user gets at log-in. The nearest wins: the user in this database, the user, the database, all roles, the server.
/// See <see href="https://www.postgresql.org/docs/current/catalog-pg-db-role-setting.html"/>.
/// </summary>
internal static class AttachedSettings
{
    /// <summary>Values attached to the user, this database or everybody, the one that wins first.</summary>
    public static IReadOnlyList<RoleSettingFact> For(RequirementContext context, string setting) =>
        [.. context.Snapshot.RoleSettings.Where(s => s.Name == setting && (s.Role is null || s.Role == context.Goal.User)).OrderBy(Rank)];

    /// <summary>The value attached to the role that logged in, this database or everybody, that wins; null when there is none.</summary>
    public static RoleSettingFact? OfLogin(RequirementContext context, string setting) => context.Snapshot.RoleSettings
        .Where(s => s.Name == setting && (s.Role is null || s.Role == context.Snapshot.Server.SessionUser)).MinBy(Rank);

    /// <summary>
    /// The server's own value; null when it does not exist, or when this session's tells nothing about it because one was attached to this login.
    /// </summary>
    public static string? OfServer(RequirementContext context, string setting) =>
        context.Snapshot.Settings.TryGetValue(setting, out var fact) && fact.Source is not ("user" or "database user" or "client" or "session" or "override")
            ? fact.Value
            : null;

    /// <summary>The statement that attached it, without the setting: <c>ALTER ROLE "app" IN DATABASE "shop"</c>.</summary>
    public static string Origin(RequirementContext context, RoleSettingFact fact) => fact switch
    {
        { Role: { } role, InDatabase: true } => $"ALTER ROLE {PgIdentifier.Quote(role)} IN DATABASE {PgIdentifier.Quote(context.Snapshot.Server.Database)}",
        { Role: { } role } => "ALTER ROLE " + PgIdentifier.Quote(role),
        { InDatabase: true } => "ALTER DATABASE " + PgIdentifier.Quote(context.Snapshot.Server.Database),
        _ => "ALTER ROLE ALL",
    };

    /// <summary>What a statement about the user has to begin with to win over <paramref name="winner"/>.</summary>
    public static string Target(RequirementContext context, RoleSettingFact? winner) =>
        "ALTER ROLE " + PgIdentifier.Quote(context.Goal.User)
        + (winner is { Role: not null, InDatabase: true } ? " IN DATABASE " + PgIdentifier.Quote(context.Snapshot.Server.Database) : "");

    /// <summary>Whether it is zero, in whatever unit.</summary>
    public static bool IsZero(string value) => value.TrimEnd('u', 'm', 's', 'i', 'n', 'h', 'd', ' ') is "0";

    private static int Rank(RoleSettingFact s) => s switch { { Role: not null, InDatabase: true } => 0, { Role: not null } => 1, { InDatabase: true } => 2, _ => 3 };
}
