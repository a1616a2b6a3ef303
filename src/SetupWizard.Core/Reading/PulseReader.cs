using Npgsql;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Reading;

/// <summary>Reads the few facts that change outside the wizard: one round trip on a session that stays open.</summary>
public static class PulseReader
{
    /// <summary>Where the log ends; a standby is asked in its own words.</summary>
    private const string Here = "CASE WHEN pg_is_in_recovery() THEN coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) ELSE pg_current_wal_lsn() END";

    private const string State =
        $"""
        SELECT clock_timestamp(), pg_postmaster_start_time(),
               ARRAY (SELECT s.name FROM pg_settings s WHERE s.pending_restart ORDER BY 1),
               ARRAY (SELECT current_setting(n, true) FROM unnest($1::text[]) WITH ORDINALITY w(n, i) ORDER BY i),
               pg_wal_lsn_diff({Here}, '0/0')::int8,
               (SELECT s.setting::int8 * 1024 * 1024 FROM pg_settings s WHERE s.name = 'max_slot_wal_keep_size' AND s.setting <> '-1'),
               pg_has_role('pg_read_all_stats', 'USAGE'), pg_relation_size('pg_catalog.pg_class') + pg_relation_size('pg_catalog.pg_index')
        """;

    // Every login sees that they are there, who they are and what they call themselves. The rest takes the user's own rights or pg_read_all_stats.
    private const string WalSenders =
        "SELECT coalesce(r.usename::text, ''), coalesce(r.application_name, ''), host(r.client_addr), r.pid, r.backend_start FROM pg_stat_replication r ORDER BY 1, 2, 3, r.pid";

    private const string Sessions =
        """
        SELECT count(*) FILTER (WHERE a.state IN ('active', 'fastpath function call')), count(*) FILTER (WHERE a.state LIKE 'idle in transaction%'),
               count(*) FILTER (WHERE a.state = 'idle'), count(*) FILTER (WHERE a.state IS NULL OR a.state = 'disabled'),
               coalesce(array_agg(DISTINCT host(a.client_addr)) FILTER (WHERE a.client_addr IS NOT NULL), '{}')
        FROM pg_stat_activity a
        WHERE a.usename = $1 AND a.datname = current_database() AND a.application_name NOT LIKE $2
              AND NOT EXISTS (SELECT FROM pg_stat_replication r WHERE r.pid = a.pid)
        """;

    // By indexes and small catalogs alone. Privileges of a role stand in pg_shdepend, whatever they are for.
    private const string Prepared =
        """
        SELECT pg_catalog.hashtextextended(pg_catalog.concat_ws('/',
            (SELECT r::text FROM pg_catalog.pg_roles r WHERE r.rolname = $1),
            (SELECT pg_catalog.string_agg(m.roleid::text, ',' ORDER BY m.roleid) FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles r ON r.oid = m.member WHERE r.rolname = $1),
            (SELECT pg_catalog.count(*)::text || ':' || coalesce(pg_catalog.sum(d.objid::int8), 0)::text
             FROM pg_catalog.pg_shdepend d JOIN pg_catalog.pg_roles r ON d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND d.refobjid = r.oid WHERE r.rolname = $1),
            (SELECT pg_catalog.string_agg(p::text, ',' ORDER BY p.pubname) FROM pg_catalog.pg_publication p),
            (SELECT pg_catalog.count(*)::text || ':' || coalesce(pg_catalog.sum(l.prrelid::int8), 0)::text FROM pg_catalog.pg_publication_rel l)), 0)::text
        """;

    // One pass over the catalogs of tables and of indexes, where nothing else would do: no index knows of identities, and a key that is added or dropped leaves no
    // trace anywhere else. Tables made by initdb have identities of their own; keys of temporary tables, and of TOAST tables, are nobody's.
    private const string Identities =
        """
        SELECT (SELECT pg_catalog.count(*)::text || ':' || coalesce(pg_catalog.sum(c.oid::int8 * pg_catalog.ascii(c.relreplident::text)), 0)::text
                FROM pg_catalog.pg_class c
                WHERE c.relreplident <> 'd' AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND c.oid >= 16384)
            || '/'
            || (SELECT pg_catalog.count(*)::text || ':' || coalesce(pg_catalog.sum(i.indexrelid::int8 * (1 + i.indisprimary::int + 2 * i.indisvalid::int + 4 * i.indimmediate::int + 8 * i.indisreplident::int)), 0)::text
                FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
                WHERE i.indisunique AND i.indrelid >= 16384 AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't')
        """;

    private const string Copies =
        """
        SELECT n.nspname || '.' || c.relname, p.tuples_processed, p.bytes_processed
        FROM pg_stat_progress_copy p
        JOIN pg_stat_activity a ON a.pid = p.pid
        LEFT JOIN pg_class c ON c.oid = p.relid
        LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE a.usename = $1 AND p.datname = current_database() AND a.application_name NOT LIKE $2 AND p.command IS DISTINCT FROM 'COPY FROM'
        ORDER BY 1, p.pid
        """;

