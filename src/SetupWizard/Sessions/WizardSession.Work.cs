using System.Diagnostics.CodeAnalysis;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Sessions.Runs;
using SetupWizard.Sessions.Sandboxes;
using SetupWizard.Sessions.Steps;

namespace SetupWizard.Sessions;

/// <content>Work that outlives a page: applying, proving, watching changes arrive, the sandbox.</content>
public sealed partial class WizardSession
{
    /// <summary>Takes a plan file. From a signer somebody here agreed to, its goal becomes the session's.</summary>
    public async Task OpenPlanAsync(PreparedPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        Touch();
        Apply(s => s with { Prepared = plan });
        if (plan.Since is null)
        {
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

    /// <summary>What the plan for somebody else says about who asks.</summary>
    public string? HandOffNote => State.HandOffNote;

    /// <summary>Takes what somebody wrote for whoever gets the plan.</summary>
    /// <returns>Whether it was taken: a note is no letter.</returns>
    public bool TakeHandOffNote(string? note)
    {
        Touch();
        var text = note?.Trim();
        if (text?.Length > Core.HandOff.PlanFile.MostNote)
        {
            return false;
        }

        Apply(s => s with { HandOffNote = string.IsNullOrEmpty(text) ? null : text });
        return true;
    }

    /// <summary>The plan of all steps was taken away for somebody else.</summary>
    public void HandOver()
    {
        Touch();
        if (WholePlan is { } whole)
        {
            Apply(s => s.WithHandedOver(whole, _time.GetUtcNow()));
        }
    }

    /// <summary>Puts the plan file away; the goal stays.</summary>
    public void ClosePlan() => Apply(static s => s with { Prepared = null });

    /// <summary>Shows a plan for review, or no longer.</summary>
    public void Review(PlanReview? review)
    {
        Touch();
        Apply(s => s.Reviewing(review));
    }

    /// <summary>Applies a plan as it was shown. Does nothing while another run is under way.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="step">The step it was started from.</param>
    /// <param name="dryRun">Execute and roll back.</param>
    /// <returns>The run under way; null when there is no source.</returns>
    public SetupRun? StartApply(SetupPlan plan, WizardStep step, bool dryRun = false)
    {
        Touch();
        if (Target is not { } target)
        {
            return Run is { IsRunning: true } running ? running : null;
        }

        var run = new SetupRun(plan, step, dryRun);
        run.Changed += Raise;
        run.Begin();
        var (_, after) = Apply(s => s.RunBegun(run));
        if (after.Run != run)
        {
            run.Dispose();
            return after.Run;
        }

        _ = ApplyAsync(run, target);
        return run;
    }

    /// <summary>Puts the last run's report away.</summary>
    public void DismissRun() => Apply(static s => s.RunDismissed());

    /// <summary>Proves the set-up. Does nothing while a proof is under way.</summary>
    public ProofRun? StartVerify()
    {
        Touch();
        if (Target is not { } target)
        {
            return Proof is { IsRunning: true } running ? running : null;
        }

        var proof = new ProofRun(_time);
        proof.Changed += Raise;
        proof.Begin();
        var (_, after) = Apply(s => s.ProofBegun(proof));
        if (after.Proof != proof)
        {
            proof.Dispose();
            return after.Proof;
        }

        var goal = after.Goal;
        _ = proof.RunAsync(stop => _runner.VerifyAsync(target, goal, stop), () => AfterProof(proof, goal), e => Log.BackgroundWorkFailed(_log, "verify", e));
        return proof;
    }

    /// <summary>Watches changes arrive. Does nothing while they are watched already.</summary>
    /// <returns>The watch under way; null when there is no source.</returns>
    public FeedRun? StartFeed()
    {
        Touch();
        if (Target is not { } target)
        {
            return Feed is { IsRunning: true } running ? running : null;
        }

        var feed = new FeedRun(_time);
        feed.Changed += Raise;
        var (_, after) = Apply(s => s.FeedBegun(feed));
        if (after.Feed != feed)
        {
            feed.Dispose();
            return after.Feed;
        }

        var goal = after.Goal;
        _ = feed.RunAsync(stop => _runner.FeedAsync(target, goal, stop), static () => { }, e => Log.BackgroundWorkFailed(_log, "feed", e));
        return feed;
    }

    /// <summary>Why nothing could be applied now, whatever the plan; null when it could.</summary>
    public Task<Problem?> RecordTroubleAsync(CancellationToken cancellationToken) => _runner.RecordTroubleAsync(cancellationToken);

    /// <summary>Finds out what this tool applied to the source and how to take it back.</summary>
    public async Task LoadUndoPlanAsync(UndoRequest request, CancellationToken cancellationToken)
    {
        if (Target is { } target && Attempt is { } attempt)
        {
            var plan = await _runner.UndoPlanAsync(target, Goal, request, cancellationToken);
            Apply(s => s.Attempt?.Id == attempt.Id ? s with { UndoPlan = plan } : s);
        }
    }

    /// <summary>Reads the columns of tables, on a connection of its own.</summary>
    public Task<ColumnReading> ReadColumnsAsync(IReadOnlyList<TableRef> tables, CancellationToken cancellationToken)
    {
        Touch();
        return Target is { } target ? _runner.ReadColumnsAsync(target, tables, cancellationToken) : Task.FromResult(new ColumnReading([]));
    }

    /// <summary>Starts a sandbox in a provider's clothes and connects to it. The one before is stopped.</summary>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Whatever keeps a sandbox from starting is shown, not thrown at the page.")]
    public async Task StartSandboxAsync(string provider)
    {
        if (Closed)
        {
            return;
        }

        Touch();
        await StopSandboxAsync();
        var state = new SandboxState(provider, _time.GetUtcNow());
        _keeper.Forget();
        Apply(s => s.WithoutResume() with { Sandbox = state, Notice = SessionNotice.None });
        try
        {
            var sandbox = await _sandboxes.StartAsync(provider, new SandboxProgress(state, Raise), state.Stop.Token);
            if (Sandbox != state)
            {
                await sandbox.DisposeAsync();
                return;
            }

            Story.Clear();
            state.Started(sandbox, new SandboxConsole(sandbox, Story, Raise, InspectAsync, () => AllowAddresses(true), state.Stop.Token));
            Apply(s => s with { Goal = new SetupGoal { Provider = sandbox.Provider, Region = SandboxService } });
            Draft.Take(sandbox.Endpoint, sandbox.Admin);
            await ConnectAsync(sandbox.Endpoint, sandbox.Admin.AdminUser, sandbox.Admin.AdminPassword);
        }
        catch (OperationCanceledException) when (state.Stop.IsCancellationRequested)
        {
            Apply(s => s.Sandbox == state ? s with { Sandbox = null } : s);
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

    /// <summary>The region of a service that a sandbox is for: there is none, and one has to be chosen to show its addresses.</summary>
    private const string SandboxService = "aws:eu-central-1";

    /// <summary>Stops the sandbox, or gives up starting it.</summary>
    public async Task StopSandboxAsync()
    {
        var (before, _) = Apply(static s => s.Sandbox is null ? s : s with { Sandbox = null });
        if (before.Sandbox is { } state)
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

    private async Task ApplyAsync(SetupRun run, SetupTarget target)
    {
        await run.RunAsync(
            stop => run.DryRun ? _runner.DryRunAsync(target, run.Plan, stop) : _runner.ApplyAsync(target, run.Plan, stop),
            () => TakeOver(run),
            e => Log.BackgroundWorkFailed(_log, "apply", e));
        if (Run == run && run.NeedsReading)
        {
            await RecheckByItselfAsync();
            Apply(s => s.Run == run ? s.AfterApply(run) : s);
            KeepDraft();
        }
    }

    private void TakeOver(SetupRun run)
    {
        Apply(s => s.RunEnded(run, _time.GetUtcNow(), _runner.Reconsider));
        TellStory();
        KeepDraft();
    }

    private void AfterProof(ProofRun proof, SetupGoal goal)
    {
        Apply(s => s.ProofEnded(proof, goal, _time.GetUtcNow()));
        KeepDraft();
    }

    private sealed class SandboxProgress(SandboxState state, Action raise) : IProgress<string>
    {
        public void Report(string value)
        {
            state.Say(value);
            raise();
        }
    }
}
