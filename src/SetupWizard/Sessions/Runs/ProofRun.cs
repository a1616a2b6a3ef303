using SetupWizard.Core.Model;

namespace SetupWizard.Sessions.Runs;

/// <summary>One proof: the latest word about each stage. Belongs to the session and goes on without a page.</summary>
public sealed class ProofRun(TimeProvider time) : BackgroundRun<ProofEvent>
{
    /// <summary>The stages in the order they are tried.</summary>
    public static readonly IReadOnlyList<RequirementId> StageIds =
    [
        RequirementId.ProofLogin, RequirementId.ProofReplication, RequirementId.ProofRead, RequirementId.ProofPublication,
        RequirementId.ProofSlot, RequirementId.ProofChange, RequirementId.ProofClean,
    ];

    private readonly Dictionary<RequirementId, ProofEvent> _latest = [];

    public bool Stopped => StopRequested;

    public DateTimeOffset? FinishedAt { get; private set; }

    /// <summary>Every stage passed; a stage this server cannot do does not count against it.</summary>
    public bool Passed
    {
        get
        {
            lock (Gate)
            {
                return !IsRunning && Proved;
            }
        }
    }

    /// <summary>Whether the stages so far are those of a proof that passes; the last word once it has ended.</summary>
    internal bool Proved
    {
        get
        {
            lock (Gate)
            {
                return !Crashed && !Stopped && _latest.Count > 0
                    && _latest.Values.All(e => e.State is ProofState.Passed or ProofState.Skipped)
                    && _latest.Values.Any(e => e.State == ProofState.Passed);
            }
        }
    }

    /// <summary>The first stage that failed.</summary>
    public ProofEvent? Failure
    {
        get
        {
            lock (Gate)
            {
                return StageIds.Select(id => _latest.GetValueOrDefault(id)).FirstOrDefault(e => e?.State == ProofState.Failed);
            }
        }
    }

    /// <summary>Whether the server refused the password itself: it is not the user's.</summary>
    public bool RefusedLogin => Stage(RequirementId.ProofLogin) is { State: ProofState.Failed, Problem: { Key: "proof-login", Server.SqlState: "28P01" } };

    /// <summary>The latest word about each stage that has begun, in order.</summary>
    public IReadOnlyList<ProofEvent> Latest
    {
        get
        {
            lock (Gate)
            {
                return [.. StageIds.Select(id => _latest.GetValueOrDefault(id)).OfType<ProofEvent>()];
            }
        }
    }

    /// <summary>The latest word about a stage; null when it has not begun.</summary>
    public ProofEvent? Stage(RequirementId id)
    {
        lock (Gate)
        {
            return _latest.GetValueOrDefault(id);
        }
    }

    /// <inheritdoc/>
    protected override void Take(ProofEvent happened)
    {
        lock (Gate)
        {
            _latest[happened.Id] = happened;
        }
    }

    /// <inheritdoc/>
    protected override void Ending() => FinishedAt = time.GetUtcNow();
}
