using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements.Replication;

/// <summary>SW202: the provider's own switch for logical replication is on, where there is one (Amazon RDS: <c>rds.logical_replication</c>).</summary>
public sealed class RdsLogicalReplication : IRequirement
{
    /// <inheritdoc/>
    public RequirementId Id => RequirementId.RdsLogicalReplication;

    /// <inheritdoc/>
    public Area Area => Area.Replication;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["off", "pending", "no-switch", Verdicts.UnreadableCase, Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "pg_settings") is { } blind)
        {
            yield return blind;
            yield break;
        }

        if (context.Provider.ReplicationSwitch is not { } setting)
        {
            yield return this.NotApplicable(("provider", context.Provider.Name));
            yield break;
        }

        if (!context.Snapshot.Settings.TryGetValue(setting, out var fact))
        {
            yield return this.Finding(FindingState.Unknown, "no-switch", ("setting", setting), ("provider", context.Provider.Name)) with { Desired = "on" };
            yield break;
        }

        var on = fact.Value is "on" or "1" or "true" or "yes";
        (string, object?)[] arguments = [("setting", setting), ("value", fact.Value)];
        var finding = on ? this.Satisfied(arguments)
            : fact.PendingRestart ? this.Finding(FindingState.Pending, "pending", arguments) with { Fixes = ParameterChanges.Restart(context, Id, setting) }
            : this.Finding(FindingState.Blocking, "off", arguments) with
            {
                // The guide hangs on wal_level: turning the switch is how that parameter is changed here.
                Fixes = ParameterChanges.Set(context, Id, "wal_level", "logical", RestartNeed.Restart),
            };
        yield return finding with { Actual = fact.Value, Desired = "on", Evidence = [new Evidence(setting, fact.Value)] };
    }
}
