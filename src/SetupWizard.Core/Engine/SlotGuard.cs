using System.Globalization;
using System.Security.Cryptography;
using Npgsql;
using SetupWizard.Core.Connecting;

namespace SetupWizard.Core.Engine;

/// <summary>
/// Terminates the backend that is creating a slot when this process dies, for whatever reason; it would not notice by itself.
/// <para>
/// A server process that waits does not see that its client has gone; one that is idle sees it at once. So an idle session of ours holds an
/// advisory lock, and a second session of the ClickPipes user, the guard, waits for it: it gets the lock when the idle one ends, and then ends the
/// first. The server's own means do not reach: <c>client_connection_check_interval</c> (14 and later) is looked at only while SQL runs, and
/// making a slot is a replication command.
/// See <see href="https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADVISORY-LOCKS"/>.
/// </para>
/// </summary>
internal sealed class SlotGuard : IAsyncDisposable
{
    private readonly OpenedSource _guard;
    private readonly CancellationTokenSource _leave = new();
    private readonly Task _watching;

    private SlotGuard(OpenedSource guard, long key, int pid, DateTime since)
    {
        _guard = guard;
        _watching = WatchAsync(key, pid, since);
    }

    /// <summary>Starts a guard; null when the server refuses one. Creating the slot is then bounded by its lock_timeout.</summary>
    /// <param name="session">The session that makes a slot.</param>
    /// <param name="idle">A session with the same database that is idle but for short questions, and ends after the guard has been dismissed.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    public static async Task<SlotGuard?> PostAsync(ReplicationSession session, NpgsqlConnection idle, CancellationToken cancellationToken)
    {
        OpenedSource? beside = null;
        try
        {
            // The lock is never let go by hand: it ends with its session, and a guard that could not be dismissed must not get it before.
            var key = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));
            await ProofQueries.ScalarAsync(idle, "SELECT 1 FROM pg_catalog.pg_advisory_lock($1)", key, cancellationToken).ConfigureAwait(false);
            beside = await session.OpenBesideAsync("guard", cancellationToken).ConfigureAwait(false);
            var pid = session.Connection.ProcessID;
            if (await ProofQueries.ScalarAsync(beside.Connection, "SELECT backend_start FROM pg_catalog.pg_stat_activity WHERE pid = $1", pid, cancellationToken).ConfigureAwait(false) is DateTime since)
            {
                var guard = new SlotGuard(beside, key, pid, since);
                beside = null;
                return guard;
            }
        }
        catch (Exception e) when (ConnectionErrors.IsOfEndedSession(e))
        {
            // A guard is a precaution; the slot can be made without.
        }
        finally
        {
            if (beside is not null)
            {
                await beside.DisposeAsync().ConfigureAwait(false);
            }
        }

        return null;
    }

    /// <summary>Stops the guard.</summary>
    public async ValueTask DisposeAsync()
    {
        await _leave.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _guard.DisposeAsync().ConfigureAwait(false);
        _leave.Dispose();
    }

    private async Task WatchAsync(long key, int pid, DateTime since)
    {
        // A setting of the user's own could end the wait too early. It ends by itself a little after the slot's.
        var limit = (int)(ProofLimits.Patience + TimeSpan.FromSeconds(15)).TotalMilliseconds;
        var batch = new NpgsqlBatch(_guard.Connection)
        {
            Timeout = 0,
            BatchCommands =
            {
                new NpgsqlBatchCommand("SET statement_timeout = 0"),
                new NpgsqlBatchCommand(string.Create(CultureInfo.InvariantCulture, $"SET lock_timeout = {limit}")),
                new NpgsqlBatchCommand("SELECT pg_catalog.pg_advisory_lock($1)") { Parameters = { new() { Value = key } } },

                // By its start too: process ids are used again.
                new NpgsqlBatchCommand("SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE pid = $1 AND backend_start = $2")
                {
                    Parameters = { new() { Value = pid }, new() { Value = since } },
                },
            },
        };
        await using (batch.ConfigureAwait(false))
        {
            await batch.ExecuteNonQueryAsync(_leave.Token).ConfigureAwait(false);
        }
    }
}
