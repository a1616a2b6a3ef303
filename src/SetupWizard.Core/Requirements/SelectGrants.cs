using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements;

/// <summary>
/// The statements that let the user read tables: the guides' <c>ON ALL TABLES IN SCHEMA</c> where that is exactly what was chosen, else the list.
/// See <see href="https://www.postgresql.org/docs/current/sql-grant.html"/>.
/// </summary>
internal static class SelectGrants
{
    /// <summary>
    /// Tables in one statement at most. From PostgreSQL 18 on each is locked until the transaction ends, so that of more than these each part has a transaction of its own.
    /// </summary>
    public const int Chunk = 1000;

    /// <summary>Memberships first, then one or more GRANT for each schema, then those that somebody else has to run.</summary>
    public static IReadOnlyList<Change> For(RequirementContext context, IReadOnlyList<TableFact> missing)
    {
        var snapshot = context.Snapshot;
        var mine = missing.Where(t => Reaches(snapshot, t)).ToList();
        var alone = missing.Count > Chunk;
        var changes = new List<Change>();
        changes.AddRange(OwnerChanges.Memberships(snapshot, mine.Where(t => !t.AdminMayGrant).Select(t => t.Owner)));
        changes.AddRange(SchemaEntry.For(snapshot, mine));
        foreach (var schema in mine.GroupBy(t => t.Ref.Schema).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            if (WholeSchema(context, schema.Key))
            {
                changes.Add(OnSchema(context, schema.Key, [.. schema]));
            }
            else
            {
                changes.AddRange(schema.Chunk(Chunk).Select(tables => OnTables(context, tables, null) with { OwnTransaction = alone }));
            }
        }

        changes.AddRange(missing.Where(t => !Reaches(snapshot, t))
            .GroupBy(t => (t.Ref.Schema, t.Owner))
            .OrderBy(g => g.Key)
            .SelectMany(g => g.Chunk(Chunk).Select(tables => OnTables(context, tables, g.Key.Owner) with { OwnTransaction = alone })));
        return changes;
    }

    /// <summary>
    /// What gives privileges on single columns back, which a REVOKE on the whole table takes as well, of those that whoever revokes granted.
    /// See <see href="https://www.postgresql.org/docs/current/sql-revoke.html"/>.
    /// </summary>
    public static IEnumerable<string> Columns(IEnumerable<ColumnGrantFact> grants, string user) => grants
        .GroupBy(static g => (g.Table, g.Privilege, g.Grantable))
        .OrderBy(static g => g.Key)
        .Select(g => $"GRANT {g.Key.Privilege} ({string.Join(", ", g.Select(static c => PgIdentifier.Quote(c.Column)).Distinct(StringComparer.Ordinal))}) ON {g.Key.Table.Quoted} TO {PgIdentifier.Quote(user)}{(g.Key.Grantable ? " WITH GRANT OPTION" : "")}");

    /// <summary>
    /// Whether a REVOKE of this login on a table speaks in the name of who granted something on it, see <see cref="Conditions.GrantedByOurs"/>.
    /// </summary>
    private static bool SpeaksFor(SourceSnapshot snapshot, string grantor, string owner)
    {
        var admin = snapshot.Admin;
        var inherits = admin.Inherits || snapshot.Server.Major >= PostgresFeatures.CreateRoleNeedsAdminOption;
        return (grantor == owner && AdminPowers.CanBecome(snapshot, owner))
            || (!admin.Superuser && (grantor == admin.Name || (inherits && admin.InheritsFrom.Contains(grantor, StringComparer.Ordinal))));
    }

    private static bool Reaches(SourceSnapshot snapshot, TableFact table) => table.AdminMayGrant || AdminPowers.CanBecome(snapshot, table.Owner);

