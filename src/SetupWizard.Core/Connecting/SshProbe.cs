using System.Net;
using System.Net.Sockets;
using System.Text;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Connecting;

/// <summary>
/// Looks whether an SSH server answers at all, on a connection of its own that says nothing: exact about what is wrong, where the ssh program
/// has one English sentence. An SSH server speaks first (<see href="https://www.rfc-editor.org/rfc/rfc4253#section-4.2"/>).
/// </summary>
internal static class SshProbe
{
    /// <summary>How long finding the bastion's name, reaching it and its greeting may take, each of them.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Returns when an SSH server has greeted.</summary>
    /// <exception cref="SshTunnelException">It has not.</exception>
    public static async Task RunAsync(SshEndpoint ssh, TimeProvider time, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Limit, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        var (connected, late) = (false, "ssh-dns");
        try
        {
            using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
            var addresses = await ResolveAsync(ssh.Host, limit.Token).ConfigureAwait(false);
            late = "ssh-timeout";
            patience.CancelAfter(Limit);
            await client.ConnectAsync(addresses, ssh.Port, limit.Token).ConfigureAwait(false);
            (connected, late) = (true, "ssh-silent");
            patience.CancelAfter(Limit);
            await GreetingAsync(client, limit.Token).ConfigureAwait(false);
        }
        catch (SocketException exception)
        {
            throw new SshTunnelException(connected ? "ssh-closed" : CaseOf(exception.SocketErrorCode), exception.SocketErrorCode.ToString());
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SshTunnelException(late, "no answer");
        }
    }

    private static async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        if (EndpointRules.HostProblem(host) is not null)
        {
            throw new SocketException((int)SocketError.HostNotFound);
        }

        // The system's resolver does not always look at the token.
        return IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task GreetingAsync(Socket client, CancellationToken cancellationToken)
    {
        // Lines may come before the greeting itself.
        var buffer = new byte[4096];
        var length = 0;
        while (length < buffer.Length)
        {
            var count = await client.ReceiveAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                throw new SshTunnelException(length == 0 ? "ssh-closed" : "ssh-not-ssh", length == 0 ? "connection closed" : "not the SSH protocol");
            }

            length += count;
            var text = Encoding.ASCII.GetString(buffer, 0, length);
            if (text.StartsWith("SSH-", StringComparison.Ordinal) || text.Contains("\nSSH-", StringComparison.Ordinal))
            {
                return;
            }
        }

        throw new SshTunnelException("ssh-not-ssh", "not the SSH protocol");
    }

    private static string CaseOf(SocketError error) => SocketCases.Of(error) switch
    {
        "dns" => "ssh-dns",
        "refused" => "ssh-refused",
        "timeout" => "ssh-timeout",
        "closed-at-once" => "ssh-closed",
        _ => "ssh-unreachable",
    };
}
