using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements.Tables;

/// <summary>SW402: the publication covers every chosen table. Tables in it that were not chosen are named; taking them out is never automatic.</summary>
public sealed class PublicationTables : IRequirement
{
    private const int NamedInStatement = 20;

    /// <inheritdoc/>
    public RequirementId Id => RequirementId.PublicationTables;

    /// <inheritdoc/>
    public Area Area => Area.Tables;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } =
        ["missing", "missing-by-others", "held-back", "heirs-missing", "excepted", "sequences", "withheld", "schema-by-table", "extra", "extra-by-schema", "all-tables", Verdicts.UnreadableCase, Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "pg_publication", "pg_class", "pg_roles") is { } blind)
        {
            return [blind];
        }

        if (context.Snapshot.Publication is not { } publication)
        {
            return [this.NotApplicable(("publication", context.Goal.Publication))];
        }

        var heldBack = ForeignReaders.HoldBack(context);
        (string, object?)[] arguments = [("publication", publication.Name), ("total", context.Tables.Chosen.Count), ("own", ForeignReaders.OwnName(context))];
        var findings = new List<Finding>();
        var publishable = PublicationChanges.Publishable(context);
        if (heldBack)
        {
            Add("held-back", publishable.Where(t => PublicationChanges.Missing(context, t).Any()), t => PublicationChanges.Missing(context, t));
        }
        else if (publication.AllTables || publication.AllSequences)
        {
            var missing = publishable.SelectMany(t => PublicationChanges.Missing(context, t)).DistinctBy(t => t.Ref).ToList();
            if (missing.Count > 0)
            {
                findings.Add(this.Finding(FindingState.Blocking, publication.AllTables ? "excepted" : "sequences", [.. arguments, ("statement", WithoutExceptions(publication, missing))]) with
                {
                    Subjects = missing.Subjects(),
                });
            }
        }
        else
        {
            Add("missing", publishable.Where(t => !t.InPublication), t => [t]);

            // A table that inherits from a published one is copied with it, and is not published with it.
            Add("heirs-missing", publishable.Where(t => t.InPublication && PublicationChanges.Missing(context, t).Any()), t => PublicationChanges.Missing(context, t));
        }

        // Adding these would break the application or be refused; the requirement that holds each back says so.
        var fine = publishable.Select(t => t.Ref).ToHashSet();
        var withheld = context.Tables.Chosen.Where(t => !fine.Contains(t.Ref) && PublicationChanges.Missing(context, t).Any()).ToList();
        if (withheld.Count > 0)
        {
            findings.Add(this.Finding(FindingState.Blocking, "withheld", arguments) with { Subjects = withheld.SelectMany(t => PublicationChanges.Missing(context, t)).DistinctBy(t => t.Ref).Subjects() });
        }

        findings.AddRange(Schemas(context, publication, publishable, arguments));
        findings.AddRange(Extra(context, publication, arguments));
        return findings.Count > 0 ? findings : [this.Satisfied(arguments)];

        void Add(string situation, IEnumerable<TableFact> missing, Func<TableFact, IEnumerable<TableFact>> named)
        {
            var tables = missing.ToList();
            if (tables.Count > 0)
            {
                IReadOnlyList<Change> fixes = heldBack ? [] : [.. PublicationChanges.Add(context, Id, tables)];

                // Where it takes others to change somebody's publication, whoever of them it is, one of one's own is the shorter way.
                var others = situation == "missing" && !AdminPowers.CanBecome(context.Snapshot, publication.Owner) && fixes.OfType<SqlChange>().Any(static f => f.RunBy is not null);
                findings.Add(this.Finding(FindingState.Blocking, others ? "missing-by-others" : situation, arguments) with
                {
                    Subjects = tables.SelectMany(named).DistinctBy(t => t.Ref).Subjects(),
                    Fixes = fixes,
                });
            }
        }
    }

    /// <summary>
    /// The publication with the chosen tables back in it; what else it leaves out stays out. From PostgreSQL 19's manual, not tried:
    /// <see href="https://www.postgresql.org/docs/19/sql-alterpublication.html"/>.
    /// </summary>
    private static string WithoutExceptions(PublicationFact publication, IReadOnlyList<TableFact> chosen)
    {
        var left = publication.Excepted.Except(chosen.Select(t => t.Ref)).ToList();
        var except = left.Count > 0 ? $" EXCEPT (TABLE {string.Join(", ", left.Select(t => t.Quoted))})" : "";
        return $"ALTER PUBLICATION {PgIdentifier.Quote(publication.Name)} SET ALL TABLES{except}{(publication.AllSequences ? ", ALL SEQUENCES" : "")}";
    }

    private IEnumerable<Finding> Schemas(
        RequirementContext context, PublicationFact publication, IReadOnlyList<TableFact> publishable, (string, object?)[] arguments)
    {
        var byTable = PublicationChanges.WholeSchemas(context, publishable).Except(publication.Schemas, StringComparer.Ordinal).ToList();
        if (byTable.Count > 0 && !publication.AllTables && !publication.AllSequences)
        {
            // Everything that is there now arrives; only tables made later would be missed.
            var may = PublicationChanges.MayPublishSchemas(context);
            yield return this.Finding(may ? FindingState.Warning : FindingState.Advice, "schema-by-table", arguments) with
            {
                Subjects = [.. byTable.Select(s => new Subject(SubjectKind.Schema, s))],
                Fixes = ForeignReaders.HoldBack(context) ? [] : [PublicationChanges.AddSchemas(context, byTable)],
            };
        }
    }

    private IEnumerable<Finding> Extra(RequirementContext context, PublicationFact publication, (string, object?)[] arguments)
    {
        if (publication.AllTables)
        {
            yield return this.Finding(FindingState.Advice, "all-tables", arguments);
            yield break;
        }

        var chosen = context.Chosen;
        var inPublication = context.Snapshot.Tables.Where(t => t.InPublication).Select(t => t.Ref).ToHashSet();
        var extra = context.Snapshot.Tables
            .Where(t => t.InPublication
                && !chosen.Contains(t.Ref)
                && !t.Ref.IsBroken
                && !context.Goal.WholeSchemas.Contains(t.Ref.Schema, StringComparer.Ordinal)
                && !(t.Root is { } root && inPublication.Contains(root))
                && !context.Families.Above(t).Any(a => a.Kind != RelationKind.Partitioned && chosen.Contains(a.Ref))
                && !IsRootOfChosen(context, t, chosen))
            .ToList();
        var alter = "ALTER PUBLICATION " + PgIdentifier.Quote(publication.Name);
        var bySchema = extra.ToLookup(t => publication.Schemas.Contains(t.Ref.Schema, StringComparer.Ordinal));
        if (bySchema[false].ToList() is { Count: > 0 } listed)
        {
            yield return Named("extra", $"{alter} DROP TABLE {PublicationChanges.List(listed.Take(NamedInStatement))}", listed);
        }

        // The server takes a table out of a publication only by the name it came in with.
        if (bySchema[true].ToList() is { Count: > 0 } along)
        {
            var schemas = along.Select(t => t.Ref.Schema).Distinct(StringComparer.Ordinal).Select(PgIdentifier.Quote);
            yield return Named("extra-by-schema", $"{alter} DROP TABLES IN SCHEMA {string.Join(", ", schemas)}", along);
        }

        Finding Named(string situation, string statement, List<TableFact> tables)
        {
            return this.Finding(FindingState.Advice, situation, [.. arguments, ("statement", statement)]) with
            {
                Subjects = [.. tables.Select(t => Subject.Of(t.Ref, RowIdentity.ProblemOf(t, context.Families)))],
            };
        }
    }

    /// <summary>On PostgreSQL 12 leaves are published one by one; a root seen as published through them is not an extra table.</summary>
    private static bool IsRootOfChosen(RequirementContext context, TableFact table, IReadOnlySet<TableRef> chosen) =>
        table.Kind == RelationKind.Partitioned && context.Tables.Chosen.Any(t => t.Root == table.Ref && chosen.Contains(t.Ref));
}
