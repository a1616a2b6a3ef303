using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements;

/// <summary>Columns of the chosen tables, and columns as subjects.</summary>
internal static class ColumnSubjects
{
    /// <summary>The columns with something to say that are in a chosen table.</summary>
    public static IEnumerable<ColumnFact> Chosen(RequirementContext context)
    {
        var columns = context.Snapshot.Columns;
        return columns.Count == 0 ? [] : columns.Where(c => context.Chosen.Contains(c.Table));
    }

    /// <summary>The column as a subject.</summary>
    public static Subject Of(ColumnFact column, string note) => Of(column.Table, column.Name, note);

    /// <summary>A column of this name as a subject.</summary>
    public static Subject Of(TableRef table, string column, string? note) =>
        new(SubjectKind.Column, table + "." + PgIdentifier.QuoteIfNeeded(column), note) { Table = table };
}
