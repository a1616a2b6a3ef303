using System.Runtime.CompilerServices;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;
using SetupWizard.Sessions.Runs;
using SetupWizard.Sessions.Steps;

namespace SetupWizard.Components.Gallery;

/// <summary>Runs of plans, each as far as it is shown. Nothing is executed: what happened in them was written beforehand.</summary>
public static class SampleRuns
{
    private static readonly ServerMessage s_notice = new("01007", "no privileges were granted for \"invoices\"");

    /// <summary>A run in each state, by what it shows.</summary>
    /// <param name="plan">Changes that this login makes.</param>
    /// <param name="restarting">Changes of which some wait for a restart.</param>
    /// <param name="undo">A plan that takes changes back.</param>
    /// <param name="before">A reading from before.</param>
    /// <param name="after">A reading from after.</param>
    public static IReadOnlyList<(string State, SetupRun Run)> Of(SetupPlan plan, SetupPlan restarting, SetupPlan undo, Inspection before, Inspection after)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(restarting);
        ArgumentNullException.ThrowIfNull(undo);
        var all = Indexes(plan);
        var last = all[^1];
        var later = Indexes(restarting).Where(i => restarting.Changes[i].Kind == SqlChange.AlterSystemKind).ToList();
        var phase = all.Where(i => plan.Changes[i].Phase == plan.Changes[last].Phase).ToList();
        return
        [
            ("running", Run(plan, dryRun: false, ends: false, [.. Done(plan, 2), new ChangeStarted(2, plan.Changes[2]) { At = SampleSource.Noon }])),
            ("completed", Run(plan, dryRun: false, ends: true, [.. Done(plan, all.Count), new ChangeNotice(1, s_notice) { At = SampleSource.Noon }, Finished(ApplyOutcome.Completed, all, [], after)])),
            ("restart pending", Run(restarting, dryRun: false, ends: true,
            [
                .. Done(restarting, restarting.Changes.Count),
                Finished(ApplyOutcome.RestartPending, [.. Indexes(restarting).Except(later)], [], after) with { Waiting = later },
            ])),
            ("failed", Run(plan, dryRun: false, ends: true,
            [
                .. Done(plan, last),
                new ChangeFailed(last, SampleFindings.LockedBy) { At = SampleSource.Noon },
                new PhaseRolledBack(plan.Changes[last].Phase, phase) { At = SampleSource.Noon },
                Finished(ApplyOutcome.Failed, [.. all.Except(phase)], phase, before, SampleFindings.LockedBy),
            ])),
            ("dry run", Run(plan, dryRun: true, ends: true, [.. Done(plan, all.Count), Finished(ApplyOutcome.RolledBack, [], all, before)])),
            ("stale", Run(plan, dryRun: false, ends: true,
            [
                new PlanStale([new(plan.Findings[0].Id, plan.Findings[0], null)], plan) { At = SampleSource.Noon },
                Finished(ApplyOutcome.Stale, [], all, before, new Problem("apply-stale", SampleFindings.Named())),
            ])),
            ("undone", Run(undo, dryRun: false, ends: true, [.. Done(undo, undo.Changes.Count), Finished(ApplyOutcome.Completed, Indexes(undo), [], before)])),
        ];
    }

    /// <summary>What would take the changes of a plan back, with something in the way and something that stays.</summary>
    public static SetupPlan Undo(SetupPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var changes = plan.Changes.Reverse().Where(static c => c.Undo is not null).Select(Back).ToList();
        return new SetupPlan
        {
            Goal = plan.Goal,
            Provider = plan.Provider,
            Undo = UndoRequest.OfGoal,
            Changes = changes,
            LeftAlone = [new(changes[^1], new Problem("undo-left-changed", SampleFindings.Named(("now", "30s"), ("set", "0"), ("statement", changes[^1].Statement.Display))))],
            Fingerprint = "sample",
        };
    }

    /// <summary>A plan to undo while a pipe reads.</summary>
    public static SetupPlan Obstructed(SetupPlan undo)
    {
        ArgumentNullException.ThrowIfNull(undo);
        return undo with
        {
            Obstacles =
            [
                new Problem("undo-slot-active", SampleFindings.Named(("slots", "peerflow_slot_shop"), ("count", 1), ("readers", "peerdb_shop (pid 4711)"), ("publication", SetupGoal.DefaultPublication))),
                new Problem("undo-slot-idle", SampleFindings.Named(("slots", "peerflow_slot_shop_old"), ("count", 1), ("publication", SetupGoal.DefaultPublication))),
            ],
        };
    }

    private static SqlChange Back(SqlChange change) => new()
    {
        For = change.For,
        Kind = AuditTrail.UndoPrefix + change.Kind,
        Phase = change.Phase,
        Statement = change.Undo ?? SqlText.Nothing,
        Arguments = change.Arguments,
    };

    private static List<int> Indexes(SetupPlan plan) => [.. Enumerable.Range(0, plan.Changes.Count)];

    /// <summary>The first changes of a plan, executed and committed.</summary>
    private static IEnumerable<ApplyEvent> Done(SetupPlan plan, int count)
    {
        yield return new ApplyStarted(plan.Changes.Count, false) { At = SampleSource.Noon };
        foreach (var index in Enumerable.Range(0, count))
        {
            yield return new ChangeStarted(index, plan.Changes[index]) { At = SampleSource.Noon };
            yield return new ChangeExecuted(index, TimeSpan.FromMilliseconds(4 + (index * 3))) { At = SampleSource.Noon };
            yield return new PhaseCommitted(plan.Changes[index].Phase, [index]) { At = SampleSource.Noon };
        }
    }

    private static ApplyFinished Finished(ApplyOutcome outcome, IReadOnlyList<int> inEffect, IReadOnlyList<int> notInEffect, Inspection? after, Problem? problem = null) =>
        new(outcome, problem, inEffect, notInEffect, after) { At = SampleSource.Noon };

    private static SetupRun Run(SetupPlan plan, bool dryRun, bool ends, IReadOnlyList<ApplyEvent> events)
    {
        var run = new SetupRun(plan, WizardStep.Access, dryRun);
        _ = run.RunAsync(stop => Tell(events, ends, stop), static () => { }, static _ => { });
        return run;
    }

    private static async IAsyncEnumerable<ApplyEvent> Tell(IReadOnlyList<ApplyEvent> events, bool ends, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var happened in events)
        {
            yield return happened;
        }

        if (!ends)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }
    }
}
