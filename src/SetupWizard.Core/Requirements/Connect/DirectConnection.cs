using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;

namespace SetupWizard.Core.Requirements.Connect;

/// <summary>SW105: no pooler or proxy in between: none of them passes the replication protocol on.</summary>
public sealed class DirectConnection : IRequirement
{
    /// <inheritdoc/>
    public RequirementId Id => RequirementId.DirectConnection;

    /// <inheritdoc/>
    public Area Area => Area.Connect;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["pooler", "pooler-unnamed", "pooler-known"];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        var endpoint = context.Endpoint;
        var pooler = ProviderCatalog.PoolerAt(endpoint);

        // A port alone proves nothing: a server may listen on 6432 itself. A host name of a pooler does.
        var byHost = pooler?.Host is not null;
        if (!byHost && !context.Snapshot.Server.BehindPooler)
        {
            yield return this.Satisfied(("host", endpoint.Host)) with { Actual = "direct", Desired = "direct" };
            yield break;
        }

        var direct = pooler is null ? null : ProviderCatalog.DirectEndpoint(endpoint, pooler);
        (string, object?)[] arguments =
        [
            ("host", endpoint.Host),
            ("pooler", pooler?.Name),
            ("direct", direct?.Host),
            ("port", direct?.Port.ToString(CultureInfo.InvariantCulture)),
        ];
        var finding = this.Finding(FindingState.Blocking, pooler is null ? "pooler-unnamed" : direct is null ? "pooler" : "pooler-known", arguments);
        yield return finding with
        {
            Actual = byHost ? pooler!.Name : "backend process id differs",
            Desired = "direct",
        };
    }
}
