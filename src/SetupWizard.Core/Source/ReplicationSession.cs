using Npgsql.Replication;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Source;

/// <summary>A replication connection and what it stands on. Disposing closes it.</summary>
public sealed class ReplicationSession : IAsyncDisposable
{
    private readonly TlsRelay? _relay;

    private ReplicationSession(LogicalReplicationConnection connection, TlsRelay? relay)
    {
        Connection = connection;
        _relay = relay;
    }

    /// <summary>The connection, open.</summary>
    public LogicalReplicationConnection Connection { get; }

    /// <summary>Opens one as the administrator of <paramref name="target"/>.</summary>
    /// <param name="target">The source.</param>
    /// <param name="options">Settings for the session, as <c>-c name=value</c>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    public static async Task<ReplicationSession> OpenAsync(SetupTarget target, string options, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        using var ca = await CaFile.CreateAsync(target.Endpoint, cancellationToken).ConfigureAwait(false);
        var relay = SourceConnector.TunnelOf(target) is { } tunnel ? TlsRelay.Start(target.Endpoint, tunnel) : null;
        var connection = new LogicalReplicationConnection(SourceConnector.BuildConnectionString(target, asUser: null, ca, relay) + ";Options=" + options);
        var session = new ReplicationSession(connection, relay);
        try
        {
            await connection.Open(cancellationToken).WaitAsync(SourceConnector.OpenTimeout, time, cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync().ConfigureAwait(false);
        if (_relay is not null)
        {
            await _relay.DisposeAsync().ConfigureAwait(false);
        }
    }
}
