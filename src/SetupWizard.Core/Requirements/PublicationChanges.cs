using SetupWizard.Core.Model;
using SetupWizard.Core.Source;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements;

/// <summary>
/// Statements about the publication. A table goes in only when publishing it breaks nothing: its rows can be identified.
/// Adding a table takes its owner's rights and the publication owner's; adding a schema takes a superuser.
/// See <see href="https://www.postgresql.org/docs/current/sql-createpublication.html"/>.
/// </summary>
internal static class PublicationChanges
{
    /// <summary>Tables in one statement at most: each is locked until the transaction ends.</summary>
    public const int Chunk = 1000;

    /// <summary>The chosen tables that may be published: of a kind and name that fit, with a row identity, now or by the choice made.</summary>
    public static IReadOnlyList<TableFact> Publishable(RequirementContext context)
    {
        var families = context.Families;
        var major = context.Snapshot.Server.Major;
        return
        [
            .. context.Tables.Chosen.Where(t => TableKinds.ProblemOf(t, major) is null
                && !TableKinds.HasDot(t.Ref)
                && (RowIdentity.ProblemOf(t, families) is null || IdentityChanges.Solves(context, t, families))),
        ];
    }

    /// <summary>
    /// The schemas that can be published as a whole without harm: asked for, there, and with no table that would break or was left out on purpose.
    /// </summary>
    public static IReadOnlyList<string> WholeSchemas(RequirementContext context, IReadOnlyList<TableFact> publishable)
    {
        if (context.Goal.WholeSchemas.Count == 0 || context.Snapshot.Server.Major < PostgresFeatures.SchemaPublications)
        {
            return [];
        }

        var fine = publishable.Select(t => t.Ref).ToHashSet();
        return
        [
            .. context.Goal.WholeSchemas.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Where(s =>
                context.Tables.Schemas.Contains(s, StringComparer.Ordinal)
                && context.Tables.Chosen.All(t => t.Ref.Schema != s || fine.Contains(t.Ref))
                && context.Tables.LeftOut.All(l => l.Table.Ref.Schema != s || l.Reason == "kind")),
        ];
    }

    /// <summary>Whether this login may publish whole schemas.</summary>
    public static bool MayPublishSchemas(RequirementContext context) =>
        context.Snapshot.Admin.Superuser
        || (context.Provider.WholeSchemasAllowed && AdminPowers.IsProviderAdmin(context.Snapshot, context.Provider));

    /// <summary>Adds tables, in chunks; those whose owner this login cannot become are for somebody with more rights.</summary>
    public static IEnumerable<Change> Add(RequirementContext context, RequirementId id, IReadOnlyList<TableFact> tables, bool alone)
    {
        var snapshot = context.Snapshot;
        var publicationOwner = snapshot.Publication?.Owner ?? snapshot.Admin.Name;
        var ownsPublication = AdminPowers.CanBecome(snapshot, publicationOwner);
        var mine = tables.Where(t => ownsPublication && AdminPowers.CanBecome(snapshot, t.Owner)).ToList();
        var others = tables.Where(t => !(ownsPublication && AdminPowers.CanBecome(snapshot, t.Owner)));
        return
        [
            .. mine.Count == 0 ? [] : OwnerChanges.Memberships(snapshot, mine.Select(t => t.Owner).Append(publicationOwner)),
            .. mine.Chunk(Chunk).Select(c => AddTables(context, id, c, null, alone || mine.Count > Chunk)),
            .. others.GroupBy(t => t.Owner).OrderBy(g => g.Key, StringComparer.Ordinal)
                .SelectMany(g => g.Chunk(Chunk))
                .Select(c => AddTables(context, id, c, AdminPowers.HigherAdmin(snapshot, context.Provider), false)),
        ];
    }

    /// <summary>Adds whole schemas.</summary>
    public static SqlChange AddSchemas(RequirementContext context, IReadOnlyList<string> schemas)
    {
        var target = PgIdentifier.Quote(context.Goal.Publication);
        var list = "TABLES IN SCHEMA " + string.Join(", ", schemas.Select(PgIdentifier.Quote));
        return new SqlChange
        {
            For = RequirementId.PublicationTables,
            Kind = "publication-add-schemas",
            Phase = ChangePhase.Publication,
            Statement = new SqlText($"ALTER PUBLICATION {target} ADD {list}"),
            Undo = new SqlText($"ALTER PUBLICATION {target} DROP {list}"),
            NeededWhen = Conditions.SchemaNotListed(context.Goal.Publication, schemas[0]),
            RunBy = MayPublishSchemas(context) ? null : AdminPowers.HigherAdmin(context.Snapshot, context.Provider),
            Arguments = Verdicts.Args(("publication", context.Goal.Publication), ("schemas", string.Join(", ", schemas)), ("count", schemas.Count)),
        };
    }

    /// <summary>Sets an option of the publication, which exists.</summary>
    public static IReadOnlyList<Change> Option(RequirementContext context, RequirementId id, string kind, string wanted, string former)
    {
        var publication = context.Snapshot.Publication!;
        var target = PgIdentifier.Quote(publication.Name);
        return
        [
            .. OwnerChanges.Memberships(context.Snapshot, [publication.Owner]),
            new SqlChange
            {
                For = id,
                Kind = kind,
                Phase = ChangePhase.Publication,
                Statement = new SqlText($"ALTER PUBLICATION {target} SET ({wanted})"),
                Undo = new SqlText($"ALTER PUBLICATION {target} SET ({former})"),
                RunBy = AdminPowers.CanBecome(context.Snapshot, publication.Owner) ? null : publication.Owner,
                Arguments = Verdicts.Args(("publication", publication.Name)),
            },
        ];
    }

    /// <summary>Table names for a statement.</summary>
    public static string List(IEnumerable<TableFact> tables) => string.Join(", ", tables.Select(t => t.Ref.Quoted));

    private static SqlChange AddTables(RequirementContext context, RequirementId id, TableFact[] tables, string? runBy, bool alone)
    {
        var target = PgIdentifier.Quote(context.Goal.Publication);
        var list = List(tables);
        return new SqlChange
        {
            For = id,
            Kind = "publication-add-tables",
            Phase = ChangePhase.Publication,
            Risk = ChangeRisk.Lock,
            OwnTransaction = alone,
            Statement = new SqlText($"ALTER PUBLICATION {target} ADD TABLE {list}"),
            Undo = new SqlText($"ALTER PUBLICATION {target} DROP TABLE {list}"),
            NeededWhen = Conditions.NotListed(context.Goal.Publication, tables[0].Ref),
            RunBy = runBy,
            Arguments = Verdicts.Args(
                ("publication", context.Goal.Publication),
                ("count", tables.Length),
                ("first", tables[0].Ref.ToString()),
                ("last", tables[^1].Ref.ToString())),
        };
    }
}
