using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements;

/// <summary>
/// Statements about the publication. A table goes in only when publishing it breaks nothing: its rows can be identified, and those of all that inherits
/// from it. These go in with it or not at all, each named with <c>ONLY</c>: a table named without takes whatever inherits from it along, unseen, and
/// cannot be taken out any more once another table inherits from it.
/// Adding a table takes its owner's rights and the publication owner's; adding a schema takes a superuser.
/// See <see href="https://www.postgresql.org/docs/current/sql-createpublication.html"/>.
/// </summary>
internal static class PublicationChanges
{
    /// <summary>Tables in one statement at most: each is locked until the transaction ends.</summary>
    public const int Chunk = 1000;

    /// <summary>The kind of change that has the publication send generated columns. Where these identify rows, it comes before the row identities.</summary>
    public const string Generated = "publication-generated";

    /// <summary>
    /// The chosen tables that may be published: of a kind and name that fit, with a row identity, now or by the choice made, that stops no UPDATE, and so with
    /// all that inherits from them; and without any heir that would bring its rows to two tables.
    /// </summary>
    public static IReadOnlyList<TableFact> Publishable(RequirementContext context)
    {
        var families = context.Families;
        var keys = GeneratedKeys.Of(context);
        var major = context.Snapshot.Server.Major;
        var torn = families.Shared(context.Tables).Values.SelectMany(p => p).Select(t => t.Ref).ToHashSet();
        return
        [
            .. context.Tables.Chosen.Where(t => Fits(t) && families.Heirs(t).All(Fits)
                && !families.HasDot(t)
                && !torn.Contains(t.Ref)
                && (RowIdentity.ProblemOf(t, families) is null || IdentityChanges.Solves(context, t))
                && !keys.Withhold(t)),
        ];

        bool Fits(TableFact table) => TableKinds.ProblemOf(table, major) is null;
    }

    /// <summary>
    /// The schemas that can be published as a whole without harm: asked for, there, and with no table that would break or was left out on purpose.
    /// A schema brings every relation in it, partitions and heirs of tables elsewhere too, wherever these were chosen.
    /// </summary>
    public static IReadOnlyList<string> WholeSchemas(RequirementContext context, IReadOnlyList<TableFact> publishable)
    {
        if (context.Goal.WholeSchemas.Count == 0 || context.Snapshot.Server.Major < PostgresFeatures.SchemaPublications)
        {
            return [];
        }

        var fine = RequirementContext.NamesOf(publishable);
        var solved = RequirementContext.NamesOf(context.Families.Members(publishable));
        var keys = GeneratedKeys.Of(context);
        var breaking = context.Snapshot.Tables
            .Where(t => t is { Persistence: 'p', Kind: RelationKind.Ordinary or RelationKind.Partitioned } && (RowIdentity.ProblemOf(t) is not null || keys.MayStop(t)) && !solved.Contains(t.Ref))
            .Select(t => t.Ref.Schema)
            .ToHashSet(StringComparer.Ordinal);
        return
        [
            .. context.Goal.WholeSchemas.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Where(s =>
                context.Tables.Schemas.Contains(s, StringComparer.Ordinal)
                && !breaking.Contains(s)
                && context.Tables.Chosen.All(t => t.Ref.Schema != s || fine.Contains(t.Ref))
                && context.Tables.LeftOut.All(l => l.Table.Ref.Schema != s || l.Reason is "kind" or "extension")),
        ];
    }

    /// <summary>Whether this login may publish whole schemas.</summary>
    public static bool MayPublishSchemas(RequirementContext context) =>
        context.Snapshot.Admin.Superuser
        || (context.Provider.WholeSchemasAllowed && AdminPowers.IsProviderAdmin(context.Snapshot, context.Provider));

    /// <summary>
    /// Adds tables and all that inherits from them, as far as they are not in yet; where the owner of one of these is somebody this login cannot become,
    /// the whole is for somebody with more rights.
    /// </summary>
    public static IEnumerable<Change> Add(RequirementContext context, RequirementId id, IReadOnlyList<TableFact> tables)
    {
        var ownsPublication = AdminPowers.CanBecome(context.Snapshot, PublicationOwner(context));
        var byOwn = tables.ToLookup(t => ownsPublication && IsOurs(context, t));
        return
        [
            .. GeneratedKeys.Of(context).Settings(tables),
            .. AddOurs(context, id, [.. byOwn[true].SelectMany(t => Missing(context, t)).DistinctBy(t => t.Ref)], alone: false),
            .. AddOthers(context, id, byOwn[false]),
        ];
    }

