using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Sessions;

/// <summary>Where a step stands, as the rail shows it.</summary>
public enum StepState
{
    NotChecked,
    Checking,
    Done,
    NeedsChanges,
    Blocked,
    Waiting,
    Unknown,
    Applying,

    /// <summary>Nothing is left that shows from here; a person has to say that something was done.</summary>
    ByHand,
}

/// <summary>A step's roll-up.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="Count">How many things need something: changes, a restart, or a second look.</param>
/// <param name="Notes">How many recommendations it has besides.</param>
/// <param name="Correct">How many findings are as they should be.</param>
public sealed record StepStatus(StepState State, int Count = 0, int Notes = 0, int Correct = 0)
{
    public static readonly StepStatus NotChecked = new(StepState.NotChecked);

    /// <summary>Rolls up the verdicts of one step.</summary>
    public static StepStatus Of(IEnumerable<Finding> findings)
    {
        var all = findings.Where(f => f.State != FindingState.NotApplicable).ToList();
        var stuck = all.Count(f => f.State == FindingState.Blocking && f.Fixes.Count == 0);

        // What one thing to do settles is counted once, as it is shown.
        var things = FindingGroup.Of(all).Select(static g => g.Lead).ToList();
        var toFix = things.Count(NeedsChange);
        var waiting = things.Count(f => f.State == FindingState.Pending);
        var unknown = all.Count(f => f.IsUndetermined);
        var notes = all.Count(IsNote);
        var correct = all.Count(f => f.State == FindingState.Satisfied);
        return (toFix, stuck, waiting, unknown) switch
        {
            ( > 0, _, _, _) => new StepStatus(StepState.NeedsChanges, toFix + stuck, notes, correct),
            (_, > 0, _, _) => new StepStatus(StepState.Blocked, stuck, notes, correct),
            (_, _, > 0, _) => new StepStatus(StepState.Waiting, waiting, notes, correct),
            (_, _, _, > 0) => new StepStatus(StepState.Unknown, unknown, notes, correct),
            _ => new StepStatus(StepState.Done, 0, notes, correct),
        };
    }

    /// <summary>Whether a finding asks for a change that somebody can make.</summary>
    public static bool NeedsChange(Finding finding) =>
        finding.State is FindingState.Blocking or FindingState.Warning && finding.Fixes.Count > 0;

    /// <summary>Whether a finding is only worth knowing.</summary>
    public static bool IsNote(Finding finding) =>
        finding.State == FindingState.Advice
        || (finding.State == FindingState.Warning && finding.Fixes.Count == 0)
        || (finding.State == FindingState.Unknown && !finding.IsUndetermined);
}
