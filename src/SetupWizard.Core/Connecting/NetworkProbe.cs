using System.ComponentModel;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Connecting;

/// <summary>
/// The stages before log-in, on a connection of their own: name, port, TLS. It asks the server for TLS as every client does
/// and hangs up before it says who it is.
/// See <see href="https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL"/>.
/// </summary>
internal sealed class NetworkProbe(SetupTarget target, StageTracker stages, TimeProvider time) : IDisposable
{
    private readonly TimeSpan _limit = target.Limits.Open;

    private Socket? _socket;

    /// <summary>The address that answered, or the one that was tried last.</summary>
    public IPAddress? Address { get; private set; }

    /// <summary>The certificate seen.</summary>
    public CertificateFacts? Certificate { get; private set; }

    /// <summary>Runs the stages; null when all passed.</summary>
    public async Task<Finding?> RunAsync(CancellationToken cancellationToken)
    {
        if (SourceConnector.TunnelOf(target) is { } tunnel)
        {
            return await RunThroughAsync(tunnel, cancellationToken).ConfigureAwait(false);
        }

        IPAddress[] addresses;
        stages.Start(ConnectStage.Resolve);
        try
        {
            addresses = await ResolveAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SocketException or TimeoutException or ArgumentException)
        {
            return Failed("dns", exception is SocketException socket ? socket.SocketErrorCode.ToString() : exception.GetType().Name);
        }

        stages.Pass(ConnectStage.Resolve, string.Join(", ", addresses.Select(static a => a.ToString())));
        stages.Start(ConnectStage.Reach);
        if (await ReachAsync(addresses, cancellationToken).ConfigureAwait(false) is { } unreachable)
        {
            return unreachable;
        }

        stages.Pass(ConnectStage.Reach, Address!.ToString());
        stages.Start(ConnectStage.Tls);
        return await StartTlsAsync(ServerGreeting.AskForTlsAsync, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _socket?.Dispose();

    /// <summary>
    /// Through a tunnel the bastion finds the name and reaches the port, and says only what failed: both have passed with the server's first byte.
    /// </summary>
    /// <exception cref="SshTunnelException">The bastion said why it did not pass the connection on.</exception>
    private async Task<Finding?> RunThroughAsync(SshTunnel tunnel, CancellationToken cancellationToken)
    {
        stages.Start(ConnectStage.Resolve);
        var (connection, refusals, socket) = await tunnel.ConnectAsync(cancellationToken).ConfigureAwait(false);
        _socket = socket;
        var (answer, silent) = await FirstByteAsync(cancellationToken).ConfigureAwait(false);
        if (answer is null && await connection.RefusalSinceAsync(refusals, ended: !silent).ConfigureAwait(false) is { } refusal)
        {
            if (ConnectionFailure.StageOf(refusal.Case) == ConnectStage.Reach)
            {
                PassResolve();
            }

            throw refusal;
        }

        if (answer is null && connection.IsDown)
        {
            throw new SshTunnelException("ssh-lost", "the tunnel ended");
        }

        PassResolve();
        if (silent)
        {
            return Failed("ssh-target-timeout", "no answer");
        }

        stages.Pass(ConnectStage.Reach, target.Endpoint.Ssh!.Address);
        stages.Start(ConnectStage.Tls);
        return await StartTlsAsync((_, _) => Task.FromResult(answer), cancellationToken).ConfigureAwait(false);
    }

    private void PassResolve()
    {
        stages.Pass(ConnectStage.Resolve, target.Endpoint.Ssh!.Address);
        stages.Start(ConnectStage.Reach);
    }

    private async Task<(byte? Answer, bool Silent)> FirstByteAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(_limit, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        var stream = new NetworkStream(_socket!, ownsSocket: false);
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                return (await ServerGreeting.AskForTlsAsync(stream, limit.Token).ConfigureAwait(false), false);
            }
            catch (IOException)
            {
                return (null, false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return (null, true);
            }
        }
    }

    private async Task<IPAddress[]> ResolveAsync(CancellationToken cancellationToken)
    {
        var host = target.Endpoint.Host;
        if (EndpointRules.HostProblem(host) is not null)
        {
            throw new ArgumentException("Not a host name.");
        }

        if (IPAddress.TryParse(host, out var literal))
        {
            return [literal];
        }

        // The system's resolver does not always look at the token.
        var addresses = await Dns.GetHostAddressesAsync(host, cancellationToken).WaitAsync(_limit, time, cancellationToken).ConfigureAwait(false);
        return addresses.Length > 0 ? addresses : throw new SocketException((int)SocketError.NoData);
    }

    private async Task<Finding?> ReachAsync(IPAddress[] addresses, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(_limit, time);
        var error = SocketError.HostNotFound;
        for (var i = 0; i < addresses.Length; i++)
        {
            // An address that keeps silent must not eat the time of the next one: IPv6 without a route is common.
            using var part = new CancellationTokenSource(i < addresses.Length - 1 ? _limit / addresses.Length : Timeout.InfiniteTimeSpan, time);
            using var share = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token, part.Token);
            Address = addresses[i];
            var socket = new Socket(Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(Address, target.Endpoint.Port, share.Token).ConfigureAwait(false);
                _socket = socket;
                return null;
            }
            catch (SocketException exception)
            {
                socket.Dispose();
                error = exception.SocketErrorCode;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                socket.Dispose();
                error = SocketError.TimedOut;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        return Failed(SocketCases.Of(error), error.ToString());
    }

    private async Task<Finding?> StartTlsAsync(Func<NetworkStream, CancellationToken, Task<byte?>> ask, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(_limit, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            var stream = new NetworkStream(_socket!, ownsSocket: false);
            await using (stream.ConfigureAwait(false))
            {
                return await AnsweredAsync(stream, await ask(stream, limit.Token).ConfigureAwait(false), limit.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed("hung", "no answer after connecting");
        }
        catch (IOException exception)
        {
            return Failed("closed-at-once", exception.InnerException is SocketException socket ? socket.SocketErrorCode.ToString() : "connection closed");
        }
    }

    private async Task<Finding?> AnsweredAsync(NetworkStream stream, byte? answer, CancellationToken cancellationToken)
    {
        switch (answer)
        {
            case { } letter when target.Endpoint.Tls == TlsMode.Disable && ServerGreeting.IsPostgres(letter):
                // Asked only to know who answers.
                stages.Skip(ConnectStage.Tls);
                return null;
            case (byte)'S':
                return await HandshakeAsync(stream, cancellationToken).ConfigureAwait(false);
            case (byte)'N':
                return Failed("tls-refused", "no TLS");
            case (byte)'E':
                // An error instead of an answer; log-in meets the same one and can tell it.
                stages.Skip(ConnectStage.Tls);
                return null;
            case null:
                return Failed("closed-at-once", "connection closed");
            default:
                return Failed("not-postgres", "not PostgreSQL's protocol");
        }
    }

    private async Task<Finding?> HandshakeAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        CertificateCheck? check = null;
        try
        {
            check = new CertificateCheck(target.Endpoint);
            var tls = new SslStream(stream, leaveInnerStreamOpen: true);
            await using (tls.ConfigureAwait(false))
            {
                var options = new SslClientAuthenticationOptions
                {
                    TargetHost = target.Endpoint.Host,
                    RemoteCertificateValidationCallback = check.Validate,
                };
                await tls.AuthenticateAsClientAsync(options, cancellationToken).ConfigureAwait(false);
                Certificate = check.Certificate;
                stages.Pass(ConnectStage.Tls, NameOf(tls.SslProtocol));
                return null;
            }
        }
        catch (CertificateRejectedException exception)
        {
            return Failed(ConnectionFailure.Classify(exception, target));
        }
        catch (Exception exception) when (exception is AuthenticationException or Win32Exception)
        {
            Certificate = check?.Certificate;
            return Failed(ConnectionFailure.Classify(
                check is { Problems: not CertificateProblems.None } ? new CertificateRejectedException(check.Problems, check.Certificate, exception) : exception,
                target));
        }
    }

    private static string NameOf(SslProtocols protocol) => protocol switch
    {
        SslProtocols.Tls13 => "TLSv1.3",
        SslProtocols.Tls12 => "TLSv1.2",
        _ => protocol.ToString(),
    };

    private Finding Failed(string @case, string actual) =>
        Failed(ConnectionFailure.Say(@case, target, actual, null, ("address", Address?.ToString() ?? "")));

    private Finding Failed(Finding finding)
    {
        stages.Fail(finding.Case);
        return finding;
    }
}
