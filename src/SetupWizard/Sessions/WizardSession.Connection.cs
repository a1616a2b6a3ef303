using System.Diagnostics.CodeAnalysis;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;
using SetupWizard.Sessions.Runs;
using SetupWizard.Sessions.Steps;

namespace SetupWizard.Sessions;

/// <content>The way to the source, and readings of it: asked for, or because the live status changed.</content>
public sealed partial class WizardSession
{
    private CancellationTokenSource? _connecting;
    private CancellationTokenSource? _inspecting;

    /// <summary>Remembers the ClickPipes user's password, in memory.</summary>
    public void SetClickPipesPassword(SecretString? password, bool generated = false)
    {
        Touch();
        if (_secrets.SetClickPipesPassword(password))
        {
            Apply(s => s.WithPassword(password is not null, generated));
        }
    }

    /// <summary>Somebody copied the ClickPipes user's password, or had it shown.</summary>
    public void TakePassword()
    {
        Touch();
        Apply(static s => s.WithPasswordTaken());
    }

    /// <summary>Opens the source and reads it. A new attempt cancels the one under way.</summary>
    public async Task ConnectAsync(SourceEndpoint endpoint, string adminUser, SecretString? adminPassword, SshCredentials? ssh = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        if (Closed)
        {
            return;
        }

        Touch();
        var kept = Sandbox is null ? _drafts?.Find(endpoint) : null;
        var stop = Renew(ref _connecting);
        var attempt = new ConnectAttempt(NextId(), _time.GetUtcNow(), endpoint.Ssh is not null);
        var another = State.IsAnother(endpoint);
        var first = Endpoint is null;
        var replaced = _secrets.Take(new SourceCredentials(adminUser, adminPassword, null, ssh), endpoint, another && !first, _time, Run is { IsRunning: true } || Proof is { IsRunning: true } || Feed is { IsRunning: true });
        var (before, connecting) = Apply(s => s.Connect(endpoint, adminUser, attempt, kept));
        if (another)
        {
            // Until the new source is open nothing is watched, and nothing more is heard of the old one.
            _inspecting?.Cancel();
            before.Feed?.Stop();
            Story.Clear();
            Live.Restart();
            Watch.Clear();
        }

        if (Target is not { } target)
        {
            // Everything was forgotten in between.
            Apply(s => s.ConnectCancelled(attempt));
            return;
        }

        var progress = new StageProgress(stage => Apply(s => s.ConnectStage(attempt, stage)));
        try
        {
            await CloseAsync(replaced);
            var report = await _runner.ConnectAsync(target, connecting.Goal, progress, stop.Token);
            var (_, after) = Apply(s => s.ConnectEnded(attempt, report, _time.GetUtcNow(), _runner.Reconsider));
            if (after.Attempt?.Id != attempt.Id)
            {
                return;
            }

            if (after.Connected)
            {
                Draft.AcceptedBy(endpoint.Host);
            }

            TellStory();
            KeepDraft();
            Live.Restart();
            Log.Connected(_log, Id, report.Succeeded, report.Verdict.Case);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // A newer attempt, or somebody gave this one up.
        }
        finally
        {
            // However it ended: an attempt that never ends would keep the session, and what was typed, for ever.
            Apply(s => s.ConnectCancelled(attempt));
        }
    }

    /// <summary>Gives up connecting. What was typed stays.</summary>
    public void CancelConnect()
    {
        _connecting?.Cancel();
        if (Attempt is { } attempt)
        {
            Apply(s => s.ConnectCancelled(attempt));
        }
    }

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
        var check = new CheckUnderWay(NextId(), _time.GetUtcNow());
        var (_, begun) = Apply(s => s.CheckBegun(check));
        Inspection? found = null;
        try
        {
            found = await _runner.InspectAsync(target, begun.Goal, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // A newer check took over, or the user stopped it.
        }
        finally
        {
            Apply(s => s.CheckEnded(check, found, _time.GetUtcNow(), _runner.Reconsider).ReviewedAgain(reading => _runner.Plan(reading), _time.GetUtcNow()));
            TellStory();
        }
    }

    /// <summary>Stops the check under way and keeps the reading before it.</summary>
    public void StopChecking() => _inspecting?.Cancel();

    private static async Task CloseAsync(IEnumerable<SshTunnel> tunnels)
    {
        foreach (var tunnel in tunnels)
        {
            await tunnel.DisposeAsync();
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

    /// <summary>What a reading adds to the story of a change in a console: that the server started since, and that nothing is left to change.</summary>
    private void TellStory()
    {
        if (State is not { LostConnection: null, Inspection.Snapshot: { } snapshot } state)
        {
            return;
        }

        Story.Started(snapshot.Server.StartedAt);
        if (state.FindingsOf(WizardStep.Replication).All(static f => !f.IsProblem))
        {
            Story.Record(TimelineStage.Green);
        }

        Raise();
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

    /// <summary>Reports stages at once and in order; the framework's own Progress would post them to whatever thread is free.</summary>
    private sealed class StageProgress(Action<StageResult> report) : IProgress<StageResult>
    {
        public void Report(StageResult value) => report(value);
    }
}
