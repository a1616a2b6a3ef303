using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements;

/// <summary>SW409: no dot in a schema or table name: ClickPipes takes <c>schema.table</c> apart at the dot, of partitions and heirs too.</summary>
public sealed class Names : IRequirement
{
    /// <inheritdoc/>
    public RequirementId Id => RequirementId.Names;

    /// <inheritdoc/>
    public WizardStep Step => WizardStep.Tables;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["dot", "left-out", Verdicts.UnreadableCase, Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.Blind(context, "pg_class") is { } blind)
        {
            return [blind];
        }

        var findings = new List<Finding>();
        var dotted = context.Tables.Chosen.SelectMany(context.Families.Readable).Where(t => TableKinds.HasDot(t.Ref)).DistinctBy(t => t.Ref).ToList();
        if (dotted.Count > 0)
        {
            findings.Add(this.Say(FindingState.Blocking, "dot") with { Subjects = dotted.Subjects() });
        }

        var leftOut = context.Tables.LeftOut.Where(l => l.Reason == "name").Select(l => l.Table).ToList();
        if (leftOut.Count > 0)
        {
            findings.Add(this.Say(FindingState.Advice, "left-out") with { Subjects = leftOut.Subjects() });
        }

        return findings.Count > 0 ? findings : [context.Tables.Chosen.Count == 0 ? this.NotApplicable() : this.Ok(("total", context.Tables.Chosen.Count))];
    }
}
