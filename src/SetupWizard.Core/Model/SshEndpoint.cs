namespace SetupWizard.Core.Model;

/// <summary>A bastion: an SSH server that passes connections on to the database. Holds no secret.</summary>
public sealed record SshEndpoint
{
    /// <summary>SSH's own port.</summary>
    public const int DefaultPort = 22;

    /// <summary>Host name or address.</summary>
    public required string Host { get; init; }

    /// <summary>Port.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>Login on the bastion.</summary>
    public required string User { get; init; }

    /// <summary>The fingerprint a person confirmed, as <c>SHA256:…</c>; null before. No other key is spoken to.</summary>
    public string? HostKey { get; init; }

    /// <summary>A file in the form of <c>~/.ssh/known_hosts</c> whose entry for this bastion counts as confirmed; null for none.</summary>
    public string? KnownHostsFile { get; init; }

    /// <summary>Host and port as they are written together.</summary>
    public string Address => Port == DefaultPort ? Host : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");
}
