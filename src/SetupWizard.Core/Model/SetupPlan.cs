namespace SetupWizard.Core.Model;

/// <summary>Ordered changes, and a fingerprint of the facts they rely on. A plan is data: it is shown, exported, and applied as it stands.</summary>
public sealed record SetupPlan
{
    /// <summary>What the plan is for.</summary>
    public required SetupGoal Goal { get; init; }

    /// <summary>The provider's id.</summary>
    public required string Provider { get; init; }

    /// <summary>Changes this login can make, in order.</summary>
    public IReadOnlyList<SqlChange> Changes { get; init; } = [];

    /// <summary>Changes somebody else has to run (<see cref="SqlChange.RunBy"/> says who), in order.</summary>
    public IReadOnlyList<SqlChange> HandOff { get; init; } = [];

    /// <summary>
    /// Changes that need what is still to be made by somebody else, in order: this login's own, and those of others that need one of these. A plan made after the
    /// hand-off has them among the others.
    /// </summary>
    public IReadOnlyList<WaitingChange> Waiting { get; init; } = [];

    /// <summary>What a person does in the console.</summary>
    public IReadOnlyList<ConsoleChange> ConsoleChanges { get; init; } = [];

    /// <summary>The verdicts the changes answer, as they stood when the plan was made.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>The requirements the plan was limited to; null for all.</summary>
    public IReadOnlySet<RequirementId>? Only { get; init; }

    /// <summary>Whether the plan takes back an earlier one.</summary>
    public bool Undoing => Undo is not null;

    /// <summary>What an undo was asked for; null for a plan that takes nothing back.</summary>
    public UndoRequest? Undo { get; init; }

    /// <summary>
    /// Why an undo has nothing to go by, or, beside changes, only for a part: the record of this installation knows nothing of this set-up. That is not the same as nothing to take back.
    /// </summary>
    public Problem? Unrecorded { get; init; }

    /// <summary>What an undo would hurt: while there is any, it is refused as a whole. Found when the plan was made, looked for again before it runs.</summary>
    public IReadOnlyList<Problem> Obstacles { get; init; } = [];

    /// <summary>What an undo does not touch, because somebody changed it since, and why.</summary>
    public IReadOnlyList<LeftAlone> LeftAlone { get; init; } = [];

    /// <summary>SHA-256 over the verdicts and statements, in hexadecimal.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Whether everything could be looked at: no verdict is unknown.</summary>
    public bool Complete { get; init; }

    /// <summary>Whether there is something we can run.</summary>
    public bool Applyable => Changes.Count > 0;

    /// <summary>Whether there is nothing left to do for anybody.</summary>
    public bool IsEmpty => Changes.Count == 0 && HandOff.Count == 0 && Waiting.Count == 0 && ConsoleChanges.Count == 0;

    /// <summary>What is left once <see cref="Changes"/> are made, in the order in which it has to be run: what others run, and what waits for that.</summary>
    public IEnumerable<SqlChange> Afterwards => Waiting.Count == 0 ? HandOff : HandOff.Concat(Waiting.Select(w => w.Change)).OrderBy(c => c.Phase);
}

/// <summary>A change that cannot be made yet.</summary>
/// <param name="Change">The change; without <see cref="SqlChange.RunBy"/> it is this login's.</param>
/// <param name="For">The changes it waits for: somebody else's, or such as wait themselves.</param>
public sealed record WaitingChange(SqlChange Change, IReadOnlyList<SqlChange> For);

/// <summary>One verdict that is no longer what the plan was made for.</summary>
/// <param name="Id">The requirement.</param>
/// <param name="Before">The verdict the plan relied on; null when there was none.</param>
/// <param name="After">The verdict now; null when there is none any more.</param>
public sealed record PlanDifference(RequirementId Id, Finding? Before, Finding? After);
