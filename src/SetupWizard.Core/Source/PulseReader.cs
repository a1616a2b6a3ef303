using Npgsql;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Source;

/// <summary>Reads the few facts that change outside the wizard: one round trip on a session that stays open.</summary>
public static class PulseReader
{
    private const string State =
        """
        SELECT clock_timestamp(), pg_postmaster_start_time(),
               ARRAY (SELECT s.name FROM pg_settings s WHERE s.pending_restart ORDER BY 1),
               ARRAY (SELECT current_setting(n, true) FROM unnest($1::text[]) WITH ORDINALITY w(n, i) ORDER BY i)
        """;

    private const string Slots =
        """
        SELECT s.slot_name::text, s.active,
               coalesce(pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) ELSE pg_current_wal_lsn() END, s.restart_lsn), 0)::int8
        FROM pg_replication_slots s ORDER BY 1
        """;

    private const string WalSenders =
        "SELECT coalesce(r.usename::text, ''), coalesce(r.application_name, ''), host(r.client_addr) FROM pg_stat_replication r ORDER BY 1, 2, 3, r.pid";

    /// <summary>Reads a pulse.</summary>
    /// <param name="source">An open session.</param>
    /// <param name="settings">The settings to watch: <c>wal_level</c> and the provider's own switch.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="NpgsqlException">The session is gone.</exception>
    public static async Task<LivePulse> ReadAsync(OpenedSource source, IReadOnlyList<string> settings, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(settings);
        var batch = new NpgsqlBatch(source.Connection)
        {
            Timeout = 5,
            BatchCommands =
            {
                new NpgsqlBatchCommand(State) { Parameters = { new NpgsqlParameter { Value = settings.ToArray() } } },
                new NpgsqlBatchCommand(Slots),
                new NpgsqlBatchCommand(WalSenders),
            },
        };
        await using (batch.ConfigureAwait(false))
        {
            var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                var values = reader.GetFieldValue<string?[]>(3);
                var pulse = new LivePulse(reader.GetFieldValue<DateTimeOffset>(0), Reachable: true, TimeSpan.Zero)
                {
                    StartedAt = reader.GetFieldValue<DateTimeOffset>(1),
                    PendingRestart = reader.GetFieldValue<string[]>(2),
                    Settings = settings.Zip(values).ToDictionary(static p => p.First, static p => p.Second, StringComparer.Ordinal),
                };
                await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                var slots = new List<(string, bool, long)>();
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    slots.Add((reader.GetString(0), reader.GetBoolean(1), reader.GetInt64(2)));
                }

                await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                var senders = new List<(string, string, string?)>();
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    senders.Add((reader.GetString(0), reader.GetString(1), await reader.IsDBNullAsync(2, cancellationToken).ConfigureAwait(false) ? null : reader.GetString(2)));
                }

                return pulse with { Slots = slots, WalSenders = senders };
            }
        }
    }
}
