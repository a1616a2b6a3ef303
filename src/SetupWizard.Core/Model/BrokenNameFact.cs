namespace SetupWizard.Core.Model;

/// <summary>
/// A table whose name, or one of whose columns' names, is in bytes that are no characters (<see cref="Sql.ServerText.IsBroken"/>): only a database without an encoding has them.
/// A client that asks for UTF-8 is refused with 22021 whatever else it asked for in the same statement.
/// </summary>
/// <param name="Table">The table, by a name that no statement can have in it when <see cref="TableRef.IsBroken"/>.</param>
/// <param name="Oid">Its object identifier, by which it can be renamed without typing the name.</param>
/// <param name="Column">The column; null when it is the table's own name, or its schema's.</param>
/// <param name="Number">The column's number in the table; 0 without a column.</param>
public sealed record BrokenNameFact(TableRef Table, long Oid, string? Column = null, int Number = 0);
