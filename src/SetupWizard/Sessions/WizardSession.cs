using System.Security.Cryptography;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;
using SetupWizard.Core.Watching;
using SetupWizard.Sessions.Forms;
using SetupWizard.Sessions.Monitors;
using SetupWizard.Sessions.Runs;
using SetupWizard.Sessions.Sandboxes;
using SetupWizard.Sessions.Saved;
using SetupWizard.Sessions.Steps;

namespace SetupWizard.Sessions;

/// <summary>
/// What one visitor is doing, in memory only: a state with one owner (<see cref="SessionState"/>, <see cref="StateOwner{TState}"/>), the secrets beside it, and the work that goes on
/// when a page goes away. Pages show the state and call the methods; the methods start and stop things and apply transitions, and decide nothing.
/// </summary>
public sealed partial class WizardSession : IAsyncDisposable
{
    private readonly ISetupRunner _runner;
    private readonly ISandboxLauncher _sandboxes;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SavedSetupStore? _drafts;
    private readonly SavedSetupKeeper _keeper;
    private readonly SessionSecrets _secrets = new();
    private readonly StateOwner<SessionState> _state;
    private long _ids;
    private int _watchers;
    private Compared? _compared;

    public WizardSession(string id, ISetupRunner runner, ISandboxLauncher sandboxes, TimeProvider time, ILogger<WizardSession> log, SavedSetupStore? drafts = null, SourceMonitors? monitors = null)
    {
        Id = id;
        _runner = runner;
        _sandboxes = sandboxes;
        _time = time;
        _log = log;
        _drafts = drafts;
        _keeper = new SavedSetupKeeper(drafts);
        _state = new StateOwner<SessionState>(SessionState.Empty, Raise);
        LastUsed = time.GetUtcNow();
        Story = new RestartTimeline(time);
        monitors ??= new SourceMonitors(runner);
        Live = new LiveMonitor(
            stop => Connected && Target is { } target ? monitors.WatchAsync(target, Goal, stop) : null,
            OnPulse,
            exception => Log.BackgroundWorkFailed(_log, "watch", exception));
    }

    /// <summary>Raised after every change of state, on any thread.</summary>
    public event Action? Changed;

    public string Id { get; }

    /// <summary>The state as the last change left it.</summary>
    public SessionState State => _state.Current;

    /// <inheritdoc cref="SessionState.Goal"/>
    public SetupGoal Goal => State.Goal;

    /// <inheritdoc cref="SessionState.Endpoint"/>
    public SourceEndpoint? Endpoint => State.Endpoint;

    /// <inheritdoc cref="SessionSecrets.Credentials"/>
    public SourceCredentials? Credentials => _secrets.Credentials;

    /// <summary>What the engine takes; null until an endpoint and a login are known.</summary>
    public SetupTarget? Target => _secrets.TargetOf(State.Endpoint);

    /// <inheritdoc cref="SessionState.Password"/>
    public PasswordStanding Password => State.Password;

    /// <summary>The ClickPipes user's password as far as this session knows it; null where it is only proposed, or not known.</summary>
    public SecretString? KnownPassword => State.Password > PasswordStanding.Proposed ? _secrets.Credentials?.ClickPipesPassword : null;

    /// <summary>Whether nothing is left to do before a first proof, and nothing to ask for it.</summary>
    public bool ReadyToProve => Proof is null && State is { Inspection.Blocked: false, LostConnection: null } && Goal.Authentication == LoginMethod.Password && KnownPassword is not null
        && !State.Unfinished.Any() && StatusOf(WizardStep.Network).State == StepState.Done;

    /// <inheritdoc cref="SessionState.PasswordGenerated"/>
    public bool PasswordGenerated => State.PasswordGenerated;

    /// <inheritdoc cref="SessionState.PasswordWouldBeLost"/>
    public bool PasswordWouldBeLost => State.PasswordWouldBeLost;

    /// <summary>What was typed on the Connect page.</summary>
    public ConnectInput Draft { get; private set; } = new();

    /// <inheritdoc cref="SessionState.Attempt"/>
    public ConnectAttempt? Attempt => State.Attempt;

    /// <inheritdoc cref="SessionState.Connecting"/>
    public bool Connecting => State.Connecting;

    /// <inheritdoc cref="SessionState.Connected"/>
    public bool Connected => State.Connected;

    /// <inheritdoc cref="SessionState.Inspection"/>
    public Inspection? Inspection => State.Inspection;

    /// <inheritdoc cref="SessionState.LostConnection"/>
    public Finding? LostConnection => State.LostConnection;

    public bool Checking => State.Check is not null;

    /// <summary>When the check under way began.</summary>
    public DateTimeOffset? CheckingSince => State.Check?.Since;

    /// <inheritdoc cref="SessionState.CheckedAt"/>
    public DateTimeOffset? CheckedAt => State.CheckedAt;

