using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements.Tables;

/// <summary>
/// SW408: columns whose long values are kept outside the row. An update that leaves such a value alone does not send it, unless the whole old row is logged.
/// FULL is named as the way out only where there is a primary key and no generated column in the way.
/// Of tables whose columns were not looked at (<see cref="SourceSnapshot.Details"/>) the table is named.
/// See <see href="https://www.postgresql.org/docs/current/storage-toast.html"/>.
/// </summary>
public sealed class Toast : IRequirement
{
    /// <inheritdoc/>
    public RequirementId Id => RequirementId.Toast;

    /// <inheritdoc/>
    public Area Area => Area.Tables;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["not-full", "full-unfit", Verdicts.UnreadableCase, Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "pg_class") is { } blind)
        {
            yield return blind;
            yield break;
        }

        if (context.Tables.Chosen.Count == 0)
        {
            yield return this.NotApplicable();
            yield break;
        }

        var open = context.Tables.Chosen
            .Where(t => RowIdentity.ChoiceFor(context.Goal, t) is not { Kind: IdentityKind.Full })
            .Select(t => (Table: t, Member: MayMiss(t) ? t : context.Families.RowsBelow(t) is { Count: > 0 } below ? below.FirstOrDefault(MayMiss) : null))
            .Where(static t => t.Member is not null)
            .ToList();
        if (open.Count == 0)
        {
            yield return this.Satisfied(("total", context.Tables.Chosen.Count));
            yield break;
        }

        // FULL is no way out where it costs more than it brings.
        var keys = GeneratedKeys.Of(context);
        var fit = open.ToLookup(t => !t.Table.IsKeyless && !t.Member!.IsKeyless && keys.AllowFull(t.Member!));
        foreach (var (situation, tables) in new[] { ("not-full", fit[true].ToList()), ("full-unfit", fit[false].ToList()) }.Where(f => f.Item2.Count > 0))
        {
            var statement = situation == "not-full" ? $"ALTER TABLE {tables[0].Member!.Ref.Quoted} REPLICA IDENTITY FULL" : null;
            yield return this.Finding(FindingState.Advice, situation, ("tables", tables.Count), ("statement", statement)) with
            {
                Actual = "not-full",
                Desired = "FULL",
                Subjects = Columns(context, tables.Select(static t => t.Table)),
            };
        }
    }

    /// <summary>The columns of the few tables that were looked at closely; of the others the table.</summary>
    private static Projected<(TableFact Table, string? Column), Subject> Columns(RequirementContext context, IEnumerable<TableFact> tables)
    {
        var subjects = new List<(TableFact Table, string? Column)>();
        var details = context.Details;
        foreach (var table in tables)
        {
            if (details.TryGetValue(table, out var detail) && detail.Toastable.Count > 0)
            {
                subjects.AddRange(detail.Toastable.Select(c => (table, (string?)c)));
            }
            else
            {
                subjects.Add((table, null));
            }
        }

        return new(subjects, static s => s.Column is null ? Subject.Of(s.Table.Ref) : ColumnSubjects.Of(s.Table.Ref, s.Column, null));
    }

    private static bool MayMiss(TableFact table) => table is { MayToast: true, Identity: not ReplicaIdentityKind.Full, Kind: RelationKind.Ordinary };
}
