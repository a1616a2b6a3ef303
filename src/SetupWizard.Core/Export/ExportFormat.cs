using SetupWizard.Core.Audit;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Export;

/// <summary>The kinds of file that can be taken away.</summary>
public enum ExportFormat
{
    /// <summary>A re-runnable psql script of the plan.</summary>
    Sql,

    /// <summary>A psql script that takes back what was applied.</summary>
    Undo,

    /// <summary>Terraform for the ClickPipe.</summary>
    Terraform,

    /// <summary>The body of ClickHouse Cloud's API call that creates the ClickPipe.</summary>
    Api,

    /// <summary>The <c>clickhousectl</c> call that creates the ClickPipe.</summary>
    Cli,

    /// <summary>A report for people.</summary>
    Markdown,

    /// <summary>The same report for programs, in the form of the CLI's <c>--json</c>.</summary>
    Json,
}

/// <summary>What an export is made from. There is no place for a secret in it.</summary>
/// <param name="Inspection">A reading of the source.</param>
/// <param name="Plan">What would make its verdicts right.</param>
public sealed record ExportInput(Inspection Inspection, SetupPlan Plan)
{
    /// <summary>The plan that takes back what was applied; null when it was not asked for.</summary>
    public SetupPlan? Undo { get; init; }

    /// <summary>The last word of each stage of the proof; empty when there was none.</summary>
    public IReadOnlyList<ProofEvent> Proof { get; init; } = [];

    /// <summary>What was applied and not taken back, oldest first; null when the record was not looked at.</summary>
    public IReadOnlyList<AuditEntry>? Applied { get; init; }

    /// <summary>The columns of the chosen tables, or of as many as are read at once; null when they were not read.</summary>
    public IReadOnlyList<TableColumns>? Columns { get; init; }

    /// <summary>The version of the wizard that a report names.</summary>
    public string Version { get; init; } = ProductVersion.Text;

    /// <summary>What was asked for.</summary>
    public SetupGoal Goal => Inspection.Goal;
}

/// <summary>A file to take away.</summary>
/// <param name="FileName">A name without a directory.</param>
/// <param name="ContentType">The media type, UTF-8.</param>
/// <param name="Text">The content, with <c>\n</c> at each line's end.</param>
public sealed record ExportFile(string FileName, string ContentType, string Text);
