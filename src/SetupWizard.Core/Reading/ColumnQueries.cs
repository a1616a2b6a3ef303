using Npgsql;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Reading;

/// <summary>The statements about columns, written as those of <see cref="CatalogQueries"/> are.</summary>
internal static class ColumnQueries
{
    /// <summary>The columns that tell one row from another: those of the replica identity's index, else of the primary key.</summary>
    private static string Identifies(string column) =>
        $"EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND CASE c.relreplident WHEN 'i' THEN i.indisreplident ELSE i.indisprimary END AND {column} = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]))";

    /// <summary>
    /// Built-in types that a reading has nothing to say of, by their numbers, which are the same on every server: most columns have one of them and are put aside before anything
    /// is looked up. It need not be complete, as others are looked at. Constants, and with the types of system columns, because from these the planner knows how few
    /// columns are left.
    /// See <see href="https://www.postgresql.org/docs/current/system-catalog-initial-data.html#SYSTEM-CATALOG-OID-ASSIGNMENT"/>.
    /// </summary>
    internal static IReadOnlyDictionary<int, string> Plain { get; } = new Dictionary<int, string>
    {
        [23] = "int4",
        [25] = "text",
        [1043] = "varchar",
        [1184] = "timestamptz",
        [20] = "int8",
        [16] = "bool",
        [1114] = "timestamp",
        [2950] = "uuid",
        [3802] = "jsonb",
        [1082] = "date",
        [701] = "float8",
        [21] = "int2",
        [1042] = "bpchar",
        [114] = "json",
        [17] = "bytea",
        [700] = "float4",
        [26] = "oid",
        [19] = "name",
        [1083] = "time",
        [27] = "tid",
        [28] = "xid",
        [29] = "cid",
    };

    /// <summary>
    /// The types of the columns in <c>few</c>, each looked up once and by its number, because pg_type has two rows for each table: the type's own name, what a domain is
    /// over through all domains in between (<c>base</c>), with its modifiers, for that is how a query's result is described; and the name, schema and kind of what the
    /// values are, of an array its elements. See <see href="https://www.postgresql.org/docs/current/catalog-pg-type.html"/>, <c>typbasetype</c>.
    /// </summary>
    private static string Types(int major) =>
        $"""
        types {As(major)} (
          SELECT t.oid, t.typname AS own, d.base, d.typmod, e.typname AS name, e.typnamespace AS schema, e.typtype AS kind, e.oid <> b.oid AS is_array
          FROM (SELECT DISTINCT a.atttypid FROM few a) u
               CROSS JOIN LATERAL (SELECT t.oid, t.typname, t.typtype, t.typbasetype, t.typtypmod FROM pg_type t WHERE t.oid = u.atttypid OFFSET 0) t
               LEFT JOIN LATERAL (
                WITH RECURSIVE behind(base, typmod) AS (
                  SELECT t.typbasetype, t.typtypmod WHERE t.typtype = 'd'
                  UNION ALL
                  SELECT x.typbasetype, x.typtypmod FROM behind b JOIN pg_type x ON x.oid = b.base AND x.typtype = 'd')
                SELECT b.base, b.typmod FROM behind b JOIN pg_type x ON x.oid = b.base WHERE x.typtype <> 'd') d ON true
               CROSS JOIN LATERAL (SELECT b.oid, b.typlen, b.typelem FROM pg_type b WHERE b.oid = coalesce(d.base, t.oid) OFFSET 0) b
               CROSS JOIN LATERAL (SELECT e.oid, e.typname, e.typnamespace, e.typtype FROM pg_type e
                                   WHERE e.oid = CASE WHEN b.typlen = -1 AND b.typelem <> 0 THEN b.typelem ELSE b.oid END OFFSET 0) e)
        """;

    /// <summary>A type's modifier; the one behind a domain is the domain's.</summary>
    private const string Modifier = "coalesce(t.typmod, a.atttypmod)";

    /// <summary>Digits in all of a numeric that limits them.</summary>
    private const string Precision = $"CASE WHEN t.name = 'numeric' AND {Modifier} >= 4 THEN (({Modifier} - 4) >> 16) & 65535 END";

    /// <summary>Digits after the point of a numeric that limits them.</summary>
    private const string Scale = $"CASE WHEN t.name = 'numeric' AND {Modifier} >= 4 THEN ((({Modifier} - 4) & 2047) # 1024) - 1024 END";

