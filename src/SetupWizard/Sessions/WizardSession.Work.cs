using System.Diagnostics.CodeAnalysis;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Sessions;

/// <content>Work that outlives a page: applying, proving, the sandbox; and the roll-up of steps.</content>
public sealed partial class WizardSession
{
    /// <summary>The sandbox of this session, or the one that is being started; null when there is none.</summary>
    public SandboxState? Sandbox { get; private set; }

    /// <summary>The reading before the first change of this session, and the names it was made for.</summary>
    private (string User, string Publication, SourceSnapshot Snapshot)? Before { get; set; }

    /// <summary>A plan somebody else prepared, opened from a file.</summary>
    public PreparedPlan? Prepared { get; private set; }

    /// <summary>What the whole source needs; null before the first reading.</summary>
    public SetupPlan? WholePlan => Inspection is { } inspection ? _runner.Plan(inspection) : null;

    /// <summary>Takes a plan file. From a signer somebody here agreed to, its goal becomes the session's.</summary>
    public async Task OpenPlanAsync(PreparedPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        Touch();
        Prepared = plan;
        if (plan.Since is null)
        {
            Raise();
            return;
        }

        if (!Connected && Draft is { Host.Length: 0, Database.Length: 0 })
        {
            Draft.Host = plan.File.Server.Host;
            Draft.Port = plan.File.Server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
            Draft.Database = plan.File.Server.Database;
        }

        await SetGoalAsync(plan.File.Goal);
    }

    /// <summary>Puts the plan file away; the goal stays.</summary>
    public void ClosePlan()
    {
        Prepared = null;
        Raise();
    }

    /// <summary>Whether the source is a sandbox.</summary>
    public bool OnSandbox => Sandbox?.Instance is { } sandbox && sandbox.Endpoint == Endpoint;

    /// <summary>Applies a plan as it was shown. Does nothing while another run is under way.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="step">The step it was started from.</param>
    /// <param name="dryRun">Execute and roll back.</param>
    /// <returns>The run under way; null when there is no source.</returns>
    public SetupRun? StartApply(SetupPlan plan, WizardStep step, bool dryRun = false)
    {
        Touch();
        if (Run is { IsRunning: true } running)
        {
            return running;
        }

        if (Target is not { } target)
        {
            return null;
        }

        if (!dryRun && !plan.Undoing && Inspection?.Snapshot is { } snapshot && !Before.HasValue)
        {
            Before = (Goal.User, Goal.Publication, snapshot);
        }

        var run = new SetupRun(plan, step, dryRun);
        run.Changed += Raise;
        Run = run;
        _ = ApplyAsync(run, target);
        return run;
    }

    /// <summary>Puts the last run's report away.</summary>
    public void DismissRun()
    {
        if (Run is { IsRunning: false })
        {
            Run = null;
            Raise();
        }
    }

    /// <summary>Proves the set-up. Does nothing while a proof is under way.</summary>
    public ProofRun? StartVerify()
    {
        Touch();
        if (Proof is { IsRunning: true } running)
        {
            return running;
        }

        if (Target is not { } target)
        {
            return null;
        }

        var proof = new ProofRun();
        proof.Changed += Raise;
        Proof = proof;
        var goal = Goal;
        _ = proof.RunAsync(stop => _runner.VerifyAsync(target, goal, stop), () => AfterProof(proof, goal), _time, e => Log.BackgroundWorkFailed(_log, "verify", e));
        return proof;
    }

    /// <summary>Why nothing could be applied now, whatever the plan; null when it could.</summary>
    public Task<Problem?> RecordTroubleAsync(CancellationToken cancellationToken) => _runner.RecordTroubleAsync(cancellationToken);

    /// <summary>Finds out what this tool applied to the source and how to take it back.</summary>
    public async Task LoadUndoPlanAsync(UndoRequest request, CancellationToken cancellationToken)
    {
        if (Target is { } target)
        {
            UndoPlan = await _runner.UndoPlanAsync(target, Goal, request, cancellationToken);
            Raise();
        }
    }

    /// <summary>Reads the columns of tables, on a connection of its own.</summary>
    public Task<ColumnReading> ReadColumnsAsync(IReadOnlyList<TableRef> tables, CancellationToken cancellationToken)
    {
        Touch();
        return Target is { } target ? _runner.ReadColumnsAsync(target, tables, cancellationToken) : Task.FromResult(new ColumnReading([]));
    }

    /// <summary>What differs from the reading before the first change of this session; null when there was none, or it was made for other names.</summary>
    public IReadOnlyList<FactDifference>? DifferencesFromBefore(Inspection? now) =>
        Before is { } before && now?.Snapshot is { } snapshot && now.Goal.User == before.User && now.Goal.Publication == before.Publication
            ? SnapshotComparison.Differences(before.Snapshot, snapshot)
            : null;

