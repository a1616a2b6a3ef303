using SetupWizard.Core.Audit;
using SetupWizard.Core.Engine;
using SetupWizard.Core.HandOff;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Export;

/// <summary>Where a change stands, in the words of the JSON report.</summary>
public enum ChangeState
{
    /// <summary>Would be made.</summary>
    Planned,

    /// <summary>Has to be run by another role.</summary>
    HandOff,

    /// <summary>Cannot be made before another role has run something.</summary>
    Waiting,

    /// <summary>Was made, and reading again found it in effect.</summary>
    InEffect,

    /// <summary>Was made, and takes effect with the next restart of the server.</summary>
    AwaitsRestart,

    /// <summary>Was made, and reading again did not find it in effect.</summary>
    NotInEffect,

    /// <summary>Was executed and taken back: a dry run, or another change of its phase failed.</summary>
    RolledBack,

    /// <summary>Failed.</summary>
    Failed,

    /// <summary>Was not started.</summary>
    Skipped,

    /// <summary>The connection was lost while it ran, and the source could not be read since.</summary>
    Unknown,
}

/// <summary>A change and where it stands.</summary>
/// <param name="Change">The change.</param>
/// <param name="State">Where it stands.</param>
public sealed record ChangeReport(SqlChange Change, ChangeState State)
{
    /// <summary>What has to be run before it, for <see cref="ChangeState.Waiting"/>.</summary>
    public IReadOnlyList<SqlChange> WaitsFor { get; init; } = [];

    /// <summary>The changes of a plan that was not applied.</summary>
    public static IReadOnlyList<ChangeReport> Of(SetupPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return
        [
            .. plan.Changes.Select(c => new ChangeReport(c, ChangeState.Planned)),
            .. LeftBy(plan),
        ];
    }

    /// <summary>The changes of a plan that applying it leaves: for other roles, and waiting for them.</summary>
    public static IEnumerable<ChangeReport> LeftBy(SetupPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return plan.HandOff.Select(c => new ChangeReport(c, ChangeState.HandOff))
            .Concat(plan.Waiting.Select(w => new ChangeReport(w.Change, ChangeState.Waiting) { WaitsFor = w.For }));
    }
}

/// <summary>A plan that came as a file, laid beside the plan of now.</summary>
/// <param name="File">The file.</param>
/// <param name="Signer">The fingerprint of the key that signed it.</param>
/// <param name="Place">Whether this is the database it was made for.</param>
/// <param name="Comparisons">Every statement of either.</param>
public sealed record PlanFileReport(PlanFile File, string Signer, PlanPlace Place, IReadOnlyList<PlanComparison> Comparisons);

/// <summary>What the JSON report is made from.</summary>
/// <param name="Inspection">A reading of the source.</param>
public sealed record ReportInput(Inspection Inspection)
{
    /// <summary>Changes, planned or applied.</summary>
    public IReadOnlyList<ChangeReport> Changes { get; init; } = [];

    /// <summary>The plan file the changes were planned from; null without one.</summary>
    public PlanFileReport? PlanFile { get; init; }

    /// <summary>What was applied and not taken back, oldest first; null when the record was not looked at.</summary>
    public IReadOnlyList<AuditEntry>? Applied { get; init; }

    /// <summary>What an undo does not touch; empty when none was planned.</summary>
    public IReadOnlyList<LeftAlone> LeftAlone { get; init; } = [];

    /// <summary>The columns of the chosen tables; null when they were not read.</summary>
    public IReadOnlyList<TableColumns>? Columns { get; init; }

    /// <summary>The version of the wizard.</summary>
    public string Version { get; init; } = ProductVersion.Text;

    /// <summary>The last word of each stage of the proof.</summary>
    public IReadOnlyList<ProofEvent> Proof { get; init; } = [];

    /// <summary>The same from what a file is made from.</summary>
    public static ReportInput Of(ExportInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new ReportInput(input.Inspection)
        {
            Changes = ChangeReport.Of(input.Plan),
            Proof = input.Proof,
            Applied = input.Applied,
            Columns = input.Columns,
            Version = input.Version,
        };
    }

    /// <summary>How an apply ended; null when nothing was applied.</summary>
    public ApplyOutcome? Outcome { get; init; }

    /// <summary>What stopped an apply.</summary>
    public Problem? Problem { get; init; }

    /// <summary>The verdict of the whole; null takes the inspection's.</summary>
    public bool? Ready { get; init; }
}
