using System.Security.Cryptography;
using System.Text;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements;

/// <summary>Turns verdicts into an ordered plan. Pure.</summary>
internal static class Planner
{
    /// <summary>
    /// Collects the fixes of everything that blocks or warns. Advice is planned only when asked for by name, as it works without, or when guides have everybody follow it.
    /// </summary>
    public static SetupPlan Plan(Inspection inspection, IReadOnlySet<RequirementId>? only)
    {
        var answered = inspection.Findings
            .Where(f => only is null
                ? f.IsPlanned
                : only.Contains(f.Id) && (f.IsProblem || f.State == FindingState.Advice))
            .ToList();
        var fixes = answered.SelectMany(f => f.Fixes).DistinctBy(c => c.Key).ToList();
        var statements = fixes.OfType<SqlChange>().OrderBy(c => c.Phase).ToList();
        var waiting = Waiting(statements);
        var held = waiting.Select(w => w.Change).ToHashSet(ReferenceEqualityComparer.Instance);
        var plan = new SetupPlan
        {
            Goal = inspection.Goal,
            Provider = inspection.Provider.Id,
            Changes = [.. statements.Where(c => c.RunBy is null && !held.Contains(c))],
            HandOff = [.. statements.Where(c => c.RunBy is not null && !held.Contains(c))],
            Waiting = waiting,
            ConsoleChanges = [.. fixes.OfType<ConsoleChange>()],
            Findings = answered,
            Only = only,
            Complete = inspection.Findings.All(f => !f.IsUndetermined),
            Fingerprint = "",
        };
        return plan with { Fingerprint = FingerprintOf(plan) };
    }

    /// <summary>
    /// What cannot be made before somebody else has done their part: this login's changes that need what a hand-off makes, and whatever needs one of
    /// those. What a change of this login makes is there before anybody else begins.
    /// </summary>
    private static IReadOnlyList<WaitingChange> Waiting(List<SqlChange> statements)
    {
        if (statements.TrueForAll(c => c.RunBy is null || c.Makes.Count == 0))
        {
            return [];
        }

        var held = new HashSet<SqlChange>(ReferenceEqualityComparer.Instance);
        var makers = statements.SelectMany(c => c.Makes.Select(m => (Made: m, Change: c))).ToLookup(m => m.Made, m => m.Change);
        while (statements.Where(c => !held.Contains(c) && MissingFor(c).Count > 0).ToList() is { Count: > 0 } more)
        {
            held.UnionWith(more);
        }

        return [.. statements.Where(held.Contains).Select(c => new WaitingChange(c, MissingFor(c)))];

        // Somebody else waits for nobody but us: the others' statements are one list, in order.
        List<SqlChange> MissingFor(SqlChange change) =>
        [
            .. change.Needs.Select(n => makers[n])
                .Where(made => made.Any() && !made.Any(m => m.RunBy is null && !held.Contains(m)) && (change.RunBy is null || made.All(held.Contains)))
                .SelectMany(made => made)
                .Where(m => m != change)
                .Distinct(),
        ];
    }

    /// <summary>A plan that takes back what an audit says is in effect.</summary>
    public static SetupPlan Undo(SetupGoal goal, string provider, UndoRequest request, IReadOnlyList<SqlChange> changes, IReadOnlyList<LeftAlone> left)
    {
        var plan = new SetupPlan { Goal = goal, Provider = provider, Changes = changes, LeftAlone = left, Undo = request, Complete = true, Fingerprint = "" };
        return plan with { Fingerprint = FingerprintOf(plan) };
    }

    /// <summary>What differs between the verdicts a plan answered and those of now.</summary>
    public static IReadOnlyList<PlanDifference> Differences(SetupPlan planned, SetupPlan fresh)
    {
        var before = planned.Findings.GroupBy(f => f.Id).ToDictionary(g => g.Key, g => g.First());
        var after = fresh.Findings.GroupBy(f => f.Id).ToDictionary(g => g.Key, g => g.First());
        return
        [
            .. before.Keys.Union(after.Keys).Order()
                .Select(id => new PlanDifference(id, before.GetValueOrDefault(id), after.GetValueOrDefault(id)))
                .Where(d => d.Before is null || d.After is null || Describe(d.Before) != Describe(d.After)),
        ];
    }

    private static string FingerprintOf(SetupPlan plan)
    {
        var text = new StringBuilder(plan.Undoing ? "undo\n" : "apply\n");
        foreach (var change in plan.Changes)
        {
            text.Append(change.Key).Append('\n');
        }

        foreach (var finding in plan.Findings.Where(f => f.Fixes.OfType<SqlChange>().Any(c => c.RunBy is null)))
        {
            text.Append(Describe(finding)).Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static string Describe(Finding f) =>
        string.Join('\t', [f.Id.Code, f.State.ToString(), f.Case, .. f.Subjects.Select(s => s.Name).Order(StringComparer.Ordinal), .. f.Fixes.Select(c => c.Key)]);
}
