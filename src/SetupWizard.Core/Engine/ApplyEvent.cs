using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Engine;

/// <summary>How an apply ended.</summary>
public enum ApplyOutcome
{
    /// <summary>Every change was made, and reading again found each in effect.</summary>
    Completed,

    /// <summary>Every change was made, and some of them take effect with the next restart of the server (<see cref="ApplyFinished.Waiting"/>).</summary>
    RestartPending,

    /// <summary>There was nothing to do.</summary>
    NothingToDo,

    /// <summary>The facts changed after the plan was made; nothing was executed.</summary>
    Stale,

    /// <summary>Another wizard is applying to the same database; nothing was executed.</summary>
    Busy,

    /// <summary>An undo would hurt what is in use; nothing was executed.</summary>
    Refused,

    /// <summary>A change failed; its phase was rolled back, earlier phases are in effect.</summary>
    Failed,

    /// <summary>The connection was lost; reading again told what is in effect, or could not (see the events).</summary>
    ConnectionLost,

    /// <summary>Stopped on request; completed phases are in effect.</summary>
    Cancelled,

    /// <summary>Everything was executed, and reading again found something not in effect.</summary>
    NotInEffect,

    /// <summary>A dry run: every change was executed and rolled back.</summary>
    RolledBack,
}

/// <summary>Something that happened while a plan was applied. Views print events; they never ask the engine.</summary>
public abstract record ApplyEvent
{
    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }
}

/// <summary>The apply began.</summary>
/// <param name="Total">How many changes it has.</param>
/// <param name="DryRun">Whether all of it will be rolled back.</param>
public sealed record ApplyStarted(int Total, bool DryRun) : ApplyEvent;

/// <summary>A change is running.</summary>
/// <param name="Index">Its place, from 0.</param>
/// <param name="Change">The change.</param>
public sealed record ChangeStarted(int Index, SqlChange Change) : ApplyEvent;

/// <summary>The server said something about it.</summary>
/// <param name="Index">The change.</param>
/// <param name="Message">The notice or warning.</param>
public sealed record ChangeNotice(int Index, ServerMessage Message) : ApplyEvent;

/// <summary>The change was executed; it is in effect once its phase is committed.</summary>
/// <param name="Index">The change.</param>
/// <param name="Elapsed">How long it took.</param>
public sealed record ChangeExecuted(int Index, TimeSpan Elapsed) : ApplyEvent;

/// <summary>These changes are committed.</summary>
/// <param name="Phase">The phase.</param>
/// <param name="Indexes">The changes.</param>
public sealed record PhaseCommitted(ChangePhase Phase, IReadOnlyList<int> Indexes) : ApplyEvent;

/// <summary>These changes were taken back by the server because one of them failed or the run was a dry run.</summary>
/// <param name="Phase">The phase.</param>
/// <param name="Indexes">The changes.</param>
public sealed record PhaseRolledBack(ChangePhase Phase, IReadOnlyList<int> Indexes) : ApplyEvent;

/// <summary>A change failed.</summary>
/// <param name="Index">The change.</param>
/// <param name="Problem">Why, in four parts.</param>
public sealed record ChangeFailed(int Index, Problem Problem) : ApplyEvent;

/// <summary>Each of these changes was accepted, and what was to put them into effect together was not: none of them is.</summary>
/// <param name="Phase">The phase.</param>
/// <param name="Indexes">The changes.</param>
/// <param name="Problem">Why, in four parts.</param>
public sealed record CommitRefused(ChangePhase Phase, IReadOnlyList<int> Indexes, Problem Problem) : ApplyEvent;

/// <summary>The connection was lost while these changes were under way: it is not known whether they took effect until the database is read again.</summary>
/// <param name="Indexes">The changes.</param>
/// <param name="Problem">What was seen.</param>
public sealed record OutcomeUnknown(IReadOnlyList<int> Indexes, Problem Problem) : ApplyEvent;

/// <summary>These changes were not started.</summary>
/// <param name="Indexes">The changes.</param>
public sealed record ChangesSkipped(IReadOnlyList<int> Indexes) : ApplyEvent;

/// <summary>The plan no longer fits; nothing was executed.</summary>
/// <param name="Differences">What changed since it was made.</param>
/// <param name="Fresh">The plan for the facts as they are now.</param>
public sealed record PlanStale(IReadOnlyList<PlanDifference> Differences, SetupPlan Fresh) : ApplyEvent;

/// <summary>The apply ended.</summary>
/// <param name="Outcome">How.</param>
/// <param name="Problem">What stopped it, when something did.</param>
/// <param name="InEffect">Indexes of the changes that reading again found in effect.</param>
/// <param name="NotInEffect">Indexes of the changes that are not.</param>
/// <param name="After">The reading made afterwards; its snapshot is null when the source could not be read.</param>
public sealed record ApplyFinished(
    ApplyOutcome Outcome,
    Problem? Problem,
    IReadOnlyList<int> InEffect,
    IReadOnlyList<int> NotInEffect,
    Inspection? After) : ApplyEvent
{
    /// <summary>Indexes of the changes that were made and take effect with the next restart of the server.</summary>
    public IReadOnlyList<int> Waiting { get; init; } = [];

    /// <summary>Whether every change was made, be it that some wait for a restart.</summary>
    public bool Done => Outcome is ApplyOutcome.Completed or ApplyOutcome.RestartPending;
}
