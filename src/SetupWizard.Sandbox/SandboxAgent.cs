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

    private readonly BackgroundLoop _loop;
    private volatile IReadOnlyDictionary<string, string> _pending = new Dictionary<string, string>();

    private SandboxAgent(SandboxConnections connections, ProviderRules rules, TimeProvider time) =>
        _loop = BackgroundLoop.Start(
            cancellationToken => connections.OpenAsync("postgres", cancellationToken, application: rules.Superuser),
            async (connection, cancellationToken) =>
            {
                var mirror = rules.ReplicationRole.Length > 0 ? SandboxSeeder.Script("mirror.sql") : null;
                while (true)
                {
                    await LookForPendingAsync(connection, cancellationToken).ConfigureAwait(false);
                    if (mirror is null)
                    {
                        await Task.Delay(s_pendingPause, time, cancellationToken).ConfigureAwait(false);
                        continue;
                    }

                    for (var round = 0; round < s_pendingPause / s_mirrorPause; round++)
                    {
                        await SandboxConnections.ExecuteAsync(connection, mirror, cancellationToken).ConfigureAwait(false);
                        await Task.Delay(s_mirrorPause, time, cancellationToken).ConfigureAwait(false);
                    }
                }
            },
            time);

    /// <summary>Parameters that wait for a restart inside the server, with the value they will have; up to half a second old.</summary>
    public IReadOnlyDictionary<string, string> Pending => _pending;

    /// <summary>Starts the agent.</summary>
    public static SandboxAgent Start(SandboxConnections connections, ProviderRules rules, TimeProvider time) => new(connections, rules, time);

    /// <summary>Reads <see cref="Pending"/> anew.</summary>
    public async Task LookForPendingAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var pending = new Dictionary<string, string>();
        var command = new NpgsqlCommand(PendingSql, connection);
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    pending[reader.GetString(0)] = reader.GetString(1);
                }
            }
        }

        _pending = pending;
    }

    /// <summary>Ends the agent.</summary>
    public ValueTask DisposeAsync() => _loop.DisposeAsync();
}
