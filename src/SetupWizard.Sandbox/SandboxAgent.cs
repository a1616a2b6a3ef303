using Npgsql;

namespace SetupWizard.Sandbox;

/// <summary>What the provider does behind the scenes, as its superuser: replication for members of a role, and knowing what waits for a restart.</summary>
internal sealed class SandboxAgent : IAsyncDisposable
{
    // The membership has to work as soon as somebody can have logged in: a look costs a fraction of a millisecond.
    private static readonly TimeSpan s_mirrorPause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan s_pendingPause = TimeSpan.FromMilliseconds(500);

    // The value on file is not in pg_settings: it shows the one that is in force.
    private const string PendingSql =
        """
        SELECT s.name, coalesce((SELECT f.setting FROM pg_catalog.pg_file_settings AS f WHERE f.name = s.name AND f.setting IS NOT NULL ORDER BY f.seqno DESC LIMIT 1), s.boot_val, '')
        FROM pg_catalog.pg_settings AS s WHERE s.pending_restart ORDER BY 1
        """;

    // Membership becomes the attribute REPLICATION, which is what a stock server asks for. Roles with CREATEROLE are left out: from
    // PostgreSQL 16 they could hand the attribute on, which nobody can on the service.
    private const string MirrorSql =
        """
        SELECT a.rolname::text, CASE WHEN a.rolreplication THEN 'NOREPLICATION' ELSE 'REPLICATION' END
        FROM pg_catalog.pg_authid AS a
        WHERE a.rolcanlogin AND NOT a.rolsuper AND NOT a.rolcreaterole AND a.rolreplication <> pg_catalog.pg_has_role(a.oid, $1, 'MEMBER')
        """;

    // One at a time: two that change the same role at once fail.
    private readonly SemaphoreSlim _mirroring = new(1, 1);
    private readonly string _replicationRole;
    private readonly BackgroundLoop _loop;
    private readonly Lock _publishing = new();
    private volatile IReadOnlyDictionary<string, string> _pending = new Dictionary<string, string>();
    private long _begun;
    private long _published;

    private SandboxAgent(SandboxConnections connections, ProviderRules rules, TimeProvider time)
    {
        _replicationRole = rules.ReplicationRole;
        _loop = BackgroundLoop.Start(
            cancellationToken => connections.OpenAsync("postgres", cancellationToken, application: rules.Superuser),
            async (connection, cancellationToken) =>
            {
                var mirror = MirrorCommand(connection);
                await using var disposing = mirror.ConfigureAwait(false);
                if (_replicationRole.Length > 0)
                {
                    // It runs forty times a second: planned once.
                    await mirror.PrepareAsync(cancellationToken).ConfigureAwait(false);
                }

                var pending = new NpgsqlCommand(PendingSql, connection);
                await using var disposingPending = pending.ConfigureAwait(false);
                await pending.PrepareAsync(cancellationToken).ConfigureAwait(false);
                while (true)
                {
                    await LookForPendingAsync(pending, cancellationToken).ConfigureAwait(false);
                    if (_replicationRole.Length == 0)
                    {
                        await Task.Delay(s_pendingPause, time, cancellationToken).ConfigureAwait(false);
                        continue;
                    }

                    for (var round = 0; round < s_pendingPause / s_mirrorPause; round++)
                    {
                        await MirrorAsync(mirror, cancellationToken).ConfigureAwait(false);
                        await Task.Delay(s_mirrorPause, time, cancellationToken).ConfigureAwait(false);
                    }
                }
            },
            time);
    }

    /// <summary>Parameters that wait for a restart inside the server, with the value they will have; up to half a second old.</summary>
    public IReadOnlyDictionary<string, string> Pending => _pending;

    /// <summary>Starts the agent.</summary>
    public static SandboxAgent Start(SandboxConnections connections, ProviderRules rules, TimeProvider time) => new(connections, rules, time);

    /// <summary>Reads <see cref="Pending"/> anew.</summary>
    public async Task LookForPendingAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(PendingSql, connection);
        await using (command.ConfigureAwait(false))
        {
            await LookForPendingAsync(command, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task LookForPendingAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var reading = Interlocked.Increment(ref _begun);
        var pending = new Dictionary<string, string>();
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                pending[reader.GetString(0)] = reader.GetString(1);
            }
        }

        lock (_publishing)
        {
            // The loop reads beside an edit: what it read before the edit must not hide what the edit has found.
            if (reading > _published)
            {
                (_published, _pending) = (reading, pending);
            }
        }
    }

    /// <summary>Does now what it does all the time: when it returns, whatever was committed before has had its effect.</summary>
    public async Task CatchUpAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await LookForPendingAsync(connection, cancellationToken).ConfigureAwait(false);
        if (_replicationRole.Length > 0)
        {
            var mirror = MirrorCommand(connection);
            await using (mirror.ConfigureAwait(false))
            {
                await MirrorAsync(mirror, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Ends the agent.</summary>
    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync().ConfigureAwait(false);
        _mirroring.Dispose();
    }

    private NpgsqlCommand MirrorCommand(NpgsqlConnection connection) =>
        new(MirrorSql, connection) { Parameters = { new NpgsqlParameter { Value = _replicationRole, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text } } };

    private async Task MirrorAsync(NpgsqlCommand mirror, CancellationToken cancellationToken)
    {
        await _mirroring.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var alter = new List<string>();
            var reader = await mirror.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    alter.Add($"ALTER ROLE \"{reader.GetString(0).Replace("\"", "\"\"", StringComparison.Ordinal)}\" {reader.GetString(1)}");
                }
            }

            if (alter.Count > 0)
            {
                await SandboxConnections.ExecuteAsync(mirror.Connection!, string.Join(';', alter), cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _mirroring.Release();
        }
    }
}
