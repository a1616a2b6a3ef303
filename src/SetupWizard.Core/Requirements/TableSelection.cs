using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements;

/// <summary>Why a table of a chosen schema is not part of the selection.</summary>
/// <param name="Table">The table.</param>
/// <param name="Reason">Machine-short: <c>kind</c>, <c>extension</c>, <c>identity</c>, <c>name</c>, <c>bytes</c>, <c>excluded</c>.</param>
public sealed record LeftOut(TableFact Table, string Reason);

/// <summary>The tables a goal chooses, resolved against what is there.</summary>
public sealed record TableSelection
{
    /// <summary>No table.</summary>
    public static readonly TableSelection Empty = new();

    /// <summary>The chosen tables that exist, in order of schema and name; partitioned tables by their root.</summary>
    public IReadOnlyList<TableFact> Chosen { get; init; } = [];

    /// <summary>Tables named one by one that do not exist.</summary>
    public IReadOnlyList<TableRef> Missing { get; init; } = [];

    /// <summary>Schemas named that do not exist.</summary>
    public IReadOnlyList<string> MissingSchemas { get; init; } = [];

    /// <summary>Tables of chosen schemas that cannot be published as they are and were therefore not chosen.</summary>
    public IReadOnlyList<LeftOut> LeftOut { get; init; } = [];

    /// <summary>The schemas of the chosen tables, and those published as a whole.</summary>
    public IReadOnlyList<string> Schemas { get; init; } = [];
}
