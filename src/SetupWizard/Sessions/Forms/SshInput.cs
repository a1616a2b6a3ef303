using System.Globalization;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Core.Wording;

namespace SetupWizard.Sessions.Forms;

/// <summary>What was typed about a bastion on the Connect page.</summary>
public sealed class SshInput
{
    /// <summary>Whether there is one.</summary>
    public bool Use { get; set; }

    public string Host { get; set; } = "";

    public string Port { get; set; } = "22";

    public string User { get; set; } = "";

    public SshMethod Method { get; set; }

    /// <summary>The private key's text; empty while there is none.</summary>
    public string Key { get; private set; } = "";

    /// <summary>The file the key came from; null when it was pasted.</summary>
    public string? KeyName { get; private set; }

    public string Passphrase { get; set; } = "";

    public string Password { get; set; } = "";

    /// <summary>Whether something typed here is a secret.</summary>
    public bool HoldsSecret => Key.Length > 0 || Passphrase.Length > 0 || Password.Length > 0;

    /// <summary>The fingerprint somebody confirmed.</summary>
    public string? HostKey { get; set; }

    public bool KeyIsEncrypted => SshKeyText.IsEncrypted(Key);

    /// <summary>Takes a private key.</summary>
    /// <param name="text">Its text.</param>
    /// <param name="name">The file it came from.</param>
    /// <returns>Why it cannot be one, as a sentence; null when it was taken.</returns>
    public string? TakeKey(string text, string? name)
    {
        if (SshKeyText.Problem(text) is { } problem)
        {
            return Say("ssh-key", problem);
        }

        (Key, KeyName) = (text, name);
        return null;
    }

    public void DropKey() => (Key, KeyName, Passphrase) = ("", null, "");

    /// <summary>Empties it.</summary>
    public void StartOver()
    {
        (Use, Host, Port, User, Method, HostKey, Password) = (false, "", "22", "", default, null, "");
        DropKey();
    }

    /// <summary>Takes over a bastion that works or is proposed.</summary>
    public void Take(SshEndpoint? ssh)
    {
        Use = ssh is not null;
        if (ssh is not null)
        {
            (Host, Port, User, HostKey) = (ssh.Host, ssh.Port.ToString(CultureInfo.InvariantCulture), ssh.User, ssh.HostKey);
        }
    }

    /// <summary>What is wrong, as sentences by the field's id.</summary>
    public void AddProblems(Dictionary<string, string> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        if (!Use)
        {
            return;
        }

        if (EndpointRules.HostProblem(Host.Trim()) is { } host)
        {
            problems["ssh-host"] = host == "missing" ? Say("ssh-host", host) : Say("host", host);
        }

        if (EndpointRules.PortProblem(Port, out _) is { } port)
        {
            problems["ssh-port"] = Say("port", port);
        }

        if (EndpointRules.SshUserProblem(User.Trim()) is { } user)
        {
            problems["ssh-user"] = Say("ssh-user", user);
        }

        if (Method == SshMethod.Key && Key.Length == 0)
        {
            problems["ssh-key"] = Say("ssh-key", "missing");
        }

        if (Method == SshMethod.Password && Password.Length == 0)
        {
            problems["ssh-password"] = Say("password", "missing");
        }
    }

    /// <summary>The bastion as typed; null when there is none.</summary>
    public SshEndpoint? ToEndpoint()
    {
        if (!Use)
        {
            return null;
        }

        // An empty port is SSH's own, not PostgreSQL's.
        EndpointRules.PortProblem(Port, out var port);
        return new SshEndpoint { Host = Host.Trim(), Port = string.IsNullOrWhiteSpace(Port) ? SshEndpoint.DefaultPort : port, User = User.Trim(), HostKey = HostKey };
    }

    /// <summary>What opens it, by the chosen way only; null when there is no bastion.</summary>
    public SshCredentials? ToCredentials() => (Use, Method) switch
    {
        (false, _) => null,
        (_, SshMethod.Key) => new SshCredentials { PrivateKey = SecretString.From(Key), Passphrase = KeyIsEncrypted ? SecretString.From(Passphrase) : null },
        (_, SshMethod.Password) => new SshCredentials { Password = SecretString.From(Password) },
        _ => new SshCredentials(),
    };

    private static string Say(string field, string key) => ConnectText.For(new FieldProblem(field, key), CultureInfo.CurrentUICulture);
}
