using Npgsql;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Field;

/// <summary>Makes partitioned tables of any size. Each partition comes in a transaction of its own: the lock table may be small.</summary>
internal static class Trees
{
    private const int StatementsPerBatch = 200;

    /// <summary>Makes trees <c>{schema}.{prefix}1</c>, … with so many partitions each, and so many indexes on each, the primary key's included.</summary>
    public static async Task MakeAsync(NpgsqlConnection owner, string schema, string prefix, int trees, int partitions, int indexes)
    {
        await owner.ExecuteAsync($"CREATE SCHEMA IF NOT EXISTS {schema}");
        var statements = new List<string>();
        for (var t = 1; t <= trees; t++)
        {
            var root = $"{schema}.{prefix}{t}";
            statements.Add($"CREATE TABLE {root} (id int PRIMARY KEY, a int) PARTITION BY HASH (id)");
            statements.AddRange(Enumerable.Range(1, indexes - 1).Select(n => $"CREATE INDEX {prefix}{t}_i{n} ON {root} (a)"));
            statements.AddRange(Enumerable.Range(0, partitions).Select(n => $"CREATE TABLE {root}_{n} PARTITION OF {root} FOR VALUES WITH (MODULUS {partitions}, REMAINDER {n})"));
        }

        await RunAsync(owner, statements);
    }

    /// <summary>Makes ordinary tables <c>{schema}.{prefix}1</c>, … with so many indexes each, the primary key's included.</summary>
    public static async Task MakePlainAsync(NpgsqlConnection owner, string schema, string prefix, int tables, int indexes)
    {
        await owner.ExecuteAsync($"CREATE SCHEMA IF NOT EXISTS {schema}");
        await RunAsync(owner, Enumerable.Range(1, tables).SelectMany(t => Enumerable.Range(1, indexes - 1)
            .Select(n => $"CREATE INDEX {prefix}{t}_i{n} ON {schema}.{prefix}{t} (a)")
            .Prepend($"CREATE TABLE {schema}.{prefix}{t} (id int PRIMARY KEY, a int)")));
    }

    private static async Task RunAsync(NpgsqlConnection owner, IEnumerable<string> statements)
    {
        foreach (var chunk in statements.Chunk(StatementsPerBatch))
        {
            await using var batch = new NpgsqlBatch(owner) { EnableErrorBarriers = true, Timeout = 120 };
            foreach (var statement in chunk)
            {
                batch.BatchCommands.Add(new NpgsqlBatchCommand(statement));
            }

            await batch.ExecuteNonQueryAsync();
        }
    }
}
