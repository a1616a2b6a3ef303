namespace SetupWizard.Core.Model;

/// <summary>A publication.</summary>
public sealed record PublicationFact
{
    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>Owner.</summary>
    public required string Owner { get; init; }

    /// <summary>FOR ALL TABLES.</summary>
    public bool AllTables { get; init; }

    /// <summary>FOR ALL SEQUENCES (PostgreSQL 19 and later): no table can be added to it.</summary>
    public bool AllSequences { get; init; }

    /// <summary>Tables that FOR ALL TABLES leaves out by name (PostgreSQL 19 and later); of a partitioned one the root, which stands for its partitions.</summary>
    public IReadOnlyList<TableRef> Excepted { get; init; } = [];

    /// <summary>Publishes INSERT.</summary>
    public bool Insert { get; init; }

    /// <summary>Publishes UPDATE.</summary>
    public bool Update { get; init; }

    /// <summary>Publishes DELETE.</summary>
    public bool Delete { get; init; }

    /// <summary>Publishes TRUNCATE.</summary>
    public bool Truncate { get; init; }

    /// <summary>publish_generated_columns = stored (PostgreSQL 18 and later).</summary>
    public bool GeneratedColumns { get; init; }

    /// <summary>publish_via_partition_root (PostgreSQL 13 and later).</summary>
    public bool ViaRoot { get; init; }

    /// <summary>Schemas published as a whole.</summary>
    public IReadOnlyList<string> Schemas { get; init; } = [];

    /// <summary>Whether it leaves the table out by name, or the one it is a partition of.</summary>
    public bool LeavesOut(TableFact table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return Excepted.Count > 0 && Excepted.Contains(table.Root ?? table.Ref);
    }
}

/// <summary>A publication's row filter or column list for one table (PostgreSQL 15 and later).</summary>
/// <param name="Table">The table.</param>
/// <param name="Filter">The filter's expression; null when there is none.</param>
/// <param name="HiddenColumns">Columns that the column list leaves out; empty without one.</param>
/// <param name="MissesIdentity">The list leaves out columns that identify a row, or the filter looks at columns that do not: UPDATE and DELETE fail.</param>
/// <param name="WithSchema">The publication has the table's schema as a whole, too, which no filter holds against.</param>
/// <param name="ListedGenerated">Generated columns that the column list names, and which are therefore sent (PostgreSQL 18 and later).</param>
public sealed record FilterFact(TableRef Table, string? Filter, IReadOnlyList<string> HiddenColumns, bool MissesIdentity, bool WithSchema = false, IReadOnlyList<string>? ListedGenerated = null);
