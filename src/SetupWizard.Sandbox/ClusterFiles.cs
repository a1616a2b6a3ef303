using System.Globalization;
using System.Text;

namespace SetupWizard.Sandbox;

/// <summary>Makes the files of a cluster: initdb, postgresql.conf, pg_hba.conf, certificates.</summary>
internal sealed class ClusterFiles(string root, PostgresBinaries binaries, ProviderRules rules, ServerUser user)
{
    private const string OwnSettings = "\n# The sandbox's own settings\n";

    /// <summary>The sandbox's own directory, 0700: the server's socket, its log and all below.</summary>
    public string Root => root;

    /// <summary>The server's data directory.</summary>
    public string Data => Path.Combine(root, "data");

    /// <summary>The server's log.</summary>
    public string Log => Path.Combine(root, "server.log");

    /// <summary>The certificate of the authority that signed the server's certificate.</summary>
    public string Authority => Path.Combine(root, "ca.crt");

    /// <summary>The settings that ALTER SYSTEM keeps.</summary>
    public string AutoConf => Path.Combine(Data, "postgresql.auto.conf");

    /// <summary>The server's command line.</summary>
    // -O: PostgreSQL 12 lets the system views be dressed only by a server that was started with it. It gives nobody but superusers anything.
    public IEnumerable<string> ServerCommand => [binaries.Postgres, "-D", Data, .. binaries.Major == 12 ? (string[])["-O"] : []];

    /// <summary>Creates the cluster.</summary>
    /// <exception cref="SandboxException">initdb failed; the message has its own words.</exception>
    public async Task CreateAsync(int port, SandboxOptions options, CancellationToken cancellationToken)
    {
        var initdb = await CommandRunner.RunAsync(
            user.Command(binaries.Initdb, "-D", Data, "-U", rules.Superuser, "-E", "UTF8", "--locale=C", "-A", "trust", "--no-sync"),
            cancellationToken).ConfigureAwait(false);
        if (initdb.ExitCode != 0)
        {
            throw new SandboxException($"initdb of PostgreSQL {binaries.Version} failed: {initdb.Errors.Trim()}");
        }

        await CompleteAsync(port, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Copies a cluster whose server has been shut down.</summary>
    /// <exception cref="SandboxException">It could not be copied; the message has the reason.</exception>
    public async Task CopyAsync(ClusterFiles other, int port, SandboxOptions options, CancellationToken cancellationToken)
    {
        // Without the statistics of the other server's life: the copy's begins now.
        var copy = await CommandRunner.RunAsync(
            user.Command("/bin/sh", "-c", "cp -R \"$1\" \"$2\" && rm -rf \"$2\"/pg_stat/*", "sh", other.Data, Data),
            cancellationToken).ConfigureAwait(false);
        if (copy.ExitCode != 0)
        {
            throw new SandboxException($"The cluster could not be copied: {copy.Errors.Trim()}");
        }

        var conf = Path.Combine(Data, "postgresql.conf");
        var text = await File.ReadAllTextAsync(conf, cancellationToken).ConfigureAwait(false);
        await File.WriteAllTextAsync(conf, text[..text.IndexOf(OwnSettings, StringComparison.Ordinal)], cancellationToken).ConfigureAwait(false);
        await CompleteAsync(port, options, cancellationToken).ConfigureAwait(false);
    }

    private async Task CompleteAsync(int port, SandboxOptions options, CancellationToken cancellationToken)
    {
        await SandboxCertificates.WriteAsync(Authority, Path.Combine(Data, "server.crt"), Path.Combine(Data, "server.key"), options.Time, cancellationToken).ConfigureAwait(false);
        await File.AppendAllTextAsync(Path.Combine(Data, "postgresql.conf"), Settings(port, options), cancellationToken).ConfigureAwait(false);
        // initdb's own pg_hba.conf trusts everyone; the server never sees it.
        await WriteAccessAsync(rules.PlainConnections, cancellationToken).ConfigureAwait(false);
        await File.WriteAllTextAsync(Log, "", cancellationToken).ConfigureAwait(false);
        await user.TakeOverAsync(root, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes pg_hba.conf (https://www.postgresql.org/docs/current/auth-pg-hba-conf.html); a running server needs a reload.</summary>
    public Task WriteAccessAsync(bool plainConnections, CancellationToken cancellationToken) =>
        File.WriteAllTextAsync(
            Path.Combine(Data, "pg_hba.conf"),
            $"""
            # The sandbox's own way in: the socket lies in a directory that only its user can enter.
            local all {rules.Superuser} trust
            hostssl all all all scram-sha-256
            hostssl replication all all scram-sha-256

            """ + (plainConnections ? "hostnossl all all all scram-sha-256\nhostnossl replication all all scram-sha-256\n" : ""),
            cancellationToken);

    /// <summary>A value as postgresql.conf takes it.</summary>
    public static string Quote(string value) => "'" + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal) + "'";

    /// <summary>The last lines of the server's log, for messages.</summary>
    public async Task<string> LogTailAsync(int lines = 15)
    {
        try
        {
            var text = await File.ReadAllLinesAsync(Log).ConfigureAwait(false);
            return string.Join('\n', text.TakeLast(lines));
        }
        catch (IOException)
        {
            return "(no log)";
        }
    }

    private string Settings(int port, SandboxOptions options)
    {
        List<(string Name, string Value)> settings =
        [
            ("listen_addresses", "127.0.0.1, ::1"),
            ("port", port.ToString(CultureInfo.InvariantCulture)),
            ("unix_socket_directories", root),
            ("unix_socket_permissions", "0700"),
            ("ssl", "on"),
            ("ssl_cert_file", "server.crt"),
            ("ssl_key_file", "server.key"),
            ("password_encryption", "scram-sha-256"),
            ("timezone", "UTC"),
            ("log_timezone", "UTC"),
            ("logging_collector", "off"),
            ("log_min_messages", "warning"),
            ("log_line_prefix", "%m [%p] %q%u@%d "),
            ("log_statement", options.LogStatements ? "all" : "none"),
            // Nothing in here has to survive the machine. Commits do survive a killed server: synchronous_commit stays on.
            ("fsync", "off"),
            ("full_page_writes", "off"),
            ("shared_buffers", "32MB"),
            ("max_wal_size", "256MB"),
            ("jit", "off"),
            ("wal_level", "replica"),
            ("max_connections", "60"),
            ("max_wal_senders", "10"),
            ("max_replication_slots", "10"),
            // Thousands of tables in one transaction are part of what is tried here.
            ("max_locks_per_transaction", "1024"),
            .. rules.OwnParameters.Select(parameter => (parameter.Name, parameter.Value)),
            .. options.ExtraSettings.Select(setting => (setting.Key, setting.Value)),
        ];
        var text = new StringBuilder(OwnSettings);
        foreach (var (name, value) in settings)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name} = {Quote(value)}\n");
        }

        return text.ToString();
    }
}
