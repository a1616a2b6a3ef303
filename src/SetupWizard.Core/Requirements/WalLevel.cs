using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements;

/// <summary>
/// SW201: <c>wal_level = logical</c>.
/// See <see href="https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-WAL-LEVEL"/>.
/// </summary>
public sealed class WalLevel : IRequirement
{
    private const string Setting = "wal_level";
    private const string Wanted = "logical";

    /// <inheritdoc/>
    public RequirementId Id => RequirementId.WalLevel;

    /// <inheritdoc/>
    public WizardStep Step => WizardStep.Replication;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["not-logical", "pending", Verdicts.UnreadableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.Blind(context, "pg_settings", "pg_roles") is { } blind)
        {
            yield return blind;
            yield break;
        }

        if (!context.Snapshot.Settings.TryGetValue(Setting, out var fact))
        {
            yield return this.Unreadable(Setting, "not listed");
            yield break;
        }

        var (setting, value) = ParameterChanges.Shown(context, Setting, Wanted);
        (string, object?)[] arguments = [("value", fact.Value), ("switch", setting), ("switchValue", value)];
        var finding = fact.Value == Wanted ? this.Ok(arguments)
            : fact.PendingRestart ? this.Say(FindingState.Pending, "pending", arguments) with { Fixes = ParameterChanges.Restart(context, Id, Setting) }
            : this.Say(FindingState.Blocking, "not-logical", arguments) with
            {
                Fixes = ParameterChanges.Set(context, Id, Setting, Wanted, RestartNeed.Restart),
            };
        yield return finding with { Actual = fact.Value, Desired = Wanted, Evidence = [new Evidence(Setting, fact.Value)] };
    }
}
