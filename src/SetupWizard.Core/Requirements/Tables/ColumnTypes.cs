using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements.Tables;

/// <summary>
/// SW411: columns whose type ClickHouse does not have as it is, and what becomes of them. Nearly every source has timestamps: of all dates there is one
/// finding, and it names columns only where the server's own statistics show values that are lost.
/// </summary>
public sealed class ColumnTypes : IRequirement
{
    /// <inheritdoc/>
    public RequirementId Id => RequirementId.Types;

    /// <inheritdoc/>
    public Area Area => Area.Tables;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } =
        ["digits", "range", "zone", "shape", "domain-bool", "domain-array", "domain-bytes", "years-seen", "years", Verdicts.UnreadableCase, Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "pg_attribute", "pg_class") is { } blind)
        {
            return [blind];
        }

        if (context.Tables.Chosen.Count == 0)
        {
            return [this.NotApplicable()];
        }

        var losing = ColumnSubjects.Chosen(context)
            .Select(c => (Column: c, Type: ClickHouseTypes.For(c.Type)))
            .Where(c => c.Type.Loss is not (TypeLoss.None or TypeLoss.Years))
            .ToLookup(c => c.Type.Loss);
        List<Finding> findings =
        [
            .. losing.OrderBy(g => g.Key).Select(g => this.Finding(
                StateOf(g.Key),
                CaseOf(g.Key),
                ("type", g.First().Column.Type.Shown),
                ("target", g.First().Type.Name),
                ("statement", WithoutDomain(g.First().Column))) with
            {
                Actual = g.First().Column.Type.Shown,
                Subjects = [.. g.Select(c => ColumnSubjects.Of(c.Column, c.Column.Type.Shown + " -> " + c.Type.Name))],
            }),
            .. Years(context),
        ];
        return findings.Count == 0 ? [this.Satisfied(("total", context.Tables.Chosen.Count))] : findings;
    }

    /// <summary>Dates: what the statistics show is named; of what was not looked at, it is not known that there are none.</summary>
    private IEnumerable<Finding> Years(RequirementContext context)
    {
        var known = context.Tables.Chosen.Select(t => (t.Ref, Detail: context.Details.GetValueOrDefault(t))).ToList();
        var seen = known.Where(t => t.Detail is not null).SelectMany(t => t.Detail!.OutOfRange, (t, name) => ColumnSubjects.Of(t.Ref, name, null)).ToList();
        if (seen.Count > 0)
        {
            yield return this.Finding(FindingState.Advice, "years-seen") with { Subjects = seen };
        }
        else if (known.Any(t => t.Detail is null or { Dates.Count: > 0 }))
        {
            yield return this.Finding(FindingState.Advice, "years");
        }
    }

    /// <summary>The same column of the type that is behind its domain; null for one that has none.</summary>
    private static string? WithoutDomain(ColumnFact column) =>
        column.Type.Base is { } type ? $"ALTER TABLE {column.Table.Quoted} ALTER COLUMN {PgIdentifier.Quote(column.Name)} TYPE {type.Shown}" : null;

    /// <summary>What the stream makes of a domain over these is another value, or none at all.</summary>
    private static FindingState StateOf(TypeLoss loss) =>
        loss is TypeLoss.DomainBool or TypeLoss.DomainArray or TypeLoss.DomainBytes ? FindingState.Warning : FindingState.Advice;

    private static string CaseOf(TypeLoss loss) => loss switch
    {
        TypeLoss.Digits => "digits",
        TypeLoss.Range => "range",
        TypeLoss.Zone => "zone",
        TypeLoss.DomainBool => "domain-bool",
        TypeLoss.DomainArray => "domain-array",
        TypeLoss.DomainBytes => "domain-bytes",
        _ => "shape",
    };
}
