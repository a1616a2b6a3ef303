using Npgsql;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Source;

/// <summary>An open session with a source. Disposing closes it.</summary>
public sealed class OpenedSource : IAsyncDisposable
{
    private readonly NpgsqlDataSource _dataSource;

    internal OpenedSource(NpgsqlDataSource dataSource, NpgsqlConnection connection, CertificateFacts? certificate)
    {
        _dataSource = dataSource;
        Connection = connection;
        Certificate = certificate;
    }

    /// <summary>The session. Its connection string has no password in it.</summary>
    public NpgsqlConnection Connection { get; }

    /// <summary>The certificate the server showed; null without TLS.</summary>
    public CertificateFacts? Certificate { get; }

    /// <summary>The server's major version.</summary>
    public int Major => Connection.PostgreSqlVersion.Major;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync().ConfigureAwait(false);
        await _dataSource.DisposeAsync().ConfigureAwait(false);
    }
}
