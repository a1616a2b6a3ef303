using System.Globalization;
using Npgsql;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements.Replication;

namespace SetupWizard.Core.Engine;

/// <summary>The transaction that the making of a slot waits for.</summary>
/// <param name="Transaction">The transaction.</param>
/// <param name="Now">When the server was asked, by its clock.</param>
internal sealed record SlotBlocker(TransactionFact Transaction, DateTimeOffset Now)
{
    /// <summary>
    /// Whose end the making of a slot waits for: it waits for a lock on the transaction's identifier, and the lock table has who holds that. Where that
    /// cannot be seen, the oldest transaction that has an identifier; what only reads has none.
    /// See <see href="https://www.postgresql.org/docs/current/view-pg-locks.html"/>.
    /// </summary>
    private const string Sql =
        """
        SELECT a.pid, coalesce(a.usename::text, a.backend_type), a.application_name, a.datname::text, a.xact_start AS since, NULL::text,
               pg_catalog.clock_timestamp(), a.backend_xid = w.xid AS waited
        FROM pg_catalog.pg_stat_activity a LEFT JOIN waited w ON a.backend_xid = w.xid
        WHERE a.backend_xid IS NOT NULL AND a.pid <> pg_catalog.pg_backend_pid()
        UNION ALL
        SELECT NULL, p.owner::text, NULL, p.database::text, p.prepared, p.gid, pg_catalog.clock_timestamp(), p.transaction = w.xid
        FROM pg_catalog.pg_prepared_xacts p LEFT JOIN waited w ON p.transaction = w.xid
        ORDER BY waited DESC NULLS LAST, since NULLS LAST
        LIMIT 1
        """;

    private const string Waited =
        "WITH waited AS (SELECT l.transactionid AS xid FROM pg_catalog.pg_locks l WHERE l.pid = $1 AND l.locktype = 'transactionid' AND NOT l.granted) ";

    /// <summary>Its process, or <c>prepared</c>.</summary>
    private string Pid => Transaction.ProcessId?.ToString(CultureInfo.InvariantCulture) ?? "prepared";

    /// <summary>Values for sentences.</summary>
    public (string Name, object? Value)[] Arguments =>
    [
        ("pid", Pid),
        ("role", Transaction.User ?? ""),
        ("application", Application),
        ("database", Transaction.Database ?? ""),
        ("since", Transaction.Since?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture) ?? ""),
        ("age", Seconds),
        ("transaction", Text),
        ("statement", OpenTransactions.End(Transaction)),
    ];

    /// <summary>The transaction as people are told of it: <c>pid 4711 (app, psql, shop) 00:01:12</c>.</summary>
    public string Text => OpenTransactions.Name(Transaction, Now);

    /// <summary>The values a feed tells.</summary>
    public Model.FeedWait Wait => new(Pid, Application, Seconds, Text);

    private string Application => Transaction.Prepared ?? (string.IsNullOrEmpty(Transaction.Application) ? Transaction.User ?? "?" : Transaction.Application);

    private int Seconds => (int)(Now - (Transaction.Since ?? Now)).TotalSeconds;

    /// <summary>Looks for it.</summary>
    /// <param name="admin">A session to look with.</param>
    /// <param name="waiting">The process that makes the slot.</param>
    /// <param name="before">What was seen the last time, for when the server does not answer.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    public static async Task<SlotBlocker?> FindAsync(NpgsqlConnection admin, int waiting, SlotBlocker? before, CancellationToken cancellationToken)
    {
        try
        {
            var command = new NpgsqlCommand(Waited + Sql, admin) { Parameters = { new() { Value = waiting } } };
            await using (command.ConfigureAwait(false))
            {
                var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    return await reader.ReadAsync(cancellationToken).ConfigureAwait(false)
                        ? new SlotBlocker(
                            new TransactionFact(
                                reader.IsDBNull(0) ? null : reader.GetInt32(0),
                                Text(reader, 1),
                                Text(reader, 2),
                                Text(reader, 3),
                                reader.IsDBNull(4) ? null : reader.GetFieldValue<DateTimeOffset>(4),
                                Text(reader, 5)),
                            reader.GetFieldValue<DateTimeOffset>(6))
                        : null;
                }
            }
        }
        catch (Exception e) when (ConnectionErrors.IsOfEndedSession(e))
        {
            // An explanation is a courtesy; the wait goes on without it, though the session may have ended, which the second time is told by the last of these.
            return before;
        }

        static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
    }
}