    /// <summary>Adds just these, which are ours, in chunks.</summary>
    public static IEnumerable<Change> AddOurs(RequirementContext context, RequirementId id, IReadOnlyList<TableFact> relations, bool alone)
    {
        // What waits for a way into its schema holds up nothing else.
        var (free, waiting) = Parted.By(relations, t => !Waits(context, t));
        return
        [
            .. relations.Count == 0 ? [] : OwnerChanges.Memberships(context.Snapshot, relations.Select(t => t.Owner).Append(PublicationOwner(context))),
            .. SchemaEntry.For(context.Snapshot, relations),
            .. free.Chunk(Chunk).Select(c => AddTables(context, id, c, null, alone || relations.Count > Chunk)),
            .. waiting.Chunk(Chunk).Select(c => AddTables(context, id, c, null, alone || relations.Count > Chunk)),
        ];
    }

    /// <summary>Whether somebody else has to let this login into the schema of the table, or of anything it reaches, before it goes in.</summary>
    public static bool Waits(RequirementContext context, TableFact table) =>
        SchemaEntry.MayWait(context.Snapshot) && SchemaEntry.Waits(context.Snapshot, Reached(context, [table]));

    /// <summary>Tables, what they belong to, and everything below that.</summary>
    private static IEnumerable<TableFact> Reached(RequirementContext context, IEnumerable<TableFact> tables)
    {
        var families = context.Families;
        foreach (var table in tables)
        {
            yield return table;
            var (above, below) = (families.Above(table), families.Below(table));
            for (var i = 0; i < below.Count; i++)
            {
                yield return below[i];
            }

            for (var i = 0; i < above.Count; i++)
            {
                foreach (var member in families.Members(above[i]))
                {
                    yield return member;
                }
            }
        }
    }

    /// <summary>The same, of tables somebody with more rights has to add.</summary>
    public static IEnumerable<Change> AddOthers(RequirementContext context, RequirementId id, IEnumerable<TableFact> tables) =>
        tables.GroupBy(t => t.Owner).OrderBy(g => g.Key, StringComparer.Ordinal)
            .SelectMany(g => g.SelectMany(t => Missing(context, t)).DistinctBy(t => t.Ref).Chunk(Chunk))
            .Select(c => AddTables(context, id, c, WhoAdds(context, c), false));

    /// <summary>Adds tables to a publication that their owner makes, who then owns both.</summary>
    public static IEnumerable<Change> AddAs(RequirementContext context, RequirementId id, IReadOnlyList<TableFact> relations, string owner) =>
        relations.Chunk(Chunk).Select(c => AddTables(context, id, c, owner, false));

    /// <summary>Who has the rights of the tables' owner and of the publication's needs nobody else for it.</summary>
    private static string WhoAdds(RequirementContext context, TableFact[] relations)
    {
        var (owner, publicationOwner) = (relations[0].Owner, PublicationOwner(context));
        return Array.TrueForAll(relations, t => t.Owner == owner) && (owner == publicationOwner || HasRightsOf(context.Snapshot, owner, publicationOwner))
            ? owner
            : AdminPowers.HigherAdmin(context.Snapshot, context.Provider);
    }

    private static bool HasRightsOf(SourceSnapshot snapshot, string role, string other) =>
        snapshot.Role(role) is { } fact
        && fact.InheritsFrom.Contains(other, StringComparer.Ordinal)
        && (fact.Inherits || snapshot.Server.Major >= PostgresFeatures.CreateRoleNeedsAdminOption);

    /// <summary>Adds whole schemas.</summary>
    public static SqlChange AddSchemas(RequirementContext context, IReadOnlyList<string> schemas)
    {
        var target = PgIdentifier.Quote(context.Goal.Publication);
        var list = "TABLES IN SCHEMA " + string.Join(", ", schemas.Select(PgIdentifier.Quote));
        return new SqlChange
        {
            For = RequirementId.PublicationTables,
            Kind = "publication-add-schemas",
            Needs = Needs.Publication(context),
            Phase = ChangePhase.Publication,
            Statement = new SqlText($"ALTER PUBLICATION {target} ADD {list}"),
            Undo = new SqlText($"ALTER PUBLICATION {target} DROP {list}"),
            Leaves = LeftStates.ListedSchemas(context.Goal.Publication, schemas),
            NeededWhen = Conditions.SchemasNotListed(context.Goal.Publication, schemas),
            RunBy = MayPublishSchemas(context) ? null : AdminPowers.HigherAdmin(context.Snapshot, context.Provider),
            Arguments = Verdicts.Args(("publication", context.Goal.Publication), ("schemas", string.Join(", ", schemas)), ("count", schemas.Count)),
        };
    }

