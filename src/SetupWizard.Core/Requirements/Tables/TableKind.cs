using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements.Tables;

/// <summary>SW406: each chosen table is there and of a kind that can be published.</summary>
public sealed class TableKind : IRequirement
{
    private static readonly string[] s_kinds = ["unlogged", "temporary", "foreign", "view", "partitioned"];
    private static readonly string[] s_kindsBelow = ["unlogged", "foreign"];
    private static readonly (string Kind, bool IsPartition)[] s_below = [.. s_kindsBelow.Select(k => (k, true)), .. s_kindsBelow.Select(k => (k, false))];

    /// <inheritdoc/>
    public RequirementId Id => RequirementId.TableKind;

    /// <inheritdoc/>
    public Area Area => Area.Tables;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = [.. s_kinds, .. s_kindsBelow.Select(k => k + "-partition"), .. s_kindsBelow.Select(k => k + "-heir"), "not-excluded", "not-found", "schema-not-found", "left-out", "extension", Verdicts.UnreadableCase, Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "pg_namespace", "pg_class") is { } blind)
        {
            return [blind];
        }

        var selection = context.Tables;
        var major = context.Snapshot.Server.Major;
        (string, object?)[] arguments = [("database", context.Snapshot.Server.Database), ("total", selection.Chosen.Count), ("version", context.Snapshot.Server.Version)];
        var findings = new List<Finding>();
        var byKind = selection.Chosen.ToLookup(t => TableKinds.ProblemOf(t, major) ?? "", StringComparer.Ordinal);
        foreach (var kind in s_kinds.Where(byKind.Contains))
        {
            var tables = byKind[kind].ToList();
            findings.Add(this.Finding(FindingState.Blocking, kind, [.. arguments, ("statement", SetLogged(tables[0]))]) with
            {
                Actual = kind,
                Subjects = tables.Subjects(),
            });
        }

        // The server lets such partitions into a publication with the table they belong to, and sends nothing of them. Heirs it does not let in at all,
        // and the first copy would bring their rows.
        var below = selection.Chosen.SelectMany(context.Families.Below).Where(t => t.Kind != RelationKind.Partitioned).DistinctBy(t => t.Ref)
            .ToLookup(t => (Kind: TableKinds.ProblemOf(t, major) ?? "", t.IsPartition));
        foreach (var (kind, isPartition) in s_below.Where(below.Contains))
        {
            var tables = below[(kind, isPartition)].ToList();
            findings.Add(this.Finding(FindingState.Blocking, kind + (isPartition ? "-partition" : "-heir"), [.. arguments, ("statement", SetLogged(tables[0]))]) with
            {
                Actual = kind,
                Subjects = tables.Subjects(),
            });
        }

        var kept = context.Goal.Excluded.Count == 0 ? [] : Kept(context);
        if (kept.Count > 0)
        {
            findings.Add(this.Finding(FindingState.Advice, "not-excluded", arguments) with { Subjects = kept.Subjects() });
        }

        if (selection.Missing.Count > 0)
        {
            findings.Add(this.Finding(FindingState.Blocking, "not-found", arguments) with { Subjects = [.. selection.Missing.Select(t => Subject.Of(t))] });
        }

        if (selection.MissingSchemas.Count > 0)
        {
            findings.Add(this.Finding(FindingState.Blocking, "schema-not-found", arguments) with
            {
                Subjects = [.. selection.MissingSchemas.Select(s => new Subject(SubjectKind.Schema, s))],
            });
        }

        var leftOut = selection.LeftOut.Where(l => l.Reason == "kind").Select(l => l.Table).ToList();
        if (leftOut.Count > 0)
        {
            findings.Add(this.Finding(FindingState.Advice, "left-out", arguments) with
            {
                Subjects = [.. leftOut.Select(t => Subject.Of(t.Ref, TableKinds.ProblemOf(t, major)))],
            });
        }

        var ofExtensions = selection.LeftOut.Where(l => l.Reason == "extension").Select(l => l.Table).ToList();
        if (ofExtensions.Count > 0)
        {
            findings.Add(this.Finding(FindingState.Advice, "extension", arguments) with
            {
                Subjects = [.. ofExtensions.Select(t => Subject.Of(t.Ref, t.Extension))],
            });
        }

        return findings.Count > 0 ? findings : [selection.Chosen.Count == 0 ? this.NotApplicable() : this.Satisfied(arguments)];
    }

    /// <summary>What was to be left out and belongs to a chosen table all the same.</summary>
    private static List<TableFact> Kept(RequirementContext context)
    {
        var excluded = context.Goal.Excluded.ToHashSet();
        return [.. context.Tables.Chosen.SelectMany(context.Families.Below).Where(t => excluded.Contains(t.Ref)).DistinctBy(t => t.Ref)];
    }

    private static string SetLogged(TableFact table) => $"ALTER TABLE {table.Ref.Quoted} SET LOGGED";
}
