using System.Globalization;
using Npgsql;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Engine;

/// <summary>Session settings of an apply (lock and statement timeouts), and the query for who holds a conflicting lock.</summary>
internal static class ApplySession
{
    /// <summary>A statement that names many tables may take long; a bound there is all the same.</summary>
    public const int CommandSeconds = 300;

    /// <summary>Between two statements of a transaction nothing but a line of the audit is written.</summary>
    private const int IdleSeconds = 60;

    /// <summary>How much longer than the server's look for deadlocks a rehearsal waits for a lock, in milliseconds: as long as it takes to end what is in the way.</summary>
    private const int AfterDeadlockCheck = 1000;

    /// <summary>
    /// Begins a transaction that may write, and bounds what its statements may wait for and take. All of it ends with the transaction: the session is the
    /// server's own again for what is read next, and behind a pooler for whoever gets it next.
    /// </summary>
    /// <param name="connection">The session.</param>
    /// <param name="rehearsal">
    /// What it does is rolled back: it waits for a lock no longer than it takes the server to end an autovacuum that is in the way, which it does after deadlock_timeout
    /// (<see href="https://www.postgresql.org/docs/current/routine-vacuuming.html#AUTOVACUUM"/>), and never longer than what is meant to stay.
    /// </param>
    /// <param name="cancellationToken">Stops the beginning.</param>
    public static async Task<NpgsqlTransaction> BeginAsync(NpgsqlConnection connection, bool rehearsal, CancellationToken cancellationToken)
    {
        // A read-only default would refuse every change; a role's own time limits could cut one short. Locks of a wizard that vanished without a word,
        // with its machine or its network, must not stay until the server notices.
        var sql = string.Create(
            CultureInfo.InvariantCulture,
            $"SET TRANSACTION READ WRITE; {LockTimeout(rehearsal)}; SET LOCAL statement_timeout = {CommandSeconds * 1000}; SET LOCAL idle_in_transaction_session_timeout = {IdleSeconds * 1000}")
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

    private static string LockTimeout(bool rehearsal) => rehearsal
        ? string.Create(CultureInfo.InvariantCulture, $"SELECT pg_catalog.set_config('lock_timeout', least({(int)PlanExecution.LockTimeout.TotalMilliseconds}, s.setting::pg_catalog.int8 + {AfterDeadlockCheck})::pg_catalog.text, true) FROM pg_catalog.pg_settings s WHERE s.name = 'deadlock_timeout'")
        : string.Create(CultureInfo.InvariantCulture, $"SET LOCAL lock_timeout = {(int)PlanExecution.LockTimeout.TotalMilliseconds}");

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
