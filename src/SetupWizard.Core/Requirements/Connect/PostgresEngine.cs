using System.Text.RegularExpressions;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements.Connect;

/// <summary>SW103: it is PostgreSQL, not something that only speaks its protocol.</summary>
public sealed partial class PostgresEngine : IRequirement
{
    private const string CosmosMarker = "citus";

    /// <inheritdoc/>
    public RequirementId Id => RequirementId.Engine;

    /// <inheritdoc/>
    public Area Area => Area.Connect;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["not-postgres"];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        var server = context.Snapshot.Server;
        var engine = EngineOf(server.VersionText)
            ?? (CosmosHost().IsMatch(context.Endpoint.Host) && server.Markers.Contains(CosmosMarker) ? "Azure Cosmos DB for PostgreSQL" : null);
        var finding = engine is null ? this.Satisfied() : this.Finding(FindingState.Blocking, "not-postgres", ("engine", engine));
        yield return finding with
        {
            Actual = engine ?? "PostgreSQL",
            Desired = "PostgreSQL",
            Evidence = [new Evidence("version()", server.VersionText)],
        };
    }

    private static string? EngineOf(string version) => version switch
    {
        _ when version.Contains("-YB-", StringComparison.Ordinal) || version.Contains("Yugabyte", StringComparison.OrdinalIgnoreCase) => "YugabyteDB",
        _ when version.Contains("CockroachDB", StringComparison.OrdinalIgnoreCase) => "CockroachDB",
        _ when version.Contains("Redshift", StringComparison.OrdinalIgnoreCase) => "Amazon Redshift",
        _ => null,
    };

    [GeneratedRegex(@"(\.postgres\.cosmos\.azure\.com|^c[-.].+\.postgres\.database\.azure\.com)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex CosmosHost();
}