    /// <inheritdoc cref="SessionState.Provider"/>
    public ProviderProfile? Provider => State.Provider;

    /// <inheritdoc cref="SessionState.Run"/>
    public SetupRun? Run => State.Run;

    /// <inheritdoc cref="SessionState.Proof"/>
    public ProofRun? Proof => State.Proof;

    /// <inheritdoc cref="SessionState.Feed"/>
    public FeedRun? Feed => State.Feed;

    /// <inheritdoc cref="SessionState.UndoPlan"/>
    public SetupPlan? UndoPlan => State.UndoPlan;

    /// <inheritdoc cref="SessionState.Prepared"/>
    public PreparedPlan? Prepared => State.Prepared;

    /// <inheritdoc cref="SessionState.Sandbox"/>
    public SandboxState? Sandbox => State.Sandbox;

    /// <inheritdoc cref="SessionState.OnSandbox"/>
    public bool OnSandbox => State.OnSandbox;

    /// <summary>The providers a sandbox can be started of, by id.</summary>
    public IReadOnlyCollection<string> SandboxProviders => _sandboxes.Providers;

    public LiveMonitor Live { get; }

    /// <summary>What the pulses of the last minutes say together.</summary>
    public SourceWatch Watch { get; } = new();

    /// <summary>The way of a change as it is now.</summary>
    public IReadOnlyList<StationStatus> Path => ChangePath.Of(State, Watch.Report(Goal, FreeDiskBytes)?.Pipe);

    /// <inheritdoc cref="SessionState.FreeDiskBytes"/>
    public long? FreeDiskBytes => State.FreeDiskBytes;

    /// <summary>What was observed of the last change that needed a restart.</summary>
    public RestartTimeline Story { get; }

    /// <inheritdoc cref="SessionState.Notice"/>
    public SessionNotice Notice => State.Notice;

    /// <inheritdoc cref="SessionState.LastStep"/>
    public WizardStep LastStep => State.LastStep;

    /// <inheritdoc cref="SessionState.ResumeAt"/>
    public WizardStep? ResumeAt => State.ResumeAt;

    /// <inheritdoc cref="SessionState.Reopened"/>
    public SetupBaseline? Reopened => State.Reopened;

    /// <inheritdoc cref="SessionState.ChoicesFound"/>
    public bool ChoicesFound => State.ChoicesFound;

    /// <inheritdoc cref="SessionState.Baseline"/>
    public SetupBaseline? Baseline => State.Baseline;

    /// <inheritdoc cref="SessionState.MayRenewBaseline"/>
    public bool MayRenewBaseline => State.MayRenewBaseline;

    /// <inheritdoc cref="SessionState.Closed"/>
    public bool Closed => State.Closed;

    /// <summary>The visitor's time zone, told by the browser.</summary>
    public TimeZoneInfo TimeZone { get; set; } = TimeZoneInfo.Local;

    /// <summary>What an address of a download has beside the cookie, which a server on another port of this machine gets, too. Good for this session only.</summary>
    public string Ticket { get; private set; } = NewTicket();

    /// <summary>What differs from the finished set-up; null without a reading, or when there is nothing to compare it with.</summary>
    public BaselineComparison? SinceSetup
    {
        get
        {
            if (State is not { Baseline: { } baseline, Inspection: { Snapshot: not null } reading })
            {
                return null;
            }

            // Tens of thousands of tables are compared once for each reading, not for each time a page is drawn.
            var compared = _compared;
            if (compared is null || !ReferenceEquals(compared.Baseline, baseline) || !ReferenceEquals(compared.Reading, reading))
            {
                _compared = compared = new Compared(baseline, reading, BaselineReview.Compare(baseline, reading));
            }

            return compared.Comparison;
        }
    }

    /// <summary>What the whole source needs; null before the first reading.</summary>
    public SetupPlan? WholePlan => Inspection is { } inspection ? _runner.Plan(inspection) : null;

    /// <summary>Ends when no draft is being written any more.</summary>
    public Task DraftsSaved => _keeper.Saved;

    internal DateTimeOffset LastUsed { get; private set; }

    /// <inheritdoc cref="SessionState.Busy"/>
    internal bool Busy => State.Busy;

    /// <summary>Whether a page is open to watch, which is use, however long nothing is clicked.</summary>
    internal bool Watched => _watchers > 0;

    /// <inheritdoc cref="SessionState.FindingsOf"/>
    public IReadOnlyList<Finding> FindingsOf(WizardStep step) => State.FindingsOf(step);

    /// <inheritdoc cref="SessionState.StatusOf"/>
    public StepStatus StatusOf(WizardStep step) => State.StatusOf(step);

    /// <inheritdoc cref="SessionState.CanOpen"/>
    public bool CanOpen(WizardStep step) => State.CanOpen(step);

    /// <summary>What differs from the first reading of this session; null when there was none, or it was made for other names.</summary>
    public IReadOnlyList<FactDifference>? DifferencesFromBefore(Inspection? now) => State.DifferencesFromFirst(now);

