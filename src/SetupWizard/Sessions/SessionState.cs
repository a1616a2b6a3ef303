using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Watching;
using SetupWizard.Sessions.Runs;
using SetupWizard.Sessions.Sandboxes;
using SetupWizard.Sessions.Saved;
using SetupWizard.Sessions.Steps;

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

/// <summary>What this session knows of the ClickPipes user's password. Having one is not knowing it: somebody else may have made the user with another.</summary>
public enum PasswordStanding
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>There is one for a user that is to be made, or is to get it.</summary>
    Proposed,

    /// <summary>Somebody typed the one of a user that was there.</summary>
    Given,

    /// <summary>A run of this session set it.</summary>
    Set,

    /// <summary>A proof of this session logged in with it.</summary>
    Proved,
}

/// <summary>A check under way. A newer one is another, and what an older one finds is not looked at.</summary>
/// <param name="Id">Tells it from every other one of the session.</param>
/// <param name="Since">When it began.</param>
public sealed record CheckUnderWay(long Id, DateTimeOffset Since);

/// <summary>The first reading of a source in this session, and the names it was made for.</summary>
/// <param name="User">The ClickPipes user.</param>
/// <param name="Publication">The publication.</param>
/// <param name="Snapshot">What was read.</param>
public sealed record FirstReading(string User, string Publication, SourceSnapshot Snapshot);

/// <summary>A plan that somebody is looking at before it is run.</summary>
/// <param name="Step">Where.</param>
/// <param name="Plan">What is shown.</param>
/// <param name="DoneByOthers">When a reading found that nothing of it is left to do although nothing was run here; null while something is.</param>
public sealed record PlanReview(WizardStep Step, SetupPlan Plan, DateTimeOffset? DoneByOthers = null);

/// <summary>A plan that was taken away for somebody else to run.</summary>
/// <param name="At">When.</param>
/// <param name="Keys">The changes in it.</param>
public sealed record HandedOver(DateTimeOffset At, IReadOnlySet<string> Keys);

/// <summary>
/// Everything one visitor is doing, at one moment. There is no secret in it, no connection and nothing that runs but by its handle; <see cref="SessionTransitions"/> says how one
/// state follows another.
/// </summary>
public sealed record SessionState
{
    /// <summary>Nobody has done anything yet, or everything was forgotten.</summary>
    public static SessionState Empty { get; } = new();

    /// <summary>What the user chose.</summary>
    public SetupGoal Goal { get; init; } = new();

    /// <summary>Where the source is, as last typed; null before.</summary>
    public SourceEndpoint? Endpoint { get; init; }

    /// <summary>Who logs in; null before.</summary>
    public string? AdminUser { get; init; }

    /// <summary>The last attempt to connect, finished or not.</summary>
    public ConnectAttempt? Attempt { get; init; }

    /// <summary>The goal before that attempt, to go back to when it comes to nothing.</summary>
    public SetupGoal? GoalBefore { get; init; }

    /// <summary>What is known of the ClickPipes user's password.</summary>
    public PasswordStanding Password { get; init; }

    /// <summary>Whether it was made here.</summary>
    public bool PasswordGenerated { get; init; }

    /// <summary>Whether somebody copied it or had it shown: until then one made here is nowhere but in this session.</summary>
    public bool PasswordTaken { get; init; }

    /// <summary>The last reading that has facts in it.</summary>
    public Inspection? Inspection { get; init; }

    /// <summary>The verdict of a later reading that could not reach the source; null while it can be reached.</summary>
    public Finding? LostConnection { get; init; }

    /// <summary>The check under way; null when there is none.</summary>
    public CheckUnderWay? Check { get; init; }

    public DateTimeOffset? CheckedAt { get; init; }

    /// <summary>The first reading of this source.</summary>
    public FirstReading? First { get; init; }

    /// <summary>The last apply or dry run.</summary>
    public SetupRun? Run { get; init; }

    public ProofRun? Proof { get; init; }

