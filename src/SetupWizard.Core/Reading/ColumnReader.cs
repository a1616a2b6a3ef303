using Npgsql;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Reading;

/// <summary>
/// Reads all columns of tables that are named: not part of a check, which reads only columns with something to say. One round trip for all of them.
/// </summary>
public static class ColumnReader
{
    /// <summary>The most tables one call reads.</summary>
    public const int MostTables = 500;

    /// <summary>Reads the columns of these tables.</summary>
    /// <param name="source">An open session.</param>
    /// <param name="tables">The tables; those beyond <see cref="MostTables"/> are not looked at.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>Those that exist, in the order they were named.</returns>
    /// <exception cref="NpgsqlException">The session is gone, or the server refuses to say.</exception>
    public static async Task<IReadOnlyList<TableColumns>> ReadAsync(OpenedSource source, IReadOnlyList<TableRef> tables, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(tables);
        TableRef[] wanted = [.. tables.Take(MostTables)];
        var columns = new List<TableColumn>?[wanted.Length];
        var types = new Dictionary<PostgresType, PostgresType>();
        var batch = new NpgsqlBatch(source.Connection) { Timeout = source.Connection.CommandTimeout };
        await using (batch.ConfigureAwait(false))
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(CatalogQueries.Begin));
            batch.BatchCommands.Add(new NpgsqlBatchCommand(CatalogQueries.SearchPath));
            batch.BatchCommands.Add(new NpgsqlBatchCommand(CatalogQueries.NoJit));
            batch.BatchCommands.Add(new NpgsqlBatchCommand(ColumnQueries.OfTables(source.Major))
            {
                Parameters =
                {
                    new NpgsqlParameter { Value = wanted.Select(static t => t.Schema).ToArray() },
                    new NpgsqlParameter { Value = wanted.Select(static t => t.Name).ToArray() },
                },
            });
            batch.BatchCommands.Add(new NpgsqlBatchCommand(CatalogQueries.Commit));
            var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                // The first result is that of turning compilation off.
                await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    var place = (int)reader.GetInt64(0) - 1;
                    var list = columns[place] ??= [];
                    if (await reader.IsDBNullAsync(1, cancellationToken).ConfigureAwait(false))
                    {
                        // A table without columns.
                        continue;
                    }

                    var type = ColumnQueries.TypeOf(reader, 4);
                    if (!types.TryGetValue(type, out var known))
                    {
                        types[type] = known = type;
                    }

                    list.Add(new TableColumn(reader.GetString(1), known, SnapshotSections.OriginOf(reader.GetInt32(2)), reader.GetInt32(3), reader.GetBoolean(12)));
                }
            }
        }

        return [.. columns.Index().Where(static c => c.Item is not null).Select(c => new TableColumns(wanted[c.Index], c.Item!))];
    }
}
