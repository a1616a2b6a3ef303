using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements;

/// <summary>
/// This login's own way into schemas: a statement that names a table takes USAGE on its schema, whoever owns the table.
/// See <see href="https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-PRIV"/>.
/// </summary>
internal static class SchemaEntry
{
    private static readonly ConditionalWeakTable<SourceSnapshot, List<SchemaFact>> s_closed = [];
    private static readonly ConditionalWeakTable<SourceSnapshot, FrozenSet<string>> s_shut = [];

    /// <summary>What lets this login into the schemas of these tables: membership of their owner, or USAGE, which perhaps somebody else has to grant. Nothing for nearly all.</summary>
    public static IEnumerable<SqlChange> For(SourceSnapshot snapshot, IEnumerable<TableFact> tables)
    {
        foreach (var schema in Closed(snapshot, tables))
        {
            if (AdminPowers.ReachOf(snapshot, schema.Owner) == Reach.ByMembership)
            {
                foreach (var membership in OwnerChanges.Memberships(snapshot, [schema.Owner]))
                {
                    yield return membership;
                }
            }
            else
            {
                yield return Grant(snapshot, schema);
            }
        }
    }

    /// <summary>What a statement of this login that names these tables has to find; nothing for somebody else's.</summary>
    public static IReadOnlyList<Prerequisite> Needs(SourceSnapshot snapshot, IEnumerable<TableFact> tables, string? runBy) =>
        runBy is null ? [.. Closed(snapshot, tables).Select(Entry)] : [];

    /// <summary>Whether there is a schema that somebody else has to open first. Hardly ever is there one.</summary>
    public static bool MayWait(SourceSnapshot snapshot) => Shut(snapshot).Count > 0;

    /// <summary>Whether somebody else has to open the schema of one of these tables first.</summary>
    public static bool Waits(SourceSnapshot snapshot, IEnumerable<TableFact> tables) => tables.Any(t => Shut(snapshot).Contains(t.Ref.Schema));

    private static FrozenSet<string> Shut(SourceSnapshot snapshot) => s_shut.GetValue(
        snapshot,
        static s => Closed(s).Where(n => !n.AdminMayGrant && AdminPowers.ReachOf(s, n.Owner) == Reach.None).Select(static n => n.Name).ToFrozenSet(StringComparer.Ordinal));

    private static List<SchemaFact> Closed(SourceSnapshot snapshot) =>
        s_closed.GetValue(snapshot, static s => s.Admin.Superuser ? [] : [.. s.Schemas.Where(static n => !n.AdminHasUsage)]);

    private static IEnumerable<SchemaFact> Closed(SourceSnapshot snapshot, IEnumerable<TableFact> tables)
    {
        var closed = Closed(snapshot);
        if (closed.Count == 0)
        {
            return [];
        }

        var names = tables.Select(static t => t.Ref.Schema).ToHashSet(StringComparer.Ordinal);
        return closed.Where(s => names.Contains(s.Name));
    }

    private static SqlChange Grant(SourceSnapshot snapshot, SchemaFact schema)
    {
        var (admin, name) = (snapshot.Admin.Name, PgIdentifier.Quote(schema.Name));
        var may = schema.AdminMayGrant || AdminPowers.ReachOf(snapshot, schema.Owner) == Reach.Direct;
        return new SqlChange
        {
            For = RequirementId.AdminPowers,
            Kind = "grant-usage",
            Phase = ChangePhase.AdminRights,
            Statement = new SqlText($"GRANT USAGE ON SCHEMA {name} TO {PgIdentifier.Quote(admin)}"),
            Undo = new SqlText($"REVOKE USAGE ON SCHEMA {name} FROM {PgIdentifier.Quote(admin)}"),
            Leaves = LeftStates.Granted("pg_catalog.pg_namespace n", "n.nspacl", "n.nspowner", $"n.nspname = {PgLiteral.Quote(schema.Name)}", admin, "USAGE"),
            Makes = [Entry(schema)],
            RunBy = may ? null : AdminPowers.Actual(snapshot, schema.Owner),
            Arguments = Verdicts.Args(("user", admin), ("schema", schema.Name)),
        };
    }

    private static Prerequisite Entry(SchemaFact schema) => new(PrerequisiteKind.SchemaUsage, schema.Name);
}
