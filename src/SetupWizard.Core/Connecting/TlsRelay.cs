using System.Buffers.Binary;
using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Connecting;

/// <summary>
/// Does the TLS of a replication connection that goes through a tunnel. Such a connection takes nothing but a connection string, and would check
/// the certificate's name against the tunnel's own end instead of the database's. It connects to a socket in a directory that only this user can
/// enter; here the certificate is judged as for every other session.
/// </summary>
public sealed class TlsRelay : IAsyncDisposable
{
    private const int SslRequestCode = 80877103;

    private readonly SourceEndpoint _endpoint;
    private readonly SshTunnel _tunnel;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    private TlsRelay(SourceEndpoint endpoint, SshTunnel tunnel, string directory, Socket listener)
    {
        _endpoint = endpoint;
        _tunnel = tunnel;
        _listener = listener;
        Directory = directory;
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens: what stands for the host in a connection string.</summary>
    public string Directory { get; }

    /// <summary>Starts one.</summary>
    /// <param name="endpoint">The database.</param>
    /// <param name="tunnel">The way to it.</param>
    public static TlsRelay Start(SourceEndpoint endpoint, SshTunnel tunnel)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(tunnel);
        var directory = System.IO.Directory.CreateTempSubdirectory("setupwizard-tls-").FullName;
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(directory, ".s.PGSQL." + SourceEndpoint.DefaultPort.ToString(CultureInfo.InvariantCulture))));
            listener.Listen();
            return new TlsRelay(endpoint, tunnel, directory, listener);
        }
        catch
        {
            listener.Dispose();
            System.IO.Directory.Delete(directory, recursive: true);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private async Task AcceptAsync()
    {
        var running = new List<Task>();
        try
        {
            while (true)
            {
                // More than one: to cancel a statement takes a connection of its own.
                running.Add(PassAsync(await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The session is over.
        }
        finally
        {
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Passes one connection on until one side ends it. What goes wrong here ends the connection, as a server would.</summary>
    private async Task PassAsync(Socket accepted)
    {
        using var client = accepted;
        try
        {
            var (_, _, socket) = await _tunnel.ConnectAsync(_stop.Token).ConfigureAwait(false);
            using var server = socket;
            var inner = new NetworkStream(server, ownsSocket: false);
            await using (inner.ConfigureAwait(false))
            {
                var outer = await SecureAsync(inner).ConfigureAwait(false);
                await using (outer.ConfigureAwait(false))
                {
                    var local = new NetworkStream(client, ownsSocket: false);
                    await using (local.ConfigureAwait(false))
                    {
                        using var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                        var up = local.CopyToAsync(outer, end.Token);
                        var down = outer.CopyToAsync(local, end.Token);
                        await Task.WhenAny(up, down).ConfigureAwait(false);
                        await end.CancelAsync().ConfigureAwait(false);
                        await Task.WhenAll(up, down).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    }
                }
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or AuthenticationException or Npgsql.NpgsqlException)
        {
            // The connection's other end sees it closed.
        }
    }

    private async Task<Stream> SecureAsync(NetworkStream stream)
    {
        if (_endpoint.Tls == TlsMode.Disable)
        {
            return stream;
        }

        var request = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(request, request.Length);
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(4), SslRequestCode);
        await stream.WriteAsync(request, _stop.Token).ConfigureAwait(false);
        var answer = new byte[1];
        await stream.ReadExactlyAsync(answer, _stop.Token).ConfigureAwait(false);
        if (answer[0] != (byte)'S')
        {
            throw new IOException("No TLS.");
        }

        var check = new CertificateCheck(_endpoint);
        var tls = new SslStream(stream, leaveInnerStreamOpen: true);
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = _endpoint.Host, RemoteCertificateValidationCallback = check.Validate },
                _stop.Token).ConfigureAwait(false);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
