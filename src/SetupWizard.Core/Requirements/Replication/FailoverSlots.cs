using System.Globalization;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements.Replication;

/// <summary>
/// SW211: a standby is ready to take the slots over. We see the settings of this server only; the standby's are the same where a provider keeps them so.
/// See <see href="https://www.postgresql.org/docs/17/logical-replication-failover.html"/>.
/// </summary>
public sealed class FailoverSlots : IRequirement
{
    private static readonly string[] s_settings = ["sync_replication_slots", "hot_standby_feedback"];

    /// <inheritdoc/>
    public RequirementId Id => RequirementId.FailoverSlots;

    /// <inheritdoc/>
    public Area Area => Area.Replication;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["off", "pipe-off", Verdicts.UnreadableCase, Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (context.Snapshot.Server.Major < PostgresFeatures.FailoverSlots)
        {
            yield return this.NotApplicable();
            yield break;
        }

        if (this.UnknownIfUnreadable(context, "pg_settings", "pg_stat_replication", "session", "pg_roles") is { } blind)
        {
            yield return blind;
            yield break;
        }

        var snapshot = context.Snapshot;
        if (snapshot.Standbys == 0 || snapshot.Server.InRecovery)
        {
            yield return this.NotApplicable();
            yield break;
        }

        if (s_settings.FirstOrDefault(s => snapshot.Setting(s) is null) is { } missing)
        {
            yield return this.Unreadable(missing, "not listed");
            yield break;
        }

        var off = s_settings.Where(s => snapshot.Setting(s) != "on").ToList();
        (string, object?)[] arguments = [("standbys", snapshot.Standbys), ("settings", string.Join(", ", off.Select(s => s + " = on")))];
        yield return (off.Count > 0 ? this.Finding(FindingState.Advice, "off", arguments) : context.Goal.Pipe.FailoverSlots ? this.Satisfied(arguments) : this.Finding(FindingState.Advice, "pipe-off", arguments)) with
        {
            Actual = string.Join(", ", s_settings.Select(s => s + " = " + snapshot.Setting(s))),
            Desired = string.Join(", ", s_settings.Select(s => s + " = on")),
            Subjects = [.. off.Select(s => new Subject(SubjectKind.Setting, s))],

            // One reload, behind all that it has to bring in.
            Fixes = [.. off.SelectMany(s => ParameterChanges.Set(context, Id, s, "on", RestartNeed.None)).OrderBy(c => c is SqlChange { EffectComesLater: true })],
            Evidence = [.. s_settings.Select(s => new Evidence(s, snapshot.Setting(s)!)), new Evidence("standbys", snapshot.Standbys.ToString(CultureInfo.InvariantCulture))],
        };
    }
}
