using System.Globalization;
using Npgsql;
using SetupWizard.Core.Model;
using SetupWizard.Core.Source;

namespace SetupWizard.Core.Engine;

/// <summary>What an apply asks of its server session besides its changes: to be alone, to wait for nobody long, and to name who is in the way.</summary>
internal static class ApplySession
{
    /// <summary>A statement that names many tables may take long; a bound there is all the same.</summary>
    public const int CommandSeconds = 300;

    /// <summary>Between two statements of a transaction nothing but a line of the audit is written.</summary>
    private const int IdleSeconds = 60;

    /// <summary>The first half of the advisory lock's key that keeps two wizards from applying to one database ("SWIZ").</summary>
    private const int AdvisoryClass = 0x5357495A;

    /// <summary>Takes the database for this apply; when another wizard has it, says which.</summary>
    public static async Task<Problem?> ClaimAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // A session lock within this database: it goes with the connection, however that ends.
        const string Sql = """
            SELECT pg_catalog.pg_try_advisory_lock($1, 0), other.*
            FROM (VALUES (1)) one
            LEFT JOIN LATERAL (
                SELECT l.pid, a.usename::text, extract(epoch FROM pg_catalog.now() - a.backend_start)::int
                FROM pg_catalog.pg_locks l
                LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
                WHERE l.locktype = 'advisory' AND l.classid = $1::oid AND l.objsubid = 2 AND l.granted
                  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
                  AND l.pid <> pg_catalog.pg_backend_pid()
                LIMIT 1) other ON true
            """;
        var command = new NpgsqlCommand(Sql, connection) { Parameters = { new() { Value = AdvisoryClass } } };
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                return reader.GetBoolean(0)
                    ? null
                    : new Problem("apply-busy", Arguments(
                        ("pid", reader.IsDBNull(1) ? "?" : reader.GetInt32(1).ToString(CultureInfo.InvariantCulture)),
                        ("login", reader.IsDBNull(2) ? "?" : reader.GetString(2)),
                        ("seconds", reader.IsDBNull(3) ? 0 : reader.GetInt32(3))));
            }
        }
    }

    /// <summary>Gives the advisory lock back: a closed connection would do so, too, but only when the server gets round to it.</summary>
    public static async Task ReleaseAsync(NpgsqlConnection connection)
    {
        if (connection.FullState != System.Data.ConnectionState.Open)
        {
            return;
        }

        try
        {
            var command = new NpgsqlCommand("SELECT pg_catalog.pg_advisory_unlock($1, 0)", connection) { Parameters = { new() { Value = AdvisoryClass } }, CommandTimeout = 5 };
            await using (command.ConfigureAwait(false))
            {
                await command.ExecuteNonQueryAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (NpgsqlException)
        {
            // The connection ends now, and the lock with it.
        }
    }

    /// <summary>
    /// Begins a transaction that may write, and bounds what its statements may wait for and take. All of it ends with the transaction: the session is the
    /// server's own again for what is read next, and behind a pooler for whoever gets it next.
    /// </summary>
    public static async Task<NpgsqlTransaction> BeginAsync(NpgsqlConnection connection, TimeSpan lockTimeout, CancellationToken cancellationToken)
    {
        // A read-only default would refuse every change; a role's own time limits could cut one short. Locks of a wizard that vanished without a word,
        // with its machine or its network, must not stay until the server notices.
        var sql = string.Create(
            CultureInfo.InvariantCulture,
            $"SET TRANSACTION READ WRITE; SET LOCAL lock_timeout = {(int)lockTimeout.TotalMilliseconds}; SET LOCAL statement_timeout = {CommandSeconds * 1000}; SET LOCAL idle_in_transaction_session_timeout = {IdleSeconds * 1000}")
            + (connection.PostgreSqlVersion.Major >= PostgresFeatures.TransactionTimeout ? "; SET LOCAL transaction_timeout = 0" : "");
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var command = new NpgsqlCommand(sql, connection, transaction);
            await using (command.ConfigureAwait(false))
            {
                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }

            return transaction;
        }
        catch
        {
            await transaction.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Who holds a lock on a table the statement names: pid, application, seconds, table. Empty when nobody can be told.</summary>
    public static async Task<IReadOnlyDictionary<string, object?>> FindLockHolderAsync(NpgsqlConnection connection, SqlChange change)
    {
        // The statement names its tables in quotes; whoever holds a strong lock on one of them is in the way.
        const string Sql = """
            SELECT a.pid, coalesce(nullif(a.application_name, ''), a.usename::text, '?'), extract(epoch FROM pg_catalog.now() - a.xact_start)::int, c.oid::regclass::text
            FROM pg_catalog.pg_locks l
            JOIN pg_catalog.pg_class c ON c.oid = l.relation
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
            WHERE l.granted AND l.pid <> pg_catalog.pg_backend_pid() AND n.nspname !~ '^pg_'
              AND strpos($1, '"' || replace(n.nspname, '"', '""') || '"."' || replace(c.relname, '"', '""') || '"') > 0
            ORDER BY l.mode LIKE '%Exclusive%' DESC, a.xact_start NULLS LAST
            LIMIT 1
            """;
        try
        {
            var command = new NpgsqlCommand(Sql, connection) { Parameters = { new() { Value = change.Statement.Display } } };
            await using (command.ConfigureAwait(false))
            {
                var reader = await command.ExecuteReaderAsync(CancellationToken.None).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    return await reader.ReadAsync(CancellationToken.None).ConfigureAwait(false)
                        ? Arguments(
                            ("pid", reader.GetInt32(0).ToString(CultureInfo.InvariantCulture)),
                            ("application", reader.GetString(1)),
                            ("seconds", reader.IsDBNull(2) ? 0 : reader.GetInt32(2)),
                            ("table", reader.GetString(3)))
                        : Arguments();
                }
            }
        }
        catch (NpgsqlException)
        {
            // Who holds the lock is a courtesy; the failure itself is reported either way.
            return Arguments();
        }
    }

    private static Dictionary<string, object?> Arguments(params (string Name, object? Value)[] arguments) =>
        arguments.ToDictionary(a => a.Name, a => a.Value, StringComparer.Ordinal);
}
