using Npgsql;
using SetupWizard.Core.Model;

namespace SetupWizard.Benchmarks;

/// <summary>
/// The least that can be asked for the same facts about all tables and columns that the check reads: one statement, no judgement, nothing kept.
/// Of each table its name, kind, persistence, owner, topmost partitioned table, row security with its policies, replica identity, primary key,
/// index of the replica identity, a unique index that could be one, the estimates of its rows and bytes, TOAST; what the ClickPipes user may
/// read and write, whether this login may hand on SELECT, whether the publication has it; and its columns that are generated or of a type that
/// may lose something, with type and place in the key.
/// </summary>
internal static class BareQuery
{
    /// <summary>
    /// Joins, and one aggregate for each table with such columns. Written to be fast: policies, a partition's root and other indexes are looked up only
    /// where the table's own row says that there may be some, privileges only of what this login does not own, and a column is told by the number of
    /// its type first (built-in types are below 16384). For PostgreSQL 15 and later. $1: the user, $2: the publication.
    /// </summary>
    private const string Sql = """
        SELECT c.oid::int8, n.nspname::text, c.relname::text, c.relkind::text, c.relpersistence::text, pg_get_userbyid(c.relowner)::text AS owner,
               CASE WHEN c.relispartition THEN pg_partition_root(c.oid)::oid::int8 END AS root,
               c.relrowsecurity, c.relforcerowsecurity,
               CASE WHEN c.relrowsecurity THEN (SELECT string_agg(concat_ws(' ', p.polcmd, p.polpermissive, p.polroles, pg_get_expr(p.polqual, p.polrelid)), ', ') FROM pg_policy p WHERE p.polrelid = c.oid) END AS policies,
               c.relreplident::text, pk.indisvalid, pk.indimmediate,
               CASE WHEN c.relreplident = 'i' THEN (SELECT concat_ws(' ', i.indisvalid, i.indimmediate, i.indkey) FROM pg_index i WHERE i.indrelid = c.oid AND i.indisreplident) END AS identity,
               CASE WHEN pk.indexrelid IS NULL AND c.relkind IN ('r', 'p') THEN (
                    SELECT min(i.indexrelid::regclass::text) FROM pg_index i
                    WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
                      AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (i.indkey) AND NOT a.attnotnull)) END AS candidate,
               c.reltuples, c.relpages, c.reltoastrelid <> 0 AS toast,
               has_table_privilege(u.oid, c.oid, 'SELECT') AS reads,
               has_table_privilege(u.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') AS writes,
               pg_has_role(c.relowner, 'USAGE') OR has_table_privilege(c.oid, 'SELECT WITH GRANT OPTION') AS grants,
               coalesce(pub.puballtables, false) OR pr.oid IS NOT NULL OR pn.oid IS NOT NULL AS published,
               cols.columns
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_roles u ON u.rolname = $1
        LEFT JOIN pg_publication pub ON pub.pubname = $2
        LEFT JOIN pg_publication_rel pr ON pr.prpubid = pub.oid AND pr.prrelid = c.oid
        LEFT JOIN pg_publication_namespace pn ON pn.pnpubid = pub.oid AND pn.pnnspid = c.relnamespace
        LEFT JOIN pg_index pk ON pk.indrelid = c.oid AND pk.indisprimary
        LEFT JOIN (
            SELECT a.attrelid, string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attgenerated, a.attnum = ANY (k.indkey)), ', ' ORDER BY a.attnum) AS columns
            FROM pg_attribute a
            JOIN pg_type t ON t.oid = a.atttypid
            LEFT JOIN pg_type e ON e.oid = t.typelem
            JOIN pg_class r ON r.oid = a.attrelid AND r.relkind IN ('r', 'p') AND NOT r.relispartition
            LEFT JOIN pg_index k ON k.indrelid = r.oid AND k.indisprimary
            WHERE a.attnum > 0 AND NOT a.attisdropped
              AND (a.attgenerated <> '' OR a.atttypid >= 16384
                   OR a.atttypid IN ('numeric'::regtype, 'timetz'::regtype, 'interval'::regtype, 'money'::regtype, 'numeric[]'::regtype, 'date[]'::regtype,
                                     'interval[]'::regtype, 'money[]'::regtype, 'json[]'::regtype, 'jsonb[]'::regtype, 'int4range'::regtype,
                                     'int8range'::regtype, 'numrange'::regtype, 'tsrange'::regtype, 'tstzrange'::regtype, 'daterange'::regtype))
              AND (a.attgenerated <> '' OR a.atttypid < 16384 OR t.typtype IN ('c', 'd', 'r', 'm') OR e.typtype IN ('c', 'd', 'r', 'm'))
            GROUP BY a.attrelid) cols ON cols.attrelid = c.oid
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        """;

    /// <summary>Reads it to the end, every value of every row, and gives the number of rows.</summary>
    public static async Task<int> RunAsync(NpgsqlConnection connection, SetupGoal goal, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = goal.User });
        command.Parameters.Add(new NpgsqlParameter { Value = goal.Publication });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var values = new object[reader.FieldCount];
        var rows = 0;
        while (await reader.ReadAsync(cancellationToken))
        {
            reader.GetValues(values);
            rows++;
        }

        return rows;
    }
}
