using Npgsql;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Engine;

/// <summary>What a run reads: before it, whether the plan still fits; after it, which changes are in effect.</summary>
internal sealed class ApplyReadback(ApplyRun run, SourceInspector inspector, UndoReader undos, OpenedSource source)
{
    /// <summary>Retries, and the delay between them, until changes that take effect after a configuration reload are visible.</summary>
    private const int LaterLooks = 25;
    private static readonly TimeSpan s_laterPause = TimeSpan.FromMilliseconds(200);

    /// <summary>When this session had last read the server's configuration before the plan was executed; null when the plan has it read again nowhere.</summary>
    private DateTime? _loaded;

    /// <summary>A password that was set is not to be set again.</summary>
    private SetupGoal GoalAfterwards => run.Plan.Goal with { ResetPassword = false };

    /// <summary>The plan for the facts of now.</summary>
    public async Task<(SetupPlan Plan, Inspection Inspection)> FreshPlanAsync(CancellationToken cancellationToken)
    {
        var inspection = await inspector.InspectAsync(source, run.Target, run.Plan.Goal, cancellationToken).ConfigureAwait(false);
        return (await PlanForAsync(inspection, cancellationToken).ConfigureAwait(false), inspection);
    }

    /// <summary>Remembers, before anything is executed, what tells afterwards that a reload has reached this session.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken) =>
        _loaded = run.Plan.Changes.Any(static c => c.EffectComesLater) ? await LoadedAsync(cancellationToken).ConfigureAwait(false) : null;

    /// <summary>Reads again and says which changes are in effect: success is never inferred from the absence of an error.</summary>
    public async Task ReportAsync(Stop? stop)
    {
        // Until the reload has reached this session, the server does not say which parameters wait for a restart.
        var reloaded = stop is not null || await ReloadedAsync().ConfigureAwait(false);
        var after = stop?.Outcome == ApplyOutcome.ConnectionLost
            ? await inspector.InspectWhenBackAsync(run.Target, GoalAfterwards).ConfigureAwait(false)
            : await InspectAgainAsync().ConfigureAwait(false);
        if (after.Snapshot is null)
        {
            run.Finish(stop?.Outcome ?? ApplyOutcome.ConnectionLost, stop?.Problem ?? ApplyRun.Problem("apply-not-read-back"), after);
            return;
        }

        var (inEffect, missing) = await CompareAsync(after).ConfigureAwait(false);
        for (var look = 0; look < LaterLooks && stop is null && ((missing.Count > 0 && run.Plan.Changes.Any(static c => c.EffectComesLater)) || !reloaded); look++)
        {
            // The server answers before it is so.
            await Task.Delay(s_laterPause, run.Time, CancellationToken.None).ConfigureAwait(false);
            reloaded = reloaded || await ReloadedAsync().ConfigureAwait(false);
            after = await InspectAgainAsync().ConfigureAwait(false);
            if (after.Snapshot is null)
            {
                break;
            }

            (inEffect, missing) = await CompareAsync(after).ConfigureAwait(false);
        }

        var waiting = inEffect.Where(i => WaitsForRestart(run.Plan.Changes[i], after.Snapshot)).ToList();
        var (outcome, problem) = (stop, missing.Count, waiting.Count) switch
        {
            ({ } stopped, _, _) => (stopped.Outcome, stopped.Problem),
            (_, > 0, _) => (ApplyOutcome.NotInEffect, ApplyRun.Problem("apply-not-in-effect", ("count", missing.Count))),
            (_, _, > 0) => (ApplyOutcome.RestartPending, ApplyRun.Problem(
                "apply-restart-pending",
                ("count", waiting.Count),
                ("settings", string.Join(", ", waiting.Select(i => SettingOf(run.Plan.Changes[i])).Distinct(StringComparer.Ordinal))))),
            _ => (ApplyOutcome.Completed, null),
        };
        run.Finish(outcome, problem, after, [.. inEffect.Except(waiting)], missing, waiting);
    }

    /// <summary>Whether the server has the parameter's new value and takes it at its next start only.</summary>
    private static bool WaitsForRestart(SqlChange change, SourceSnapshot? snapshot) =>
        change is { Phase: ChangePhase.Parameters, EffectComesLater: false }
        && SettingOf(change) is { } setting
        && snapshot?.Settings.TryGetValue(setting, out var fact) == true
        && fact.PendingRestart;

    private static string? SettingOf(SqlChange change) => change.Arguments.GetValueOrDefault("setting") as string;

    private async Task<bool> ReloadedAsync()
    {
        try
        {
            return _loaded is not { } before || await LoadedAsync(CancellationToken.None).ConfigureAwait(false) > before;
        }
        catch (Exception e) when (ApplyProblems.IsConnectionLost(e) || e is PostgresException or InvalidOperationException)
        {
            // Reading again, which comes next, says what has become of the connection.
            return true;
        }
    }

    private async Task<DateTime> LoadedAsync(CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand("SELECT pg_catalog.pg_conf_load_time()", source.Connection);
        await using (command.ConfigureAwait(false))
        {
            return (DateTime)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
        }
    }

    /// <summary>Which changes are in effect, and which a plan for the facts of now would hold again.</summary>
    private async Task<(List<int> InEffect, List<int> Missing)> CompareAsync(Inspection after)
    {
        var plan = await PlanAgainAsync(after).ConfigureAwait(false);
        var left = plan.Changes.Concat(plan.Waiting.Select(w => w.Change)).Select(c => c.Key).ToHashSet(StringComparer.Ordinal);
        var inEffect = new List<int>();
        var missing = new List<int>();
        for (var i = 0; i < run.Plan.Changes.Count; i++)
        {
            if (!run.Plan.Undoing && run.Plan.Changes[i].Leaves is null && !run.Committed.Contains(i))
            {
                // Nothing can be read that would tell, such as a password: what is known of it is what became of its transaction.
                continue;
            }

            (left.Contains(run.Plan.Changes[i].Key) ? missing : inEffect).Add(i);
        }

        return (inEffect, missing);
    }

    private async Task<Inspection> InspectAgainAsync()
    {
        try
        {
            return await inspector.InspectAsync(source, run.Target, GoalAfterwards, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (ApplyProblems.IsConnectionLost(e) || e is PostgresException or InvalidOperationException)
        {
            // A connection that broke before says so by the last of these.
            return await inspector.InspectWhenBackAsync(run.Target, GoalAfterwards).ConfigureAwait(false);
        }
    }

    /// <summary>The plan of the same kind for what was read again. Whatever becomes of the session, what was committed is told.</summary>
    private async Task<SetupPlan> PlanAgainAsync(Inspection after)
    {
        try
        {
            return await PlanForAsync(after, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (run.Plan.Undoing && (ApplyProblems.IsConnectionLost(e) || e is PostgresException or InvalidOperationException))
        {
            return await undos.PlanAsync(run.Target, after, run.Plan.Undo!, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>The plan of the same kind for the facts of now.</summary>
    private async Task<SetupPlan> PlanForAsync(Inspection inspection, CancellationToken cancellationToken) =>
        run.Plan.Undo is { } undo ? await undos.PlanAsync(run.Target, inspection, undo, source.Connection, cancellationToken).ConfigureAwait(false) : Planner.Plan(inspection, run.Plan.Only);
}
