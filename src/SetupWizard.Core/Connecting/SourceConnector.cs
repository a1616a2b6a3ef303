using System.Diagnostics;
using Npgsql;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Connecting;

/// <summary>
/// Opens sessions with a source: one connection for each call, never pooled, with limits that hold whatever the network does.
/// What went wrong is for <see cref="ConnectionFailure"/> to tell.
/// </summary>
public static class SourceConnector
{
    /// <summary>The name sessions carry in <c>pg_stat_activity</c>; the purpose follows it.</summary>
    public const string ApplicationName = "SetupWizard";

    /// <summary>How much longer an opening may take than the driver's own limit, which is to speak first.</summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>Opens a session as the administrator.</summary>
    /// <param name="target">The source.</param>
    /// <param name="purpose">One word for whoever looks at the server's sessions: <c>check</c>, <c>apply</c>.</param>
    /// <param name="cancellationToken">Stops at once, even while the server keeps silent.</param>
    /// <exception cref="CertificateRejectedException">TLS came up and the certificate was not accepted, or the CA text is not readable.</exception>
    /// <exception cref="NpgsqlException">Everything else a network or a server can do.</exception>
    public static async Task<OpenedSource> OpenAsync(SetupTarget target, string purpose, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        return await LogInPassword.TryAsync(target.Credentials.AdminPassword, target.Endpoint, form => OpenAsync(target, purpose, form, cancellationToken)).ConfigureAwait(false);
    }

    private static async Task<OpenedSource> OpenAsync(SetupTarget target, string purpose, LogInPassword password, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LastingOpenings.Refuse(target);
        var endpoint = target.Endpoint;
        var through = TunnelOf(target) is { } tunnel ? await tunnel.ConnectionAsync(cancellationToken).ConfigureAwait(false) : null;
        var refusals = through?.Refusals ?? 0;
        var check = endpoint.Tls == TlsMode.Disable ? null : new CertificateCheck(endpoint);
        var settings = Settings(target, purpose);
        settings.SslMode = check is null ? SslMode.Disable : SslMode.Require;
        settings.RequireAuth = password.Methods;
        if (through is not null)
        {
            ToSocketIn(through.Directory, settings);
        }
        else if (check is null)
        {
            // With TLS the same is asked and answered first by itself.
            await ServerGreeting.EnsureAsync(target, cancellationToken).ConfigureAwait(false);
        }

        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);

        var notices = new NoticeLimit();
        builder.UseLoggerFactory(notices);

        // Saves a round trip; nothing here needs more than the built-in types.
        builder.ConfigureTypeLoading(static types => types.EnableTypeLoading(false));

        // A provider keeps the password out of every connection string.
        builder.UsePasswordProvider(_ => password.Text, (_, _) => ValueTask.FromResult(password.Text));
        if (check is not null)
        {
            builder.UseSslClientAuthenticationOptionsCallback(options =>
            {
                // Through a tunnel the connection's own host is a socket; the certificate is for the database's.
                options.TargetHost = endpoint.Host;
                options.RemoteCertificateValidationCallback = check.Validate;
                options.ClientCertificates = null;
            });
        }

        var dataSource = builder.Build();
        var connection = dataSource.CreateConnection();
        var since = Stopwatch.GetTimestamp();

