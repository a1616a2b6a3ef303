using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements;

/// <summary>
/// The statement that gives a table a row identity, with its own names, as an example for people: what keeps most comes first. A primary key, then a unique index
/// over NOT NULL columns; FULL only where a primary key tells ClickHouse which row is which.
/// </summary>
internal static class IdentityAdvice
{
    /// <summary>The statement that mends one of these tables, partitions or heirs, or the partition at fault below one.</summary>
    public static string Example(RequirementContext context, IReadOnlyList<TableFact> tables)
    {
        var broken = tables.Select(t => (Table: Keyed(context, t), Member: AtFault(context, t))).ToList();
        var (table, member) = broken.Find(t => t.Member.PrimaryKey == KeyState.Usable || t.Member.CandidateIndex is not null) is { Table: not null } easy ? easy : broken[0];
        return UsingKey(member)
            ?? (table.IsKeyless ? AddingKey(table, StandsAlone(table))
                : GeneratedKeys.Of(context).AllowFull(member) ? Alter(member, "REPLICA IDENTITY FULL")
                : AddingKey(member, alone: false));
    }

    /// <summary>What identifies the rows of one of these tables in place of FULL: of one that has a key, if any has.</summary>
    public static string InsteadOfFull(IReadOnlyList<TableFact> tables) =>
        tables.Select(UsingKey).FirstOrDefault(s => s is not null) ?? AddingKey(tables[0], StandsAlone(tables[0]));

    private static TableFact AtFault(RequirementContext context, TableFact table) =>
        table.Kind == RelationKind.Partitioned ? context.Families.RowsBelow(table).Prepend(table).FirstOrDefault(m => RowIdentity.ProblemOf(m) is not null) ?? table : table;

    /// <summary>Whose key it would be: of a partition its partitioned table's, which gives one to all partitions.</summary>
    private static TableFact Keyed(RequirementContext context, TableFact table) =>
        table.IsPartition ? context.Families.Above(table).FirstOrDefault(t => t.Kind == RelationKind.Partitioned && t.IsKeyless) ?? table : table;

    /// <summary>No other table gets its columns, and it has those of none.</summary>
    private static bool StandsAlone(TableFact table) => table is { Kind: RelationKind.Ordinary, IsPartition: false, Parents.Count: 0, HasChildren: false };

    /// <summary>The key or index it has; null when it has none that serves.</summary>
    private static string? UsingKey(TableFact member) => member switch
    {
        { PrimaryKey: KeyState.Usable } => Alter(member, "REPLICA IDENTITY DEFAULT"),
        { CandidateIndex: { } index } => Alter(member, "REPLICA IDENTITY USING INDEX " + PgIdentifier.Quote(index)),
        _ => null,
    };

    /// <summary>
    /// A primary key for the table: a column of its own, where it stands alone. One over the parts of a partition's key, or one that others have to get as well,
    /// only its owner can choose columns for; the dots stand for them. One that is there and does not serve gets a unique index beside it.
    /// </summary>
    private static string AddingKey(TableFact table, bool alone)
    {
        if (!table.IsKeyless)
        {
            return Alter(table, "REPLICA IDENTITY USING INDEX …");
        }

        var identity = table.Identity == ReplicaIdentityKind.Default ? "" : ", REPLICA IDENTITY DEFAULT";
        return Alter(table, (alone ? "ADD COLUMN row_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY" : "ADD PRIMARY KEY (…)") + identity);
    }

    private static string Alter(TableFact table, string action) => $"ALTER TABLE {table.Ref.Quoted} {action}";
}
