using System.Globalization;

namespace SetupWizard.Core.Export;

/// <summary>Makes the files that can be taken away. Pure: the same input gives the same bytes, for the command line and for a download.</summary>
public static class Exporter
{
    /// <summary>Makes one file.</summary>
    /// <param name="format">Which.</param>
    /// <param name="input">From what.</param>
    /// <param name="culture">The language of comments and reports; names and statements do not depend on it.</param>
    /// <exception cref="ArgumentException">The undo script was asked for without an undo plan.</exception>
    public static ExportFile Create(ExportFormat format, ExportInput input, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(input);
        return format switch
        {
            ExportFormat.Sql => new("clickpipes-setup.sql", "application/sql", SqlScriptExporter.Write(input.Inspection, input.Plan, culture)),
            ExportFormat.Undo => new("clickpipes-undo.sql", "application/sql", UndoScriptExporter.Write(input.Inspection, UndoOf(input), culture)),
            ExportFormat.Terraform => new("clickpipe.tf", "text/plain", TerraformExporter.Write(input, culture)),
            ExportFormat.Api => new("clickpipe.json", "application/json", ApiExporter.Write(input)),
            ExportFormat.Cli => new("create-clickpipe.sh", "text/x-shellscript", ClickPipesCliExporter.Write(input, culture)),
            ExportFormat.Markdown => new("clickpipes-report.md", "text/markdown", MarkdownReport.Write(input, culture)),
            ExportFormat.Json => new("clickpipes-report.json", "application/json", JsonReport.Write(ReportInput.Of(input), culture)),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "There is no such format."),
        };
    }

    private static Model.SetupPlan UndoOf(ExportInput input) =>
        input.Undo ?? throw new ArgumentException("The undo script needs the undo plan.", nameof(input));
}
