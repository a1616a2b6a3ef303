using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements.Access;

/// <summary>SW305: the user may read each chosen table, its partitions and the tables that inherit from it.</summary>
public sealed class TableSelect : IRequirement
{
    /// <summary>Tables whose columns a sentence names.</summary>
    private const int Named = 8;

    /// <inheritdoc/>
    public RequirementId Id => RequirementId.TableSelect;

    /// <inheritdoc/>
    public Area Area => Area.Access;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["missing", "columns", Verdicts.UnreadableCase, Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "pg_class", "pg_roles", FactSources.GrantsOnColumns) is { } blind)
        {
            yield return blind;
            yield break;
        }

        var chosen = context.Tables.Chosen;
        if (chosen.Count == 0)
        {
            yield return this.NotApplicable();
            yield break;
        }

        var missing = context.Families.Members(chosen).Where(t => !(t.UserCanSelect ?? t.PublicCanSelect)).ToList();
        var columns = context.Snapshot.ColumnGrants.Where(static g => g.Privilege == "SELECT").ToLookup(static g => g.Table);
        var whole = missing.Where(t => !columns.Contains(t.Ref)).ToList();
        var opened = missing.Where(t => columns.Contains(t.Ref)).ToList();
        (string, object?)[] arguments = [("user", context.Goal.User), ("total", chosen.Count)];
        if (whole.Count > 0 || opened.Count == 0)
        {
            yield return (whole.Count == 0 ? this.Satisfied(arguments) : this.Finding(FindingState.Blocking, "missing", arguments)) with
            {
                Desired = "SELECT",
                Subjects = whole.Subjects(),
                Fixes = SelectGrants.For(context, whole),
            };
        }

        // Somebody left the other columns out on purpose: whoever applies has to know that they are opened.
        if (opened.Count > 0)
        {
            string Granted(TableFact table) => string.Join(", ", columns[table.Ref].Select(static g => g.Column).Distinct(StringComparer.Ordinal));
            yield return this.Finding(FindingState.Blocking, "columns", [.. arguments, ("columns", NameList.Of(opened.Select(t => $"{t.Ref} ({Granted(t)})"), Named, "; "))]) with
            {
                Desired = "SELECT",
                Subjects = [.. opened.Select(t => Subject.Of(t.Ref, Granted(t)))],
                Fixes = SelectGrants.For(context, opened),
            };
        }
    }
}
