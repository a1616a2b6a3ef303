using SetupWizard.Core.Engine;
using SetupWizard.Core.Export;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Cli;

/// <summary>What a verb found out or did: the one thing every view shows.</summary>
/// <param name="Inspection">The last reading.</param>
internal sealed record CliReport(Inspection Inspection)
{
    /// <summary>The plan, when there is one to show.</summary>
    public SetupPlan? Plan { get; init; }

    /// <summary>The run, when a plan was executed.</summary>
    public ApplyRecord? Run { get; init; }

    /// <summary>Whether an apply found that there was nothing for it to run.</summary>
    public bool NothingToDo { get; init; }

    /// <summary>What kept the plan from being run at all.</summary>
    public Problem? Refusal { get; init; }

    /// <summary>The last word of each stage of the proof.</summary>
    public IReadOnlyList<ProofEvent> Proof { get; init; } = [];

    /// <summary>Whether something ended the verb before it was over.</summary>
    public bool Broken { get; init; }

    /// <summary>The process's exit code.</summary>
    public int ExitCode { get; init; }

    /// <summary>The changes and where they stand.</summary>
    public IReadOnlyList<ChangeReport> Changes => Run?.Changes ?? (Plan is null ? [] : ChangeReport.Of(Plan));
}

/// <summary>Shows what happens and what came of it.</summary>
internal interface ICliView
{
    /// <summary>The source was read, or could not be.</summary>
    void Read(Inspection inspection);

    /// <summary>A plan was made.</summary>
    void Planned(Inspection inspection, SetupPlan plan);

    /// <summary>A plan was laid beside the file it was prepared in.</summary>
    void Compared(PlanFileReport compared, Inspection inspection);

    /// <summary>Something happened while a plan was applied.</summary>
    void Hear(ApplyEvent happened, SetupPlan plan);

    /// <summary>A stage of the proof moved.</summary>
    void Hear(ProofEvent happened);

    /// <summary>The change feed told something.</summary>
    /// <param name="pulse">What.</param>
    /// <param name="since">The number of the last change that was told before.</param>
    void Hear(FeedPulse pulse, long since);

    /// <summary>The end.</summary>
    void End(CliReport report);
}