    /// <summary>
    /// What the type is: name, as SQL writes it, kind, array, digits, digits after the point; and of a domain its own name and what it is over, nulls otherwise.
    /// </summary>
    private const string TypeColumns =
        $"t.name::text, format_type(a.atttypid, a.atttypmod), ascii(t.kind::text), t.is_array, {Precision}, {Scale}, CASE WHEN t.base IS NOT NULL THEN t.own::text END, format_type(t.base, t.typmod)";

    /// <summary>
    /// Of a generated column the publications of its table's updates or deletes that do not send it: those of the table, of what it is a partition of, and of
    /// their schemas. A column list decides alone. Only generated columns come this far.
    /// </summary>
    private const string UnsentBy =
        """
        CASE WHEN a.attgenerated <> '' THEN ARRAY (
             SELECT p.pubname::text
             FROM pg_publication p,
                  LATERAL (SELECT ARRAY (SELECT c.oid UNION SELECT x.relid::oid FROM pg_partition_ancestors(c.oid) x WHERE c.relispartition) AS tables) f,
                  LATERAL (SELECT count(*) AS entries, bool_or(r.prattrs IS NOT NULL) AS listed,
                                  bool_or(EXISTS (SELECT FROM pg_attribute l WHERE l.attrelid = r.prrelid AND l.attname = a.attname AND l.attnum = ANY (r.prattrs::int2[]))) AS named
                           FROM pg_publication_rel r WHERE r.prpubid = p.oid AND r.prrelid = ANY (f.tables)) e
             WHERE (p.pubupdate OR p.pubdelete)
               AND (p.puballtables OR e.entries > 0
                    OR EXISTS (SELECT FROM pg_publication_namespace s JOIN pg_class m ON m.relnamespace = s.pnnspid WHERE s.pnpubid = p.oid AND m.oid = ANY (f.tables)))
               AND NOT CASE WHEN e.listed THEN e.named ELSE a.attgenerated = 's' AND p.pubgencols = 's' END
             ORDER BY 1) END
        """;

    /// <summary>
    /// Columns with something to say, and no others: generated, or of a type that may lose something ($1 names of built-in types, $2 of elements of
    /// arrays, $3 kinds of types, $5 names of types behind domains, all text[]). A numeric that limits its digits loses nothing unless they are too
    /// many ($4). Partitions repeat their root, but for what stops their updates: generated columns from 18 on.
    /// </summary>
    public static string Columns(int major)
    {
        var generated = Generated(major);
        var sends = major >= PostgresFeatures.PublishGeneratedColumns;
        var partitions = sends ? " AND (NOT c.relispartition OR a.attgenerated <> '')" : WithoutPartitions(major);
        return $"""
            WITH RECURSIVE few {As(major)} (
              SELECT a.attrelid, a.attname, a.attnum, a.atttypid, a.atttypmod, {generated} AS attgenerated
              FROM pg_attribute a
              WHERE a.attnum > 0 AND NOT a.attisdropped AND ({generated} <> '' OR a.atttypid <> ALL ('{PlainNumbers}'::oid[]))),
            {Types(major)}
            SELECT c.relnamespace::int8, c.relname::text, a.attname::text, ascii(a.attgenerated::text), a.attgenerated <> '' AND {Identifies("a.attnum")}, {TypeColumns},
                   CASE WHEN a.attgenerated <> '' THEN ARRAY (
                        SELECT x.relname::text FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
                        WHERE i.indrelid = c.oid AND i.indisunique AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]) ORDER BY 1) END,
                   {(sends ? UnsentBy : "NULL::text[]")}
            FROM few a
                 JOIN types t ON t.oid = a.atttypid
                 JOIN pg_class c ON c.oid = a.attrelid
                 JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p'){partitions} AND {CatalogQueries.UserSchema}
              AND (a.attgenerated <> ''
                   OR ((t.kind::text = ANY ($3::text[])
                        OR (t.base IS NOT NULL AND (t.is_array OR t.kind NOT IN ('b', 'e') OR t.name = ANY ($1::text[] || $5::text[])))
                        OR (t.base IS NULL AND t.schema = 'pg_catalog'::regnamespace AND t.name = ANY (CASE WHEN t.is_array THEN $2::text[] ELSE $1::text[] END)))
                       AND (t.name <> 'numeric' OR {Modifier} < 4 OR (({Modifier} - 4) >> 16) & 65535 > $4)))
            ORDER BY n.nspname, c.relname, a.attnum
            """;
    }

    /// <summary>Put aside once, whoever asks for it; before 12 that is so by itself. See <see href="https://www.postgresql.org/docs/12/queries-with.html"/>.</summary>
    private static string As(int major) => major >= PostgresFeatures.MaterializedQueries ? "AS MATERIALIZED" : "AS";