        // Elsewhere: what the server's answer has it compute is computed by whoever reads that.
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var opening = Task.Run(
            () =>
            {
                begun.SetResult();
                return connection.OpenAsync(cancellationToken);
            },
            CancellationToken.None);
        try
        {
            // A busy machine lets it begin late. Both limits count from there, so that the driver's is the earlier one.
            await begun.Task.ConfigureAwait(false);

            // Npgsql does not look at the token while it waits for the server's answers to the start of a session.
            await opening.WaitAsync(target.Limits.Open + Grace, cancellationToken).ConfigureAwait(false);
            notices.Open();
            var source = new OpenedSource(dataSource, connection, check?.Certificate);
            await TakeBytesAsync(source, cancellationToken).ConfigureAwait(false);
            return source;
        }
        catch (Exception exception)
        {
            var endless = exception is TimeoutException && !opening.IsCompleted;
            LastingOpenings.Add(target, opening, since);
            _ = CloseWhenOverAsync(opening, connection, dataSource);
            if (endless)
            {
                throw OpeningFailedException.Endless(exception);
            }

            if (check is { Problems: not CertificateProblems.None } && exception is NpgsqlException)
            {
                throw new CertificateRejectedException(check.Problems, check.Certificate, exception);
            }

            if (through is not null && exception is not PostgresException and not OperationCanceledException)
            {
                await ThrowTunnelsReasonAsync(through, refusals, exception).ConfigureAwait(false);
            }

            if (through is null && check is not null && exception is NpgsqlException { InnerException: not TimeoutException } and not PostgresException
                && await ServerGreeting.IsSomethingElseAsync(target, cancellationToken).ConfigureAwait(false))
            {
                throw OpeningFailedException.NotPostgres(exception);
            }

            if (OpeningFailedException.From(exception) is { } meaning)
            {
                throw meaning;
            }

            throw;
        }
    }

    /// <summary>
    /// A connection string with the password in it, for a replication connection, which takes nothing else. It must be used at once
    /// and kept nowhere.
    /// </summary>
    /// <param name="target">The source.</param>
    /// <param name="password">Its password, in the form for the method the server asks for.</param>
    /// <param name="ca">The file with the endpoint's own certificates.</param>
    /// <param name="relay">What stands in for the server when there is a tunnel: TLS, with the certificate's name checked, begins behind it.</param>
    /// <param name="purpose">One word for whoever looks at the server's sessions.</param>
    /// <param name="limit">How long a command may take; null is the source's.</param>
    internal static string BuildConnectionString(SetupTarget target, LogInPassword password, CaFile ca, TlsRelay? relay = null, string purpose = "replication", TimeSpan? limit = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(ca);
        var builder = Settings(target, purpose);
        builder.Password = password.Text;
        builder.RequireAuth = password.Methods;
        builder.CommandTimeout = (int)(limit ?? target.Limits.Command).TotalSeconds;
        builder.SslMode = target.Endpoint.Tls switch
        {
            TlsMode.VerifyFull => SslMode.VerifyFull,
            TlsMode.VerifyCa => SslMode.VerifyCA,
            TlsMode.Require => SslMode.Require,
            _ => SslMode.Disable,
        };
        if (relay is not null)
        {
            ToSocketIn(relay.Directory, builder);

            // The server speaks TLS to the relay and offers to bind to it; this side has nothing to bind to.
            (builder.SslMode, builder.ChannelBinding) = (SslMode.Disable, ChannelBinding.Disable);
        }
        else if (ca.Path is not null)
        {
            builder.RootCertificate = ca.Path;
        }

        return builder.ConnectionString;
    }

    /// <summary>The tunnel a target goes through; null when it goes straight.</summary>
    /// <exception cref="InvalidOperationException">The endpoint names a bastion and there is no tunnel: nothing goes around it.</exception>
    internal static SshTunnel? TunnelOf(SetupTarget target) => target.Endpoint.Ssh is null
        ? null
        : target.Tunnel ?? throw new InvalidOperationException("The endpoint names a bastion, and no tunnel was made for it.");

    /// <summary>What looks like a server that hangs up or keeps silent is often the bastion's doing, and it says so.</summary>
    private static async Task ThrowTunnelsReasonAsync(SshConnection through, int refusals, Exception exception)
    {
        if (await through.RefusalSinceAsync(refusals, Ended(exception)).ConfigureAwait(false) is { } refusal)
        {
            throw refusal;
        }

        if (through.IsDown)
        {
            throw new SshTunnelException("ssh-lost", "the tunnel ended");
        }

        if (exception is TimeoutException or NpgsqlException { InnerException: TimeoutException })
        {
            throw new SshTunnelException("ssh-target-timeout", "no answer");
        }
    }

    /// <summary>Whether a connection was cut off, and not waited for in vain or given up here.</summary>
    private static bool Ended(Exception? exception) => exception switch
    {
        null or TimeoutException => false,
        IOException { InnerException: not TimeoutException } or System.Net.Sockets.SocketException => true,
        _ => Ended(exception.InnerException),
    };

    /// <summary>
    /// A database without an encoding checks each text it hands over against the client's, and one name that is not UTF-8 would cost the whole statement. Asked for bytes
    /// as they are it checks nothing; <see cref="ServerText"/> reads them. A database with an encoding holds no other names, and converts.
    /// </summary>
    private static async Task TakeBytesAsync(OpenedSource source, CancellationToken cancellationToken)
    {
        if (source.HasEncoding)
        {
            return;
        }

        var command = new NpgsqlCommand($"SET client_encoding TO '{ServerText.NoEncoding}'", source.Connection);
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>An opening that nobody waits for any more still ends by its own time limit; then there is something to close.</summary>
    private static async Task CloseWhenOverAsync(Task opening, NpgsqlConnection connection, NpgsqlDataSource dataSource)
    {
        await opening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await connection.DisposeAsync().ConfigureAwait(false);
        await dataSource.DisposeAsync().ConfigureAwait(false);
    }

    private static NpgsqlConnectionStringBuilder Settings(SetupTarget target, string purpose) => new()
    {
        Host = SingleHost(target.Endpoint.Host),
        Port = target.Endpoint.Port,
        Database = target.Endpoint.Database,
        Username = target.Credentials.AdminUser,
        ApplicationName = ApplicationName + " " + purpose,
        Pooling = false,
        Multiplexing = false,
        LoadBalanceHosts = false,
        GssEncryptionMode = GssEncryptionMode.Disable,
        Timeout = (int)target.Limits.Open.TotalSeconds,
        CommandTimeout = (int)target.Limits.Command.TotalSeconds,
        TcpKeepAlive = true,
        TcpKeepAliveTime = 15,
        TcpKeepAliveInterval = 5,
        IncludeErrorDetail = false,
        IncludeFailedBatchedCommand = true,
        PersistSecurityInfo = false,

        // What the server says is UTF-8 is decoded; what it hands over as it is must not throw.
        Encoding = ServerText.EncodingName,
        Enlist = false,
    };

    /// <summary>A socket of this machine has no keep-alive; the tunnel looks after the network itself.</summary>
    private static void ToSocketIn(string directory, NpgsqlConnectionStringBuilder settings)
    {
        (settings.Host, settings.Port) = (directory, SourceEndpoint.DefaultPort);
        (settings.TcpKeepAlive, settings.TcpKeepAliveTime, settings.TcpKeepAliveInterval) = (false, 0, 0);
    }

    /// <summary>One network host: Npgsql would read a comma as a list of hosts, and a slash as the path of a local socket.</summary>
    private static string SingleHost(string host) =>
        EndpointRules.HostProblem(host) is null
            ? host
            : throw new NpgsqlException("Not a host name.", new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.HostNotFound));
}
