using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements;

/// <summary>SW305: the user may read each chosen table, its partitions and the tables that inherit from it.</summary>
public sealed class TableSelect : IRequirement
{
    /// <inheritdoc/>
    public RequirementId Id => RequirementId.TableSelect;

    /// <inheritdoc/>
    public WizardStep Step => WizardStep.Access;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["missing", Verdicts.UnreadableCase, Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.Blind(context, "pg_class", "pg_roles") is { } blind)
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

        var missing = chosen.SelectMany(context.Families.Members)
            .Where(t => t.UserCanSelect != true)
            .DistinctBy(t => t.Ref)
            .ToList();
        (string, object?)[] arguments = [("user", context.Goal.User), ("total", chosen.Count)];
        yield return (missing.Count == 0 ? this.Ok(arguments) : this.Say(FindingState.Blocking, "missing", arguments)) with
        {
            Desired = "SELECT",
            Subjects = missing.Subjects(),
            Fixes = SelectGrants.For(context, missing),
        };
    }
}
