using SetupWizard.Core.Model;
using SetupWizard.Core.Source;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements;

/// <summary>
/// SW405: the rows of each chosen table can be identified. Said before anything is published: afterwards it is the application whose UPDATE fails.
/// </summary>
public sealed class ReplicaIdentity : IRequirement
{
    /// <inheritdoc/>
    public RequirementId Id => RequirementId.ReplicaIdentity;

    /// <inheritdoc/>
    public WizardStep Step => WizardStep.Tables;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } =
        [.. RowIdentity.Problems, "chosen-full", "chosen-index", "left-out", Verdicts.UnreadableCase, Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.Blind(context, "pg_class", "pg_roles") is { } blind)
        {
            return [blind];
        }

        var major = context.Snapshot.Server.Major;
        var families = context.Families;
        var chosen = context.Tables.Chosen.Where(t => TableKinds.ProblemOf(t, major) is null).ToList();
        (string, object?)[] arguments = [("publication", context.Goal.Publication), ("total", chosen.Count)];
        var findings = new List<Finding>();
        var unsolved = chosen
            .Select(t => (Table: t, Problem: RowIdentity.ProblemOf(t, families), Choice: RowIdentity.ChoiceFor(context.Goal, t)))
            .Where(t => t.Problem is not null && (t.Choice is null || !HasFix(context, t.Table, t.Choice, families)))
            .ToLookup(t => t.Problem!, t => t.Table, StringComparer.Ordinal);
        foreach (var problem in RowIdentity.Problems.Where(unsolved.Contains))
        {
            var tables = unsolved[problem].ToList();
            findings.Add(this.Say(FindingState.Blocking, problem, [.. arguments, ("statement", Example(tables, families))]) with
            {
                Subjects = [.. tables.Select(t => Subject.Of(t.Ref, t.CandidateIndex))],
                Actual = problem,
            });
        }

        foreach (var kind in new[] { IdentityKind.Full, IdentityKind.Index })
        {
            var waiting = chosen
                .Select(t => (Table: t, Choice: RowIdentity.ChoiceFor(context.Goal, t)))
                .Where(t => t.Choice?.Kind == kind && IdentityChanges.Differs(t.Table, t.Choice, families) && HasFix(context, t.Table, t.Choice, families))
                .ToList();
            if (waiting.Count > 0)
            {
                var broken = waiting.Any(t => RowIdentity.ProblemOf(t.Table, families) is not null);
                findings.Add(this.Say(broken ? FindingState.Blocking : FindingState.Warning, kind == IdentityKind.Full ? "chosen-full" : "chosen-index", arguments) with
                {
                    Subjects = waiting.Select(t => t.Table).Subjects(),
                    Fixes = [.. waiting.SelectMany(t => IdentityChanges.For(context, t.Table, t.Choice!, families)).DistinctBy(c => c.Key)],
                });
            }
        }

        var leftOut = context.Tables.LeftOut.Where(l => l.Reason == "identity").Select(l => l.Table).ToList();
        if (leftOut.Count > 0)
        {
            findings.Add(this.Say(FindingState.Advice, "left-out", arguments) with
            {
                Subjects = [.. leftOut.Select(t => Subject.Of(t.Ref, RowIdentity.ProblemOf(t, families)))],
            });
        }

        return findings.Count > 0 ? findings : [chosen.Count == 0 ? this.NotApplicable() : this.Ok(arguments)];
    }

    private static bool HasFix(RequirementContext context, TableFact table, IdentityChoice choice, TableFamilies families) =>
        IdentityChanges.For(context, table, choice, families).OfType<SqlChange>().Any();

    /// <summary>The statement that mends one of these tables, or the partition or heir of it that is at fault, with its own names, as an example.</summary>
    private static string Example(List<TableFact> tables, TableFamilies families)
    {
        var broken = tables.Select(t => families.RowsBelow(t).Prepend(t).First(m => RowIdentity.ProblemOf(m) is not null)).ToList();
        var table = broken.FirstOrDefault(t => t.PrimaryKey == KeyState.Usable || t.CandidateIndex is not null) ?? broken[0];
        var identity = table switch
        {
            { PrimaryKey: KeyState.Usable } => "DEFAULT",
            { CandidateIndex: { } index } => "USING INDEX " + PgIdentifier.Quote(index),
            _ => "FULL",
        };
        return $"ALTER TABLE {table.Ref.Quoted} REPLICA IDENTITY {identity}";
    }
}
