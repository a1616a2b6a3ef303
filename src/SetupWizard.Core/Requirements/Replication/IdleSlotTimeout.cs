using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements.Replication;

/// <summary>
/// SW207: a slot that nobody reads for a while is not given up. From PostgreSQL 18 on a server can be told to.
/// See <see href="https://www.postgresql.org/docs/18/runtime-config-replication.html#GUC-IDLE-REPLICATION-SLOT-TIMEOUT"/>.
/// </summary>
public sealed class IdleSlotTimeout : IRequirement
{
    private const string Setting = "idle_replication_slot_timeout";

    /// <inheritdoc/>
    public RequirementId Id => RequirementId.IdleSlotTimeout;

    /// <inheritdoc/>
    public Area Area => Area.Replication;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["on", Verdicts.UnreadableCase, Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        var server = context.Snapshot.Server;
        if (server.Major < PostgresFeatures.IdleSlotTimeout)
        {
            yield return this.NotApplicable(("version", server.Version));
            yield break;
        }

        if (this.UnknownIfUnreadable(context, "pg_settings", "pg_roles") is { } blind)
        {
            yield return blind;
            yield break;
        }

        if (!context.Snapshot.Settings.TryGetValue(Setting, out var fact) || fact.Number is not { } timeout)
        {
            yield return this.Unreadable(Setting, "not listed");
            yield break;
        }

        yield return (timeout == 0
            ? this.Satisfied()
            : this.Finding(FindingState.Warning, "on", ("value", fact.Value)) with { Fixes = ParameterChanges.Set(context, Id, Setting, "0", RestartNeed.None) }) with
        {
            Actual = fact.Value,
            Desired = "0",
            Evidence = [new Evidence(Setting, fact.Value)],
        };
    }
}
