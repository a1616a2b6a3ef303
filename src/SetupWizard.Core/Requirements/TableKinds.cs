using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements;

/// <summary>
/// Which relations a publication can hold. See <see href="https://www.postgresql.org/docs/current/sql-createpublication.html"/>.
/// </summary>
internal static class TableKinds
{
    /// <summary>What keeps the relation from being published, machine-short; null when nothing does.</summary>
    public static string? ProblemOf(TableFact table, int major) => table switch
    {
        { Persistence: 't' } => "temporary",
        { Kind: RelationKind.View or RelationKind.MaterializedView } => "view",
        { Kind: RelationKind.Foreign } => "foreign",
        { Persistence: 'u' } => "unlogged",
        { Kind: RelationKind.Partitioned } when major < PostgresFeatures.PublishViaPartitionRoot => "partitioned",
        _ => null,
    };

    /// <summary>Whether ClickPipes cannot carry the name: it splits names at the dot.</summary>
    public static bool HasDot(TableRef table) =>
        table.Schema.Contains('.', StringComparison.Ordinal) || table.Name.Contains('.', StringComparison.Ordinal);

    /// <summary>Whether it is a table of some kind, not a view.</summary>
    public static bool IsTable(TableFact table) => table.Kind is RelationKind.Ordinary or RelationKind.Partitioned or RelationKind.Foreign;
}
