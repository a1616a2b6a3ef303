using System.Text;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements.Tables;

/// <summary>SW401: the publication exists in this database. It is made with a fixed list of tables, never <c>FOR ALL TABLES</c>.</summary>
public sealed class PublicationExists : IRequirement
{
    /// <inheritdoc/>
    public RequirementId Id => RequirementId.Publication;

    /// <inheritdoc/>
    public Area Area => Area.Tables;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["missing", "no-create", "nothing-to-publish", "nothing-chosen", "invalid-name", Verdicts.UnreadableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "session", "pg_publication", "pg_class", "pg_roles") is { } blind)
        {
            yield return blind;
            yield break;
        }

        var snapshot = context.Snapshot;
        var name = context.Goal.Publication;
        (string, object?)[] arguments =
        [
            ("publication", name),
            ("database", snapshot.Server.Database),
            ("owner", snapshot.Server.DatabaseOwner),
            ("admin", snapshot.Admin.Name),
            ("bytes", Encoding.UTF8.GetByteCount(name)),
        ];
        var publishable = PublicationChanges.Publishable(context);
        var finding = !PgIdentifier.CanBeGiven(name) ? this.Finding(FindingState.Blocking, "invalid-name", arguments)
            : context.Tables.Chosen.Count == 0 && context.Tables.Schemas.Count == 0 ? this.Finding(FindingState.Blocking, "nothing-chosen", arguments)
            : snapshot.Publication is not null ? this.Satisfied(arguments)
            : Create(context, publishable) is not { Count: > 0 } changes ? this.Finding(FindingState.Blocking, "nothing-to-publish", arguments)
            : this.Finding(FindingState.Blocking, changes.Exists(c => c is SqlChange { Kind: "grant-create", RunBy: not null }) ? "no-create" : "missing", arguments) with { Fixes = changes };
        yield return finding with { Actual = snapshot.Publication?.Name ?? "missing", Desired = name };
    }

    /// <summary>Lets whoever makes the publication do so, where they may not yet: the owner of the database does.</summary>
    private static IEnumerable<Change> LetCreate(SourceSnapshot snapshot, string role, bool may)
    {
        var owner = snapshot.Server.DatabaseOwner;
        var own = role == snapshot.Admin.Name;
        if (may || (own && AdminPowers.CanBecome(snapshot, owner)))
        {
            return own && !may ? OwnerChanges.Memberships(snapshot, [owner]) : [];
        }

        var reach = AdminPowers.CanBecome(snapshot, owner);
        var database = PgIdentifier.Quote(snapshot.Server.Database);
        var grantee = PgIdentifier.Quote(role);
        return
        [
            .. reach ? OwnerChanges.Memberships(snapshot, [owner]) : [],
            new SqlChange
            {
                For = RequirementId.Publication,
                Kind = "grant-create",
                Phase = ChangePhase.AdminRights,
                Statement = new SqlText($"GRANT CREATE ON DATABASE {database} TO {grantee}"),
                Undo = new SqlText($"REVOKE CREATE ON DATABASE {database} FROM {grantee}"),
                RunBy = reach ? null : owner,
                Makes = Needs.CreateInDatabase(role),
                Arguments = Verdicts.Args(("admin", role), ("database", snapshot.Server.Database)),
            },
        ];
    }

    /// <summary>
    /// Who makes a publication of tables that are out of this login's reach; null when this login can make an empty one for others to add to. Only who owns
    /// the publication and the table may add it, so that their one owner does better.
    /// </summary>
    private static string? MakerOf(RequirementContext context, IReadOnlyList<TableFact> tables)
    {
        var snapshot = context.Snapshot;
        return tables.Select(t => t.Owner).Distinct(StringComparer.Ordinal).Take(2).ToList() is [var only] ? only
            : snapshot.Server.AdminCanCreate || AdminPowers.CanBecome(snapshot, snapshot.Server.DatabaseOwner) ? null
            : AdminPowers.HigherAdmin(snapshot, context.Provider);
    }

    private static List<Change> Create(RequirementContext context, IReadOnlyList<TableFact> publishable)
    {
        var snapshot = context.Snapshot;
        var safeSchemas = PublicationChanges.WholeSchemas(context, publishable);
        var schemas = PublicationChanges.MayPublishSchemas(context) ? safeSchemas : [];
        var (ours, notOurs) = Parted.By(publishable, t => PublicationChanges.IsOurs(context, t));
        var mine = Parted.By(context.Families.Named(ours), t => !schemas.Contains(t.Ref.Schema, StringComparer.Ordinal)).Yes;
        var others = notOurs.Where(t => !schemas.Contains(t.Ref.Schema, StringComparer.Ordinal)).ToList();
        var changes = new List<Change>();
        if (mine.Count + schemas.Count == 0 && others.Count == 0)
        {
            return changes;
        }

        var theirs = context.Families.Named(others);
        if (mine.Count + schemas.Count == 0 && MakerOf(context, theirs) is { } maker)
        {
            changes.AddRange(LetCreate(snapshot, maker, snapshot.Role(maker) is null or { Superuser: true } or { MayCreate: true }));
            changes.Add(Statement(context, [.. theirs.Take(PublicationChanges.Chunk)], schemas, publishable, false) with { RunBy = maker, Needs = Needs.CreateInDatabase(maker) });
            changes.AddRange(PublicationChanges.AddAs(context, RequirementId.PublicationTables, [.. theirs.Skip(PublicationChanges.Chunk)], maker));
        }
        else
        {
            var (free, waiting) = Parted.By(mine, t => !PublicationChanges.Waits(context, t));
            var first = free.Take(PublicationChanges.Chunk).ToList();
            var more = free.Skip(PublicationChanges.Chunk).ToList();
            changes.AddRange(OwnerChanges.Memberships(snapshot, mine.Select(t => t.Owner)));
            changes.AddRange(SchemaEntry.For(snapshot, first));
            changes.AddRange(LetCreate(snapshot, snapshot.Admin.Name, snapshot.Server.AdminCanCreate));
            changes.Add(Statement(context, first, schemas, publishable, more.Count > 0));
            changes.AddRange(PublicationChanges.AddOurs(context, RequirementId.PublicationTables, more, alone: true));
            changes.AddRange(PublicationChanges.AddOurs(context, RequirementId.PublicationTables, waiting, alone: false));
            changes.AddRange(PublicationChanges.AddOthers(context, RequirementId.PublicationTables, others));
        }

        if (safeSchemas.Count > schemas.Count)
        {
            changes.Add(PublicationChanges.AddSchemas(context, safeSchemas));
        }

        return changes;
    }

    private static SqlChange Statement(
        RequirementContext context, List<TableFact> tables, IReadOnlyList<string> schemas, IReadOnlyList<TableFact> publishable, bool alone)
    {
        var name = PgIdentifier.Quote(context.Goal.Publication);
        var parts = new List<string>();
        parts.AddRange(tables.Count > 0 ? ["TABLE " + PublicationChanges.List(tables)] : []);
        parts.AddRange(schemas.Count > 0 ? ["TABLES IN SCHEMA " + string.Join(", ", schemas.Select(PgIdentifier.Quote))] : []);

        // One that cannot go in yet may later, and under its readers the options had better not change.
        var viaRoot = context.Snapshot.Server.Major >= PostgresFeatures.PublishViaPartitionRoot && context.Tables.Chosen.Any(t => t.Kind == RelationKind.Partitioned);
        var what = parts.Count == 0 ? "" : " FOR " + string.Join(", ", parts);
        List<string> options = [.. viaRoot ? ["publish_via_partition_root = true"] : Array.Empty<string>(), .. GeneratedKeys.Of(context).NeedStored(publishable.Concat(context.Tables.Chosen)) ? ["publish_generated_columns = stored"] : Array.Empty<string>()];
        return new SqlChange
        {
            For = RequirementId.Publication,
            Kind = "create-publication",
            Phase = ChangePhase.Publication,
            Risk = tables.Count > 0 ? ChangeRisk.Lock : ChangeRisk.None,
            OwnTransaction = alone,
            Statement = new SqlText($"CREATE PUBLICATION {name}{what}{(options.Count > 0 ? $" WITH ({string.Join(", ", options)})" : "")}"),
            Undo = new SqlText($"DROP PUBLICATION {name}"),
            Leaves = LeftStates.Publication(context.Goal.Publication) with { Tables = LeftStates.Tables(tables), Schemas = schemas },
            NeededWhen = Conditions.NoPublication(context.Goal.Publication),
            Needs = [.. Needs.CreateInDatabase(context.Snapshot.Admin.Name), .. SchemaEntry.Needs(context.Snapshot, tables, null)],
            Makes = Needs.Publication(context),
            Arguments = Verdicts.Args(
                ("publication", context.Goal.Publication),
                ("count", tables.Count),
                ("first", tables.Count > 0 ? tables[0].Ref.ToString() : null),
                ("last", tables.Count > 0 ? tables[^1].Ref.ToString() : null)),
        };
    }
}
