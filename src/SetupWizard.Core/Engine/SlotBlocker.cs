using Npgsql;

namespace SetupWizard.Core.Engine;

/// <summary>The transaction that the making of a slot waits for.</summary>
/// <param name="Pid">Its process, or <c>prepared</c>.</param>
/// <param name="Application">Who runs it.</param>
/// <param name="Seconds">How long it has been open.</param>
internal sealed record SlotBlocker(string Pid, string Application, int Seconds)
{
    /// <summary>The oldest transaction with a transaction id: what a new slot waits for.</summary>
    public static async Task<SlotBlocker?> FindAsync(NpgsqlConnection admin, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT pid::text, who, age FROM (
                SELECT a.pid::text AS pid, coalesce(nullif(a.application_name, ''), a.usename::text, '?') AS who, extract(epoch FROM pg_catalog.now() - a.xact_start)::int AS age
                FROM pg_catalog.pg_stat_activity a
                WHERE a.backend_xid IS NOT NULL AND a.pid <> pg_catalog.pg_backend_pid()
                UNION ALL
                SELECT 'prepared', x.gid, extract(epoch FROM pg_catalog.now() - x.prepared)::int FROM pg_catalog.pg_prepared_xacts x) b
            ORDER BY age DESC NULLS LAST LIMIT 1
            """;
        try
        {
            var command = new NpgsqlCommand(Sql, admin);
            await using (command.ConfigureAwait(false))
            {
                var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    return await reader.ReadAsync(cancellationToken).ConfigureAwait(false)
                        ? new SlotBlocker(reader.GetString(0), reader.GetString(1), reader.IsDBNull(2) ? 0 : reader.GetInt32(2))
                        : null;
                }
            }
        }
        catch (Exception e) when (e is NpgsqlException or IOException or InvalidOperationException)
        {
            // An explanation is a courtesy; the wait goes on without it, though the session may have ended, which the second time is told by the last of these.
            return null;
        }
    }
}
