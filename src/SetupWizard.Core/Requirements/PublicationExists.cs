using System.Text;
using SetupWizard.Core.Model;
using SetupWizard.Core.Source;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements;

/// <summary>SW401: the publication exists in this database. It is made with a fixed list of tables, never <c>FOR ALL TABLES</c>.</summary>
public sealed class PublicationExists : IRequirement
{
    /// <inheritdoc/>
    public RequirementId Id => RequirementId.Publication;

    /// <inheritdoc/>
    public WizardStep Step => WizardStep.Tables;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["missing", "no-create", "nothing-to-publish", "nothing-chosen", "invalid-name", Verdicts.UnreadableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.Blind(context, "session", "pg_publication", "pg_class", "pg_roles") is { } blind)
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
        var finding = !PgIdentifier.IsValid(name) ? this.Say(FindingState.Blocking, "invalid-name", arguments)
            : context.Tables.Chosen.Count == 0 && context.Tables.Schemas.Count == 0 ? this.Say(FindingState.Blocking, "nothing-chosen", arguments)
            : snapshot.Publication is not null ? this.Ok(arguments)
            : Create(context, publishable) is not { Count: > 0 } changes ? this.Say(FindingState.Blocking, "nothing-to-publish", arguments)
            : MayCreate(snapshot) ? this.Say(FindingState.Blocking, "missing", arguments) with { Fixes = changes }
            : this.Say(FindingState.Blocking, "no-create", arguments) with { Fixes = [GrantCreate(snapshot)] };
        yield return finding with { Actual = snapshot.Publication?.Name ?? "missing", Desired = name };
    }

    private static bool MayCreate(SourceSnapshot snapshot) =>
        snapshot.Server.AdminCanCreate || AdminPowers.CanBecome(snapshot, snapshot.Server.DatabaseOwner);

    private static SqlChange GrantCreate(SourceSnapshot snapshot)
    {
        var database = PgIdentifier.Quote(snapshot.Server.Database);
        var admin = PgIdentifier.Quote(snapshot.Admin.Name);
        return new SqlChange
        {
            For = RequirementId.Publication,
            Kind = "grant-create",
            Phase = ChangePhase.AdminRights,
            Statement = new SqlText($"GRANT CREATE ON DATABASE {database} TO {admin}"),
            Undo = new SqlText($"REVOKE CREATE ON DATABASE {database} FROM {admin}"),
            RunBy = snapshot.Server.DatabaseOwner,
            Arguments = Verdicts.Args(("admin", snapshot.Admin.Name), ("database", snapshot.Server.Database)),
        };
    }

    private static List<Change> Create(RequirementContext context, IReadOnlyList<TableFact> publishable)
    {
        var snapshot = context.Snapshot;
        var safeSchemas = PublicationChanges.WholeSchemas(context, publishable);
        var schemas = PublicationChanges.MayPublishSchemas(context) ? safeSchemas : [];
        var byOwn = publishable.ToLookup(t => PublicationChanges.IsOurs(context, t));
        var mine = byOwn[true].SelectMany(context.Families.Named).Where(t => !schemas.Contains(t.Ref.Schema, StringComparer.Ordinal)).DistinctBy(t => t.Ref).ToList();
        var others = byOwn[false].Where(t => !schemas.Contains(t.Ref.Schema, StringComparer.Ordinal)).ToList();
        var changes = new List<Change>();
        if (mine.Count + schemas.Count == 0 && others.Count == 0)
        {
            return changes;
        }

        var owners = mine.Select(t => t.Owner);
        changes.AddRange(OwnerChanges.Memberships(snapshot, snapshot.Server.AdminCanCreate ? owners : owners.Append(snapshot.Server.DatabaseOwner)));
        changes.Add(Statement(context, [.. mine.Take(PublicationChanges.Chunk)], schemas, publishable, mine.Count > PublicationChanges.Chunk));
        changes.AddRange(PublicationChanges.AddOurs(context, RequirementId.PublicationTables, [.. mine.Skip(PublicationChanges.Chunk)], alone: true));
        changes.AddRange(PublicationChanges.AddOthers(context, RequirementId.PublicationTables, others));
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
        var viaRoot = context.Snapshot.Server.Major >= PostgresFeatures.PublishViaPartitionRoot && publishable.Any(t => t.Kind == RelationKind.Partitioned);
        var what = parts.Count == 0 ? "" : " FOR " + string.Join(", ", parts);
        return new SqlChange
        {
            For = RequirementId.Publication,
            Kind = "create-publication",
            Phase = ChangePhase.Publication,
            Risk = tables.Count > 0 ? ChangeRisk.Lock : ChangeRisk.None,
            OwnTransaction = alone,
            Statement = new SqlText($"CREATE PUBLICATION {name}{what}{(viaRoot ? " WITH (publish_via_partition_root = true)" : "")}"),
            Undo = new SqlText($"DROP PUBLICATION {name}"),
            Leaves = LeftStates.Publication(context.Goal.Publication) with { Tables = [.. tables.Select(static t => t.Ref)], Schemas = schemas },
            NeededWhen = Conditions.NoPublication(context.Goal.Publication),
            Arguments = Verdicts.Args(
                ("publication", context.Goal.Publication),
                ("count", tables.Count),
                ("first", tables.Count > 0 ? tables[0].Ref.ToString() : null),
                ("last", tables.Count > 0 ? tables[^1].Ref.ToString() : null)),
        };
    }
}
