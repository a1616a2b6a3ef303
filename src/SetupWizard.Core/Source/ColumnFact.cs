using SetupWizard.Core.Model;

namespace SetupWizard.Core.Source;

/// <summary>How a column gets its value (<c>pg_attribute.attgenerated</c>).</summary>
public enum ColumnOrigin
{
    /// <summary>It is written.</summary>
    Written,

    /// <summary>Computed when the row is written, and stored.</summary>
    Stored,

    /// <summary>Computed when the row is read (PostgreSQL 18 and later).</summary>
    Virtual,
}

/// <summary>A column with something to say.</summary>
/// <param name="Table">Its table; of a partitioned one the root.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Origin">How it gets its value.</param>
/// <param name="InIdentity">It is one of the columns that identify a row: of the replica identity's index, else of the primary key.</param>
public readonly record struct ColumnFact(TableRef Table, string Name, PostgresType Type, ColumnOrigin Origin, bool InIdentity);

/// <summary>A publication's row filter or column list for one table (PostgreSQL 15 and later).</summary>
/// <param name="Table">The table.</param>
/// <param name="Filter">The filter's expression; null when there is none.</param>
/// <param name="HiddenColumns">Columns that the column list leaves out; empty without one.</param>
/// <param name="MissesIdentity">The list leaves out columns that identify a row, or the filter looks at columns that do not: UPDATE and DELETE fail.</param>
/// <param name="WithSchema">The publication has the table's schema as a whole, too, which no filter holds against.</param>
public sealed record FilterFact(TableRef Table, string? Filter, IReadOnlyList<string> HiddenColumns, bool MissesIdentity, bool WithSchema = false);