    private static string PlainNumbers { get; } = "{" + string.Join(",", Plain.Keys) + "}";

    private static string Generated(int major) => major >= PostgresFeatures.GeneratedColumns ? "a.attgenerated" : "''::\"char\"";

    /// <summary>The root's columns stand for its partitions', but before 13 partitions are published one by one.</summary>
    private static string WithoutPartitions(int major) => major >= PostgresFeatures.PublishViaPartitionRoot ? " AND NOT c.relispartition" : "";

    /// <summary>
    /// Columns whose names have something else than ASCII in them, of a database without an encoding: whether that is UTF-8 is for whoever decodes it. No parameters.
    /// </summary>
    public const string NamesToDecode =
        $"""
        SELECT c.relnamespace::int8, c.relname::text, a.attname::text, c.oid::int8, a.attnum::int4
        FROM pg_attribute a
             JOIN pg_class c ON c.oid = a.attrelid
             JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE a.attname::text ~ '[^\x01-\x7f]' AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND {CatalogQueries.UserSchema}
        ORDER BY n.nspname, c.relname, a.attnum
        """;

    /// <summary>All columns of the tables named by $1 (schemas) and $2 (names, both text[]): the place of the table's name, then the column; nulls for a table without any.</summary>
    public static string OfTables(int major) =>
        $"""
        WITH RECURSIVE tables {As(major)} (
          SELECT w.i, c.oid, c.relreplident
          FROM unnest($1::text[], $2::text[]) WITH ORDINALITY w(schema, name, i)
               JOIN pg_namespace n ON n.nspname = w.schema
               JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.name AND c.relkind IN ('r', 'p')),
        few {As(major)} (
          SELECT a.attrelid, a.attname, a.attnum, a.atttypid, a.atttypmod, {Generated(major)} AS attgenerated, a.attnotnull
          FROM (SELECT DISTINCT c.oid FROM tables c) c JOIN pg_attribute a ON a.attrelid = c.oid
          WHERE a.attnum > 0 AND NOT a.attisdropped),
        {Types(major)}
        SELECT c.i, a.attname::text, ascii(a.attgenerated::text), coalesce(array_position(k.columns, a.attnum), 0), {TypeColumns}, NOT a.attnotnull
        FROM tables c
             LEFT JOIN LATERAL (SELECT (i.indkey::int2[])[0:i.indnkeyatts - 1] FROM pg_index i
                                WHERE i.indrelid = c.oid AND CASE c.relreplident WHEN 'i' THEN i.indisreplident ELSE i.indisprimary END LIMIT 1) k(columns) ON true
             LEFT JOIN (few a JOIN types t ON t.oid = a.atttypid) ON a.attrelid = c.oid
        ORDER BY c.i, a.attnum
        """;

    /// <summary>The type, read from these places of a row.</summary>
    /// <param name="row">A row that ends with what <see cref="Columns"/> and <see cref="OfTables"/> say of the type.</param>
    /// <param name="at">Where that begins.</param>
    public static PostgresType TypeOf(NpgsqlDataReader row, int at)
    {
        var name = row.GetString(at);
        var shown = row.GetString(at + 1);
        var type = new PostgresType(name, row.IsDBNull(at + 7) ? shown : row.GetString(at + 7), (char)row.GetInt32(at + 2), row.GetBoolean(at + 3), Number(at + 4), Number(at + 5));
        return row.IsDBNull(at + 6) ? type : new PostgresType(row.GetString(at + 6), shown, 'd') { Base = type };

        int? Number(int column) => row.IsDBNull(column) ? null : row.GetInt32(column);
    }

    /// <summary>How many tables <see cref="Details"/> looks at.</summary>
    public const int MostDetails = 200;

    /// <summary>
    /// As ISO dates are written, and the server's statistics with <c>datestyle</c> ISO: a year before 1900 or after 2299, infinity.
    /// </summary>
    private const string OutOfRange = "(^|[{,\"])([0-9]{5,}|0[0-9]{3}|1[0-8][0-9]{2}|2[3-9][0-9]{2}|[3-9][0-9]{3})-| BC|infinity";

    /// <summary>Dates as ISO writes them, whatever the login or the database is set to, for the statements that follow.</summary>
    public const string IsoDates = "SELECT set_config('datestyle', 'ISO', true)";

