using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Model;

/// <summary>How the wizard proves to the bastion who it is.</summary>
public enum SshMethod
{
    /// <summary>With a private key that was given.</summary>
    Key,

    /// <summary>With the keys of the SSH agent that runs where the wizard runs.</summary>
    Agent,

    /// <summary>With a password.</summary>
    Password,
}

/// <summary>The secrets that open a bastion. In memory only.</summary>
public sealed record SshCredentials
{
    /// <summary>The text of a private key.</summary>
    public SecretString? PrivateKey { get; init; }

    /// <summary>What decrypts <see cref="PrivateKey"/>, when it is encrypted.</summary>
    public SecretString? Passphrase { get; init; }

    /// <summary>The login's password.</summary>
    public SecretString? Password { get; init; }

    /// <summary>The way these are used: a key before a password, and the agent when there is neither.</summary>
    public SshMethod Method => PrivateKey is not null ? SshMethod.Key : Password is not null ? SshMethod.Password : SshMethod.Agent;
}
