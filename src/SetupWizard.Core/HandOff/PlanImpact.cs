using SetupWizard.Core.Model;

namespace SetupWizard.Core.HandOff;

/// <summary>What a plan does to a server that others use, in a line: for whoever is asked to run it.</summary>
/// <param name="Restart">Whether the server has to restart.</param>
/// <param name="Locks">Whether it waits for a lock on a table, for as long as the lock timeout lets it.</param>
/// <param name="MoreWal">Whether it has a lasting cost.</param>
/// <param name="Reversible">Whether every statement has one that takes it back.</param>
public sealed record PlanImpact(bool Restart, bool Locks, bool MoreWal, bool Reversible)
{
    /// <summary>How long a statement waits for a lock before it gives up, in seconds.</summary>
    public const int LockSeconds = 3;

    /// <summary>What a plan for this server does.</summary>
    public static PlanImpact Of(SetupPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        List<SqlChange> changes = [.. plan.Changes, .. plan.Afterwards];
        return new PlanImpact(
            changes.Exists(static c => c.Restart != RestartNeed.None) || plan.ConsoleChanges.Any(static c => c.Restart != RestartNeed.None),
            changes.Exists(static c => c.Risk is ChangeRisk.Lock or ChangeRisk.Cost),
            changes.Exists(static c => c.Risk == ChangeRisk.Cost),
            changes.TrueForAll(static c => c.Undo is not null));
    }

    /// <summary>What a file says of it; null of a file from before files said so.</summary>
    public static PlanImpact? Of(PlanFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file.Statements.All(static s => s is { Risk: not null, Restart: not null }) && file.Guides.All(static g => g.Restart is not null)
            ? new PlanImpact(
                file.Statements.Any(static s => s.Restart != RestartNeed.None) || file.Guides.Any(static g => g.Restart != RestartNeed.None),
                file.Statements.Any(static s => s.Risk is ChangeRisk.Lock or ChangeRisk.Cost),
                file.Statements.Any(static s => s.Risk == ChangeRisk.Cost),
                file.Statements.All(static s => s.Undo is not null))
            : null;
    }
}
