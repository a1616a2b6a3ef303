using SetupWizard.Core.Model;
using SetupWizard.Core.Source;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements;

/// <summary>
/// The statements that let the user read tables: the guides' <c>ON ALL TABLES IN SCHEMA</c> where that is exactly what was chosen, else the list.
/// See <see href="https://www.postgresql.org/docs/current/sql-grant.html"/>.
/// </summary>
internal static class SelectGrants
{
    /// <summary>Tables in one statement at most: each takes a lock until the transaction ends.</summary>
    public const int Chunk = 1000;

    /// <summary>Memberships first, then one or more GRANT for each schema, then those that somebody else has to run.</summary>
    public static IReadOnlyList<Change> For(RequirementContext context, IReadOnlyList<TableFact> missing)
    {
        var snapshot = context.Snapshot;
        var mine = missing.Where(t => Reaches(snapshot, t)).ToList();
        var changes = new List<Change>();
        changes.AddRange(OwnerChanges.Memberships(snapshot, mine.Where(t => !t.AdminMayGrant).Select(t => t.Owner)));
        foreach (var schema in mine.GroupBy(t => t.Ref.Schema).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            if (WholeSchema(context, schema.Key))
            {
                changes.Add(OnSchema(context, schema.Key, [.. schema]));
            }
            else
            {
                changes.AddRange(schema.Chunk(Chunk).Select(tables => OnTables(context, tables, null)));
            }
        }

        changes.AddRange(missing.Where(t => !Reaches(snapshot, t))
            .GroupBy(t => (t.Ref.Schema, t.Owner))
            .OrderBy(g => g.Key)
            .SelectMany(g => g.Chunk(Chunk).Select(tables => OnTables(context, tables, g.Key.Owner))));
        return changes;
    }

    private static bool Reaches(SourceSnapshot snapshot, TableFact table) => table.AdminMayGrant || AdminPowers.CanBecome(snapshot, table.Owner);

    /// <summary>The schema was chosen as such, nothing in it was left out, no view in it would be opened along, and all of it is ours to grant.</summary>
    private static bool WholeSchema(RequirementContext context, string schema)
    {
        if (!TableSelector.SchemasOf(context.Goal).Contains(schema) || context.Tables.LeftOut.Any(l => l.Table.Ref.Schema == schema))
        {
            return false;
        }

        var chosen = context.Tables.Chosen.Select(t => t.Ref).ToHashSet();
        return context.Snapshot.Tables
            .Where(t => t.Ref.Schema == schema)
            .All(t => Reaches(context.Snapshot, t)
                && (chosen.Contains(t.Ref)
                    || context.Families.Above(t).Any(a => chosen.Contains(a.Ref))
                    || (t.Kind == RelationKind.Partitioned && context.Snapshot.Server.Major < PostgresFeatures.PublishViaPartitionRoot)));
    }

    private static SqlChange OnSchema(RequirementContext context, string schema, IReadOnlyList<TableFact> missing)
    {
        var user = PgIdentifier.Quote(context.Goal.User);
        var target = "ALL TABLES IN SCHEMA " + PgIdentifier.Quote(schema);

        // Taking it back must not take what was there before.
        var nothingBefore = context.Snapshot.Tables.Where(t => t.Ref.Schema == schema).All(t => t.UserCanSelect != true);
        return new SqlChange
        {
            For = RequirementId.TableSelect,
            Kind = "grant-select",
            Phase = ChangePhase.Grants,
            Statement = new SqlText($"GRANT SELECT ON {target} TO {user}"),
            Undo = new SqlText($"REVOKE SELECT ON {(nothingBefore ? target : List(missing))} FROM {user}"),
            Arguments = Verdicts.Args(("user", context.Goal.User), ("schema", schema)),
        };
    }

    private static SqlChange OnTables(RequirementContext context, TableFact[] tables, string? runBy)
    {
        var user = PgIdentifier.Quote(context.Goal.User);
        var list = List(tables);
        return new SqlChange
        {
            For = RequirementId.TableSelect,
            Kind = "grant-select-tables",
            Phase = ChangePhase.Grants,
            Statement = new SqlText($"GRANT SELECT ON {list} TO {user}"),
            Undo = new SqlText($"REVOKE SELECT ON {list} FROM {user}"),
            RunBy = runBy,
            Arguments = Verdicts.Args(("user", context.Goal.User), ("schema", tables[0].Ref.Schema), ("count", tables.Length)),
        };
    }

    private static string List(IEnumerable<TableFact> tables) => string.Join(", ", tables.Select(t => t.Ref.Quoted));
}
