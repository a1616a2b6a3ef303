using Npgsql;

namespace SetupWizard.Core.Connecting;

/// <summary>Which databases there are, asked of one that every server has.</summary>
internal static class DatabaseList
{
    private const string Sql =
        """
        SELECT d.datname::text FROM pg_catalog.pg_database d
        WHERE d.datallowconn AND NOT d.datistemplate AND pg_catalog.has_database_privilege(d.oid, 'CONNECT')
        ORDER BY pg_catalog.lower(d.datname) = pg_catalog.lower($1) DESC, d.datname = 'postgres', d.datname
        """;

    /// <summary>Names of databases this login may open, likely ones first; empty when nothing can be told.</summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(SetupTarget target, CancellationToken cancellationToken)
    {
        foreach (var database in (string[])["postgres", "template1"])
        {
            try
            {
                var source = await SourceConnector.OpenAsync(target with { Endpoint = target.Endpoint with { Database = database } }, "connect", cancellationToken).ConfigureAwait(false);
                await using (source.ConfigureAwait(false))
                {
                    return await ReadAsync(source, target.Endpoint.Database, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (Exception exception) when (ConnectionErrors.IsExpected(exception))
            {
                // This one may not exist, or may not be open to this login.
            }
        }

        return [];
    }

    private static async Task<List<string>> ReadAsync(OpenedSource source, string wanted, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        var command = new NpgsqlCommand(Sql, source.Connection) { Parameters = { new NpgsqlParameter { Value = wanted } } };
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    names.Add(reader.GetString(0));
                }
            }
        }

        return names;
    }
}
