using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements.Replication;

/// <summary>
/// SW201: <c>wal_level = logical</c>. From PostgreSQL 19 on <c>replica</c> is enough for the server itself, which shows what is in effect as <c>effective_wal_level</c>; ClickPipes asks for
/// <c>wal_level</c> (from the manual, not tried on a server).
/// See <see href="https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-WAL-LEVEL"/>.
/// </summary>
public sealed class WalLevel : IRequirement
{
    private const string Setting = "wal_level";
    private const string Wanted = "logical";

    /// <inheritdoc/>
    public RequirementId Id => RequirementId.WalLevel;

    /// <inheritdoc/>
    public Area Area => Area.Replication;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["not-logical", "on-demand", "pending", Verdicts.UnreadableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "pg_settings", "pg_roles") is { } blind)
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
        var onDemand = context.Snapshot.Server.Major >= PostgresFeatures.EffectiveWalLevel && fact.Value == "replica";
        var effective = context.Snapshot.Setting("effective_wal_level");
        (string, object?)[] arguments = [("value", fact.Value), ("switch", setting), ("switchValue", value), ("effective", effective ?? fact.Value)];
        var finding = fact.Value == Wanted ? this.Satisfied(arguments)
            : fact.PendingRestart ? this.Finding(FindingState.Pending, "pending", arguments) with { Fixes = ParameterChanges.Restart(context, Id, Setting) }
            : this.Finding(FindingState.Blocking, onDemand ? "on-demand" : "not-logical", arguments) with
            {
                Fixes = ParameterChanges.Set(context, Id, Setting, Wanted, RestartNeed.Restart),
            };
        yield return finding with { Actual = fact.Value, Desired = Wanted, Evidence = [new Evidence(Setting, fact.Value), .. effective is null ? Array.Empty<Evidence>() : [new Evidence("effective_wal_level", effective)]] };
    }
}
