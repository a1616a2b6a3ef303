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
        [.. RowIdentity.Problems, "chosen-full", "chosen-index", "future-partitions", "left-out", Verdicts.UnreadableCase, Verdicts.NotApplicableCase];

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
        var unsolved = chosen.SelectMany(t => IdentityChanges.Unsolved(context, t)).DistinctBy(t => t.Ref).ToLookup(t => RowIdentity.ProblemOf(t)!, StringComparer.Ordinal);
        foreach (var problem in RowIdentity.Problems.Where(unsolved.Contains))
        {
            var tables = unsolved[problem].ToList();
            findings.Add(this.Say(FindingState.Blocking, problem, [.. arguments, ("statement", Example(tables))]) with
            {
                Subjects = [.. tables.Select(t => Subject.Of(t.Ref, t.CandidateIndex))],
                Actual = problem,
            });
        }

        foreach (var kind in new[] { IdentityKind.Full, IdentityKind.Index })
        {
            var waiting = chosen.Select(t => (Table: t, Fixes: IdentityChanges.For(context, t, kind))).Where(t => t.Fixes.Count > 0).ToList();
            if (waiting.Count > 0)
            {
                var broken = waiting.Any(t => RowIdentity.ProblemOf(t.Table, families) is not null);
                findings.Add(this.Say(broken ? FindingState.Blocking : FindingState.Warning, kind == IdentityKind.Full ? "chosen-full" : "chosen-index", arguments) with
                {
                    Subjects = waiting.Select(t => t.Table).Subjects(),
                    Fixes = [.. waiting.SelectMany(t => t.Fixes).DistinctBy(c => c.Key)],
                });
            }
        }

        var later = LaterMembers.Of(context).Where(l => l.Need == LaterNeed.PartitionIdentity && major >= PostgresFeatures.PublishViaPartitionRoot).ToList();
        if (later.Count > 0)
        {
            findings.Add(this.Say(FindingState.Warning, "future-partitions", [.. arguments, ("statement", later[0].Statement)]) with
            {
                Subjects = [.. later.Select(l => Subject.Of(l.Table))],
            });
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

    /// <summary>The statement that mends one of these tables, with its own names, as an example.</summary>
    private static string Example(List<TableFact> broken)
    {
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
