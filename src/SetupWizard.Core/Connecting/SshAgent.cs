using System.Diagnostics;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Connecting;

/// <summary>An ssh-agent of the wizard's own with one key in it. The key arrives through a pipe; no file ever holds it.</summary>
internal sealed class SshAgent : IAsyncDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    private readonly Process _agent;

    private SshAgent(Process agent, string socket)
    {
        _agent = agent;
        Socket = socket;
    }

    /// <summary>Where it listens, in a directory that only this user can enter.</summary>
    public string Socket { get; }

    /// <summary>Starts one.</summary>
    /// <param name="directory">A directory of the caller's own, with the program that answers questions in it.</param>
    /// <param name="key">The private key's text.</param>
    /// <param name="passphrase">What decrypts it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SshTunnelException">The key cannot be read, or the passphrase is not its own.</exception>
    public static async Task<SshAgent> WithAsync(string directory, SecretString key, SecretString? passphrase, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_limit);
        var socket = Path.Combine(directory, "agent");
        var process = Process.Start(SshPrograms.Supervised(directory, null, "ssh-agent", ["-D", "-a", socket]))!;
        try
        {
            // It says where it listens once it does.
            await process.StandardOutput.ReadLineAsync(limit.Token).ConfigureAwait(false);
            var add = SshPrograms.Fed(directory, passphrase is null ? null : "passphrase", "ssh-add", ["-q", "-"]);
            add.Environment[SshTunnel.AgentVariable] = socket;
            var text = SshKeyText.Normalize(key.Reveal());
            var (exitCode, _, error) = await SshPrograms.RunAsync(add, (passphrase is null ? "" : passphrase.Reveal() + "\n") + text, limit.Token).ConfigureAwait(false);
            return exitCode == 0 ? new SshAgent(process, socket) : throw Unusable(text, passphrase, error);
        }
        catch (Exception exception)
        {
            await EndAsync(process, s_limit).ConfigureAwait(false);
            if (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                throw new SshTunnelException("ssh-other", "no answer from ssh-agent", ("message", "no answer from ssh-agent"));
            }

            throw;
        }
    }

    public ValueTask DisposeAsync() => EndAsync(_agent, s_limit);

    /// <summary>Ends a supervised program and waits for it.</summary>
    internal static async ValueTask EndAsync(Process process, TimeSpan patience)
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // Nobody reads it any more.
        }

        try
        {
            await process.WaitForExitAsync().WaitAsync(patience).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
        }

        process.Dispose();
    }

    private static SshTunnelException Unusable(string text, SecretString? passphrase, string error) =>
        SshKeyText.Problem(text) is null && SshKeyText.IsEncrypted(text)
            ? new SshTunnelException("ssh-passphrase", passphrase is null ? "no passphrase" : "wrong passphrase")
            : new SshTunnelException("ssh-key-unreadable", SshLog.LastLine(error));
}
