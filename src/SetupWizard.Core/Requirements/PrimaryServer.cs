using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements;

/// <summary>
/// SW106: the server is the primary. From version 16 a standby can serve a slot when <c>hot_standby_feedback</c> is on, but everything is made on
/// the primary. See <see href="https://www.postgresql.org/docs/current/logicaldecoding-explanation.html"/>.
/// </summary>
public sealed class PrimaryServer : IRequirement
{
    private const int StandbyDecodingSince = 16;

    /// <inheritdoc/>
    public RequirementId Id => RequirementId.Primary;

    /// <inheritdoc/>
    public WizardStep Step => WizardStep.Connect;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["standby", "standby-without-feedback", "standby-usable", Verdicts.UnreadableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.Blind(context, "session") is { } blind)
        {
            yield return blind;
            yield break;
        }

        var server = context.Snapshot.Server;
        var feedback = context.Snapshot.Setting("hot_standby_feedback");
        (string, object?)[] arguments = [("host", context.Endpoint.Host), ("version", server.Version)];
        var finding = !server.InRecovery ? this.Ok(arguments)
            : server.Major < StandbyDecodingSince ? this.Say(FindingState.Blocking, "standby", arguments)
            : feedback == "on" ? this.Say(FindingState.Warning, "standby-usable", arguments)
            : this.Say(FindingState.Blocking, "standby-without-feedback", arguments);
        yield return finding with
        {
            Actual = server.InRecovery ? "standby" : "primary",
            Desired = "primary",
            Evidence = server.InRecovery && feedback is not null ? [new Evidence("hot_standby_feedback", feedback)] : [],
        };
    }
}
