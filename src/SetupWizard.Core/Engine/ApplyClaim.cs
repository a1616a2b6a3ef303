using System.Globalization;
using Npgsql;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Engine;

/// <summary>What came of claiming a database for an apply: the claim, or why there is none.</summary>
internal sealed record ClaimAttempt(ApplyClaim? Claim, ApplyOutcome Outcome, Problem? Problem);

/// <summary>
/// That no other wizard applies to this database meanwhile: an advisory lock. It is this session's own, and goes with it. Behind a pooler a session is shared and a
/// lock of it would stay with whoever gets it next; there the lock is that of a transaction, which a connection of its own keeps open until the apply is over.
/// See <see href="https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS"/>.
/// </summary>
internal sealed class ApplyClaim : IAsyncDisposable
{
    /// <summary>First of the advisory lock's two keys ("SWIZ").</summary>
    private const int AdvisoryClass = 0x5357495A;

    /// <summary>A transaction of a wizard that vanished with its machine ends after so long; one that is there is heard of more often.</summary>
    private const int IdleMinutes = 15;

    /// <summary>Who has the lock, beside whether this session got it.</summary>
    private const string Other =
        """
        LEFT JOIN LATERAL (
            SELECT l.pid, a.usename::text, extract(epoch FROM pg_catalog.now() - a.backend_start)::int
            FROM pg_catalog.pg_locks l
            LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
            WHERE l.locktype = 'advisory' AND l.classid = $1::oid AND l.objsubid = 2 AND l.granted
              AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
              AND l.pid <> pg_catalog.pg_backend_pid()
            LIMIT 1) other ON true
        """;

    private readonly NpgsqlConnection _connection;
    private readonly OpenAttempt? _own;

    private ApplyClaim(NpgsqlConnection connection, OpenAttempt? own)
    {
        _connection = connection;
        _own = own;
    }

    /// <summary>Claims the database; when another wizard has it, says which.</summary>
    public static async Task<ClaimAttempt> TakeAsync(SourceInspector inspector, SetupTarget target, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // The server announces its process at log-in; a pooler announces something else, or hands the session on to another process.
        var session = await AskAsync(
            connection,
            $"SELECT CASE WHEN pg_catalog.pg_backend_pid() = $2 THEN pg_catalog.pg_try_advisory_lock($1, 0) END, other.* FROM (VALUES (1)) one {Other}",
            cancellationToken).ConfigureAwait(false);
        if (session.Got is { } direct)
        {
            return direct ? new ClaimAttempt(new ApplyClaim(connection, null), ApplyOutcome.Completed, null) : new ClaimAttempt(null, ApplyOutcome.Busy, session.Busy);
        }

        var own = await inspector.TryOpenAsync(target, "apply lock", cancellationToken).ConfigureAwait(false);
        if (own.Source is not { } holder)
        {
            return new ClaimAttempt(null, ApplyOutcome.Failed, new Problem("apply-unreachable", own.Failure!.Arguments, own.Failure.Server));
        }

        try
        {
            await RunAsync(
                holder.Connection,
                string.Create(CultureInfo.InvariantCulture, $"BEGIN; SET LOCAL idle_in_transaction_session_timeout = '{IdleMinutes}min'")
                    + (holder.Major >= PostgresFeatures.TransactionTimeout ? "; SET LOCAL transaction_timeout = 0" : ""),
                cancellationToken).ConfigureAwait(false);
            var transaction = await AskAsync(
                holder.Connection,
                $"SELECT pg_catalog.pg_try_advisory_xact_lock($1, 0), other.* FROM (VALUES ($2::int)) one {Other}",
                cancellationToken).ConfigureAwait(false);
            if (transaction.Got == true)
            {
                return new ClaimAttempt(new ApplyClaim(holder.Connection, own), ApplyOutcome.Completed, null);
            }

            await own.DisposeAsync().ConfigureAwait(false);
            return new ClaimAttempt(null, ApplyOutcome.Busy, transaction.Busy);
        }
        catch
        {
            await own.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Whether the lock is still held; also resets the idle timeout of the transaction that holds it.</summary>
    public async Task<bool> StandsAsync(CancellationToken cancellationToken)
    {
        if (_own is null)
        {
            // The session's own lock: where the session goes, so does the apply.
            return true;
        }

        try
        {
            await RunAsync(_connection, "SELECT 1", cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (ConnectionErrors.IsOfEndedSession(e))
        {
            return false;
        }
    }

    /// <summary>Gives the lock back: a closed connection would do so, too, but only when the server gets round to it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_connection.FullState == System.Data.ConnectionState.Open)
        {
            try
            {
                await RunAsync(_connection, _own is null ? string.Create(CultureInfo.InvariantCulture, $"SELECT pg_catalog.pg_advisory_unlock({AdvisoryClass}, 0)") : "ROLLBACK", CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e) when (ConnectionErrors.IsOfEndedSession(e))
            {
                // The connection ends now, and the lock with it.
            }
        }

        if (_own is not null)
        {
            await _own.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task<(bool? Got, Problem Busy)> AskAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = AdvisoryClass }, new() { Value = connection.ProcessID } } };
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                var busy = ApplyRun.Problem(
                    "apply-busy",
                    ("pid", reader.IsDBNull(1) ? "?" : reader.GetInt32(1).ToString(CultureInfo.InvariantCulture)),
                    ("login", reader.IsDBNull(2) ? "?" : reader.GetString(2)),
                    ("seconds", reader.IsDBNull(3) ? 0 : reader.GetInt32(3)));
                return (reader.IsDBNull(0) ? null : reader.GetBoolean(0), busy);
            }
        }
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 10 };
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