    /// <summary>
    /// A closer look at a few tables: those named by $1 (schemas) and $2 (names, both text[]), then those of the schemas $3, the largest first. Their columns
    /// of dates ($4 names of built-in types, $5 of elements of arrays), those of them in which the server's statistics show a value that ClickHouse does not
    /// keep, and those whose values may be kept outside the row (TOAST). To look at all columns of 50,000 tables would cost as much as the tables themselves.
    /// pg_stats shows what the login may read; no value leaves the server.
    /// See <see href="https://www.postgresql.org/docs/current/view-pg-stats.html"/> and <see href="https://www.postgresql.org/docs/current/storage-toast.html"/>.
    /// </summary>
    /// <remarks>The view is not looked into as a whole because it stands in a statement of its own (OFFSET 0), asked by names.</remarks>
    public static string Details(int major)
    {
        var sent = major >= PostgresFeatures.GeneratedColumns ? " AND a.attgenerated = ''" : "";
        return $"""
            WITH RECURSIVE tables {As(major)} (
              SELECT c.oid, c.relnamespace, c.relname, n.nspname
              FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
              WHERE c.relkind IN ('r', 'p'){WithoutPartitions(major)} AND {CatalogQueries.UserSchema}
              ORDER BY (n.nspname::text, c.relname::text) IN (SELECT w.schema, w.name FROM unnest($1::text[], $2::text[]) w(schema, name)) DESC,
                       n.nspname = ANY ($3::text[]) DESC, c.reltuples DESC, c.oid
              LIMIT {MostDetails}),
            few {As(major)} (
              SELECT c.oid AS attrelid, c.nspname, c.relname, a.attname, a.attnum, a.atttypid, a.attlen = -1 AND a.attstorage <> 'p'{sent} AS toastable
              FROM tables c JOIN pg_attribute a ON a.attrelid = c.oid
              WHERE a.attnum > 0 AND NOT a.attisdropped),
            {Types(major)}
            SELECT c.relnamespace::int8, c.relname::text, coalesce(x.dates, '{"{}"}'), coalesce(x.outside, '{"{}"}'), coalesce(x.toastable, '{"{}"}')
            FROM tables c
                 LEFT JOIN (
                  SELECT a.attrelid,
                         array_agg(a.attname::text ORDER BY a.attnum) FILTER (WHERE t.dated) AS dates,
                         array_agg(a.attname::text ORDER BY a.attnum) FILTER (WHERE CASE WHEN t.dated THEN EXISTS (
                              SELECT FROM (SELECT s.most_common_vals::text AS common, s.histogram_bounds::text AS bounds, s.most_common_elems::text AS elements
                                           FROM pg_stats s WHERE s.schemaname = a.nspname AND s.tablename = a.relname AND s.attname = a.attname OFFSET 0) s
                              WHERE concat(s.common, s.bounds, s.elements) ~ '{OutOfRange}') ELSE false END) AS outside,
                         array_agg(a.attname::text ORDER BY a.attnum) FILTER (WHERE a.toastable) AS toastable
                  FROM few a
                       JOIN (SELECT t.oid, t.schema = 'pg_catalog'::regnamespace AND t.name = ANY (CASE WHEN t.is_array THEN $5::text[] ELSE $4::text[] END) AS dated FROM types t) t
                            ON t.oid = a.atttypid
                  GROUP BY a.attrelid) x ON x.attrelid = c.oid
            """;
    }

