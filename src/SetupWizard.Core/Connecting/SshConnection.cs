using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Connecting;

/// <summary>
/// One ssh program at work: it listens on a socket in a directory that only this user can enter, and passes connections on to one database.
/// No port of this machine is opened, so nobody else on it can use the way. A private key never becomes a file: it goes through a pipe into an
/// agent of this connection's own, which ends as soon as the bastion has let us in.
/// </summary>
internal sealed class SshConnection : IAsyncDisposable
{
    /// <summary>How long the bastion may take to let us in, from the start of the program.</summary>
    private static readonly TimeSpan s_openLimit = TimeSpan.FromSeconds(20);

    /// <summary>Retries, 10 ms apart, for the program's output: it is there at once unless the machine is busy.</summary>
    private const int Looks = 100;

    private static readonly TimeSpan s_closeLimit = TimeSpan.FromSeconds(3);

    private readonly SshLog _log;
    private readonly Process _ssh;
    private volatile bool _dead;

    private SshConnection(string directory, Process ssh, SshLog log)
    {
        Directory = directory;
        _ssh = ssh;
        _log = log;
    }

    /// <summary>Where the socket is: what libpq and Npgsql take as a host.</summary>
    public string Directory { get; }

    /// <summary>The path of the socket.</summary>
    public string Socket => SocketIn(Directory);

    /// <summary>How many connections the bastion could not or would not pass on so far.</summary>
    public int Refusals => _log.Refusals;

    /// <summary>Whether nobody listens any more. Sees a program that has just died before its exit is reported.</summary>
    public bool IsDown
    {
        get
        {
            if (HasEnded)
            {
                return true;
            }

            try
            {
                using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                probe.Connect(new UnixDomainSocketEndPoint(Socket));
                return false;
            }
            catch (SocketException)
            {
                _dead = true;
                return true;
            }
        }
    }

    /// <summary>Whether the program has ended, as far as was reported or seen.</summary>
    public bool HasEnded => _dead || _ssh.HasExited;

