using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Source;
using SetupWizard.Core.Watching;

namespace SetupWizard.Sessions;

/// <summary>Why a session has nothing in it.</summary>
public enum SessionNotice
{
    None,

    /// <summary>Nobody used it for too long, so its credentials were wiped.</summary>
    Expired,

    /// <summary>The user ended it.</summary>
    Ended,
}

/// <summary>
/// Everything one visitor is doing, in memory only. The state machine lives here; pages show it and call its methods.
/// Work goes on when a page goes away, and whoever comes back finds it.
/// </summary>
public sealed partial class WizardSession : IAsyncDisposable
{
    private readonly ISetupRunner _runner;
    private readonly ISandboxLauncher _sandboxes;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly List<SshTunnel> _tunnels = [];
    private SshTunnel? _tunnel;
    private CancellationTokenSource? _connecting;
    private CancellationTokenSource? _inspecting;

    public WizardSession(string id, ISetupRunner runner, ISandboxLauncher sandboxes, TimeProvider time, ILogger<WizardSession> log)
    {
        Id = id;
        _runner = runner;
        _sandboxes = sandboxes;
        _time = time;
        _log = log;
        LastUsed = time.GetUtcNow();
        Story = new ServerStory(time);
        Live = new LiveMonitor(
            stop => Connected && Target is { } target ? _runner.WatchAsync(target, Goal, stop) : null,
            OnPulse,
            exception => Log.BackgroundWorkFailed(_log, "watch", exception));
    }

    /// <summary>Raised after every change of state, on any thread.</summary>
    public event Action? Changed;

    public string Id { get; }

    /// <summary>What the user chose. Changed by <see cref="SetGoalAsync"/> only.</summary>
    public SetupGoal Goal { get; private set; } = new();

    /// <summary>Where the source is, as last typed; null before.</summary>
    public SourceEndpoint? Endpoint { get; private set; }

    public SourceCredentials? Credentials { get; private set; }

    /// <summary>What the engine takes; null until an endpoint and a login are known.</summary>
    public SetupTarget? Target => Endpoint is { } endpoint && Credentials is { } credentials ? new SetupTarget(endpoint, credentials) { Tunnel = _tunnel } : null;

    /// <summary>What was typed on the Connect page.</summary>
    public ConnectDraft Draft { get; private set; } = new();

    /// <summary>The last attempt to connect, finished or not.</summary>
    public ConnectAttempt? Attempt { get; private set; }

    public bool Connecting => Attempt is { Report: null, Cancelled: false };

    /// <summary>Whether the last attempt opened and read the source.</summary>
    public bool Connected => Attempt?.Report?.Succeeded == true;

    /// <summary>The last reading that has facts in it.</summary>
    public Inspection? Inspection { get; private set; }

    /// <summary>The verdict of a later reading that could not reach the source; null while it can be reached.</summary>
    public Finding? LostConnection { get; private set; }

    public bool Checking { get; private set; }

    /// <summary>When the check under way began.</summary>
    public DateTimeOffset? CheckingSince { get; private set; }

    public DateTimeOffset? CheckedAt { get; private set; }

    /// <summary>The last apply or dry run.</summary>
    public SetupRun? Run { get; private set; }

    public ProofRun? Proof { get; private set; }

    /// <summary>The plan that takes back what was applied, once asked for.</summary>
    public SetupPlan? UndoPlan { get; private set; }

    public LiveMonitor Live { get; }

    /// <summary>What the pulses of the last minutes say together.</summary>
    public SourceWatch Watch { get; } = new();

    /// <summary>Free space on the server's disk as the user typed it, in bytes; null when not told.</summary>
    public long? FreeDiskBytes { get; private set; }

    /// <summary>What was observed of the last change that needed a restart.</summary>
    public ServerStory Story { get; }

    public SessionNotice Notice { get; private set; }

    /// <summary>The furthest step that was opened.</summary>
    public WizardStep LastStep { get; private set; }

    /// <summary>The visitor's time zone, told by the browser.</summary>
    public TimeZoneInfo TimeZone { get; set; } = TimeZoneInfo.Local;

    internal DateTimeOffset LastUsed { get; private set; }

