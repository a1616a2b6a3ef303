using Npgsql;

namespace SetupWizard.Sandbox;

/// <summary>The connections that the sandbox itself makes.</summary>
internal sealed class SandboxConnections(string socketDirectory, int port, int major, string superuser)
{
    /// <summary>
    /// Opens a connection as the superuser over the socket. Its statements are not logged: neither passwords nor the sandbox's own
    /// noise belong in a log that is read to see what others did.
    /// </summary>
    public async Task<NpgsqlConnection> OpenAsync(string database, CancellationToken cancellationToken, bool changeSystemTables = false, string application = "sandbox")
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder
        {
            Host = socketDirectory,
            Port = port,
            Username = superuser,
            Database = database,
            SslMode = SslMode.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
            Pooling = false,
            Timeout = 10,
            CommandTimeout = 120,
            ApplicationName = application,
            // Since 13 a superuser can ask for it in a session; 12 has it on the command line.
            Options = "-c log_statement=none -c log_min_error_statement=panic" + (changeSystemTables && major > 12 ? " -c allow_system_table_mods=on" : ""),
        }.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Runs statements in one round trip and forgets what they return.</summary>
    public static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection);
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A string as SQL takes it.</summary>
    public static string Literal(string value)
    {
        var quoted = value.Replace("'", "''", StringComparison.Ordinal);
        return quoted.Contains('\\', StringComparison.Ordinal) ? "E'" + quoted.Replace("\\", "\\\\", StringComparison.Ordinal) + "'" : "'" + quoted + "'";
    }
}
