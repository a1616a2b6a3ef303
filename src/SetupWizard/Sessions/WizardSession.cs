using System.Security.Cryptography;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Watching;

namespace SetupWizard.Sessions;

/// <summary>Why a session has nothing in it.</summary>
public enum SessionNotice
{
    None,

    /// <summary>Nobody used it for too long, so its credentials were forgotten.</summary>
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
    private int _watchers;

    public WizardSession(string id, ISetupRunner runner, ISandboxLauncher sandboxes, TimeProvider time, ILogger<WizardSession> log)
    {
        Id = id;
        _runner = runner;
        _sandboxes = sandboxes;
        _time = time;
        _log = log;
        LastUsed = time.GetUtcNow();
        Story = new RestartTimeline(time);
        Live = new LiveMonitor(
            stop => Connected && Target is { } target ? _runner.WatchAsync(target, Goal, stop) : null,
            OnPulse,
            exception => Log.BackgroundWorkFailed(_log, "watch", exception));
    }

    /// <summary>Raised after every change of state, on any thread.</summary>
    public event Action? Changed;

    public string Id { get; }

    /// <summary>The providers a sandbox can be started of, by id.</summary>
    public IReadOnlyCollection<string> SandboxProviders => _sandboxes.Providers;

    /// <summary>What the user chose. Changed by <see cref="SetGoalAsync"/> only.</summary>
    public SetupGoal Goal { get; private set; } = new();

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
    public RestartTimeline Story { get; }

    public SessionNotice Notice { get; private set; }

    /// <summary>The furthest step that was opened.</summary>
    public WizardStep LastStep { get; private set; }

    /// <summary>The visitor's time zone, told by the browser.</summary>
    public TimeZoneInfo TimeZone { get; set; } = TimeZoneInfo.Local;

    internal DateTimeOffset LastUsed { get; private set; }

    /// <summary>Whether something runs that must not be cut off by idleness.</summary>
    internal bool Busy => Run is { IsRunning: true } || Proof is { IsRunning: true } || Feed is { IsRunning: true } || Connecting || Sandbox is { Starting: true };

    /// <summary>Whether somebody signed out: nothing begins here any more, and pages that show it are sent away.</summary>
    public bool Closed { get; private set; }

    /// <summary>What an address of a download has beside the cookie, which a server on another port of this machine gets, too. Good for this session only.</summary>
    public string Ticket { get; private set; } = NewTicket();

    /// <summary>Whether a page is open to watch, which is use, however long nothing is clicked.</summary>
    internal bool Watched => _watchers > 0;

    /// <summary>Watches until the result is disposed of.</summary>
    public IDisposable Attend()
    {
        Interlocked.Increment(ref _watchers);
        return new Watcher(this);
    }

    /// <summary>Says that somebody is here.</summary>
    public void Touch(WizardStep? step = null)
    {
        LastUsed = _time.GetUtcNow();
        if (step is { } opened)
        {
            LastStep = opened;
            EndResume(opened);
            if (opened == WizardStep.Finish)
            {
                ReachFinish();
            }

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

    /// <summary>Remembers how much is free on the server's disk.</summary>
    /// <param name="bytes">In bytes; null when not known.</param>
    public void SetFreeDisk(long? bytes)
    {
        Touch();
        FreeDiskBytes = bytes;
        Raise();
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
        Baseline = null;
        _compared = null;
        _appliedSince = false;
        Prepared = null;
        Story.Clear();
        Goal = new SetupGoal();
        Notice = notice;
        Ticket = NewTicket();
        LastStep = WizardStep.Provider;
        EndResume(null);
        Live.Restart();
        Watch.Clear();
        await CloseAsync(TakeTunnels());
        await StopSandboxAsync();
        Log.Forgotten(_log, Id, notice);
        Raise();
    }

    /// <summary>Somebody signed out.</summary>
    internal async Task SignOutAsync()
    {
        Closed = true;
        await ForgetAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await ForgetAsync();

        // The last draft is on disk before the program ends.
        await DraftsSaved.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _connecting?.Dispose();
        _inspecting?.Dispose();
    }

    internal void Raise() => Changed?.Invoke();

    private static string NewTicket() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private static CancellationTokenSource Renew(ref CancellationTokenSource? source)
    {
        var fresh = new CancellationTokenSource();
        Interlocked.Exchange(ref source, fresh)?.Cancel();
        return fresh;
    }

    private sealed class Watcher(WizardSession session) : IDisposable
    {
        private WizardSession? _session = session;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _session, null) is { } watched)
            {
                watched.Touch();
                Interlocked.Decrement(ref watched._watchers);
            }
        }
    }
}
