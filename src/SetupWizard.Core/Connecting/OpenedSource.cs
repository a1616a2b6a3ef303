using Npgsql;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Connecting;

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

    /// <summary>Whether the database has an encoding; one without (<c>SQL_ASCII</c>) keeps the bytes it is given.</summary>
    public bool HasEncoding => Connection.PostgresParameters.GetValueOrDefault("server_encoding") != ServerText.NoEncoding;

    /// <summary>The server's major version.</summary>
    public int Major => Connection.PostgreSqlVersion.Major;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync().ConfigureAwait(false);
        await _dataSource.DisposeAsync().ConfigureAwait(false);
    }
}
