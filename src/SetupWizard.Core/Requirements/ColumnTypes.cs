using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements;

/// <summary>
/// SW411: columns whose type ClickHouse does not have as it is, and what becomes of them.
/// </summary>
public sealed class ColumnTypes : IRequirement
{
    /// <inheritdoc/>
    public RequirementId Id => RequirementId.Types;

    /// <inheritdoc/>
    public WizardStep Step => WizardStep.Tables;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["digits", "range", "zone", "shape", Verdicts.UnreadableCase, Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.Blind(context, "pg_attribute", "pg_class") is { } blind)
        {
            return [blind];
        }

        if (context.Tables.Chosen.Count == 0)
        {
            return [this.NotApplicable()];
        }

        var losing = ColumnSubjects.Chosen(context)
            .Select(c => (Column: c, Type: ClickHouseTypes.For(c.Type)))
            .Where(c => c.Type.Loss != TypeLoss.None)
            .ToLookup(c => c.Type.Loss);
        return losing.Count == 0
            ? [this.Ok(("total", context.Tables.Chosen.Count))]
            : losing.OrderBy(g => g.Key).Select(g => this.Say(FindingState.Advice, CaseOf(g.Key), ("type", g.First().Column.Type.Shown), ("target", g.First().Type.Name)) with
            {
                Actual = g.First().Column.Type.Shown,
                Subjects = [.. g.Select(c => ColumnSubjects.Of(c.Column, c.Column.Type.Shown + " -> " + c.Type.Name))],
            });
    }

    private static string CaseOf(TypeLoss loss) => loss switch
    {
        TypeLoss.Digits => "digits",
        TypeLoss.Range => "range",
        TypeLoss.Zone => "zone",
        _ => "shape",
    };
}
