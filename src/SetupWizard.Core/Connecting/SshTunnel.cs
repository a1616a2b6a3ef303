using System.Net.Sockets;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Connecting;

/// <summary>
/// The way to one database through one bastion, by OpenSSH's own programs: opened when the first session needs it, shared by all sessions,
/// opened again when it died, gone when disposed and gone when the wizard is killed. The database's name is found by the bastion.
/// </summary>
public sealed class SshTunnel : IAsyncDisposable
{
    /// <summary>Where programs look for the agent of whoever runs them.</summary>
    public const string AgentVariable = "SSH_AUTH_SOCK";

    /// <summary>How long a refusal that needs a person is cached: polling must not log in again and again until the bastion bans this address.</summary>
    private static readonly TimeSpan s_believed = TimeSpan.FromSeconds(10);

    private readonly SshEndpoint _ssh;
    private readonly SshCredentials _credentials;
    private readonly string _host;
    private readonly int _port;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly CancellationTokenSource _closed = new();
    private SshHostKey? _key;
    private SshConnection? _connection;
    private SshTunnelException? _refusal;
    private long _refusedAt;

    private SshTunnel(SshEndpoint ssh, SshCredentials credentials, string host, int port, TimeProvider time)
    {
        _ssh = ssh;
        _credentials = credentials;
        _host = host;
        _port = port;
        _time = time;
    }

    /// <summary>Whether an agent runs where the wizard runs.</summary>
    public static bool AgentRuns => Environment.GetEnvironmentVariable(AgentVariable) is { Length: > 0 } path && File.Exists(path);

    /// <summary>Whether it was open and nobody listens any more.</summary>
    public bool IsDown => _connection?.IsDown == true;

    /// <summary>The tunnel an endpoint needs, not opened yet; null when it names no bastion.</summary>
    /// <param name="endpoint">The database and its bastion.</param>
    /// <param name="credentials">What opens the bastion.</param>
    /// <param name="time">The clock.</param>
    public static SshTunnel? For(SourceEndpoint endpoint, SourceCredentials credentials, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(credentials);
        return endpoint.Ssh is { } ssh ? new SshTunnel(ssh, credentials.Ssh ?? new SshCredentials(), endpoint.Host, endpoint.Port, time) : null;
    }

    /// <summary>Opens the tunnel unless it is open.</summary>
    /// <param name="cancellationToken">Gives up waiting; the tunnel stays closed unless it was open.</param>
    /// <exception cref="SshTunnelException">There is no way through.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken) => await ConnectionAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Closes it. Sessions that use it end.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_closed.IsCancellationRequested)
        {
            return;
        }

        await _closed.CancelAsync().ConfigureAwait(false);
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            await DropAsync().ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The open connection.</summary>
    internal async Task<SshConnection> ConnectionAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closed.Token);
        try
        {
            await _gate.WaitAsync(stop.Token).ConfigureAwait(false);
            try
            {
                if (_connection is { HasEnded: false } open)
                {
                    return open;
                }

                await DropAsync().ConfigureAwait(false);
                if (_refusal is not null && _time.GetElapsedTime(_refusedAt) < s_believed)
                {
                    throw new SshTunnelException(_refusal.Case, _refusal.Actual, [.. _refusal.Arguments]);
                }

                return await OpenNewAsync(stop.Token).ConfigureAwait(false);
            }
            finally
            {
                _gate.Release();
            }
        }
        catch (OperationCanceledException) when (_closed.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new SshTunnelException("ssh-lost", "closed with the session");
        }
    }

    /// <summary>A connection to the database, as the bastion passes it on, and how many the bastion had refused before it.</summary>
    internal async Task<(SshConnection Through, int Refusals, Socket Socket)> ConnectAsync(CancellationToken cancellationToken)
    {
        for (var again = true; ; again = false)
        {
            var connection = await ConnectionAsync(cancellationToken).ConfigureAwait(false);
            var refusals = connection.Refusals;
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(connection.Socket), cancellationToken).ConfigureAwait(false);
                return (connection, refusals, socket);
            }
            catch (SocketException) when (again && connection.IsDown)
            {
                // The program has died a moment ago: one that is new tells more.
                socket.Dispose();
            }
            catch (SocketException)
            {
                socket.Dispose();
                throw new SshTunnelException("ssh-lost", "the tunnel ended");
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    private async Task<SshConnection> OpenNewAsync(CancellationToken cancellationToken)
    {
        try
        {
            SshPrograms.Find("ssh");
            await SshProbe.RunAsync(_ssh, _time, cancellationToken).ConfigureAwait(false);
            var known = _key is not null;
            _key ??= await ConfirmedKeyAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                _connection = await SshConnection.OpenAsync(_ssh, _key, _credentials, _host, _port, cancellationToken).ConfigureAwait(false);
            }
            catch (SshTunnelException exception) when (known && exception.Case == "ssh-host-key-changed")
            {
                // ssh says that the key is another one; asking for it tells which.
                _key = await ConfirmedKeyAsync(cancellationToken).ConfigureAwait(false);
                _connection = await SshConnection.OpenAsync(_ssh, _key, _credentials, _host, _port, cancellationToken).ConfigureAwait(false);
            }

            _refusal = null;
            return _connection;
        }
        catch (SshTunnelException exception) when (exception.NeedsAPerson)
        {
            _refusal = exception;
            _refusedAt = _time.GetTimestamp();
            throw;
        }
    }

    private async Task<SshHostKey> ConfirmedKeyAsync(CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("setupwizard-ssh-");
        try
        {
            return await SshHostKey.ConfirmedAsync(_ssh, directory.FullName, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private async Task DropAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }
}
