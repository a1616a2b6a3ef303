using System.CommandLine;
using System.Globalization;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Core.Text;
using SetupWizard.Core.Wording;

namespace SetupWizard.Cli;

/// <summary>The options that lead through a bastion.</summary>
internal sealed class SshOptions
{
    public const string PassphraseVariable = "SETUPWIZARD_SSH_PASSPHRASE";
    public const string PasswordVariable = "SETUPWIZARD_SSH_PASSWORD";

    private readonly CultureInfo _culture;
    private readonly Option<string?> _bastion;
    private readonly Option<string?> _key;
    private readonly Option<string?> _hostKey;

    public SshOptions(CultureInfo culture)
    {
        _culture = culture;
        _bastion = new("--ssh") { HelpName = "user@bastion[:port]", Description = Say("Help.Ssh", ("variable", PasswordVariable)) };
        _key = new("--ssh-key") { HelpName = "FILE", Description = Say("Help.SshKey", ("variable", PassphraseVariable)) };
        _hostKey = new("--ssh-host-key") { HelpName = "SHA256:…", Description = Say("Help.SshHostKey") };
    }

    /// <summary>All of them.</summary>
    public IEnumerable<Option> All => [_bastion, _key, _hostKey];

    /// <summary>The bastion; null when none was named.</summary>
    /// <exception cref="UsageException">The options do not name one.</exception>
    public SshEndpoint? Bastion(ParseResult parsed, Func<string, string?> variable)
    {
        var hostKey = parsed.GetValue(_hostKey);
        if (parsed.GetValue(_bastion) is not { } text)
        {
            return parsed.GetValue(_key) is null && hostKey is null ? null : throw new UsageException(Say("Cli.SshNeedsBastion"));
        }

        var at = text.LastIndexOf('@');
        var (host, port) = Split(text[(at + 1)..]);
        var problem = EndpointRules.SshUserProblem(at < 0 ? "" : text[..at]) is { } user ? new FieldProblem("ssh-user", user)
            : EndpointRules.HostProblem(host) is { } name ? new FieldProblem("host", name)
            : EndpointRules.PortProblem(port, out _) is { } number ? new FieldProblem("port", number)
            : EndpointRules.HostKeyProblem(hostKey) is { } form ? new FieldProblem("ssh-host-key", form)
            : null;
        if (problem is not null)
        {
            throw new UsageException(Say("Cli.BadSsh", ("problem", ConnectText.For(problem, _culture))));
        }

        return new SshEndpoint
        {
            User = text[..at],
            Host = host,
            Port = port is null ? SshEndpoint.DefaultPort : int.Parse(port, CultureInfo.InvariantCulture),
            HostKey = hostKey,
            KnownHostsFile = variable("HOME") is { Length: > 0 } home ? Path.Combine(home, ".ssh", "known_hosts") : null,
        };
    }

    /// <summary>What opens the bastion.</summary>
    /// <exception cref="UsageException">The key's file cannot be used.</exception>
    public SshCredentials Credentials(ParseResult parsed, SshEndpoint bastion, Secrets secrets)
    {
        if (parsed.GetValue(_key) is { } path)
        {
            var key = Read(path);
            return new SshCredentials { PrivateKey = new SecretString(key), Passphrase = SshKeyText.IsEncrypted(key) ? secrets.Ssh(PassphraseVariable, "Cli.SshPassphrase", path) : null };
        }

        // The agent comes before a question, and a password that was given before the agent.
        return new SshCredentials { Password = secrets.Ssh(PasswordVariable, SshTunnel.AgentRuns ? null : "Cli.SshPassword", bastion.User + "@" + bastion.Host) };
    }

    private static (string Host, string? Port) Split(string text)
    {
        var end = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) : -1;
        if (end > 0)
        {
            return (text[1..end], text.Length > end + 1 && text[end + 1] == ':' ? text[(end + 2)..] : null);
        }

        // More than one colon is an IPv6 address without a port.
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 || colon != text.LastIndexOf(':') ? (text, null) : (text[..colon], text[(colon + 1)..]);
    }

    private string Read(string path)
    {
        try
        {
            var key = File.ReadAllText(path);
            return SshKeyText.Problem(key) is { } problem
                ? throw new UsageException(Say("Cli.BadSshKey", ("path", path), ("problem", ConnectText.For(new FieldProblem("ssh-key", problem), _culture))))
                : key;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException(Say("Cli.UnreadableFile", ("path", path), ("why", e.Message)));
        }
    }

    private string Say(string key, params (string Name, object? Value)[] arguments) => Messages.Get(key, _culture, arguments);
}
