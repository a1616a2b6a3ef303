using Npgsql;

namespace SetupWizard.Benchmarks;

/// <summary>The least that can be asked for the facts about all tables: one statement of plain joins, no judgement, nothing kept.</summary>
internal static class BareQuery
{
    private const string Sql = """
        SELECT c.oid::int8, n.nspname::text, c.relname::text, c.relkind::text, c.relpersistence::text, c.relrowsecurity, c.relispartition, c.relreplident::text,
               pk.indexrelid IS NOT NULL, ri.indexrelid::int8, inh.inhparent::int8, c.reltuples::int8, c.relpages::int8 * 8192,
               EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND a.attgenerated <> '' AND NOT a.attisdropped),
               pg_get_userbyid(c.relowner)::text
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_index pk ON pk.indrelid = c.oid AND pk.indisprimary
        LEFT JOIN pg_index ri ON ri.indrelid = c.oid AND ri.indisreplident
        LEFT JOIN pg_inherits inh ON inh.inhrelid = c.oid AND c.relispartition
        WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        """;

    /// <summary>Reads it to the end, every value of every row, and gives the number of rows.</summary>
    public static async Task<int> RunAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Sql, connection);
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
