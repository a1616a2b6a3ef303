using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Watching;
using SetupWizard.Sessions.Runs;
using SetupWizard.Sessions.Saved;
using SetupWizard.Sessions.Steps;

namespace SetupWizard.Sessions;

/// <summary>Judges a reading again for another goal, without I/O.</summary>
/// <param name="reading">The reading.</param>
/// <param name="goal">The goal; it reads the same facts.</param>
public delegate Inspection Judge(Inspection reading, SetupGoal goal);

/// <summary>
/// How one state of a session follows another. Pure: nothing is read, started or stopped here, and what comes in late is recognized by what it belongs to. Whatever begins or ends
/// besides is <see cref="WizardSession"/>'s.
/// </summary>
public static class SessionTransitions
{
    /// <summary>Somebody chose something: what was read is judged anew as far as it covers that.</summary>
    public static SessionState WithGoal(this SessionState state, SetupGoal goal, Judge judge)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(goal);
        ArgumentNullException.ThrowIfNull(judge);
        var next = state with { Goal = goal };
        if (goal.Authentication != state.Goal.Authentication)
        {
            // What was a password is no token, and the other way round.
            next = next with { Password = PasswordStanding.None, PasswordGenerated = false, PasswordTaken = false };
        }

        next = next.ForUserOf(state);
        return goal.ReadsTheSameFacts(state.Goal) && state.Inspection is { Snapshot: not null } reading ? next with { Inspection = judge(reading, goal) } : next;
    }

    /// <summary>A password was typed, made or taken away.</summary>
    public static SessionState WithPassword(this SessionState state, bool given, bool generated)
    {
        ArgumentNullException.ThrowIfNull(state);
        var exists = state.Inspection?.Snapshot?.Role(state.Goal.User) is not null && !state.Goal.ResetPassword;
        return state.Endpoint is null ? state : state with { Password = !given ? PasswordStanding.None : exists && !generated ? PasswordStanding.Given : PasswordStanding.Proposed, PasswordGenerated = given && generated, PasswordTaken = false };
    }

    /// <summary>Somebody copied the ClickPipes user's password, or had it shown.</summary>
    public static SessionState WithPasswordTaken(this SessionState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state with { PasswordTaken = state.Password != PasswordStanding.None };
    }

    /// <summary>An attempt to connect begins. Of another source nothing stays, but what is kept of it.</summary>
    /// <param name="state">The state before.</param>
    /// <param name="endpoint">Where.</param>
    /// <param name="adminUser">As whom.</param>
    /// <param name="attempt">The attempt.</param>
    /// <param name="kept">What was kept of this database; null when nothing was.</param>
    public static SessionState Connect(this SessionState state, SourceEndpoint endpoint, string adminUser, ConnectAttempt attempt, SavedSetup? kept)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(endpoint);
        var another = state.IsAnother(endpoint);
        var next = state with { Notice = SessionNotice.None, Endpoint = endpoint, AdminUser = adminUser, Attempt = attempt, GoalBefore = state.Goal };
        if (another)
        {
            next = next with
            {
                Inspection = null,
                LostConnection = null,
                Check = null,
                CheckedAt = null,
                First = null,
                Proof = null,
                Feed = null,
                UndoPlan = null,
                Review = null,
                HandedOver = null,
                FreeDiskBytes = null,
                AddressesAllowed = null,
                Run = state.Run is { IsRunning: true } ? state.Run : null,

                // A password goes to the server it was meant for, and a table's name means another table there.
                Password = state.Endpoint is null ? state.Password : PasswordStanding.None,
                PasswordGenerated = state.Endpoint is null && state.PasswordGenerated,
                PasswordTaken = state.Endpoint is null && state.PasswordTaken,
                Goal = state.Endpoint is null || state.Prepared is not null ? state.Goal : state.Goal.WithoutTables(),
            };
        }

        if (another || !state.Connected)
        {
            next = next with { Baseline = kept?.Baseline, AppliedSince = false, AddressesAllowed = kept?.AddressesAllowed ?? next.AddressesAllowed, ChoicesFound = kept is not null && IsUntouched(next.Goal) && !IsUntouched(kept.Goal) };
            if (next.ChoicesFound)
            {
                next = next with { Goal = kept!.Goal with { Provider = next.Goal.Provider ?? kept.Goal.Provider }, ResumeAt = kept.Step };
            }
        }

        // Once: somebody may choose otherwise, and connect to the same database again.
        next = another ? next with { Goal = next.Goal.Through(endpoint) } : next;
        return next.ForUserOf(state);
    }

    /// <summary>Whether an endpoint is another database than the one this session is about.</summary>
    public static bool IsAnother(this SessionState state, SourceEndpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(endpoint);
        return state.Endpoint is not { } known || known.Host != endpoint.Host || known.Port != endpoint.Port || known.Database != endpoint.Database || known.Ssh?.Host != endpoint.Ssh?.Host;
    }

    /// <summary>A stage of an attempt came to something.</summary>
    public static SessionState ConnectStage(this SessionState state, ConnectAttempt attempt, StageResult stage) =>
        state.Current(attempt) is { } current ? state with { Attempt = current.With(stage) } : state;

    /// <summary>An attempt ended with a report.</summary>
    public static SessionState ConnectEnded(this SessionState state, ConnectAttempt attempt, ConnectReport report, DateTimeOffset now, Judge judge)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (state.Current(attempt) is not { Cancelled: false } current)
        {
            return state;
        }

        var next = state with { Attempt = current with { Report = report } };
        next = report.Inspection is { Snapshot: not null } inspection ? next.Accept(inspection, now, judge) : next;
        return next.Connected ? next : next.WithGoalBefore();
    }

    /// <summary>An attempt came to nothing: somebody gave it up, or it broke.</summary>
    public static SessionState ConnectCancelled(this SessionState state, ConnectAttempt attempt) =>
        state.Current(attempt) is { Report: null } current ? (state with { Attempt = current with { Cancelled = true } }).WithGoalBefore() : state;

    /// <summary>A check begins; one before it is not looked at any more.</summary>
    public static SessionState CheckBegun(this SessionState state, CheckUnderWay check)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.Connected ? state with { Check = check } : state;
    }

    /// <summary>A check ended.</summary>
    /// <param name="state">The state before.</param>
    /// <param name="check">Which.</param>
    /// <param name="inspection">What it found; null when it was stopped or broke.</param>
    /// <param name="now">Now.</param>
    /// <param name="judge">Judges it for the goal of now.</param>
    public static SessionState CheckEnded(this SessionState state, CheckUnderWay check, Inspection? inspection, DateTimeOffset now, Judge judge)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Check?.Id != check?.Id)
        {
            return state;
        }

        var next = state with { Check = null };
        return inspection is null ? next : next.Accept(inspection, now, judge);
    }

    /// <summary>A run begins; it is not begun while another is under way, or where nobody is connected.</summary>
    public static SessionState RunBegun(this SessionState state, SetupRun run)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.Run is { IsRunning: true } || state.Endpoint is null ? state : state with { Run = run };
    }

    /// <summary>A run is ending: nobody must see it over and the source still as it was before.</summary>
    public static SessionState RunEnded(this SessionState state, SetupRun run, DateTimeOffset now, Judge judge)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(run);
        if (state.Run != run || run.DryRun)
        {
            return state;
        }

        // The facts moved under us: what was proved before is not proved any more.
        var next = state with { Proof = state.Proof is { IsRunning: true } ? state.Proof : null, UndoPlan = null, Review = null };
        if (run.Rows.Any(static r => r.State == RunRowState.InEffect && r.Change.Statement.HasSecret) && run.Plan.Goal.User == state.Goal.User && !run.Plan.Undoing)
        {
            // Asked for once more it would be changed once more.
            next = next with { Password = PasswordStanding.Set, Goal = state.Goal.ResetPassword ? state.Goal with { ResetPassword = false } : state.Goal };
        }

        next = run.Finished?.After is { } after ? next.Accept(after, now, judge) : next;
        return run.NeedsReading ? next : next.AfterApply(run);
    }

    /// <summary>A run is over and what it led to was read: what was taken back is no finished set-up any more.</summary>
    public static SessionState AfterApply(this SessionState state, SetupRun run)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(run);
        return run.DryRun ? state : state with { AppliedSince = true, Baseline = run.Plan.Undoing && state.Inspection is { Ready: false } ? null : state.Baseline };
    }

    /// <summary>A report was put away.</summary>
    public static SessionState RunDismissed(this SessionState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.Run is { IsRunning: false } ? state with { Run = null } : state;
    }

    /// <summary>A proof begins.</summary>
    public static SessionState ProofBegun(this SessionState state, ProofRun proof)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.Proof is { IsRunning: true } || state.Endpoint is null ? state : state with { Proof = proof };
    }

    /// <summary>A proof is ending.</summary>
    public static SessionState ProofEnded(this SessionState state, ProofRun proof, SetupGoal goal, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(proof);
        if (state.Proof != proof)
        {
            return state;
        }

        var next = goal.User != state.Goal.User || state.Password == PasswordStanding.None ? state : proof.Stage(RequirementId.ProofLogin)?.State switch
        {
            ProofState.Passed => state with { Password = PasswordStanding.Proved },

            // Refused, it is not the user's password, whoever said so.
            ProofState.Failed when proof.RefusedLogin => state with { Password = PasswordStanding.None, PasswordGenerated = false },
            _ => state,
        };
        return proof.Proved && goal == state.Goal ? next.WithBaseline(proved: true, now) : next;
    }

    /// <summary>Somebody watches changes arrive.</summary>
    public static SessionState FeedBegun(this SessionState state, FeedRun feed)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.Feed is { IsRunning: true } || state.Endpoint is null ? state : state with { Feed = feed };
    }

    /// <summary>A step was opened.</summary>
    public static SessionState Opened(this SessionState state, WizardStep step, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(state);
        var next = state with { LastStep = step };
        next = state.Connected && step > WizardStep.Connect ? next.WithoutResume() : next;

        // With nothing in the way, opening Finish is an end as well as a proof.
        return step == WizardStep.Finish && (next.Baseline is null || next.AppliedSince) && next.Proof?.Failure is null ? next.WithBaseline(next.Proof?.Passed == true, now) : next;
    }

    /// <summary>Takes the present state as the one to compare with. The same where something stands in the way.</summary>
    public static SessionState WithBaseline(this SessionState state, bool proved, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.MayRenewBaseline && SetupBaseline.Of(state.Inspection!, now, proved) is { } baseline ? state with { Baseline = baseline, AppliedSince = false } : state;
    }

    /// <summary>A plan is shown for review.</summary>
    public static SessionState Reviewing(this SessionState state, PlanReview? review)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state with { Review = review };
    }

    /// <summary>The plan for somebody else was taken away.</summary>
    public static SessionState WithHandedOver(this SessionState state, SetupPlan whole, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(whole);
        return state with { HandedOver = new HandedOver(now, whole.Afterwards.Select(static c => c.Key).ToHashSet(StringComparer.Ordinal)) };
    }

    /// <summary>After a reading: where nothing of a plan under review is left to do and nothing was run here, somebody else did it.</summary>
    /// <param name="state">The state after the reading.</param>
    /// <param name="plan">Plans for a reading, without I/O.</param>
    /// <param name="now">Now.</param>
    public static SessionState ReviewedAgain(this SessionState state, Func<Inspection, SetupPlan> plan, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(plan);
        if (state is not { Review: { DoneByOthers: null } review, Inspection: { Snapshot: not null } reading, LostConnection: null } || state.Run is { IsRunning: true })
        {
            return state;
        }

        var left = plan(reading);
        var keys = left.Changes.Concat(left.Afterwards).Concat<Change>(left.ConsoleChanges).Select(static c => c.Key).ToHashSet(StringComparer.Ordinal);
        return review.Plan.Changes.Concat(review.Plan.Afterwards).Concat<Change>(review.Plan.ConsoleChanges).Any(c => keys.Contains(c.Key)) ? state : state with { Review = review with { DoneByOthers = now } };
    }

    /// <summary>What was taken up goes on: somebody went on from there, or elsewhere.</summary>
    public static SessionState WithoutResume(this SessionState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state with { ResumeAt = null, Reopened = null, ChoicesFound = false };
    }

    /// <summary>A set-up that was kept is taken up: a new session with its goal.</summary>
    public static SessionState Resumed(this SessionState state, SavedSetup draft)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(draft);
        return state with { Goal = draft.Goal, ResumeAt = draft.Step, Reopened = draft.Baseline };
    }

    /// <summary>Everything is forgotten. Only that somebody signed out stays.</summary>
    public static SessionState Forgotten(this SessionState state, SessionNotice notice)
    {
        ArgumentNullException.ThrowIfNull(state);
        return SessionState.Empty with { Notice = notice, Closed = state.Closed };
    }

    /// <summary>Takes a reading. One that could not reach the source says so beside the last that did.</summary>
    private static SessionState Accept(this SessionState state, Inspection inspection, DateTimeOffset now, Judge judge)
    {
        var next = state with { CheckedAt = now };
        if (inspection.Snapshot is not { } snapshot)
        {
            return next with { LostConnection = inspection.Findings.FirstOrDefault(static f => f.Id == RequirementId.Reachable) ?? state.LostConnection };
        }

        var goal = next.Goal;
        var judged = inspection.Goal.ReadsTheSameFacts(goal) && inspection.Goal != goal ? judge(inspection, goal) : inspection;

        // A user that somebody else made has the password they chose, and not the one proposed here.
        var byOthers = state.Password == PasswordStanding.Proposed && !goal.ResetPassword && snapshot.Role(goal.User) is not null
            && state.Inspection?.Snapshot is { } before && before.Role(goal.User) is null && state.Run is not { IsRunning: true, DryRun: false };
        next = next with
        {
            LostConnection = null,
            Inspection = judged,
            First = state.First ?? new FirstReading(inspection.Goal.User, inspection.Goal.Publication, snapshot),
        };
        return byOthers ? next with { Password = PasswordStanding.None, PasswordGenerated = false } : next;
    }

    private static ConnectAttempt? Current(this SessionState state, ConnectAttempt attempt)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(attempt);
        return state.Attempt?.Id == attempt.Id ? state.Attempt : null;
    }

    /// <summary>It did not come to a connection: what was found, or left out, belongs to a database that this session has not seen.</summary>
    private static SessionState WithGoalBefore(this SessionState state) =>
        state.GoalBefore is not { } before ? state
        : state.ChoicesFound ? (state with { ChoicesFound = false, Goal = before, ResumeAt = null, GoalBefore = null }).ForUserOf(state)
        : state with { Goal = state.Goal.WithTablesOf(before), GoalBefore = null };

    /// <summary>What is known of a password is known of one user: for another it is no more than proposed.</summary>
    private static SessionState ForUserOf(this SessionState state, SessionState before) =>
        state.Goal.User != before.Goal.User && state.Password != PasswordStanding.None ? state with { Password = PasswordStanding.Proposed } : state;

    /// <summary>Whether nothing was chosen but what the way to the source itself decides.</summary>
    private static bool IsUntouched(SetupGoal goal) => goal with { Provider = null, Network = default } == new SetupGoal();
}