    /// <summary>Opens the way.</summary>
    /// <param name="ssh">The bastion.</param>
    /// <param name="key">Its confirmed key.</param>
    /// <param name="credentials">What opens it.</param>
    /// <param name="host">The database's host, as the bastion knows it.</param>
    /// <param name="port">The database's port.</param>
    /// <param name="cancellationToken">Gives up and leaves nothing behind.</param>
    /// <exception cref="SshTunnelException">The bastion did not let us in.</exception>
    public static async Task<SshConnection> OpenAsync(SshEndpoint ssh, SshHostKey key, SshCredentials credentials, string host, int port, CancellationToken cancellationToken)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("setupwizard-ssh-").FullName;
        SshAgent? agent = null;
        Process? process = null;
        try
        {
            await SshPrograms.WriteAnswererAsync(directory, cancellationToken).ConfigureAwait(false);
            await File.WriteAllTextAsync(Path.Combine(directory, "known_hosts"), key.Line, cancellationToken).ConfigureAwait(false);
            if (credentials.PrivateKey is { } privateKey)
            {
                agent = await SshAgent.WithAsync(directory, privateKey, credentials.Passphrase, cancellationToken).ConfigureAwait(false);
            }

            var start = SshPrograms.Supervised(directory, credentials.Method == SshMethod.Password ? "answer" : null, "ssh", Arguments(ssh, credentials, agent, directory, host, port), removes: true);
            var log = new SshLog(credentials.Method);
            process = Process.Start(start)!;
            log.ReadFrom(process);
            if (credentials is { Method: SshMethod.Password, Password: { } password })
            {
                await process.StandardInput.WriteAsync((password.Reveal() + "\n").AsMemory(), cancellationToken).ConfigureAwait(false);
                await process.StandardInput.FlushAsync(cancellationToken).ConfigureAwait(false);
            }

            await ReadyAsync(process, log, cancellationToken).ConfigureAwait(false);
            return new SshConnection(directory, process, log);
        }
        catch
        {
            await CloseAsync(process, directory).ConfigureAwait(false);
            throw;
        }
        finally
        {
            if (agent is not null)
            {
                await agent.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>
    /// Why the bastion did not pass a connection on, when it said so since <paramref name="before"/> were counted; null otherwise.
    /// </summary>
    /// <param name="before">How many it had refused before the connection.</param>
    /// <param name="ended">Whether the connection ended: only then is it worth waiting, for the words can come a moment later.</param>
    public async Task<SshTunnelException?> RefusalSinceAsync(int before, bool ended)
    {
        for (var i = 0; ended && i < Looks && _log.Refusals == before && !_ssh.HasExited; i++)
        {
            await Task.Delay(10).ConfigureAwait(false);
        }

        return _log.Refusals == before ? null : _log.LastRefusal;
    }

    public ValueTask DisposeAsync() => CloseAsync(_ssh, Directory);

    private static string SocketIn(string directory) => Path.Combine(directory, ".s.PGSQL." + SourceEndpoint.DefaultPort.ToString(CultureInfo.InvariantCulture));

    private static IEnumerable<string> Arguments(SshEndpoint ssh, SshCredentials credentials, SshAgent? agent, string directory, string host, int port)
    {
        string[] options =
        [
            "HostName=" + ssh.Host.Replace("%", "%%", StringComparison.Ordinal),
            "HostKeyAlias=" + SshHostKey.Alias,
            "UserKnownHostsFile=" + Path.Combine(directory, "known_hosts"),
            "GlobalKnownHostsFile=/dev/null",
            "StrictHostKeyChecking=yes",
            "UpdateHostKeys=no",
            "CheckHostIP=no",
            "ConnectTimeout=" + ((int)SshProbe.Limit.TotalSeconds).ToString(CultureInfo.InvariantCulture),
            "ConnectionAttempts=1",
            "ServerAliveInterval=5",
            "ServerAliveCountMax=3",
            "TCPKeepAlive=yes",
            "ExitOnForwardFailure=yes",
            "ControlMaster=no",
            "ControlPath=none",
            "PermitLocalCommand=no",
            "NumberOfPasswordPrompts=1",
            "LogLevel=DEBUG1",
            "IdentityFile=none",
            .. credentials.Method == SshMethod.Password
                ? (string[])["IdentityAgent=none", "PubkeyAuthentication=no", "PreferredAuthentications=password,keyboard-interactive"]
                : ["IdentityAgent=" + (agent?.Socket ?? OwnAgent()), "PreferredAuthentications=publickey", "BatchMode=yes"],
        ];
        var target = host.Contains(':', StringComparison.Ordinal) ? "[" + host + "]" : host;
        return
        [
            "-F", "/dev/null", "-T", "-N", "-a", "-x", "-l", ssh.User, "-p", ssh.Port.ToString(CultureInfo.InvariantCulture),
            "-L", string.Create(CultureInfo.InvariantCulture, $"{SocketIn(directory)}:{target}:{port}"),
            .. options.SelectMany(static o => (string[])["-o", o]),
            "--", SshHostKey.Alias,
        ];
    }

    private static string OwnAgent() => Environment.GetEnvironmentVariable(SshTunnel.AgentVariable) is { Length: > 0 } path && File.Exists(path)
        ? path
        : throw new SshTunnelException("ssh-agent", "no agent");

    private static async Task ReadyAsync(Process process, SshLog log, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_openLimit);
        try
        {
            await Task.WhenAny(log.Ready, process.WaitForExitAsync(limit.Token)).Unwrap().ConfigureAwait(false);
            if (!log.Ready.IsCompletedSuccessfully)
            {
                throw log.Failure();
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SshTunnelException("ssh-silent", "no answer after connecting");
        }
    }

    private static async ValueTask CloseAsync(Process? process, string directory)
    {
        if (process is not null)
        {
            await SshAgent.EndAsync(process, s_closeLimit).ConfigureAwait(false);
        }

        // The program takes it along; one that had to be killed may still be taking its socket away.
        for (var i = 0; i < 50 && System.IO.Directory.Exists(directory); i++)
        {
            try
            {
                System.IO.Directory.Delete(directory, recursive: true);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                await Task.Delay(50).ConfigureAwait(false);
            }
        }
    }
}
