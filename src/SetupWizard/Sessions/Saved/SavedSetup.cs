using System.Text.Json.Serialization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Watching;
using SetupWizard.Sessions.Steps;

namespace SetupWizard.Sessions.Saved;

/// <summary>
/// What is kept of a set-up between sessions: what was chosen, where the database is, and where somebody stopped. There is no place in it for a password,
/// a key or a certificate file.
/// </summary>
public sealed record SavedSetup
{
    /// <summary>The form of file this version writes. A file of a greater number is of a newer version.</summary>
    public const int CurrentFormat = 1;

    public int Format { get; init; } = CurrentFormat;

    public DateTimeOffset SavedAt { get; init; }

    /// <summary>Where somebody stopped.</summary>
    [JsonConverter(typeof(TolerantStepConverter))]
    public WizardStep Step { get; init; } = WizardStep.Connect;

    /// <summary>The provider that was in effect, chosen or detected; null when none.</summary>
    public string? Provider { get; init; }

    public string Host { get; init; } = "";

    public int Port { get; init; } = SourceEndpoint.DefaultPort;

    public string Database { get; init; } = "";

    /// <summary>The administrator's name.</summary>
    public string User { get; init; } = "";

    public TlsMode Tls { get; init; } = TlsMode.VerifyFull;

    public string? SshHost { get; init; }

    public int SshPort { get; init; } = SshEndpoint.DefaultPort;

    public string? SshUser { get; init; }

    public SetupGoal Goal { get; init; } = new();

    /// <summary>What the source looked like when the set-up was finished; null before, and in files of versions that did not keep it.</summary>
    [JsonConverter(typeof(TolerantBaselineConverter))]
    public SetupBaseline? Baseline { get; init; }

    /// <summary>For which addresses somebody said that a firewall lets them in; null when nobody did.</summary>
    public string? AddressesAllowed { get; init; }

    /// <summary>Where the database is, as far as it is kept.</summary>
    [JsonIgnore]
    public SourceEndpoint Endpoint => new()
    {
        Host = Host,
        Port = Port,
        Database = Database,
        Tls = Tls,
        Ssh = SshHost is { Length: > 0 } bastion && SshUser is { } login ? new SshEndpoint { Host = bastion, Port = SshPort, User = login } : null,
    };

    /// <summary>Whether it is about this database.</summary>
    public bool IsFor(SourceEndpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return Endpoint.Identity == endpoint.Identity;
    }
}
