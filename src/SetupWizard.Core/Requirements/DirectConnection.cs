using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements;

/// <summary>SW105: no pooler or proxy in between: none of them passes the replication protocol on.</summary>
public sealed class DirectConnection : IRequirement
{
    /// <inheritdoc/>
    public RequirementId Id => RequirementId.DirectConnection;

    /// <inheritdoc/>
    public WizardStep Step => WizardStep.Connect;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["pooler", "pooler-known"];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        var endpoint = context.Endpoint;

        // A port alone proves nothing: a server may listen on 6432 itself. A host name of a pooler does.
        var byHost = context.Provider.Poolers.FirstOrDefault(p =>
            p.Host is not null && p.Host.IsMatch(endpoint.Host) && (p.Port is null || p.Port == endpoint.Port));
        if (byHost is null && !context.Snapshot.Server.BehindPooler)
        {
            yield return this.Ok(("host", endpoint.Host)) with { Actual = "direct", Desired = "direct" };
            yield break;
        }

        var pattern = byHost ?? context.Provider.Poolers.FirstOrDefault(p => p.Host is null && p.Port == endpoint.Port);
        var host = pattern?.Host is not null && pattern.DirectHost is not null ? pattern.Host.Replace(endpoint.Host, pattern.DirectHost)
            : pattern is { Host: null } ? endpoint.Host
            : null;
        var port = pattern?.DirectPort ?? SourceEndpoint.DefaultPort;
        var name = pattern?.Name ?? "PgBouncer";
        var finding = host is null
            ? this.Say(FindingState.Blocking, "pooler", ("host", endpoint.Host), ("pooler", name))
            : this.Say(FindingState.Blocking, "pooler-known", ("host", endpoint.Host), ("pooler", name), ("direct", host), ("port", port.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        yield return finding with
        {
            Actual = byHost is null ? "backend process id differs" : byHost.Name,
            Desired = "direct",
        };
    }
}
