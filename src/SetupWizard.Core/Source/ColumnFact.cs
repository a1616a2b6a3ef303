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
