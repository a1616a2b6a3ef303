using System.Globalization;
using System.Text;
using SetupWizard.Core.Text;
using SetupWizard.Core.Wording;

namespace SetupWizard.Core.Export;

/// <summary>The tables of a Markdown report: their names in ClickHouse and, where columns were read, every type with what it loses.</summary>
internal static class MappingReport
{
    private static readonly string[] s_headings = ["Column", "Postgres", "ClickHouse", "Note"];

    public static void Write(StringBuilder text, ExportInput input, CultureInfo culture)
    {
        var targets = TableTargets.Of(input.Inspection);
        MarkdownReport.Heading(text, Messages.Get("Value.Tables", culture, ("count", targets.Count)));
        var mapped = input.Columns is null ? [] : TableMapping.Of(input.Inspection, input.Columns);
        foreach (var table in targets)
        {
            text.Append("- ").Append(MarkdownText.Code(table.Source.ToString())).Append(" → ").Append(MarkdownText.Code(table.Target));
            if (table.Excluded.Count > 0)
            {
                text.Append(' ').Append(Messages.Get("Mapping.Without", culture)).Append(' ').AppendJoin(", ", table.Excluded.Select(MarkdownText.Code));
            }

            text.Append('\n');
        }

        if (mapped.Count == 0)
        {
            return;
        }

        MarkdownReport.Heading(text, Messages.Get("Mapping.Title", culture));
        text.Append(Messages.Get(
            mapped.Count < targets.Count ? "Mapping.SomeTotals" : "Mapping.Totals",
            culture,
            ("tables", mapped.Count),
            ("chosen", targets.Count),
            ("columns", mapped.Sum(static t => t.Columns.Count)),
            ("losing", mapped.Sum(static t => t.Losing)))).Append('\n');
        foreach (var table in mapped)
        {
            Table(text, table, culture);
        }
    }

    private static void Table(StringBuilder text, TableMapping table, CultureInfo culture)
    {
        text.Append("\n### ").Append(MarkdownText.Code(table.Table.ToString())).Append("\n\n");
        text.Append("- ").Append(Messages.Get("Mapping.Engine", culture)).Append(": ").Append(MarkdownText.Code(table.Engine)).Append('\n');
        text.Append("- ").Append(Messages.Get("Mapping.Key", culture)).Append(": ");
        if (table.KeyOrigin != SortingKeyOrigin.WholeRow)
        {
            text.AppendJoin(", ", table.SortingKey.Select(MarkdownText.Code)).Append(table.SortingKey.Count > 0 ? " " : "");
        }

        text.Append('(').Append(MappingText.Key(table, culture)).Append(")\n\n| ");
        text.AppendJoin(" | ", s_headings.Select(k => Messages.Get("Mapping." + k, culture))).Append(" |\n| --- | --- | --- | --- |\n");
        foreach (var column in table.Columns)
        {
            text.Append("| ").AppendJoin(" | ", Cell(column.Name), Cell(column.PostgresType), Cell(column.ClickHouseType), MappingText.Note(column, culture)).Append(" |\n");
        }
    }

    private static string Cell(string value) => MarkdownText.Code(value).Replace("|", "\\|", StringComparison.Ordinal);
}
