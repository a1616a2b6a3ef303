namespace SetupWizard.Core.Source;

/// <summary>The statements about columns, written as those of <see cref="CatalogQueries"/> are.</summary>
internal static class ColumnQueries
{
    /// <summary>The columns that tell one row from another: those of the replica identity's index, else of the primary key.</summary>
    private static string Identifies(string column) =>
        $"EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND CASE c.relreplident WHEN 'i' THEN i.indisreplident ELSE i.indisprimary END AND {column} = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]))";

    /// <summary>
    /// Built-in types that lose nothing. Nearly all columns have one: they are put aside before anything is looked up for them, and the few types
    /// are found by their numbers, which built-in objects have below 16384, because pg_type has two rows for each table as well.
    /// See <see href="https://www.postgresql.org/docs/current/system-catalog-initial-data.html#SYSTEM-CATALOG-OID-ASSIGNMENT"/>.
    /// </summary>
    private const string Lossless =
        """
        SELECT b.oid FROM pg_type b
        WHERE b.oid < 16384 AND b.typtype = 'b' AND b.typname <> ALL ($1::text[])
          AND NOT EXISTS (SELECT FROM pg_type x WHERE b.typlen = -1 AND x.oid = b.typelem AND (x.typname = ANY ($2::text[]) OR x.typtype::text = ANY ($3::text[])))
        """;

    /// <summary>Digits in all of a numeric that limits them.</summary>
    private const string Precision = "CASE WHEN e.typname = 'numeric' AND a.atttypmod >= 4 THEN ((a.atttypmod - 4) >> 16) & 65535 END";

    /// <summary>Digits after the point of a numeric that limits them.</summary>
    private const string Scale = "CASE WHEN e.typname = 'numeric' AND a.atttypmod >= 4 THEN (((a.atttypmod - 4) & 2047) # 1024) - 1024 END";

    /// <summary>
    /// Columns with something to say, and no others: generated, or of a type that may lose something ($1 names of built-in types, $2 of elements of
    /// arrays, $3 kinds of types, all text[]). A numeric that limits its digits loses nothing unless they are too many ($4). Partitions repeat their root.
    /// </summary>
    public static string Columns(int major)
    {
        var generated = major >= PostgresFeatures.GeneratedColumns ? "a.attgenerated" : "''::\"char\"";

        // The root's columns stand for its partitions', but before 13 partitions are published one by one.
        var partitions = major >= PostgresFeatures.PublishViaPartitionRoot ? " AND NOT c.relispartition" : "";
        return $"""
            SELECT c.relnamespace::int8, c.relname::text, a.attname::text, e.typname::text, format_type(a.atttypid, a.atttypmod), ascii(e.typtype::text), t.oid <> e.oid,
                   {Precision}, {Scale}, ascii({generated}::text), {generated} <> '' AND {Identifies("a.attnum")}
            FROM pg_attribute a
                 JOIN pg_class c ON c.oid = a.attrelid
                 JOIN pg_namespace n ON n.oid = c.relnamespace
                 JOIN pg_type t ON t.oid = a.atttypid
                 JOIN pg_type e ON e.oid = CASE WHEN t.typlen = -1 AND t.typelem <> 0 THEN t.typelem ELSE t.oid END
            WHERE ({generated} <> '' OR a.atttypid NOT IN ({Lossless}))
              AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p'){partitions} AND {CatalogQueries.UserSchema}
              AND ({generated} <> '' OR e.typtype::text = ANY ($3::text[])
                   OR (e.typnamespace = 'pg_catalog'::regnamespace AND e.typname = ANY (CASE WHEN t.oid = e.oid THEN $1::text[] ELSE $2::text[] END)
                       AND (e.typname <> 'numeric' OR a.atttypmod < 4 OR ((a.atttypmod - 4) >> 16) & 65535 > $4)))
            ORDER BY n.nspname, c.relname, a.attnum
            """;
    }

    /// <summary>All columns of the tables named by $1 (schemas) and $2 (names, both text[]): the place of the table's name, then the column; nulls for a table without any.</summary>
    public static string OfTables(int major)
    {
        var generated = major >= PostgresFeatures.GeneratedColumns ? "a.attgenerated" : "''::\"char\"";
        return $"""
            SELECT w.i, a.attname::text, e.typname::text, format_type(a.atttypid, a.atttypmod), ascii(e.typtype::text), t.oid <> e.oid, {Precision}, {Scale},
                   ascii({generated}::text), coalesce(array_position(k.columns, a.attnum), 0)
            FROM unnest($1::text[], $2::text[]) WITH ORDINALITY w(schema, name, i)
                 JOIN pg_namespace n ON n.nspname = w.schema
                 JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.name AND c.relkind IN ('r', 'p')
                 LEFT JOIN LATERAL (SELECT (i.indkey::int2[])[0:i.indnkeyatts - 1] FROM pg_index i
                                    WHERE i.indrelid = c.oid AND CASE c.relreplident WHEN 'i' THEN i.indisreplident ELSE i.indisprimary END LIMIT 1) k(columns) ON true
                 LEFT JOIN (pg_attribute a
                            JOIN pg_type t ON t.oid = a.atttypid
                            JOIN pg_type e ON e.oid = CASE WHEN t.typlen = -1 AND t.typelem <> 0 THEN t.typelem ELSE t.oid END)
                           ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY w.i, a.attnum
            """;
    }

    /// <summary>
    /// Row filters and column lists of the publication named $1 (PostgreSQL 15 and later). Which columns a filter looks at is in its stored form only.
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
        ORDER BY c.oid
        """;
}