    /// <summary>Whether something runs that must not be cut off by idleness.</summary>
    internal bool Busy => Run is { IsRunning: true } || Proof is { IsRunning: true } || Feed is { IsRunning: true } || Connecting || Sandbox is { Starting: true };

    /// <summary>The provider in effect: chosen, else detected by the last reading; null when neither.</summary>
    public ProviderProfile? Provider => Inspection?.Provider ?? ProviderCatalog.Find(Goal.Provider);

    /// <summary>Says that somebody is here.</summary>
    public void Touch(WizardStep? step = null)
    {
        LastUsed = _time.GetUtcNow();
        if (step is { } opened)
        {
            LastStep = opened;
            EndResume(opened);
            KeepDraft();
        }
    }

    /// <summary>The notice was read.</summary>
    public void DismissNotice()
    {
        Notice = SessionNotice.None;
        Raise();
    }

    /// <summary>Takes a new goal: judges again without I/O when the facts read cover it, and reads again otherwise.</summary>
    public async Task SetGoalAsync(SetupGoal goal)
    {
        ArgumentNullException.ThrowIfNull(goal);
        Touch();
        var sameFacts = goal.User == Goal.User && goal.Publication == Goal.Publication;
        if (goal.Authentication != Goal.Authentication)
        {
            // What was a password is no token, and the other way round.
            SetClickPipesPassword(null);
        }

        var sameUser = goal.User == Goal.User;
        Goal = goal;
        KeepDraft();
        if (!sameUser)
        {
            Watch.Clear();
            Live.Restart();
        }

        if (sameFacts && Inspection is { Snapshot: not null } inspection)
        {
            Inspection = _runner.Reconsider(inspection, goal);
            Raise();
        }
        else
        {
            Raise();
            await InspectAsync();
        }
    }

    /// <summary>Whether the password of the ClickPipes user was made here.</summary>
    public bool PasswordGenerated { get; private set; }

    /// <summary>Remembers the ClickPipes user's password, in memory.</summary>
    public void SetClickPipesPassword(SecretString? password, bool generated = false)
    {
        Touch();
        PasswordGenerated = generated;
        if (Credentials is { } credentials)
        {
            Credentials = credentials with { ClickPipesPassword = password };
            Raise();
        }
    }

    /// <summary>Opens the source and reads it. A new attempt cancels the one under way.</summary>
    public async Task ConnectAsync(SourceEndpoint endpoint, string adminUser, SecretString? adminPassword, SshCredentials? ssh = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        Touch();
        Notice = SessionNotice.None;
        var another = Endpoint is null || Endpoint.Host != endpoint.Host || Endpoint.Port != endpoint.Port || Endpoint.Database != endpoint.Database || Endpoint.Ssh?.Host != endpoint.Ssh?.Host;
        if (another)
        {
            Inspection = null;
            CheckedAt = null;
            Proof = null;
            UndoPlan = null;
            Watch.Clear();
            FreeDiskBytes = null;
            ForgetFeed();
            Before = null;
            Story.Clear();
            Run = Run is { IsRunning: true } ? Run : null;
        }

        Endpoint = endpoint;
        Credentials = new SourceCredentials(adminUser, adminPassword, Credentials?.ClickPipesPassword, ssh);
        var stop = Renew(ref _connecting);
        if (another && endpoint.Ssh is not null && Goal.Network == NetworkPath.Public)
        {
            // Whoever needs a bastion to get there will find that ClickPipes needs one too.
            Goal = Goal with { Network = NetworkPath.Ssh };
        }

        var replaced = RenewTunnel(endpoint, Credentials);
        var attempt = new ConnectAttempt(_time.GetUtcNow(), endpoint.Ssh is not null);
        Attempt = attempt;
        var target = Target!;
        Raise();
        var progress = new StageProgress(stage =>
        {
            attempt.Record(stage);
            Raise();
        });
        try
        {
            await CloseAsync(replaced);
            var report = await _runner.ConnectAsync(target, Goal, progress, stop.Token);
            if (Attempt != attempt)
            {
                return;
            }

            attempt.Finish(report);
            if (report.Inspection is { Snapshot: not null } inspection)
            {
                Accept(inspection);
            }

            KeepDraft();
            Live.Restart();
            Log.Connected(_log, Id, report.Succeeded, report.Verdict.Case);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            attempt.Cancel();
        }
        finally
        {
            Raise();
        }
    }

