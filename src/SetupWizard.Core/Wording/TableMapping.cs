using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Wording;

/// <summary>Where a table's sorting key in ClickHouse comes from.</summary>
public enum SortingKeyOrigin
{
    /// <summary>The primary key's columns.</summary>
    PrimaryKey,

    /// <summary>The columns of the index that is the replica identity.</summary>
    IdentityIndex,

    /// <summary>The whole row identifies itself: all columns.</summary>
    WholeRow,

    /// <summary>There is none: the table has no row identity yet.</summary>
    None,
}

/// <summary>A column and what becomes of it in ClickHouse.</summary>
/// <param name="Name">Its name.</param>
/// <param name="PostgresType">Its type as SQL writes it.</param>
/// <param name="ClickHouseType">Its type in ClickHouse.</param>
/// <param name="Loss">What a value loses.</param>
/// <param name="Origin">How it gets its value; a generated column's changes are not sent.</param>
/// <param name="InSortingKey">It is part of the sorting key.</param>
/// <param name="NullBecomes">What NULL arrives as; null when the column never holds it, or keeps it.</param>
public sealed record ColumnMapping(string Name, string PostgresType, string ClickHouseType, TypeLoss Loss, ColumnOrigin Origin, bool InSortingKey, NullStandIn? NullBecomes = null);

/// <summary>A table and what becomes of it in ClickHouse.</summary>
public sealed record TableMapping
{
    /// <summary>The table.</summary>
    public required TableRef Table { get; init; }

    /// <summary>The name it gets in ClickHouse.</summary>
    public required string Target { get; init; }

    /// <summary>The engine it gets.</summary>
    public string Engine { get; init; } = TableTargets.Engine;

    /// <summary>Where the sorting key comes from.</summary>
    public required SortingKeyOrigin KeyOrigin { get; init; }

    /// <summary>The sorting key's columns in their order; for a whole row all columns that are written.</summary>
    public required IReadOnlyList<string> SortingKey { get; init; }

    /// <summary>All columns in their order.</summary>
    public required IReadOnlyList<ColumnMapping> Columns { get; init; }

    /// <summary>How many columns lose something.</summary>
    public int Losing => Columns.Count(static c => c.Loss != TypeLoss.None);

    /// <summary>Maps the chosen tables whose columns were read.</summary>
    /// <param name="inspection">A reading; its chosen tables give names and row identity.</param>
    /// <param name="columns">The columns; tables that are not chosen are left out.</param>
    public static IReadOnlyList<TableMapping> Of(Inspection inspection, IReadOnlyList<TableColumns> columns)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        ArgumentNullException.ThrowIfNull(columns);
        var facts = inspection.Tables.Chosen.ToDictionary(static t => t.Ref);
        var targets = TableTargets.Of(inspection).ToDictionary(static t => t.Source);
        return [.. columns.Where(c => facts.ContainsKey(c.Table)).Select(c => Of(facts[c.Table], targets[c.Table], TableTargets.IdentityOf(inspection.Goal, facts[c.Table]), c.Columns, inspection.Goal.Pipe.AllowNullableColumns == true))];
    }

    /// <summary>What would become of a table if it were chosen; null when it is not there.</summary>
    /// <param name="inspection">A reading.</param>
    /// <param name="columns">The table's columns.</param>
    public static TableMapping? Preview(Inspection inspection, TableColumns columns)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        ArgumentNullException.ThrowIfNull(columns);
        var chosen = inspection.Tables.Chosen.Any(t => t.Ref == columns.Table)
            ? inspection
            : inspection.Snapshot?.Tables.FirstOrDefault(t => t.Ref == columns.Table) is { } table
                ? inspection with { Tables = inspection.Tables with { Chosen = [.. inspection.Tables.Chosen, table] } }
                : null;
        return chosen is not null && Of(chosen, [columns]) is [var mapping, ..] ? mapping : null;
    }

    private static TableMapping Of(TableFact table, TableTarget target, ReplicaIdentityKind identity, IReadOnlyList<TableColumn> all, bool keepsNull)
    {
        // The pipe is told to leave those out.
        List<TableColumn> columns = [.. all.Where(c => !target.Excluded.Contains(c.Name, StringComparer.Ordinal))];
        List<string> key = [.. columns.Where(static c => c.KeyPosition > 0).OrderBy(static c => c.KeyPosition).Select(static c => c.Name)];
        var origin = (key.Count > 0, identity) switch
        {
            (true, ReplicaIdentityKind.Index) => SortingKeyOrigin.IdentityIndex,
            (true, _) => SortingKeyOrigin.PrimaryKey,
            (false, ReplicaIdentityKind.Full) => SortingKeyOrigin.WholeRow,
            _ => SortingKeyOrigin.None,
        };
        if (origin == SortingKeyOrigin.WholeRow)
        {
            key = [.. columns.Where(static c => c.Origin == ColumnOrigin.Written).Select(static c => c.Name)];
        }

        var inKey = key.ToHashSet(StringComparer.Ordinal);
        return new TableMapping
        {
            Table = table.Ref,
            Target = target.Target,
            KeyOrigin = origin,
            SortingKey = key,
            Columns = [.. columns.Select(c => Of(c, inKey.Contains(c.Name), keepsNull))],
        };
    }

    private static ColumnMapping Of(TableColumn column, bool inKey, bool keepsNull)
    {
        var type = ClickHouseTypes.For(column.Type);
        var kept = column.Nullable && keepsNull && ClickHouseTypes.HoldsNull(type.Name);
        return new ColumnMapping(
            column.Name,
            column.Type.Shown,
            kept ? ClickHouseTypes.WithNull(type.Name) : type.Name,
            type.Loss,
            column.Origin,
            inKey,
            column.Nullable && !kept ? ClickHouseTypes.StandIn(type.Name) : null);
    }
}
