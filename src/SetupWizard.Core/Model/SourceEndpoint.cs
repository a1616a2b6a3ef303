namespace SetupWizard.Core.Model;

/// <summary>How the wizard's own session is encrypted; the words of libpq's <c>sslmode</c>.</summary>
public enum TlsMode
{
    /// <summary>Encrypted, certificate verified, name checked.</summary>
    VerifyFull,

    /// <summary>Encrypted, certificate verified, name not checked.</summary>
    VerifyCa,

    /// <summary>Encrypted, nothing verified.</summary>
    Require,

    /// <summary>Not encrypted.</summary>
    Disable,
}

/// <summary>Where the source is. Holds no secret.</summary>
public sealed record SourceEndpoint
{
    /// <summary>PostgreSQL's own port.</summary>
    public const int DefaultPort = 5432;

    /// <summary>Host name or address.</summary>
    public required string Host { get; init; }

    /// <summary>Port.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>Database.</summary>
    public required string Database { get; init; }

    /// <summary>TLS for this session.</summary>
    public TlsMode Tls { get; init; } = TlsMode.VerifyFull;

    /// <summary>Certificates to trust instead of the machine's own, as PEM text.</summary>
    public string? CaCertificatePem { get; init; }

    /// <summary>The host name the provider's console shows, when it is not <see cref="Host"/> (a tunnel, the sandbox).</summary>
    public string? ConsoleHost { get; init; }

    /// <summary>The bastion the wizard's own sessions go through; null when they go straight. The host's name is then found by the bastion.</summary>
    public SshEndpoint? Ssh { get; init; }

    /// <summary>The name to show in guides.</summary>
    public string ShownHost => ConsoleHost ?? Host;
}
