using Npgsql;

namespace SetupWizard.Benchmarks;

/// <summary>
/// How tools commonly look at the tables of a source: one after the other, for each whether it is there, its columns, its key, and whether
/// it can be read. Four statements, each awaited before the next; some tools send eight.
/// </summary>
internal static class PerTablePattern
{
    public const int StatementsPerTable = 4;

    private const string Exists = "SELECT c.oid::int8 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2";

    private const string Columns =
        "SELECT a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull FROM pg_attribute a WHERE a.attrelid = $1::int8::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";

    private const string Key =
        "SELECT a.attname::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) WHERE i.indrelid = $1::int8::oid AND i.indisprimary";

    /// <summary>Looks at tables of the schema with many, from the first on.</summary>
    public static async Task RunAsync(NpgsqlConnection connection, int tables, CancellationToken cancellationToken)
    {
        for (var n = 1; n <= tables; n++)
        {
            var name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"table_{n:000000}");
            var oid = await ReadAsync(connection, Exists, ["many", name], cancellationToken);
            if (oid is null)
            {
                throw new InvalidOperationException($"There is no table {name}.");
            }

            if (await ReadAsync(connection, Columns, [oid], cancellationToken) is null || await ReadAsync(connection, Key, [oid], cancellationToken) is null)
            {
                throw new InvalidOperationException($"Table {name} has no column or no key.");
            }

            await ReadAsync(connection, $"SELECT * FROM \"many\".\"{name}\" LIMIT 0", [], cancellationToken);
        }
    }

    /// <summary>Reads a statement to its end; the first value of the first row.</summary>
    private static async Task<object?> ReadAsync(NpgsqlConnection connection, string sql, object[] values, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        object? first = null;
        while (await reader.ReadAsync(cancellationToken))
        {
            first ??= reader.GetValue(0);
        }

        return first;
    }
}