    /// <summary>Reads a pulse.</summary>
    /// <param name="source">An open session.</param>
    /// <param name="settings">The settings to watch: <c>wal_level</c> and the provider's own switch.</param>
    /// <param name="user">The ClickPipes user, whose sessions are counted.</param>
    /// <param name="identities">Whether to read <see cref="LivePulse.Identities"/>, which costs more the more tables there are.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="NpgsqlException">The session is gone.</exception>
    public static async Task<LivePulse> ReadAsync(OpenedSource source, IReadOnlyList<string> settings, string user, bool identities, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(settings);
        var copies = source.Major >= PostgresFeatures.ProgressCopy;
        var batch = new NpgsqlBatch(source.Connection)
        {
            Timeout = 5,
            BatchCommands =
            {
                new NpgsqlBatchCommand(CatalogQueries.Begin),
                new NpgsqlBatchCommand(CatalogQueries.SearchPath),
                new NpgsqlBatchCommand(State) { Parameters = { new NpgsqlParameter { Value = settings.ToArray() } } },
                new NpgsqlBatchCommand(Slots(source.Major)),
                new NpgsqlBatchCommand(WalSenders),
                OfUser(Sessions, user),
                new NpgsqlBatchCommand(Prepared) { Parameters = { new NpgsqlParameter { Value = user } } },
            },
        };
        if (copies)
        {
            batch.BatchCommands.Add(OfUser(Copies, user));
        }

        if (identities)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(Identities));
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand(CatalogQueries.Commit));

        await using (batch.ConfigureAwait(false))
        {
            var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                var pulse = StateOf(reader, settings);
                return pulse with
                {
                    Slots = await NextAsync(reader, SlotOf, cancellationToken).ConfigureAwait(false),
                    WalSenders = await NextAsync(reader, SenderOf, cancellationToken).ConfigureAwait(false),
                    UserSessions = (await NextAsync(reader, SessionsOf, cancellationToken).ConfigureAwait(false))[0],
                    Prepared = (await NextAsync(reader, static row => row.GetString(0), cancellationToken).ConfigureAwait(false))[0],
                    Copies = copies ? await NextAsync(reader, CopyOf, cancellationToken).ConfigureAwait(false) : [],
                    Identities = identities ? (await NextAsync(reader, static row => row.GetString(0), cancellationToken).ConfigureAwait(false))[0] : null,
                };
            }
        }
    }

    private static string Slots(int major) =>
        $"""
        SELECT s.slot_name::text, s.active, coalesce(pg_wal_lsn_diff({Here}, s.restart_lsn), 0)::int8, s.slot_type = 'logical', s.database::text, s.active_pid,
               pg_wal_lsn_diff(s.confirmed_flush_lsn, '0/0')::int8, greatest(pg_wal_lsn_diff({Here}, s.confirmed_flush_lsn), 0)::int8,
               {(major >= PostgresFeatures.SlotWalStatus ? "s.wal_status, s.safe_wal_size" : "NULL::text, NULL::int8")},
               {(major >= PostgresFeatures.FailoverSlots ? "s.inactive_since" : "NULL::timestamptz")}
        FROM pg_replication_slots s ORDER BY 1
        """;

    private static NpgsqlBatchCommand OfUser(string sql, string user) =>
        new(sql) { Parameters = { new NpgsqlParameter { Value = user }, new NpgsqlParameter { Value = SourceConnector.ApplicationName + " %" } } };

    private static LivePulse StateOf(NpgsqlDataReader row, IReadOnlyList<string> settings) =>
        new(row.GetFieldValue<DateTimeOffset>(0), Reachable: true, TimeSpan.Zero)
        {
            StartedAt = row.GetFieldValue<DateTimeOffset>(1),
            PendingRestart = row.GetFieldValue<string[]>(2),
            Settings = settings.Zip(row.GetFieldValue<string?[]>(3)).ToDictionary(static p => p.First, static p => p.Second, StringComparer.Ordinal),
            WalPosition = Value<long>(row, 4),
            SlotLimitBytes = Value<long>(row, 5),
            SeesEverySession = row.GetBoolean(6),
            CatalogBytes = row.GetInt64(7),
        };

    private static SlotPulse SlotOf(NpgsqlDataReader row) => new(row.GetString(0), row.GetBoolean(1), row.GetInt64(2))
    {
        Logical = row.GetBoolean(3),
        Database = Text(row, 4),
        ActivePid = Value<int>(row, 5),
        ConfirmedPosition = Value<long>(row, 6),
        BehindBytes = Value<long>(row, 7),
        WalStatus = Text(row, 8),
        SafeBytes = Value<long>(row, 9),
        InactiveSince = Value<DateTimeOffset>(row, 10),
    };

    private static SenderPulse SenderOf(NpgsqlDataReader row) => new(row.GetString(0), row.GetString(1), Text(row, 2)) { Pid = row.GetInt32(3), Since = Value<DateTimeOffset>(row, 4) };

    private static SessionsPulse SessionsOf(NpgsqlDataReader row) =>
        new((int)row.GetInt64(0), (int)row.GetInt64(1), (int)row.GetInt64(2), (int)row.GetInt64(3)) { Addresses = row.GetFieldValue<string[]>(4) };

    private static CopyPulse CopyOf(NpgsqlDataReader row) => new(Text(row, 0), Value<long>(row, 1), Value<long>(row, 2));

    private static async Task<IReadOnlyList<T>> NextAsync<T>(NpgsqlDataReader reader, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private static T? Value<T>(NpgsqlDataReader row, int column)
        where T : struct => row.IsDBNull(column) ? null : row.GetFieldValue<T>(column);

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