    /// <summary>
    /// The schema was chosen as such, nothing in it was left out, no view in it would be opened along, all of it is ours to grant, and nothing in it was granted to
    /// the user before: taking it back must not take that. Where nothing is wanted for tables that are made later, those that are there are named: one may be made
    /// between the review and the run.
    /// </summary>
    private static bool WholeSchema(RequirementContext context, string schema)
    {
        if (!context.Goal.FutureTables || !TableSelector.SchemasOf(context.Goal).Contains(schema) || context.Tables.LeftOut.Any(l => l.Table.Ref.Schema == schema) || context.Snapshot.ColumnGrants.Any(g => g.Table.Schema == schema))
        {
            return false;
        }

        var chosen = context.Chosen;
        return context.Snapshot.Tables
            .Where(t => t.Ref.Schema == schema)
            .All(t => Reaches(context.Snapshot, t)
                && t.UserCanSelect != true
                && (chosen.Contains(t.Ref)
                    || context.Families.Above(t).Any(a => chosen.Contains(a.Ref))
                    || (t.Kind == RelationKind.Partitioned && context.Snapshot.Server.Major < PostgresFeatures.PublishViaPartitionRoot)));
    }

    private static SqlChange OnSchema(RequirementContext context, string schema, IReadOnlyList<TableFact> missing)
    {
        var user = PgIdentifier.Quote(context.Goal.User);
        var target = "ALL TABLES IN SCHEMA " + PgIdentifier.Quote(schema);
        return new SqlChange
        {
            For = RequirementId.TableSelect,
            Kind = "grant-select",
            Needs = [.. Needs.User(context), .. SchemaEntry.Needs(context.Snapshot, missing, null)],
            Phase = ChangePhase.Grants,
            Statement = new SqlText($"GRANT SELECT ON {target} TO {user}"),
            Undo = new SqlText($"REVOKE SELECT ON {target} FROM {user}"),

            // It reaches those too that needed nothing: what everybody may read, and the root of partitions.
            Leaves = LeftStates.Selectable(context.Goal.User, LeftStates.Tables(context.Snapshot.Tables.Where(t => t.Ref.Schema == schema && !t.Ref.IsBroken)), Revoke(context.Goal.User)),
            Arguments = Verdicts.Args(("user", context.Goal.User), ("schema", schema)),
        };
    }

    private static SqlChange OnTables(RequirementContext context, TableFact[] tables, string? runBy)
    {
        // What is written later holds on to the tables, not to the reading.
        var (name, user) = (context.Goal.User, PgIdentifier.Quote(context.Goal.User));
        ColumnGrantFact[] columns = [.. OnColumns(context, tables, runBy)];
        return new SqlChange
        {
            For = RequirementId.TableSelect,
            Kind = context.Snapshot.ColumnGrants.Any(g => g.Privilege == "SELECT" && g.Table == tables[0].Ref) ? "grant-select-columns" : "grant-select-tables",
            Needs = [.. Needs.User(context), .. SchemaEntry.Needs(context.Snapshot, tables, runBy)],
            Phase = ChangePhase.Grants,
            Statement = SqlText.Later(() => $"GRANT SELECT ON {List(tables)} TO {user}"),
            Undo = SqlText.Later(() => string.Join("; ", Columns(columns, name).Prepend($"REVOKE SELECT ON {List(tables)} FROM {user}"))),
            Leaves = LeftStates.Selectable(context.Goal.User, LeftStates.Tables(tables), Revoke(context.Goal.User)),
            RunBy = runBy,
            Arguments = Verdicts.Args(("user", context.Goal.User), ("schema", tables[0].Ref.Schema), ("count", tables.Length)),
        };
    }

    /// <summary>What takes SELECT on tables back, with a hole for their names.</summary>
    public static string Revoke(string user) => $"REVOKE SELECT ON {LeftState.TablesHole} FROM {PgIdentifier.Quote(user)}";

    private static IEnumerable<ColumnGrantFact> OnColumns(RequirementContext context, TableFact[] tables, string? runBy)
    {
        if (context.Snapshot.ColumnGrants.Count == 0)
        {
            return [];
        }

        var owners = tables.ToDictionary(static t => t.Ref, static t => t.Owner);
        return context.Snapshot.ColumnGrants.Where(g => g.Privilege == "SELECT"
            && owners.TryGetValue(g.Table, out var owner)
            && (runBy is null ? SpeaksFor(context.Snapshot, g.Grantor, owner) : g.Grantor == runBy));
    }

    private static string List(IEnumerable<TableFact> tables) => string.Join(", ", tables.Select(t => t.Ref.Quoted));
}
