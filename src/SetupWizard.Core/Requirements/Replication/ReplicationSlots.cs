using System.Globalization;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements.Replication;

/// <summary>
/// SW203: a replication slot is free for the pipe.
/// See <see href="https://www.postgresql.org/docs/current/runtime-config-replication.html#GUC-MAX-REPLICATION-SLOTS"/>.
/// </summary>
public sealed class ReplicationSlots : IRequirement
{
    private const string Setting = "max_replication_slots";

    /// <summary>The server's own default, and what the ClickPipes guides ask for.</summary>
    private const long Usual = 10;

    /// <inheritdoc/>
    public RequirementId Id => RequirementId.ReplicationSlots;

    /// <inheritdoc/>
    public Area Area => Area.Replication;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["none-free", "idle-slots", "one-left", "pending", Verdicts.UnreadableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "pg_settings", "pg_replication_slots", "pg_roles") is { } blind)
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

        var used = snapshot.Slots.Count;
        var free = most - used;
        var raised = Math.Max(Usual, used + 4L).ToString(CultureInfo.InvariantCulture);
        var idle = string.Join(", ", snapshot.Slots.Where(s => !s.Active).Select(s => s.Name));
        (string, object?)[] arguments = [("max", most), ("used", used), ("free", free), ("raised", raised), ("idle", idle)];
        var finding = free > 1 ? this.Satisfied(arguments)
            : fact.PendingRestart ? this.Finding(FindingState.Pending, "pending", arguments) with { Fixes = ParameterChanges.Restart(context, Id, Setting) }
            : this.Finding(free == 1 ? FindingState.Warning : FindingState.Blocking, free == 1 ? "one-left" : idle.Length > 0 ? "idle-slots" : "none-free", arguments) with
            {
                Fixes = ParameterChanges.Set(context, Id, Setting, raised, RestartNeed.Restart),
            };
        yield return finding with
        {
            Actual = used.ToString(CultureInfo.InvariantCulture) + "/" + most.ToString(CultureInfo.InvariantCulture),
            Desired = raised,
            Subjects = finding.State == FindingState.Satisfied ? [] : [.. snapshot.Slots.Select(s => new Subject(SubjectKind.Slot, s.Name, s.Active ? "active" : "idle"))],
            Evidence =
            [
                new Evidence(Setting, fact.Value),
                .. snapshot.Slots.Select(s => new Evidence(s.Name, (s.Active ? "active, " : "idle, ") + (s.RetainedBytes ?? 0).ToString(CultureInfo.InvariantCulture) + " bytes retained")),
            ],
        };
    }
}
