using System.Runtime.CompilerServices;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements;

/// <summary>What stands in the way of a generated column that identifies rows.</summary>
internal enum KeyObstacle
{
    /// <summary>The goal's publication does not send it, and can be told to.</summary>
    Setting,

    /// <summary>Another publication of the same table does not send it.</summary>
    Elsewhere,

    /// <summary>It is virtual: no publication can send it.</summary>
    Virtual,
}

/// <summary>A generated column that stops UPDATE and DELETE.</summary>
/// <param name="Column">The column, of the table itself or of one below it.</param>
/// <param name="Member">The table it is in.</param>
/// <param name="Obstacle">Why.</param>
internal readonly record struct StoppingColumn(ColumnFact Column, TableFact Member, KeyObstacle Obstacle);

/// <summary>
/// Generated columns among those that identify rows, on PostgreSQL 18 and later: UPDATE and DELETE of such a table fail while any publication of its updates or
/// deletes does not send them, whoever made that publication. FULL makes every column one that identifies rows. The server looks at each table that holds rows for
/// itself, and of a partition also at what publishes the tables above it; with a column list it goes by the list, which FULL refuses.
/// See <see href="https://www.postgresql.org/docs/18/logical-replication-gencols.html"/>; in the server's source <c>pub_contains_invalid_column</c> and
/// <c>CheckCmdReplicaIdentity</c>, whose message is "Replica identity must not contain unpublished generated columns".
/// </summary>
internal sealed class GeneratedKeys
{
    private static readonly ConditionalWeakTable<RequirementContext, GeneratedKeys> s_known = [];

    private readonly RequirementContext _context;
    private readonly ILookup<TableRef, ColumnFact> _generated;

    /// <summary>Which columns are generated is not known.</summary>
    private readonly bool _blind;

    private GeneratedKeys(RequirementContext context)
    {
        _context = context;
        var counts = context.Snapshot.Server.Major >= PostgresFeatures.PublishGeneratedColumns;
        _blind = counts && context.Snapshot.Unreadable.Any(u => u.What == "pg_attribute");
        _generated = context.Snapshot.Columns.Where(c => counts && c.Origin != ColumnOrigin.Written).ToLookup(c => c.Table);
    }

    /// <summary>Whether the goal's publication can be told to send generated columns, by this login and without a word to other readers, or is still to be made.</summary>
    private bool MaySet => _context.Snapshot.Publication is not { } publication || (AdminPowers.CanBecome(_context.Snapshot, publication.Owner) && !ForeignReaders.HoldBack(_context));

    /// <summary>The instance for a context. Memoized.</summary>
    public static GeneratedKeys Of(RequirementContext context) => s_known.GetValue(context, static c => new GeneratedKeys(c));

    /// <summary>
    /// What stops UPDATE and DELETE of the table, or of one below it, with the row identity each has, or is wanted for it, once the goal's publication has them.
    /// </summary>
    public IEnumerable<StoppingColumn> Wanted(TableFact table) =>
        _generated.Count == 0 ? [] : Generating(table).SelectMany(m => Stopping(m, IdentityChanges.Fix(_context, m, table)));

    /// <summary>
    /// Whether the choice must not be carried out for this table or member: the application's UPDATE and DELETE would fail from then on. A partitioned table
    /// holds no rows, and has the identity its partitions may have.
    /// </summary>
    public bool Forbid(TableFact member, IdentityChoice choice) =>
        (_blind && choice.Kind == IdentityKind.Full)
        || (_generated.Count > 0 && Generating(member, heirs: false).Any(m => Stopping(m, choice.Kind == IdentityKind.Full || m.Ref == member.Ref ? choice : IdentityChanges.Fix(_context, m, member)).Any(IsFatal)));

    /// <summary>Whether the table must stay out of the goal's publication: with the identity it has when everything planned is done, UPDATE and DELETE would fail.</summary>
    /// <param name="table">The table.</param>
    /// <param name="heirs">Whether what inherits from it goes in with it.</param>
    public bool Withhold(TableFact table, bool heirs = true) =>
        (_blind && Holding(table, heirs).Any(t => t.Identity == ReplicaIdentityKind.Full))
        || (_generated.Count > 0 && Planned(table, heirs).Any(IsFatal));

    /// <summary>Whether a publication that nobody weighed the table for might stop its UPDATE and DELETE.</summary>
    public bool MayStop(TableFact table) => Withhold(table, heirs: false) || NeedStored([table]);

    /// <summary>Whether a publication of these tables, and of all that inherits from them, has to send generated columns, with the row identity each has, or is wanted for it.</summary>
    public bool NeedStored(IEnumerable<TableFact> tables) =>
        _generated.Count > 0 && tables.Any(t => Generating(t).Any(m => Identifying(m, IdentityChanges.Fix(_context, m, t)).Any(c => c.Origin == ColumnOrigin.Stored)));

