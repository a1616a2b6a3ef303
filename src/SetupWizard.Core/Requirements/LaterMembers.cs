using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements;

/// <summary>What a table that is made later, and belongs to a chosen one, will be without.</summary>
public enum LaterNeed
{
    /// <summary>A partition's row identity: it starts with the default one, whatever its table has, and its table has no primary key to give it.</summary>
    PartitionIdentity,

    /// <summary>A place in the publication: a table that inherits does not come into it by itself.</summary>
    Publication,

    /// <summary>SELECT for the ClickPipes user: whoever makes it grants it by no default.</summary>
    Select,
}

/// <summary>A statement for each partition or child table that is made later.</summary>
/// <param name="Table">The chosen table it will belong to.</param>
/// <param name="Need">What it would be without.</param>
/// <param name="Statement">The statement, with <see cref="LaterMembers.Partition"/> or <see cref="LaterMembers.Child"/> in the place of its name, and <see cref="LaterMembers.Index"/> in that of an index.</param>
public sealed record LaterStatement(TableRef Table, LaterNeed Need, string Statement);

/// <summary>
/// What partitions and child tables that do not exist yet will need, which no statement can give them now.
/// See <see href="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-REPLICA-IDENTITY"/> and
/// <see href="https://www.postgresql.org/docs/current/sql-createpublication.html"/>.
/// </summary>
public static class LaterMembers
{
    /// <summary>The word in the place of a new partition's name.</summary>
    public const string Partition = "NEW_PARTITION";

    /// <summary>The word in the place of the name of a new table that inherits.</summary>
    public const string Child = "NEW_TABLE";

    /// <summary>The word in the place of a unique index over columns that are NOT NULL, where the whole row cannot be what identifies it.</summary>
    public const string Index = "NEW_UNIQUE_INDEX";

    /// <summary>The role whose members read every table, those made later too (PostgreSQL 14 and later).</summary>
    internal const string ReadsEverything = "pg_read_all_data";

    /// <summary>Of all chosen tables, by table. Empty when the source could not be read.</summary>
    public static IReadOnlyList<LaterStatement> Of(Inspection inspection)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        return inspection.Snapshot is { } snapshot
            ? Of(new RequirementContext(inspection.Goal, snapshot, inspection.Provider, inspection.Detection, inspection.Endpoint, inspection.Tables))
            : [];
    }

    /// <summary>The default privileges that are missing for tables made later beside the members of chosen tables; those of schemas chosen as such apart.</summary>
    internal static IEnumerable<(TableFact Table, string Schema, string Owner)> WithoutDefault(SetupGoal goal, SourceSnapshot snapshot, TableSelection tables)
    {
        if (snapshot.Role(goal.User)?.Superuser == true || snapshot.Role(ReadsEverything)?.UserIsMember == true)
        {
            return [];
        }

        var families = TableFamilies.Of(snapshot);
        var covered = snapshot.DefaultPrivileges.Select(d => (d.Owner, d.Schema)).ToHashSet();
        return tables.Chosen.Where(t => Grows(t, families))
            .SelectMany(t => families.Members(t).Select(m => (Table: t, m.Ref.Schema, m.Owner)).Distinct())
            .Where(m => !covered.Contains((m.Owner, m.Schema)) && !covered.Contains((m.Owner, null)));
    }

    /// <summary>Whether default privileges are set for what is made later beside the table.</summary>
    internal static bool IsForeseen(SetupGoal goal, TableFact table) => goal.FutureTables && TableSelector.SchemasOf(goal).Contains(table.Ref.Schema);

    internal static IReadOnlyList<LaterStatement> Of(RequirementContext context)
    {
        var (goal, snapshot, tables, families) = (context.Goal, context.Snapshot, context.Tables, context.Families);
        var user = PgIdentifier.Quote(goal.User);
        var unreadable = WithoutDefault(goal, snapshot, tables).Where(m => !IsForeseen(goal, m.Table)).ToLookup(m => m.Table.Ref, m => m.Schema);
        var statements = new List<LaterStatement>();
        foreach (var table in tables.Chosen.Where(t => Grows(t, families)))
        {
            var partitioned = table.Kind == RelationKind.Partitioned;
            var name = PgIdentifier.Quote(partitioned ? Partition : Child);
            if (partitioned && StartsUnidentified(goal, table, families))
            {
                var identity = GeneratedKeys.Of(context).AllowFullLater(table) ? "FULL" : "USING INDEX " + PgIdentifier.Quote(Index);
                statements.Add(new(table.Ref, LaterNeed.PartitionIdentity, $"ALTER TABLE {PgIdentifier.Quote(table.Ref.Schema)}.{name} REPLICA IDENTITY {identity}"));
            }

            if (!partitioned && !ComesByItself(goal, snapshot, families.Members(table)))
            {
                var target = PgIdentifier.Quote(goal.Publication);
                statements.Add(new(table.Ref, LaterNeed.Publication, $"ALTER PUBLICATION {target} ADD TABLE ONLY {PgIdentifier.Quote(table.Ref.Schema)}.{name}"));
            }

            statements.AddRange(unreadable[table.Ref].Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
                .Select(schema => new LaterStatement(table.Ref, LaterNeed.Select, $"GRANT SELECT ON {PgIdentifier.Quote(schema)}.{name} TO {user}")));
        }

        return statements;
    }

    /// <summary>Whether tables that are made later will belong to it: the server lets any table be inherited from, but does it so where it is done already.</summary>
    private static bool Grows(TableFact table, TableFamilies families) => table.Kind == RelationKind.Partitioned || families.Heirs(table).Count > 0;

    /// <summary>
    /// Rows can be identified now, or will be by what was chosen, and no key of the partitioned table sees to it that rows of a new partition can be.
    /// </summary>
    private static bool StartsUnidentified(SetupGoal goal, TableFact table, TableFamilies families) =>
        table.PrimaryKey != KeyState.Usable
        && families.RowsBelow(table).Prepend(table).All(m => RowIdentity.ProblemOf(m) is null
            || (RowIdentity.ChoiceFor(goal, m, table) is { } choice && !RowIdentity.NeedsConsent(m, table, choice)));

    /// <summary>A publication of all tables, or of their schemas, has new tables at once.</summary>
    private static bool ComesByItself(SetupGoal goal, SourceSnapshot snapshot, IEnumerable<TableFact> members) =>
        snapshot.Publication?.AllTables == true
        || members.All(m => snapshot.Publication?.Schemas.Contains(m.Ref.Schema, StringComparer.Ordinal) == true || goal.WholeSchemas.Contains(m.Ref.Schema, StringComparer.Ordinal));
}
