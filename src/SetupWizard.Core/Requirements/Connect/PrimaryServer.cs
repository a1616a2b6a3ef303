using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements.Connect;

/// <summary>
/// SW106: the server is the primary. From version 16 a standby can serve a slot when <c>hot_standby_feedback</c> is on, but everything is made on
/// the primary. See <see href="https://www.postgresql.org/docs/current/logicaldecoding-explanation.html"/>. Where a cluster has names for its readers,
/// the name is the writer's too: see <see href="https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Overview.Endpoints.html"/>.
/// </summary>
public sealed class PrimaryServer : IRequirement
{
    private const int StandbyDecodingSince = 16;

    /// <inheritdoc/>
    public RequirementId Id => RequirementId.Primary;

    /// <inheritdoc/>
    public Area Area => Area.Connect;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["standby", "standby-without-feedback", "standby-usable", "reader", "reader-name", Verdicts.UnreadableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "session") is { } blind)
        {
            yield return blind;
            yield break;
        }

        var server = context.Snapshot.Server;
        var feedback = context.Snapshot.Setting("hot_standby_feedback");
        var host = context.Endpoint.ShownHost;
        var writer = context.Provider.WriterOf(host);
        (string, object?)[] arguments = [("host", host), ("version", server.Version), ("writer", writer ?? "–"), ("provider", context.Provider.ShortName)];
        var finding = !server.InRecovery ? writer is null ? this.Satisfied(arguments) : this.Finding(FindingState.Warning, "reader-name", arguments)
            : context.Provider.WriterAlone ? this.Finding(FindingState.Blocking, "reader", arguments)
            : server.Major < StandbyDecodingSince ? this.Finding(FindingState.Blocking, "standby", arguments)
            : feedback == "on" ? this.Finding(FindingState.Warning, "standby-usable", arguments)
            : this.Finding(FindingState.Blocking, "standby-without-feedback", arguments);
        yield return finding with
        {
            Actual = server.InRecovery ? "standby" : "primary",
            Desired = "primary",
            Evidence = server.InRecovery && feedback is not null ? [new Evidence("hot_standby_feedback", feedback)] : [],
        };
    }
}
