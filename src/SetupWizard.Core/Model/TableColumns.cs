
namespace SetupWizard.Core.Model;

/// <summary>A column as it stands in the catalog.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Origin">How it gets its value.</param>
/// <param name="KeyPosition">Its place, from 1, in what identifies a row: the replica identity's index, else the primary key; 0 when it is not part of it.</param>
/// <param name="Nullable">It may be NULL: nothing in the catalog forbids it.</param>
public sealed record TableColumn(string Name, PostgresType Type, ColumnOrigin Origin, int KeyPosition, bool Nullable = false);

/// <summary>All columns of a table, in their order.</summary>
/// <param name="Table">The table; of a partitioned one the root.</param>
/// <param name="Columns">Its columns; a table may have none.</param>
public sealed record TableColumns(TableRef Table, IReadOnlyList<TableColumn> Columns);

/// <summary>A reading of columns.</summary>
/// <param name="Tables">Those of the named tables that exist, in the order they were named.</param>
/// <param name="Failure">Why nothing could be read; null when it could.</param>
public sealed record ColumnReading(IReadOnlyList<TableColumns> Tables, Finding? Failure = null);