    /// <summary>The last watch of arriving changes; null before the first.</summary>
    public FeedRun? Feed { get; init; }

    /// <summary>The plan that takes back what was applied, once asked for.</summary>
    public SetupPlan? UndoPlan { get; init; }

    /// <summary>A plan that is being reviewed.</summary>
    public PlanReview? Review { get; init; }

    /// <summary>The plan that was taken away for somebody else; null when none was.</summary>
    public HandedOver? HandedOver { get; init; }

    /// <summary>What the plan for somebody else says about who asks for it; null when nobody wrote anything.</summary>
    public string? HandOffNote { get; init; }

    /// <summary>A plan somebody else prepared, opened from a file.</summary>
    public PreparedPlan? Prepared { get; init; }

    /// <summary>The sandbox, or the one that is being started; null when there is none.</summary>
    public SandboxState? Sandbox { get; init; }

    /// <summary>Free space on the server's disk as the user typed it, in bytes; null when not told.</summary>
    public long? FreeDiskBytes { get; init; }

    /// <summary>For which addresses somebody said that they are allowed, see <see cref="Core.Requirements.Network.AllowList"/>; null when nobody did.</summary>
    public string? AddressesAllowed { get; init; }

    public SessionNotice Notice { get; init; }

    /// <summary>The furthest step that was opened.</summary>
    public WizardStep LastStep { get; init; }

    /// <summary>The step to go on with after connecting, when a draft was taken up; null otherwise.</summary>
    public WizardStep? ResumeAt { get; init; }

    /// <summary>The finished set-up that was taken up, to be compared with after connecting; null when none was.</summary>
    public SetupBaseline? Reopened { get; init; }

    /// <summary>Whether the choices made for this database before came back although nobody had asked for them.</summary>
    public bool ChoicesFound { get; init; }

    /// <summary>What the source looked like when its set-up was finished; null when it never was, or nothing was kept.</summary>
    public SetupBaseline? Baseline { get; init; }

    /// <summary>Whether something was applied from here after that.</summary>
    public bool AppliedSince { get; init; }

    /// <summary>Whether somebody signed out: nothing begins here any more, and pages that show it are sent away.</summary>
    public bool Closed { get; init; }

    /// <summary>Whether the user's password goes with this session: it is in effect, was made here, and nobody has it.</summary>
    public bool PasswordWouldBeLost => Password > PasswordStanding.Proposed && PasswordGenerated && !PasswordTaken;

    /// <summary>Whether ClickPipes cannot get to the host as it was given: this machine's own names lead to itself there. A bastion is another matter.</summary>
    public bool HostIsThisMachine => Endpoint is { LeadsHere: true, ConsoleHost: null } && Goal.Network != NetworkPath.Ssh;

    public bool Connecting => Attempt is { Report: null, Cancelled: false };

    /// <summary>Whether the last attempt opened and read the source.</summary>
    public bool Connected => Attempt?.Report?.Succeeded == true;

    /// <summary>Whether the source is a sandbox.</summary>
    public bool OnSandbox => Sandbox?.Instance is { } sandbox && sandbox.Endpoint == Endpoint;

    /// <summary>Whether something runs that must not be cut off by idleness.</summary>
    public bool Busy => Run is { IsRunning: true } || Proof is { IsRunning: true } || Feed is { IsRunning: true } || Connecting || Sandbox is { Starting: true };

    /// <summary>The provider in effect: chosen, else detected by the last reading; null when neither.</summary>
    public ProviderProfile? Provider => Inspection?.Provider ?? ProviderCatalog.Find(Goal.Provider);

    /// <summary>Whether the present state could be the one to compare with from now on.</summary>
    public bool MayRenewBaseline => LostConnection is null && Inspection is { Ready: true };

    /// <summary>
    /// When all that is left of a plan was handed over: one plan has all steps, and nobody is asked twice. Null where there is something to do here, or where something was chosen since
    /// that the plan does not have.
    /// </summary>
    public DateTimeOffset? HandedOverOf(SetupPlan? left) =>
        HandedOver is { } handed && left is { Applyable: false, HandOff.Count: > 0 } && left.Afterwards.All(c => handed.Keys.Contains(c.Key)) ? handed.At : null;