    /// <summary>What a step would change; null before the first reading.</summary>
    /// <param name="step">The step.</param>
    /// <param name="advice">Whether recommendations are part of it.</param>
    public SetupPlan? PlanFor(WizardStep step, bool advice = false)
    {
        if (Inspection is not { } inspection)
        {
            return null;
        }

        var only = inspection.Findings.Where(f => f.Area.Step() == step && (f.IsProblem || f.IsPlanned || (advice && f.State == FindingState.Advice))).Select(f => f.Id).ToHashSet();
        return _runner.Plan(inspection, only);
    }

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
            Apply(s => s.Opened(opened, _time.GetUtcNow()));
            KeepDraft();
        }
    }

    /// <summary>The notice was read.</summary>
    public void DismissNotice() => Apply(static s => s with { Notice = SessionNotice.None });

    /// <summary>Takes a new goal: judges again without I/O when the facts read cover it, and reads again otherwise.</summary>
    public async Task SetGoalAsync(SetupGoal goal)
    {
        ArgumentNullException.ThrowIfNull(goal);
        Touch();
        var (before, after) = Apply(s => s.WithGoal(goal, _runner.Reconsider));
        KeepDraft();
        if (before.Goal.User != goal.User)
        {
            Watch.Clear();
            Live.Restart();
        }

        if (!goal.ReadsTheSameFacts(before.Goal) || after.Inspection is not { Snapshot: not null })
        {
            await InspectAsync();
        }
    }

    /// <summary>Remembers how much is free on the server's disk.</summary>
    /// <param name="bytes">In bytes; null when not known.</param>
    public void SetFreeDisk(long? bytes)
    {
        Touch();
        Apply(s => s with { FreeDiskBytes = bytes });
    }

    /// <summary>Takes somebody's word that a firewall lets these addresses in, or takes it back.</summary>
    public void AllowAddresses(bool allowed)
    {
        Touch();
        Apply(s => s with { AddressesAllowed = allowed ? AddressesToAllow.Of(s)?.Key : null });
        KeepDraft();
    }

    /// <summary>Takes the present state as the one to compare with. Does nothing while something stands in the way.</summary>
    public void RenewBaseline()
    {
        Touch();
        Apply(s => s.WithBaseline(s.Proof?.Passed == true, _time.GetUtcNow()));
        KeepDraft();
    }

    /// <summary>Takes a draft up: a new session with its goal, and the form filled in but for secrets.</summary>
    public async Task ResumeAsync(SavedSetup draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        await ForgetAsync(SessionNotice.None);
        Draft.Take(draft.Endpoint);
        Draft.User = draft.User;
        Apply(s => s.Resumed(draft));
    }

    /// <summary>Forgets every secret and everything that came from the source; stops the sandbox.</summary>
    public async Task ForgetAsync(SessionNotice notice = SessionNotice.Ended)
    {
        // The state first: whoever connects meanwhile finds no credentials, and never credentials without a state.
        var (before, _) = Apply(s => s.Forgotten(notice));
        var tunnels = _secrets.Forget();
        Draft = new ConnectInput();
        Ticket = NewTicket();
        _compared = null;
        _keeper.Forget();
        _connecting?.Cancel();
        _inspecting?.Cancel();
        before.Proof?.Stop();
        before.Run?.Stop();
        before.Feed?.Stop();
        Story.Clear();
        Live.Restart();
        Watch.Clear();
        await CloseAsync(tunnels);
        if (before.Sandbox is { } sandbox)
        {
            await sandbox.DisposeAsync();
        }

        Log.Forgotten(_log, Id, notice);
        Raise();
    }

    /// <summary>Somebody signed out.</summary>
    internal async Task SignOutAsync()
    {
        Apply(static s => s with { Closed = true });
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

    /// <summary>Makes a change of state. A password that is not known any more is forgotten with it.</summary>
    private (SessionState Before, SessionState After) Apply(Func<SessionState, SessionState> change)
    {
        var applied = _state.Apply(change);
        if (applied is { Before.Password: not PasswordStanding.None, After.Password: PasswordStanding.None })
        {
            _secrets.SetClickPipesPassword(null);
        }

        return applied;
    }

    private long NextId() => Interlocked.Increment(ref _ids);

    /// <summary>Keeps the state as it is now.</summary>
    private void KeepDraft() => _keeper.Keep(State.ToSave(_time.GetUtcNow()));

    private static string NewTicket() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private static CancellationTokenSource Renew(ref CancellationTokenSource? source)
    {
        var fresh = new CancellationTokenSource();
        Interlocked.Exchange(ref source, fresh)?.Cancel();
        return fresh;
    }

    /// <summary>One comparison and what it was made of; put in place as a whole, for two pages may look at once.</summary>
    private sealed record Compared(SetupBaseline Baseline, Inspection Reading, BaselineComparison Comparison);

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
