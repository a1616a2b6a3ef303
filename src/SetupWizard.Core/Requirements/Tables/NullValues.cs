using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements.Tables;

/// <summary>
/// SW413: what becomes of NULL. ClickPipes makes columns without room for it unless it is told to (<c>allowNullableColumns</c>), and writes the type's
/// default in its place; that is fixed when the pipe is created, so before is the only time to say it. Quiet once somebody has decided, either way.
/// See <see href="https://clickhouse.com/docs/integrations/clickpipes/postgres/faq"/>.
/// </summary>
public sealed class NullValues : IRequirement
{
    /// <inheritdoc/>
    public RequirementId Id => RequirementId.Nullable;

    /// <inheritdoc/>
    public Area Area => Area.Tables;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["undecided", "undecided-many", Verdicts.UnreadableCase, Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "pg_class") is { } blind)
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

        if (context.Goal.Pipe.AllowNullableColumns is not null)
        {
            yield return this.Satisfied(("total", chosen.Count));
        }
        else if (chosen.Any(static t => t.HasNullable is null))
        {
            yield return this.Finding(FindingState.Advice, "undecided-many", ("total", chosen.Count));
        }
        else
        {
            var nullable = chosen.Where(static t => t.HasNullable == true).ToList();
            yield return nullable.Count == 0
                ? this.Satisfied(("total", chosen.Count))
                : this.Finding(FindingState.Advice, "undecided", ("count", nullable.Count), ("total", chosen.Count)) with { Subjects = nullable.Subjects() };
        }
    }
}
