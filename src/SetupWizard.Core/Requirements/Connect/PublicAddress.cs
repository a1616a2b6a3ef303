using System.Net;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements.Connect;

/// <summary>
/// SW502: the host has an address that the internet can reach, or a private path is chosen. Judged by what the name stands for on this machine.
/// </summary>
public sealed class PublicAddress : IRequirement
{
    /// <inheritdoc/>
    public RequirementId Id => RequirementId.PublicAddress;

    /// <inheritdoc/>
    public Area Area => Area.Connect;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["private", "local", Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        // Behind a tunnel the address is the tunnel's.
        var addresses = context.Snapshot.Addresses.Select(a => IPAddress.TryParse(a, out var address) ? address : null).OfType<IPAddress>().ToList();
        var shown = string.Join(", ", addresses.Select(a => a.ToString()));
        (string, object?)[] arguments = [("host", context.Endpoint.Host), ("address", shown)];
        if (context.Goal.Network != NetworkPath.Public || context.Endpoint.ConsoleHost is not null || addresses.Count == 0)
        {
            yield return this.NotApplicable(arguments);
            yield break;
        }

        yield return (addresses.Exists(IpScope.IsPublic) ? this.Satisfied(arguments)
            : addresses.TrueForAll(IPAddress.IsLoopback) ? this.Finding(FindingState.Advice, "local", arguments)
            : this.Finding(FindingState.Warning, "private", arguments)) with
        {
            Actual = shown,
            Evidence = [new Evidence(context.Endpoint.Host, shown)],
        };
    }
}
