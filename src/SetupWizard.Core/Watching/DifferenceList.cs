using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Watching;

/// <summary>Gathers differences and gives each the verdicts that have to do with it; what is left over at the end no difference explains.</summary>
internal sealed class DifferenceList(Inspection now)
{
    private readonly List<BaselineDifference> _all = [];
    private readonly HashSet<Finding> _explained = new(ReferenceEqualityComparer.Instance);

    /// <param name="situation">The kind of difference.</param>
    /// <param name="area">What it is about.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="before">As it was.</param>
    /// <param name="after">As it is.</param>
    /// <param name="owners">The rules that judge it.</param>
    /// <param name="tables">The tables it is about: then only verdicts count that name one of them, or a partition of it.</param>
    /// <param name="named">The names of these tables and of their partitions.</param>
    /// <param name="least">How much it matters even when no rule minds.</param>
    public void Add(
        string situation,
        Area area,
        string name = "",
        string before = "",
        string after = "",
        IReadOnlyList<RequirementId>? owners = null,
        IReadOnlyList<TableRef>? tables = null,
        IReadOnlySet<TableRef>? named = null,
        FindingState least = FindingState.Satisfied)
    {
        var findings = now.Findings
            .Where(f => owners?.Contains(f.Id) == true && AsksForSomething(f) && (named is null || f.Subjects.Any(s => s.Table is { } table && named.Contains(table))))
            .OrderByDescending(Weight)
            .ToList();
        _explained.UnionWith(findings);
        var worst = findings.Count > 0 ? findings[0] : null;
        _all.Add(new BaselineDifference
        {
            Case = situation,
            Area = worst?.Area ?? area,
            State = worst is not null && Weight(worst) > least ? Weight(worst) : least,
            Name = name,
            Before = before,
            After = after,
            Tables = tables ?? [],
            Findings = findings,
        });
    }

    public BaselineComparison Done(SetupBaseline baseline, IReadOnlyList<string> notCompared)
    {
        var left = now.Findings.Where(f => IsOwnNews(f) && !_explained.Contains(f)).ToLookup(f => baseline.Accepted.Contains(BaselineFacts.NameOf(f), StringComparer.Ordinal));
        return new BaselineComparison
        {
            Differences = [.. _all.OrderBy(d => d.Area)],
            Fresh = [.. left[false]],
            Accepted = [.. left[true]],
            NotCompared = notCompared,
        };
    }

    /// <summary>A table left out for want of a key is no problem of the set-up, but its rows do not reach ClickHouse, and who made it may not know.</summary>
    private static bool IsOwnNews(Finding finding) =>
        finding.IsProblem || finding is { State: FindingState.Advice, Case: "left-out" };

    private static bool AsksForSomething(Finding finding) => finding.IsProblem || finding.State == FindingState.Advice;

    /// <summary>What could not be determined weighs as much as a warning.</summary>
    private static FindingState Weight(Finding finding) => finding.State == FindingState.Unknown ? FindingState.Warning : finding.State;
}
