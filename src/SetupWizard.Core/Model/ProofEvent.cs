namespace SetupWizard.Core.Model;

/// <summary>Where a stage of the proof stands.</summary>
public enum ProofState
{
    /// <summary>Under way.</summary>
    Running,

    /// <summary>Under way, held back by something named in the arguments.</summary>
    Waiting,

    /// <summary>Proved.</summary>
    Passed,

    /// <summary>Failed.</summary>
    Failed,

    /// <summary>Not tried, because an earlier stage failed or this server cannot.</summary>
    Skipped,
}

/// <summary>A stage of the proof moved.</summary>
/// <param name="Id">The stage (SW601 to SW607).</param>
/// <param name="State">Where it stands.</param>
/// <param name="Elapsed">How long it has taken.</param>
public sealed record ProofEvent(RequirementId Id, ProofState State, TimeSpan Elapsed)
{
    /// <summary>Values for the sentence <c>Proof.{Code}.{State}</c>: counts, versions, latency in milliseconds.</summary>
    public IReadOnlyDictionary<string, object?> Arguments { get; init; } = new Dictionary<string, object?>(StringComparer.Ordinal);

    /// <summary>
    /// Which of the state's situations this is, when it has more than one: <c>no-traffic</c> for a change that could not be sent and was not seen.
    /// </summary>
    public string? Case { get; init; }

    /// <summary>Why it failed, in four parts.</summary>
    public Problem? Problem { get; init; }

    /// <summary>The requirement that owns the failure: where to go to mend it. Null when no rule does.</summary>
    public RequirementId? Owner { get; init; }

    /// <summary>What else is wrong in this stage, for another reason: each with its own words and its own owner.</summary>
    public IReadOnlyList<ProofFailure> Others { get; init; } = [];
}

/// <summary>One reason why a stage of the proof failed.</summary>
/// <param name="Problem">Why, in four parts.</param>
/// <param name="Owner">The requirement that owns it; null when no rule does.</param>
public sealed record ProofFailure(Problem Problem, RequirementId? Owner);
