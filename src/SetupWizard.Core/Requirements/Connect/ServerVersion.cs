using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements.Connect;

/// <summary>SW102: a version ClickPipes supports, tried with this wizard, and not one of the minors whose logical decoding runs out of memory.</summary>
public sealed class ServerVersion : IRequirement
{
    /// <summary>The oldest version ClickPipes accepts.</summary>
    public const int OldestMajor = 12;

    /// <summary>
    /// Minors in which decoding asks for ever more memory ("invalid memory alloc request size"); each next minor has the repair.
    /// See <see href="https://www.postgresql.org/docs/release/17.6/"/>.
    /// </summary>
    private static readonly HashSet<int> s_decodingBug = [130021, 140018, 150013, 160009, 170005];

    /// <inheritdoc/>
    public RequirementId Id => RequirementId.ServerVersion;

    /// <inheritdoc/>
    public Area Area => Area.Connect;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["too-old", "decoding-bug", "untested"];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        var server = context.Snapshot.Server;
        var next = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{server.Major}.{(server.VersionNumber % 10000) + 1}");
        (string, object?)[] arguments = [("version", server.Version), ("oldest", OldestMajor), ("next", next), ("newest", PostgresFeatures.NewestTried)];
        var finding = server.Major < OldestMajor ? this.Finding(FindingState.Blocking, "too-old", arguments)
            : s_decodingBug.Contains(server.VersionNumber) ? this.Finding(FindingState.Warning, "decoding-bug", arguments)
            : server.Major > PostgresFeatures.NewestTried ? this.Finding(FindingState.Advice, "untested", arguments)
            : this.Satisfied(arguments);
        yield return finding with
        {
            Actual = server.Version,
            Desired = finding.Case == "decoding-bug" ? next : "12",
            Evidence = [new Evidence("server_version", server.Version)],
        };
    }
}
