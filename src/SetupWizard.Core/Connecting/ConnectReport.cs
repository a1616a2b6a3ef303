using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Connecting;

/// <summary>The stages of a connection, in order.</summary>
public enum ConnectStage
{
    /// <summary>Open the SSH tunnel; only when the endpoint names a bastion.</summary>
    Tunnel,

    /// <summary>Resolve the host name.</summary>
    Resolve,

    /// <summary>Open a TCP connection.</summary>
    Reach,

    /// <summary>Start TLS.</summary>
    Tls,

    /// <summary>Log in.</summary>
    LogIn,

    /// <summary>Open the database and read the settings.</summary>
    Read,
}

/// <summary>Where a stage stands.</summary>
public enum StageState
{
    /// <summary>Not started.</summary>
    NotStarted,

    /// <summary>Under way.</summary>
    Running,

    /// <summary>Done.</summary>
    Passed,

    /// <summary>Failed.</summary>
    Failed,

    /// <summary>Not needed, for example TLS when it is turned off.</summary>
    Skipped,
}

/// <summary>One stage of a connection.</summary>
/// <param name="Stage">Which.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Detail">A machine-short fact: the address found, the TLS version.</param>
public sealed record StageResult(ConnectStage Stage, StageState State, TimeSpan Elapsed, string? Detail = null);

/// <summary>A way out that one click can take: another endpoint to try, with the reason's text key.</summary>
/// <param name="Key">Selects the label (<c>Proposal.{Key}</c>): <c>use-direct-host</c>, <c>turn-tls-on</c>, <c>use-database</c>, <c>encrypt-only</c>, <c>trust-host-key</c>.</param>
/// <param name="Endpoint">The endpoint to use instead.</param>
public sealed record EndpointProposal(string Key, SourceEndpoint Endpoint);

/// <summary>What the server's certificate says about itself.</summary>
/// <param name="Subject">Whom it names.</param>
/// <param name="Issuer">Who signed it.</param>
/// <param name="NotAfter">When it ends.</param>
/// <param name="DnsNames">The names it is for.</param>
public sealed record CertificateFacts(string Subject, string Issuer, DateTimeOffset NotAfter, IReadOnlyList<string> DnsNames);

/// <summary>How a connection went, stage by stage.</summary>
public sealed record ConnectReport
{
    /// <summary>All stages in order.</summary>
    public required IReadOnlyList<StageResult> Stages { get; init; }

    /// <summary>The verdict SW101 (or SW105, SW107 where these own the failure).</summary>
    public required Finding Verdict { get; init; }

    /// <summary>Other endpoints worth one click.</summary>
    public IReadOnlyList<EndpointProposal> Proposals { get; init; } = [];

    /// <summary>The certificate seen, when TLS got that far.</summary>
    public CertificateFacts? Certificate { get; init; }

    /// <summary>The first reading, when the connection succeeded.</summary>
    public Inspection? Inspection { get; init; }

    /// <summary>Whether the source could be opened and read.</summary>
    public bool Succeeded => Inspection?.Snapshot is not null;
}
