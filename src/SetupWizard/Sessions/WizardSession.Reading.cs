using System.Diagnostics.CodeAnalysis;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Sessions;

/// <content>Readings of the source and what they say, asked for or because the live status changed.</content>
public sealed partial class WizardSession
{
    private CancellationTokenSource? _inspecting;

    /// <summary>The last reading that has facts in it.</summary>
    public Inspection? Inspection { get; private set; }

    /// <summary>The verdict of a later reading that could not reach the source; null while it can be reached.</summary>
    public Finding? LostConnection { get; private set; }

    public bool Checking { get; private set; }

    /// <summary>When the check under way began.</summary>
    public DateTimeOffset? CheckingSince { get; private set; }

    public DateTimeOffset? CheckedAt { get; private set; }

    /// <summary>The provider in effect: chosen, else detected by the last reading; null when neither.</summary>
    public ProviderProfile? Provider => Inspection?.Provider ?? ProviderCatalog.Find(Goal.Provider);

    /// <summary>Reads and judges again. A newer check cancels an older one.</summary>
    public Task InspectAsync()
    {
        Touch();
        return RecheckAsync();
    }

    /// <summary>The same by itself: it does not count as use, so that a page left open does not keep credentials in memory.</summary>
    public async Task RecheckAsync()
    {
        if (!Connected || Target is not { } target)
        {
            return;
        }

        var stop = Renew(ref _inspecting);
        Checking = true;
        CheckingSince = _time.GetUtcNow();
        Raise();
        try
        {
            var inspection = await _runner.InspectAsync(target, Goal, stop.Token);
            if (stop == _inspecting)
            {
                Accept(inspection);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // A newer check took over, or the user stopped it.
        }
        finally
        {
            if (stop == _inspecting)
            {
                Checking = false;
                CheckingSince = null;
            }

            Raise();
        }
    }

    /// <summary>Stops the check under way and keeps the reading before it.</summary>
    public void StopChecking() => _inspecting?.Cancel();

    /// <summary>The findings a step shows, most urgent first.</summary>
    public IReadOnlyList<Finding> FindingsOf(WizardStep step) =>
    [
        .. (Inspection?.Findings ?? []).Where(f => f.Step == step && f.State != FindingState.NotApplicable)
            .OrderByDescending(f => f.State == FindingState.Unknown ? FindingState.Warning : f.State).ThenBy(f => f.Id),
    ];

    /// <summary>What a step would change; null before the first reading.</summary>
    /// <param name="step">The step.</param>
    /// <param name="advice">Whether recommendations are part of it.</param>
    public SetupPlan? PlanFor(WizardStep step, bool advice = false)
    {
        if (Inspection is not { } inspection)
        {
            return null;
        }

        var only = inspection.Findings.Where(f => f.Step == step && (f.IsProblem || f.IsPlanned || (advice && f.State == FindingState.Advice))).Select(f => f.Id).ToHashSet();
        return _runner.Plan(inspection, only);
    }

    private void Accept(Inspection inspection)
    {
        CheckedAt = _time.GetUtcNow();
        if (inspection.Snapshot is null)
        {
            LostConnection = inspection.Findings.FirstOrDefault(f => f.Id == RequirementId.Reachable) ?? LostConnection;
            return;
        }

        LostConnection = null;
        var sameFacts = inspection.Goal.User == Goal.User && inspection.Goal.Publication == Goal.Publication;
        Inspection = sameFacts && inspection.Goal != Goal ? _runner.Reconsider(inspection, Goal) : inspection;
        if (FindingsOf(WizardStep.Replication).All(f => !f.IsProblem))
        {
            Story.Record(TimelineStage.Green);
        }
    }

    /// <summary>A check nobody waits for: what breaks it is in the log.</summary>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "There is nobody to throw at.")]
    private async Task RecheckByItselfAsync()
    {
        try
        {
            await RecheckAsync();
        }
        catch (Exception exception)
        {
            Log.BackgroundWorkFailed(_log, "check", exception);
        }
    }

    private void OnPulse(LivePulse pulse, LivePulse? before)
    {
        if (!ReferenceEquals(pulse, Live.Pulse))
        {
            // Watching began anew in between: this one is of the source before.
            return;
        }

        if (pulse.PendingRestart.Count > 0 && before is not { PendingRestart.Count: > 0 })
        {
            Story.Record(TimelineStage.Waiting);
        }

        if (!pulse.Reachable || before is { Reachable: false })
        {
            Story.Record(pulse.Reachable ? TimelineStage.Back : TimelineStage.Gone);
        }

        Watch.Add(pulse, Goal);
        var worthReading = before is not null && pulse.DiffersFrom(before) && pulse.Reachable && Run is not { IsRunning: true };
        Raise();
        if (worthReading)
        {
            _ = RecheckByItselfAsync();
        }
    }
}
