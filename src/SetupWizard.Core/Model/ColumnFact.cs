
namespace SetupWizard.Core.Model;

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
/// <param name="Table">Its table; of a partitioned one the root, for generated columns from PostgreSQL 18 on each partition as well.</param>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Origin">How it gets its value.</param>
/// <param name="InIdentity">It is one of the columns that identify a row: of the replica identity's index, else of the primary key.</param>
public readonly record struct ColumnFact(TableRef Table, string Name, PostgresType Type, ColumnOrigin Origin, bool InIdentity)
{
    private readonly IReadOnlyList<string>? _uniqueIndexes;
    private readonly IReadOnlyList<string>? _unsentBy;

    /// <summary>Of a generated column the unique indexes it is a key column of, by name.</summary>
    public IReadOnlyList<string> UniqueIndexes
    {
        get => _uniqueIndexes ?? [];
        init => _uniqueIndexes = value;
    }

    /// <summary>
    /// Of a generated column the publications that publish the table's updates or deletes, or those of something it is a partition of, and do not send the column
    /// (PostgreSQL 18 and later).
    /// </summary>
    public IReadOnlyList<string> UnsentBy
    {
        get => _unsentBy ?? [];
        init => _unsentBy = value;
    }
}

/// <summary>A closer look at a table's columns, which only some tables get: looking at all of them would cost as much as everything else.</summary>
/// <param name="Dates">Columns of dates and timestamps, single or in arrays, and of domains over them.</param>
/// <param name="OutOfRange">Those of them in which the server's statistics show a year before 1900 or after 2299, or infinity. Statistics are a sample, and only of what the login may read.</param>
/// <param name="Toastable">Columns whose values may be kept outside the row (TOAST).</param>
public sealed record TableDetail(IReadOnlyList<string> Dates, IReadOnlyList<string> OutOfRange, IReadOnlyList<string> Toastable);
