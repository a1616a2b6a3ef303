using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;

namespace SetupWizard.Core.Requirements.Connect;

/// <summary>SW104: the chosen provider is the one the host name and the server speak of.</summary>
public sealed class ProviderMatch : IRequirement
{
    /// <inheritdoc/>
    public RequirementId Id => RequirementId.ProviderMatch;

    /// <inheritdoc/>
    public Area Area => Area.Connect;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["mismatch", "unconfirmed"];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        var detection = context.Detection;
        var provider = context.Provider;
        (string, object?)[] arguments = [("provider", provider.Name), ("detected", ProviderCatalog.Find(detection.Provider)?.Name ?? detection.Provider), ("evidence", detection.Evidence)];
        var managed = provider.MarkerFunctions.Count + provider.MarkerRoles.Count + provider.MarkerSettings.Count > 0;
        var finding = detection.Provider is null
            ? managed ? this.Finding(FindingState.Warning, "unconfirmed", arguments) : this.Satisfied(arguments)
            : detection.Provider == provider.Id ? this.Satisfied(arguments)
            : this.Finding(FindingState.Warning, "mismatch", arguments);
        yield return finding with
        {
            Actual = detection.Provider ?? "",
            Desired = provider.Id,
            Evidence = detection.Evidence is null ? [] : [new Evidence(detection.Source == DetectionSource.HostName ? "host" : "server", detection.Evidence)],
        };
    }
}
