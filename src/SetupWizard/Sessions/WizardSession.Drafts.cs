using SetupWizard.Core.Model;
using SetupWizard.Core.Watching;

namespace SetupWizard.Sessions;

/// <content>Drafts: what outlives the session, and taking one up again.</content>
public sealed partial class WizardSession
{
    private readonly Lock _draftGate = new();
    private SetupDraft? _savedDraft;
    private SetupDraft? _nextDraft;
    private Task _savingDraft = Task.CompletedTask;

    /// <summary>Where drafts are kept; null keeps none.</summary>
    public DraftStore? Drafts { get; init; }

    /// <summary>The step to go on with after connecting, when a draft was taken up; null otherwise.</summary>
    public WizardStep? ResumeAt { get; private set; }

    /// <summary>The finished set-up that was taken up, to be compared with after connecting; null when none was.</summary>
    public SetupBaseline? Reopened { get; private set; }

    /// <summary>Ends when no draft is being written any more.</summary>
    public Task DraftsSaved
    {
        get
        {
            lock (_draftGate)
            {
                return _savingDraft;
            }
        }
    }

    /// <summary>Takes a draft up: a new session with its goal, and the form filled in but for secrets.</summary>
    public async Task ResumeAsync(SetupDraft draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        await ForgetAsync(SessionNotice.None);
        Goal = draft.Goal;
        Draft.Take(draft.Endpoint);
        Draft.User = draft.User;
        ResumeAt = draft.Step;
        Reopened = draft.Baseline;
        Raise();
    }

    /// <summary>Whether the choices made for this database before came back although nobody had asked for them.</summary>
    public bool ChoicesFound { get; private set; }

    /// <summary>
    /// What is kept of this database. Whoever connects by hand and has chosen nothing yet goes on with what was chosen for it, for the first thing kept
    /// now takes the old one's place. A sandbox lives for a session only.
    /// </summary>
    private void FindDraft(SourceEndpoint endpoint)
    {
        var draft = Sandbox is null ? Drafts?.Find(endpoint) : null;
        Baseline = draft?.Baseline;
        _appliedSince = false;
        ChoicesFound = draft is not null && IsUntouched(Goal) && !IsUntouched(draft.Goal);
        if (ChoicesFound)
        {
            Goal = draft!.Goal with { Provider = Goal.Provider ?? draft.Goal.Provider };
            ResumeAt = draft.Step;
        }
    }

    /// <summary>Whether nothing was chosen but what the way to the source itself decides.</summary>
    private static bool IsUntouched(SetupGoal goal) => goal with { Provider = null, Network = default } == new SetupGoal();

    /// <summary>It did not come to a connection: what was found belongs to a database that this session has not seen.</summary>
    private void LoseDraft(SetupGoal goal)
    {
        if (ChoicesFound)
        {
            ChoicesFound = false;
            Goal = goal;
            ResumeAt = null;
        }
    }

    /// <summary>Forgets that a draft was taken up: somebody went on from there, or elsewhere.</summary>
    private void EndResume(WizardStep? opened)
    {
        if (opened is null)
        {
            _savedDraft = null;
        }

        if (opened is null || (Connected && opened > WizardStep.Connect))
        {
            ResumeAt = null;
            Reopened = null;
            ChoicesFound = false;
        }
    }

    /// <summary>Keeps the state as it is now. While one draft is being written only the latest of those that follow waits.</summary>
    private void KeepDraft()
    {
        if (Drafts is not { } store || SetupDraft.Of(this, _time.GetUtcNow()) is not { } draft)
        {
            return;
        }

        lock (_draftGate)
        {
            if (_savedDraft is { } saved && saved == draft with { SavedAt = saved.SavedAt })
            {
                return;
            }

            _savedDraft = draft;
            _nextDraft = draft;
            if (_savingDraft.IsCompleted)
            {
                _savingDraft = Task.Run(() => SaveDraftsAsync(store));
            }
        }
    }

    private async Task SaveDraftsAsync(DraftStore store)
    {
        while (true)
        {
            SetupDraft draft;
            lock (_draftGate)
            {
                if (_nextDraft is null)
                {
                    // Whoever comes next finds this task still running only until the lock is given back: it must not be waited for.
                    _savingDraft = Task.CompletedTask;
                    return;
                }

                (draft, _nextDraft) = (_nextDraft, null);
            }

            await store.SaveAsync(draft, CancellationToken.None);
        }
    }
}
