using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements.Tables;

/// <summary>
/// SW410: the publication hides no rows and no columns of the chosen tables, and what it looks at identifies rows.
/// See <see href="https://www.postgresql.org/docs/current/logical-replication-row-filter.html"/> and
/// <see href="https://www.postgresql.org/docs/current/logical-replication-col-lists.html"/>.
/// </summary>
public sealed class Filters : IRequirement
{
    /// <inheritdoc/>
    public RequirementId Id => RequirementId.Filters;

    /// <inheritdoc/>
    public Area Area => Area.Tables;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["identity-hidden", "rows-hidden", "columns-hidden", Verdicts.UnreadableCase, Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (context.Snapshot.Server.Major < PostgresFeatures.PublicationFilters)
        {
            return [this.NotApplicable(("publication", context.Goal.Publication))];
        }

        if (this.UnknownIfUnreadable(context, "pg_publication", "pg_class", "pg_publication_rel") is { } blind)
        {
            return [blind];
        }

        if (context.Snapshot.Publication is not { } publication)
        {
            return [this.NotApplicable(("publication", context.Goal.Publication))];
        }

        var filters = Chosen(context);
        var findings = new List<Finding>();
        Add("identity-hidden", filters.Where(f => f.MissesIdentity && (publication.Update || publication.Delete)), f => f.Filter ?? string.Join(", ", f.HiddenColumns));
        Add("rows-hidden", filters.Where(f => f is { Filter: not null, WithSchema: false }), f => f.Filter!);
        Add("columns-hidden", filters.Where(f => f.HiddenColumns.Count > 0), f => string.Join(", ", f.HiddenColumns));
        return findings.Count > 0 ? findings : [this.Satisfied(("publication", publication.Name))];

        void Add(string situation, IEnumerable<FilterFact> facts, Func<FilterFact, string> note)
        {
            var named = facts.ToList();
            if (named.Count > 0)
            {
                var name = PgIdentifier.Quote(publication.Name);
                var table = PublicationChanges.ListOut(context.Snapshot.Tables.Where(t => t.Ref == named[0].Table));
                findings.Add(this.Finding(
                    FindingState.Warning,
                    situation,
                    ("publication", publication.Name),
                    ("what", note(named[0])),
                    ("statement", $"ALTER PUBLICATION {name} DROP TABLE {table}; ALTER PUBLICATION {name} ADD TABLE {table}")) with
                {
                    Actual = situation,
                    Subjects = [.. named.Select(f => Subject.Of(f.Table, note(f)))],
                });
            }
        }
    }

    private static List<FilterFact> Chosen(RequirementContext context)
    {
        if (context.Snapshot.Filters.Count == 0)
        {
            return [];
        }

        var chosen = RequirementContext.NamesOf(context.Families.Members(context.Tables.Chosen));
        return [.. context.Snapshot.Filters.Where(f => chosen.Contains(f.Table))];
    }
}
