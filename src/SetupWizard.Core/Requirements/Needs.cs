using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements;

/// <summary>What statements make and need, by the names rules have for it.</summary>
internal static class Needs
{
    /// <summary>The ClickPipes user.</summary>
    public static IReadOnlyList<Prerequisite> User(RequirementContext context) => [new(PrerequisiteKind.User, context.Goal.User)];

    /// <summary>The publication.</summary>
    public static IReadOnlyList<Prerequisite> Publication(RequirementContext context) => [new(PrerequisiteKind.Publication, context.Goal.Publication)];

    /// <summary>REPLICATION of a role's own.</summary>
    public static IReadOnlyList<Prerequisite> OwnReplication(string role) => [new(PrerequisiteKind.OwnReplication, role)];

    /// <summary>CREATE on the database.</summary>
    public static IReadOnlyList<Prerequisite> CreateInDatabase(string role) => [new(PrerequisiteKind.CreateInDatabase, role)];
}
