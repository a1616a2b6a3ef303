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

/// <summary>
/// Ways of logging in by which whoever asks learns the password, or what it can be guessed from; the words of libpq's <c>require_auth</c>
/// (<see href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-REQUIRE-AUTH"/>).
/// </summary>
[Flags]
public enum WeakAuth
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>As an MD5 hash with the server's salt: <c>md5</c>.</summary>
    Md5 = 1,

    /// <summary>As it is: <c>password</c>.</summary>
    Password = 2,
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

    /// <summary>Weak ways of logging in that somebody agreed to although nothing proves who answers (<see cref="IsProved"/>).</summary>
    public WeakAuth AgreedAuth { get; init; }

    /// <summary>
    /// Whether the way proves who answers: by a certificate that is verified, by a bastion whose key is known, or because it does not leave this machine. Where it does not, a
    /// password is sent only in a way that tells nothing about it (SCRAM).
    /// </summary>
    public bool IsProved => Tls is TlsMode.VerifyFull or TlsMode.VerifyCa || Ssh is not null || LeadsHere;

    /// <summary>Whether the host is this machine, by a name that leads any other one to itself.</summary>
    public bool LeadsHere => string.Equals(Host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (System.Net.IPAddress.TryParse(Host, out var address) && System.Net.IPAddress.IsLoopback(address));

    /// <summary>The name to show in guides.</summary>
    public string ShownHost => ConsoleHost ?? Host;

    /// <summary>
    /// Which database this is, in the audit, in the log and among drafts: host, port and database name. An address, or a name without a domain, says which server only
    /// together with the bastion it is seen from: behind another bastion, the same one is another server.
    /// </summary>
    public string Identity
    {
        get
        {
            var name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Host.ToLowerInvariant()}:{Port}/{Database}");
            var local = System.Net.IPAddress.TryParse(Host, out _) || !Host.Contains('.', StringComparison.Ordinal);
            return local && Ssh is { } ssh ? name + " via " + ssh.Address.ToLowerInvariant() : name;
        }
    }
}