    /// <summary>Remembers how much is free on the server's disk.</summary>
    /// <param name="bytes">In bytes; null when not known.</param>
    public void SetFreeDisk(long? bytes)
    {
        Touch();
        FreeDiskBytes = bytes;
        Raise();
    }

    /// <summary>Gives up connecting. What was typed stays.</summary>
    public void CancelConnect()
    {
        _connecting?.Cancel();
        Attempt?.Cancel();
        Raise();
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

        var only = inspection.Findings.Where(f => f.Step == step && (f.IsProblem || (advice && f.State == FindingState.Advice))).Select(f => f.Id).ToHashSet();
        return _runner.Plan(inspection, only);
    }

    /// <summary>Wipes every secret and everything that came from the source; stops the sandbox.</summary>
    public async Task ForgetAsync(SessionNotice notice = SessionNotice.Ended)
    {
        _connecting?.Cancel();
        _inspecting?.Cancel();
        Proof?.Stop();
        Run?.Stop();
        ForgetFeed();
        Credentials = null;
        Draft = new ConnectDraft();
        Endpoint = null;
        Attempt = null;
        Inspection = null;
        LostConnection = null;
        CheckedAt = null;
        Run = null;
        Proof = null;
        UndoPlan = null;
        FreeDiskBytes = null;
        Before = null;
        Prepared = null;
        Story.Clear();
        Goal = new SetupGoal();
        Notice = notice;
        LastStep = WizardStep.Provider;
        EndResume(null);
        Live.Restart();
        Watch.Clear();
        await CloseAsync(TakeTunnels());
        await StopSandboxAsync();
        Log.Forgotten(_log, Id, notice);
        Raise();
    }

    public async ValueTask DisposeAsync()
    {
        await ForgetAsync();
        _connecting?.Dispose();
        _inspecting?.Dispose();
    }

    internal void Raise() => Changed?.Invoke();

    /// <summary>A tunnel of this attempt's own.</summary>
    /// <returns>Those to close: all before it, unless work under way still goes through one; then they end with the session.</returns>
    private SshTunnel[] RenewTunnel(SourceEndpoint endpoint, SourceCredentials credentials)
    {
        SshTunnel[] replaced = Run is { IsRunning: true } || Proof is { IsRunning: true } || Feed is { IsRunning: true } ? [] : TakeTunnels();
        _tunnel = SshTunnel.For(endpoint, credentials, _time);
        if (_tunnel is { } tunnel)
        {
            _tunnels.Add(tunnel);
        }

        return replaced;
    }

    private SshTunnel[] TakeTunnels()
    {
        SshTunnel[] all = [.. _tunnels];
        _tunnels.Clear();
        _tunnel = null;
        return all;
    }

    private static async Task CloseAsync(SshTunnel[] tunnels)
    {
        foreach (var tunnel in tunnels)
        {
            await tunnel.DisposeAsync();
        }
    }

    private static CancellationTokenSource Renew(ref CancellationTokenSource? source)
    {
        var fresh = new CancellationTokenSource();
        Interlocked.Exchange(ref source, fresh)?.Cancel();
        return fresh;
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
            Story.Tell(StoryStage.Green);
        }
    }

    private void OnPulse(LivePulse pulse, LivePulse? before)
    {
        if (pulse.PendingRestart.Count > 0 && before is not { PendingRestart.Count: > 0 })
        {
            Story.Tell(StoryStage.Waiting);
        }

        if (!pulse.Reachable || before is { Reachable: false })
        {
            Story.Tell(pulse.Reachable ? StoryStage.Back : StoryStage.Gone);
        }

        Watch.Add(pulse, Goal);
        var worthReading = before is not null && pulse.DiffersFrom(before) && pulse.Reachable && Run is not { IsRunning: true };
        Raise();
        if (worthReading)
        {
            _ = InspectAsync();
        }
    }

    /// <summary>Reports stages at once and in order; the framework's own Progress would post them to whatever thread is free.</summary>
    private sealed class StageProgress(Action<StageResult> report) : IProgress<StageResult>
    {
        public void Report(StageResult value) => report(value);
    }
}
