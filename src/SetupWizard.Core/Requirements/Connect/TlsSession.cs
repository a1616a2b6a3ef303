using System.Net;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements.Connect;

/// <summary>SW107: this session is encrypted with TLS 1.2 or later, and the certificate was verified.</summary>
public sealed class TlsSession : IRequirement
{
    /// <inheritdoc/>
    public RequirementId Id => RequirementId.Tls;

    /// <inheritdoc/>
    public Area Area => Area.Connect;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["off", "off-local", "old", "not-verified", "name-not-checked", Verdicts.UnreadableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "session") is { } blind)
        {
            yield return blind;
            yield break;
        }

        var version = context.Snapshot.Server.TlsVersion;
        var local = IsLocal(context.Endpoint.Host);
        (string, object?)[] arguments = [("version", version ?? ""), ("host", context.Endpoint.Host)];
        var finding = version is null
            ? local ? this.Finding(FindingState.Advice, "off-local", arguments) : this.Finding(FindingState.Warning, "off", arguments)
            : version is "TLSv1" or "TLSv1.1" ? this.Finding(FindingState.Warning, "old", arguments)
            : context.Endpoint.Tls switch
            {
                // To this very machine there is no name a certificate could prove.
                TlsMode.Require or TlsMode.Disable => this.Finding(local ? FindingState.Advice : FindingState.Warning, "not-verified", arguments),
                TlsMode.VerifyCa => this.Finding(FindingState.Advice, "name-not-checked", arguments),
                _ => this.Satisfied(arguments),
            };
        yield return finding with
        {
            Actual = version ?? "off",
            Desired = "TLSv1.2",
            Evidence = [new Evidence("ssl", version ?? "off"), new Evidence("sslmode", context.Endpoint.Tls.ToString())],
        };
    }

    private static bool IsLocal(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.StartsWith('/')
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