    /// <summary>
    /// Tables that hold rows and that some publication, whosever, sends in part: by a column list or a row filter of their own or of a partitioned table above them
    /// (PostgreSQL 15 and later), as far as these are in force: the server has none on a partitioned table that is not sent by its root, and those of a partition that is are not.
    /// No parameters. Columns of a partition are known by their names. The tree is walked by pg_inherits, from the few tables that are sent in part: pg_partition_tree would lock every
    /// partition it comes across.
    /// </summary>
    public const string PublishedParts =
        """
        WITH RECURSIVE part AS MATERIALIZED (
            SELECT r.oid, r.prpubid, r.prrelid, r.prqual, r.prattrs FROM pg_publication_rel r WHERE r.prqual IS NOT NULL OR r.prattrs IS NOT NULL),
        down AS (
            SELECT r.oid AS part, t.oid, t.relkind FROM part r JOIN pg_class t ON t.oid = r.prrelid
            UNION ALL
            SELECT d.part, k.oid, k.relkind FROM down d JOIN pg_inherits i ON d.relkind = 'p' AND i.inhparent = d.oid JOIN pg_class k ON k.oid = i.inhrelid)
        SELECT c.relnamespace::int8, c.relname::text, p.pubname::text, p.pubupdate OR p.pubdelete AS sends, r.prattrs IS NOT NULL,
               CASE c.relreplident WHEN 'f' THEN r.prattrs IS NULL WHEN 'n' THEN true ELSE coalesce(k.fits, true) END AS fits, coalesce(k.names, '{}'), c.oid
        FROM part r
             JOIN pg_publication p ON p.oid = r.prpubid
             JOIN pg_class t ON t.oid = r.prrelid
             JOIN down m ON m.part = r.oid AND m.relkind = 'r'
             JOIN pg_class c ON c.oid = m.oid
             CROSS JOIN LATERAL (
                SELECT CASE WHEN r.prattrs IS NOT NULL THEN ARRAY (SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = ANY (r.prattrs::int2[])) END AS listed,
                       ARRAY (SELECT a.attname::text FROM regexp_matches(r.prqual::text, ':varattno ([0-9]+)', 'g') v JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = v[1]::int2) AS filtered) s
             CROSS JOIN LATERAL (
                SELECT array_agg(i.name) FILTER (WHERE i.fits) AS names, bool_or(i.fits) FILTER (WHERE CASE c.relreplident WHEN 'd' THEN i.indisprimary ELSE i.indisreplident END) AS fits
                FROM (SELECT x.relname::text AS name, i.indisprimary, i.indisreplident, (s.listed IS NULL OR n.columns <@ s.listed) AND s.filtered <@ n.columns AS fits
                      FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
                           CROSS JOIN LATERAL (SELECT ARRAY (SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])) AS columns) n
                      WHERE i.indrelid = c.oid AND i.indisunique) i) k
        WHERE NOT (p.pubviaroot AND t.relispartition AND EXISTS (
                SELECT FROM pg_partition_ancestors(t.oid) a JOIN pg_class u ON u.oid = a.relid
                WHERE a.relid <> t.oid
                  AND (EXISTS (SELECT FROM pg_publication_rel l WHERE l.prpubid = p.oid AND l.prrelid = a.relid)
                       OR EXISTS (SELECT FROM pg_publication_namespace s WHERE s.pnpubid = p.oid AND s.pnnspid = u.relnamespace))))
        ORDER BY c.oid, p.pubname
        """;

    /// <summary>
    /// Row filters and column lists of the publication named $1 that are in force (PostgreSQL 15 and later): with publish_via_partition_root those of a partition are not, once a table
    /// above it is published itself. Which columns a filter looks at is in its stored form only.
    /// See <see href="https://www.postgresql.org/docs/current/logical-replication-row-filter.html#LOGICAL-REPLICATION-ROW-FILTER-PARTITIONED-TABLE"/>.
    /// </summary>
    public static string Filters { get; } =
        $"""
        SELECT c.relnamespace::int8, c.relname::text, pg_get_expr(r.prqual, r.prrelid),
               ARRAY (SELECT a.attname::text FROM pg_attribute a
                      WHERE r.prattrs IS NOT NULL AND a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attnum <> ALL (r.prattrs::int2[])
                      ORDER BY a.attnum),
               EXISTS (SELECT FROM pg_attribute a
                       WHERE r.prattrs IS NOT NULL AND a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attnum <> ALL (r.prattrs::int2[])
                         AND (c.relreplident = 'f' OR {Identifies("a.attnum")}))
               OR (c.relreplident <> 'f' AND EXISTS (
                       SELECT FROM regexp_matches(r.prqual::text, ':varattno ([0-9]+)', 'g') m
                       WHERE NOT {Identifies("m[1]::int2")})),
               EXISTS (SELECT FROM pg_publication_namespace s WHERE s.pnpubid = p.oid AND s.pnnspid = c.relnamespace),
               ARRAY (SELECT a.attname::text FROM pg_attribute a
                      WHERE a.attrelid = c.oid AND NOT a.attisdropped AND a.attgenerated <> '' AND a.attnum = ANY (r.prattrs::int2[])
                      ORDER BY a.attnum)
        FROM pg_publication p
             JOIN pg_publication_rel r ON r.prpubid = p.oid
             JOIN pg_class c ON c.oid = r.prrelid
        WHERE p.pubname = $1 AND (r.prqual IS NOT NULL OR r.prattrs IS NOT NULL)
          AND NOT (p.pubviaroot AND c.relispartition AND EXISTS (
                SELECT FROM pg_partition_ancestors(c.oid) a JOIN pg_class t ON t.oid = a.relid
                WHERE a.relid <> c.oid
                  AND (EXISTS (SELECT FROM pg_publication_rel l WHERE l.prpubid = p.oid AND l.prrelid = a.relid)
                       OR EXISTS (SELECT FROM pg_publication_namespace s WHERE s.pnpubid = p.oid AND s.pnnspid = t.relnamespace))))
        ORDER BY c.oid
        """;
}
