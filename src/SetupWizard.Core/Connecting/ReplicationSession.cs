using System.Diagnostics;
using Npgsql;
using Npgsql.Replication;

namespace SetupWizard.Core.Connecting;

/// <summary>A replication connection and what it stands on. Disposing closes it.</summary>
public sealed class ReplicationSession : IAsyncDisposable
{
    private readonly SetupTarget _target;
    private readonly TlsRelay? _relay;

    private ReplicationSession(SetupTarget target, LogicalReplicationConnection connection, TlsRelay? relay)
    {
        _target = target;
        Connection = connection;
        _relay = relay;
    }

    /// <summary>The connection, open.</summary>
    public LogicalReplicationConnection Connection { get; }

    /// <summary>Opens one as the administrator of <paramref name="target"/>.</summary>
    /// <param name="target">The source.</param>
    /// <param name="purpose">One word for whoever looks at the server's sessions.</param>
    /// <param name="options">Settings for the session, as <c>-c name=value</c>.</param>
    /// <param name="limit">How long the server may take to answer one of its commands. It is the session's from its opening on: the driver does not go by a later one.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    public static async Task<ReplicationSession> OpenAsync(SetupTarget target, string purpose, string options, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        return await LogInPassword.TryAsync(target.Credentials.AdminPassword, target.Endpoint, form => OpenAsync(target, purpose, options, limit, form, time, cancellationToken)).ConfigureAwait(false);
    }

    private static async Task<ReplicationSession> OpenAsync(
        SetupTarget target,
        string purpose,
        string options,
        TimeSpan limit,
        LogInPassword password,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        LastingOpenings.Refuse(target);
        using var ca = await CaFile.CreateAsync(target.Endpoint, cancellationToken).ConfigureAwait(false);
        var relay = SourceConnector.TunnelOf(target) is { } tunnel ? TlsRelay.Start(target.Endpoint, tunnel) : null;
        var connection = new LogicalReplicationConnection(SourceConnector.BuildConnectionString(target, password, ca, relay, purpose, limit) + ";Options=" + options);
        var session = new ReplicationSession(target, connection, relay);
        var since = Stopwatch.GetTimestamp();
        var opening = Task.Run(() => connection.Open(cancellationToken), CancellationToken.None);
        try
        {
            await opening.WaitAsync(target.Limits.Open, time, cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch
        {
            LastingOpenings.Add(target, opening, since);
            if (opening.IsCompleted)
            {
                await session.DisposeAsync().ConfigureAwait(false);
            }
            else
            {
                _ = DisposeWhenOverAsync(opening, session);
            }

            throw;
        }
    }

    /// <summary>The driver closes nothing that it is still opening.</summary>
    private static async Task DisposeWhenOverAsync(Task opening, ReplicationSession session)
    {
        if (session._relay is { } relay)
        {
            await relay.DisposeAsync().ConfigureAwait(false);
        }

        await opening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await session.Connection.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Ends the session on the server, from one beside it: a server that waits or computes for a session does not see that its client has gone.
    /// Everyone may end their own sessions (<see href="https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SIGNAL"/>).
    /// Does nothing when the server cannot be reached.
    /// </summary>
    public Task EndAsync() => BesideAsync(_target, "SELECT pg_catalog.pg_terminate_backend($1)", Connection.ProcessID);

    /// <summary>Ends whichever session holds a slot, if it is one of the login's own: a server does not see either that a network has swallowed its client.</summary>
    /// <param name="target">The source, with the login that made the slot as administrator.</param>
    /// <param name="slot">The slot's name.</param>
    internal static Task EndHolderAsync(SetupTarget target, string slot) =>
        BesideAsync(target, "SELECT pg_catalog.pg_terminate_backend(active_pid) FROM pg_catalog.pg_replication_slots WHERE slot_name = $1", slot);

    /// <summary>Opens an ordinary session of the same login beside it.</summary>
    internal Task<OpenedSource> OpenBesideAsync(string purpose, CancellationToken cancellationToken) => SourceConnector.OpenAsync(_target, purpose, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync().ConfigureAwait(false);
        if (_relay is not null)
        {
            await _relay.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task BesideAsync(SetupTarget target, string sql, object parameter)
    {
        try
        {
            var beside = await SourceConnector.OpenAsync(target, "end", CancellationToken.None).ConfigureAwait(false);
            await using (beside.ConfigureAwait(false))
            {
                var command = new NpgsqlCommand(sql, beside.Connection) { Parameters = { new() { Value = parameter } } };
                await using (command.ConfigureAwait(false))
                {
                    await command.ExecuteNonQueryAsync(CancellationToken.None).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (ConnectionErrors.IsOfEndedSession(e))
        {
            // The session ends with its connection, or at its own time limits.
        }
    }
}
