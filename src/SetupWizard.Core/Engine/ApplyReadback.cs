using Npgsql;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Model;
using SetupWizard.Core.Source;

namespace SetupWizard.Core.Engine;

/// <summary>What a run reads: before it, whether the plan still fits; after it, which changes are in effect.</summary>
internal sealed class ApplyReadback(ApplyRun run, SetupRunner runner, OpenedSource source)
{
    /// <summary>How often, and how long apart, the server is read again until what comes later has come.</summary>
    private const int LaterLooks = 25;
    private static readonly TimeSpan s_laterPause = TimeSpan.FromMilliseconds(200);

    /// <summary>A password that was set is not to be set again.</summary>
    private SetupGoal GoalAfterwards => run.Plan.Goal with { ResetPassword = false };

    /// <summary>The plan for the facts of now.</summary>
    public async Task<(SetupPlan Plan, Inspection Inspection)> FreshPlanAsync(CancellationToken cancellationToken)
    {
        var inspection = await runner.InspectAsync(source, run.Target, run.Plan.Goal, cancellationToken).ConfigureAwait(false);
        return (await PlanForAsync(inspection, cancellationToken).ConfigureAwait(false), inspection);
    }

    /// <summary>Reads again and says which changes are in effect: success is never inferred from the absence of an error.</summary>
    public async Task ReportAsync(Stop? stop)
    {
        var after = stop?.Outcome == ApplyOutcome.ConnectionLost
            ? await runner.InspectWhenBackAsync(run.Target, GoalAfterwards).ConfigureAwait(false)
            : await InspectAgainAsync().ConfigureAwait(false);
        if (after.Snapshot is null)
        {
            run.Finish(stop?.Outcome ?? ApplyOutcome.ConnectionLost, stop?.Problem ?? ApplyRun.Problem("apply-not-read-back"), after);
            return;
        }

        var (inEffect, missing) = await CompareAsync(after).ConfigureAwait(false);
        for (var look = 0; look < LaterLooks && stop is null && missing.Count > 0 && run.Plan.Changes.Any(c => c.EffectComesLater); look++)
        {
            // The server answers before it is so.
            await Task.Delay(s_laterPause, run.Time, CancellationToken.None).ConfigureAwait(false);
            after = await InspectAgainAsync().ConfigureAwait(false);
            if (after.Snapshot is null)
            {
                break;
            }

            (inEffect, missing) = await CompareAsync(after).ConfigureAwait(false);
        }

        if (stop?.Outcome == ApplyOutcome.ConnectionLost && !run.Plan.Undoing)
        {
            // Whatever the second reading found in effect belongs to the undo, too.
            foreach (var index in inEffect.Where(i => !run.Committed.Contains(i)))
            {
                await run.RecordAsync(index, AuditEvent.InEffect).ConfigureAwait(false);
            }
        }

        var outcome = stop?.Outcome ?? (missing.Count == 0 ? ApplyOutcome.Completed : ApplyOutcome.NotInEffect);
        var problem = stop?.Problem ?? (missing.Count == 0 ? null : ApplyRun.Problem("apply-not-in-effect", ("count", missing.Count)));
        run.Finish(outcome, problem, after, inEffect, missing);
    }

    /// <summary>Which changes are in effect, and which a plan for the facts of now would hold again.</summary>
    private async Task<(List<int> InEffect, List<int> Missing)> CompareAsync(Inspection after)
    {
        var left = (await PlanForAsync(after, CancellationToken.None).ConfigureAwait(false)).Changes.Select(c => c.Key).ToHashSet(StringComparer.Ordinal);
        var inEffect = new List<int>();
        var missing = new List<int>();
        for (var i = 0; i < run.Plan.Changes.Count; i++)
        {
            (left.Contains(run.Plan.Changes[i].Key) ? missing : inEffect).Add(i);
        }

        return (inEffect, missing);
    }

    private async Task<Inspection> InspectAgainAsync()
    {
        try
        {
            return await runner.InspectAsync(source, run.Target, GoalAfterwards, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (ApplyProblems.IsConnectionLost(e) || e is PostgresException or InvalidOperationException)
        {
            // A connection that broke before says so by the last of these.
            return await runner.InspectWhenBackAsync(run.Target, GoalAfterwards).ConfigureAwait(false);
        }
    }

    /// <summary>The plan of the same kind for the facts of now.</summary>
    private async Task<SetupPlan> PlanForAsync(Inspection inspection, CancellationToken cancellationToken) =>
        run.Plan.Undoing ? await runner.UndoPlanAsync(inspection, cancellationToken).ConfigureAwait(false) : Planner.Plan(inspection, run.Plan.Only);
}
