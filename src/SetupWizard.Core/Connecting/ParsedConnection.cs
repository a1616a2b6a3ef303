using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Connecting;

/// <summary>Something a pasted text says that was not used, or was used in another way than it is written. Holds no secret.</summary>
/// <param name="Key">What, as a lower-case word with hyphens. The sentence is <c>Remark.{Key}</c>.</param>
/// <param name="Value">The name, host or number it is about; empty when there is nothing to name.</param>
public sealed record ConnectionRemark(string Key, string Value = "");

/// <summary>What a pasted connection string says. A part that it does not mention is null.</summary>
public sealed record ParsedConnection
{
    /// <summary>Host name or address.</summary>
    public string? Host { get; init; }

    /// <summary>Port.</summary>
    public int? Port { get; init; }

    /// <summary>Database.</summary>
    public string? Database { get; init; }

    /// <summary>Login.</summary>
    public string? User { get; init; }

    /// <summary>Its password.</summary>
    public SecretString? Password { get; init; }

    /// <summary>TLS; null when nothing was said, or something that leaves it open (<c>prefer</c>).</summary>
    public TlsMode? Tls { get; init; }

    /// <summary>Weak ways of logging in that the text agrees to.</summary>
    public WeakAuth AgreedAuth { get; init; }

    /// <summary>The path of a file with CA certificates, on the machine the string was made for.</summary>
    public string? CaFile { get; init; }

    /// <summary>What could not be used, and stands in the way of connecting.</summary>
    public IReadOnlyList<FieldProblem> Problems { get; init; } = [];

    /// <summary>What was not used, and what was understood in a way somebody should know of.</summary>
    public IReadOnlyList<ConnectionRemark> Remarks { get; init; } = [];

    /// <summary>Whether the text has a mark where the password goes, which is not one.</summary>
    public bool PasswordLeftOut => Remarks.Any(static r => r.Key == "placeholder-password");

    /// <summary>The endpoint; null when there is no usable host.</summary>
    public SourceEndpoint? ToEndpoint() => Host is null || Problems.Any(p => p.Field is "host" or "port")
        ? null
        : new SourceEndpoint { Host = Host, Port = Port ?? SourceEndpoint.DefaultPort, Database = Database ?? User ?? "postgres", Tls = Tls ?? TlsMode.VerifyFull, AgreedAuth = AgreedAuth };
}