    /// <summary>What tells the goal's publication, which is there, to send generated columns before one of these tables gets the identity it is to have, or goes in.</summary>
    /// <param name="tables">The tables.</param>
    /// <param name="heirs">Whether what inherits from them is meant as well.</param>
    public IEnumerable<Change> Settings(IEnumerable<TableFact> tables, bool heirs = true) =>
        _generated.Count > 0 && tables.Any(t => Planned(t, heirs).Any(c => c.Obstacle == KeyObstacle.Setting)) ? Setting() : [];

    /// <summary>The statement for that. It comes with row identities, before any of them, because in between UPDATE and DELETE would fail.</summary>
    public IReadOnlyList<Change> Setting() =>
        _context.Snapshot.Publication is null || ForeignReaders.HoldBack(_context) ? [] : PublicationChanges.SendGenerated(_context, ChangePhase.ReplicaIdentity);

    /// <summary>Whether the whole row can be logged without stopping UPDATE and DELETE, as far as this login can see to it.</summary>
    public bool AllowFull(TableFact member) => !IsConcerned(member) ||
        (new IdentityChoice(member.Ref, IdentityKind.Full) is var full && !Forbid(member, full) && !PublishedParts.Of(_context).Forbid(member, full));

    /// <summary>Whether anything is to be weighed for the table. Asked with every table, and hardly ever is there something.</summary>
    private bool IsConcerned(TableFact member) =>
        _blind || _generated.Contains(member.Ref) || _context.Families.Below(member).Count > 0 || PublishedParts.Of(_context).Concern(member);

    /// <summary>Whether the whole row can be logged of a partition that is made later: it has its table's generated columns, which then have to be sent.</summary>
    public bool AllowFullLater(TableFact table) =>
        !_blind && (!_generated[table.Ref].Any() || (AllowFull(table) && !_generated[table.Ref].Any(IsVirtual) && (_context.Snapshot.Publication?.GeneratedColumns == true || NeedStored([table]))));

    private static bool IsVirtual(ColumnFact column) => column.Origin == ColumnOrigin.Virtual;

    private bool IsFatal(StoppingColumn column) => column.Obstacle != KeyObstacle.Setting || !MaySet;

    private IEnumerable<StoppingColumn> Planned(TableFact table, bool heirs) =>
        Generating(table, heirs).SelectMany(m => Stopping(m, IdentityChanges.Planned(_context, m, table)));

    /// <summary>What of the table holds rows, and is looked at by the server for itself: its partitions, or the table and what inherits from it.</summary>
    private IEnumerable<TableFact> Holding(TableFact table, bool heirs = true) =>
        (heirs || table.Kind == RelationKind.Partitioned ? _context.Families.Members(table) : [table]).Where(t => t.Kind == RelationKind.Ordinary);

    /// <summary>Those of them that have generated columns, which hardly any table has.</summary>
    private IEnumerable<TableFact> Generating(TableFact table, bool heirs = true) =>
        _context.Families.Below(table).Count == 0 && !_generated.Contains(table.Ref) ? [] : Holding(table, heirs).Where(m => _generated.Contains(m.Ref));

    private IEnumerable<StoppingColumn> Stopping(TableFact member, IdentityChoice? choice)
    {
        foreach (var column in Identifying(member, choice))
        {
            if (column.Origin == ColumnOrigin.Virtual)
            {
                yield return new StoppingColumn(column, member, KeyObstacle.Virtual);
            }
            else if (column.UnsentBy.Any(p => p != _context.Goal.Publication))
            {
                yield return new StoppingColumn(column, member, KeyObstacle.Elsewhere);
            }
            else if (_context.Snapshot.Publication is { GeneratedColumns: false } && !IsListed(column))
            {
                yield return new StoppingColumn(column, member, KeyObstacle.Setting);
            }
        }
    }

    /// <summary>The generated columns that identify rows of the table with this choice; with what it has when there is none.</summary>
    private IEnumerable<ColumnFact> Identifying(TableFact member, IdentityChoice? choice) => _generated[member.Ref].Where(c => choice switch
    {
        { Kind: IdentityKind.Full } => true,
        { Index: { } index } => c.UniqueIndexes.Contains(index, StringComparer.Ordinal),
        _ => member.Identity == ReplicaIdentityKind.Full || (member.Identity != ReplicaIdentityKind.Nothing && c.InIdentity),
    });

    /// <summary>The goal's publication has a column list for its table, which names it.</summary>
    private bool IsListed(ColumnFact column) =>
        _context.Snapshot.Filters.Any(f => f.Table == column.Table && f.ListedGenerated?.Contains(column.Name, StringComparer.Ordinal) == true);
}