    /// <summary>Whether a step can be opened with something in it.</summary>
    public bool CanOpen(WizardStep step) => step <= WizardStep.Connect || Inspection is not null;

    /// <summary>The steps that ClickPipes needs and that are not done, in order.</summary>
    public IEnumerable<WizardStep> Unfinished =>
        new[] { WizardStep.Replication, WizardStep.Access, WizardStep.Tables }.Where(s => StatusOf(s).State is not (StepState.Done or StepState.Checking));

    /// <summary>The findings a step shows, most urgent first.</summary>
    public IReadOnlyList<Finding> FindingsOf(WizardStep step) =>
    [
        .. (Inspection?.Findings ?? []).Where(f => f.Area.Step() == step && f.State != FindingState.NotApplicable)
            .OrderByDescending(f => f.State == FindingState.Unknown ? FindingState.Warning : f.State).ThenBy(f => f.Id),
    ];

    /// <summary>Where a step stands.</summary>
    public StepStatus StatusOf(WizardStep step) => step switch
    {
        WizardStep.Provider => Provider is null ? StepStatus.NotChecked : new StepStatus(StepState.Done),
        WizardStep.Connect => ConnectStatus(),
        WizardStep.Verify => VerifyStatus(),
        WizardStep.Finish => Inspection?.Ready == true && Proof?.Passed == true && StatusOf(WizardStep.Network).State != StepState.ByHand ? new StepStatus(StepState.Done) : StepStatus.NotChecked,
        WizardStep.Network when Goal is { Region: null, Network: not NetworkPath.PrivateLink } && FindingsOf(step).All(f => !f.IsProblem) => StepStatus.NotChecked,
        WizardStep.Network => NetworkStatus(),
        _ => CheckedStatus(step),
    };

    /// <summary>What differs from the first reading of this session; null when there was none, or it was made for other names.</summary>
    public IReadOnlyList<FactDifference>? DifferencesFromFirst(Inspection? now) =>
        First is { } first && now?.Snapshot is { } snapshot && now.Goal.User == first.User && now.Goal.Publication == first.Publication
            ? SnapshotComparison.Differences(first.Snapshot, snapshot)
            : null;

    private StepStatus NetworkStatus()
    {
        var status = CheckedStatus(WizardStep.Network);

        // Whether a firewall lets ClickPipes in shows to nobody here: a person says so.
        return status.State == StepState.Done && AddressesToAllow.Of(this) is { } addresses && addresses.Key != AddressesAllowed ? status with { State = StepState.ByHand, Count = addresses.All.Count } : status;
    }

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
            return Check is null ? StepStatus.NotChecked : new StepStatus(StepState.Checking);
        }

        return LostConnection is null ? StepStatus.Of(FindingsOf(step)) : new StepStatus(StepState.Unknown, 1);
    }

    /// <summary>What is kept of it between sessions; null while there is nothing worth it.</summary>
    public SavedSetup? ToSave(DateTimeOffset now) =>
        this is { Connected: true, Sandbox: null, Endpoint: { } endpoint, AdminUser: { } user }
            ? new SavedSetup
            {
                SavedAt = now,
                Step = ResumeAt ?? LastStep,
                Provider = Provider?.Id,
                Host = endpoint.Host,
                Port = endpoint.Port,
                Database = endpoint.Database,
                User = user,
                Tls = endpoint.Tls,
                SshHost = endpoint.Ssh?.Host,
                SshPort = endpoint.Ssh?.Port ?? SshEndpoint.DefaultPort,
                SshUser = endpoint.Ssh?.User,

                // Published addresses grow old; they are read again when somebody asks.
                Goal = Goal with { PublishedAddresses = null },
                Baseline = Baseline,
                AddressesAllowed = AddressesAllowed,
            }
            : null;
}