    /// <summary>Starts a sandbox in a provider's clothes and connects to it. The one before is stopped.</summary>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever keeps a sandbox from starting is shown, not thrown at the page.")]
    public async Task StartSandboxAsync(string provider)
    {
        if (Closed)
        {
            return;
        }

        Touch();
        Notice = SessionNotice.None;
        EndResume(null);
        await StopSandboxAsync();
        var state = new SandboxState(provider, _time.GetUtcNow());
        Sandbox = state;
        Raise();
        try
        {
            var sandbox = await _sandboxes.StartAsync(provider, new SandboxProgress(state, Raise), state.Stop.Token);
            if (Sandbox != state)
            {
                await sandbox.DisposeAsync();
                return;
            }

            Story.Clear();
            state.Started(sandbox, new SandboxConsole(sandbox, Story, Raise, InspectAsync, state.Stop.Token));
            Goal = new SetupGoal { Provider = sandbox.Provider };
            Draft.Take(sandbox.Endpoint, sandbox.Admin);
            await ConnectAsync(sandbox.Endpoint, sandbox.Admin.AdminUser, sandbox.Admin.AdminPassword);
        }
        catch (OperationCanceledException) when (state.Stop.IsCancellationRequested)
        {
            Sandbox = null;
        }
        catch (Exception exception)
        {
            Log.BackgroundWorkFailed(_log, "sandbox", exception);
            state.Failed(exception is SandboxUnavailableException ? exception.Message : "");
        }
        finally
        {
            Raise();
        }
    }

    /// <summary>Stops the sandbox, or gives up starting it.</summary>
    public async Task StopSandboxAsync()
    {
        var state = Sandbox;
        Sandbox = null;
        if (state is not null)
        {
            await state.DisposeAsync();
            Raise();
        }
    }

    /// <summary>Does in the sandbox's console what a guide asks for, then reads again.</summary>
    public async Task DoInSandboxAsync(ConsoleChange change)
    {
        Touch();
        if (Sandbox is { Console: { Acting: false } console }
            && await console.DoAsync(change.Setting, change.Value, change.Restart == RestartNeed.Restart))
        {
            await InspectAsync();
        }
    }

    /// <summary>Where a step stands.</summary>
    public StepStatus StatusOf(WizardStep step) => step switch
    {
        WizardStep.Provider => Provider is null ? StepStatus.NotChecked : new StepStatus(StepState.Done),
        WizardStep.Connect => ConnectStatus(),
        WizardStep.Verify => VerifyStatus(),
        WizardStep.Finish => Inspection?.Ready == true && Proof?.Passed == true ? new StepStatus(StepState.Done) : StepStatus.NotChecked,
        WizardStep.Network when Goal is { Region: null, Network: not NetworkPath.PrivateLink } && FindingsOf(step).All(f => !f.IsProblem) => StepStatus.NotChecked,
        _ => CheckedStatus(step),
    };

    /// <summary>Whether a step can be opened with something in it.</summary>
    public bool CanOpen(WizardStep step) => step <= WizardStep.Connect || Inspection is not null;

    private StepStatus ConnectStatus()
    {
        if (Connecting)
        {
            return new StepStatus(StepState.Checking);
        }

        if (Attempt?.Report is not { } report)
        {
            return StepStatus.NotChecked;
        }

        if (!report.Succeeded)
        {
            return new StepStatus(StepState.Blocked, 1);
        }

        return LostConnection is null ? StepStatus.Of(FindingsOf(WizardStep.Connect)) : new StepStatus(StepState.Unknown, 1);
    }

    private StepStatus VerifyStatus() => Proof switch
    {
        null => StepStatus.NotChecked,
        { IsRunning: true } => new StepStatus(StepState.Checking),
        { Passed: true } => new StepStatus(StepState.Done),
        { Failure: not null } => new StepStatus(StepState.Blocked, 1),
        _ => new StepStatus(StepState.Unknown, 1),
    };

    private StepStatus CheckedStatus(WizardStep step)
    {
        if (Run is { IsRunning: true, DryRun: false } run && run.Step == step)
        {
            return new StepStatus(StepState.Applying, run.Rows.Count);
        }

        if (Inspection is null)
        {
            return Checking ? new StepStatus(StepState.Checking) : StepStatus.NotChecked;
        }

        return LostConnection is null ? StepStatus.Of(FindingsOf(step)) : new StepStatus(StepState.Unknown, 1);
    }

    private async Task ApplyAsync(SetupRun run, SetupTarget target)
    {
        await run.RunAsync(
            stop => run.DryRun ? _runner.DryRunAsync(target, run.Plan, stop) : _runner.ApplyAsync(target, run.Plan, stop),
            () => TakeOver(run),
            e => Log.BackgroundWorkFailed(_log, "apply", e));
        if (Run == run && NeedsReading(run))
        {
            await RecheckByItselfAsync();
            AfterApply(run);
            Raise();
        }
    }

    /// <summary>A run is ending: nobody must see it over and the source still as it was before.</summary>
    private void TakeOver(SetupRun run)
    {
        if (Run != run)
        {
            return;
        }

        // The facts moved under us: what was proved before is not proved any more.
        if (!run.DryRun)
        {
            Proof = Proof is { IsRunning: true } ? Proof : null;
            UndoPlan = null;
            if (run.Finished?.After is { } after)
            {
                Accept(after);
            }
        }

        if (!NeedsReading(run))
        {
            AfterApply(run);
        }
    }

    /// <summary>Whether it ended without a reading of its own although the source is not what it was thought to be.</summary>
    private static bool NeedsReading(SetupRun run) => (run.Crashed || run.Stale is not null) && (run.DryRun || run.Finished?.After is null);

    private sealed class SandboxProgress(SandboxState state, Action raise) : IProgress<string>
    {
        public void Report(string value)
        {
            state.Say(value);
            raise();
        }
    }
}
