using System.Globalization;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements.Replication;

/// <summary>
/// SW210: as many background workers as the provider's manual asks for beside logical replication.
/// See <see href="https://www.postgresql.org/docs/current/runtime-config-resource.html#GUC-MAX-WORKER-PROCESSES"/>.
/// </summary>
public sealed class WorkerProcesses : IRequirement
{
    private const string Setting = "max_worker_processes";

    /// <inheritdoc/>
    public RequirementId Id => RequirementId.WorkerProcesses;

    /// <inheritdoc/>
    public Area Area => Area.Replication;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["low", "pending", Verdicts.UnreadableCase, Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        var provider = context.Provider;
        if (provider.WorkerProcesses is not { } wanted)
        {
            yield return this.NotApplicable(("provider", provider.Name));
            yield break;
        }

        if (this.UnknownIfUnreadable(context, "pg_settings", "pg_roles") is { } blind)
        {
            yield return blind;
            yield break;
        }

        if (!context.Snapshot.Settings.TryGetValue(Setting, out var fact) || fact.Number is not { } actual)
        {
            yield return this.Unreadable(Setting, "not listed");
            yield break;
        }

        var desired = wanted.ToString(CultureInfo.InvariantCulture);
        (string, object?)[] arguments = [("value", fact.Value), ("wanted", desired), ("provider", provider.Name)];
        yield return (actual >= wanted ? this.Satisfied(arguments)
            : fact.PendingRestart ? this.Finding(FindingState.Advice, "pending", arguments) with { Fixes = ParameterChanges.Restart(context, Id, Setting) }
            : ParameterChanges.Raise(context, this.Finding(FindingState.Advice, "low", arguments), Setting, desired)) with
        {
            Actual = fact.Value,
            Desired = desired,
            Evidence = [new Evidence(Setting, fact.Value)],
        };
    }
}
