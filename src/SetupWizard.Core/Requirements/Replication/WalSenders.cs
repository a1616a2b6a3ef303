using System.Globalization;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements.Replication;

/// <summary>
/// SW204: at least two WAL senders, one of them free. ClickPipes refuses fewer than two.
/// See <see href="https://www.postgresql.org/docs/current/runtime-config-replication.html#GUC-MAX-WAL-SENDERS"/>.
/// </summary>
public sealed class WalSenders : IRequirement
{
    private const string Setting = "max_wal_senders";
    private const long Least = 2;
    private const long Usual = 10;

    /// <inheritdoc/>
    public RequirementId Id => RequirementId.WalSenders;

    /// <inheritdoc/>
    public Area Area => Area.Replication;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["too-few", "none-free", "pending", Verdicts.UnreadableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "pg_settings", "pg_stat_replication", "pg_roles") is { } blind)
        {
            yield return blind;
            yield break;
        }

        var snapshot = context.Snapshot;
        if (!snapshot.Settings.TryGetValue(Setting, out var fact) || fact.Number is not { } most)
        {
            yield return this.Unreadable(Setting, "not listed");
            yield break;
        }

        var used = snapshot.WalSendersInUse;
        var raised = Math.Max(Usual, used + 4L).ToString(CultureInfo.InvariantCulture);
        (string, object?)[] arguments = [("max", most), ("used", used), ("free", most - used), ("raised", raised)];
        var finding = most >= Least && most > used ? this.Satisfied(arguments)
            : fact.PendingRestart ? this.Finding(FindingState.Pending, "pending", arguments) with { Fixes = ParameterChanges.Restart(context, Id, Setting) }
            : ParameterChanges.Raise(context, this.Finding(FindingState.Blocking, most < Least ? "too-few" : "none-free", arguments), Setting, raised);
        yield return finding with
        {
            Actual = used.ToString(CultureInfo.InvariantCulture) + "/" + most.ToString(CultureInfo.InvariantCulture),
            Desired = raised,
            Evidence = [new Evidence(Setting, fact.Value)],
        };
    }
}