    /// <summary>Sets an option of the publication, which exists.</summary>
    public static IReadOnlyList<Change> Option(
        RequirementContext context, RequirementId id, string kind, string wanted, string former, LeftState leaves, ChangePhase phase = ChangePhase.Publication)
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
                Phase = phase,
                Statement = new SqlText($"ALTER PUBLICATION {target} SET ({wanted})"),
                Undo = new SqlText($"ALTER PUBLICATION {target} SET ({former})"),
                Leaves = leaves,
                RunBy = AdminPowers.CanBecome(context.Snapshot, publication.Owner) ? null : publication.Owner,
                Arguments = Verdicts.Args(("publication", publication.Name)),
            },
        ];
    }

    /// <summary>Has the publication, which exists, send generated columns that are stored (PostgreSQL 18 and later).</summary>
    public static IReadOnlyList<Change> SendGenerated(RequirementContext context, ChangePhase phase = ChangePhase.Publication) => Option(
        context,
        RequirementId.GeneratedColumns,
        Generated,
        "publish_generated_columns = stored",
        "publish_generated_columns = none",
        LeftStates.Option(context.Goal.Publication, "CASE p.pubgencols WHEN 's' THEN 'stored' ELSE 'none' END", "none", "stored"),
        phase);

    /// <summary>What the publication does not have yet of a table and all that inherits from it.</summary>
    public static IEnumerable<TableFact> Missing(RequirementContext context, TableFact table) => context.Families.Named(table).Where(t => !t.InPublication);

    /// <summary>Whether this login can have the owners' rights on a table and on all that inherits from it.</summary>
    public static bool IsOurs(RequirementContext context, TableFact table) =>
        AdminPowers.CanBecome(context.Snapshot, table.Owner) && context.Families.Heirs(table) is var heirs && (heirs.Count == 0 || AreOurs(context, heirs));

    private static bool AreOurs(RequirementContext context, IReadOnlyList<TableFact> tables) => tables.All(t => AdminPowers.CanBecome(context.Snapshot, t.Owner));

    /// <summary>Table names for a statement that reaches these and no others.</summary>
    public static string List(IEnumerable<TableFact> tables) => string.Join(", ", tables.Select(t => (TableFamilies.Inherits(t) ? "ONLY " : "") + t.Ref.Quoted));

    /// <summary>
    /// Table names for a statement that takes them out: what inherits from them by then did not come in with them. Partitions are in no list.
    /// </summary>
    public static string ListOut(IEnumerable<TableFact> tables) => string.Join(", ", tables.Select(t => (t.Kind == RelationKind.Partitioned ? "" : "ONLY ") + t.Ref.Quoted));

    private static string PublicationOwner(RequirementContext context) => context.Snapshot.Publication?.Owner ?? context.Snapshot.Admin.Name;

    private static SqlChange AddTables(RequirementContext context, RequirementId id, TableFact[] tables, string? runBy, bool alone)
    {
        // What is written later holds on to the tables, not to the reading.
        var (publication, target) = (context.Goal.Publication, PgIdentifier.Quote(context.Goal.Publication));
        return new SqlChange
        {
            For = id,
            Kind = "publication-add-tables",
            Needs = [.. Needs.Publication(context), .. SchemaEntry.Needs(context.Snapshot, Reached(context, tables), runBy)],
            Phase = ChangePhase.Publication,
            Risk = ChangeRisk.Lock,
            OwnTransaction = alone,
            Statement = SqlText.Later(() => $"ALTER PUBLICATION {target} ADD TABLE {List(tables)}"),
            Undo = SqlText.Later(() => $"ALTER PUBLICATION {target} DROP TABLE {ListOut(tables)}"),
            Leaves = LeftStates.Listed(context.Goal.Publication, context.Snapshot.Server.Major, LeftStates.Tables(tables), $"ALTER PUBLICATION {target} DROP TABLE {LeftState.TablesHole}") with
            {
                Only = true,
                Partitioned = [.. tables.Where(static t => t.Kind == RelationKind.Partitioned).Select(static t => t.Ref)],
            },
            NeededText = SqlText.Later(() => Conditions.NotListed(publication, tables.Select(static t => t.Ref))),
            RunBy = runBy,
            Arguments = Verdicts.Args(
                ("publication", context.Goal.Publication),
                ("count", tables.Length),
                ("first", tables[0].Ref.ToString()),
                ("last", tables[^1].Ref.ToString())),
        };
    }
}
