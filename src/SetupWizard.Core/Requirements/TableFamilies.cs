using System.Runtime.CompilerServices;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements;

/// <summary>
/// What each table reaches beyond itself, and whom it belongs to: the partitions of a partitioned table, and the tables that inherit from a table,
/// at every level. A query of the one returns the rows of the others, a publication of the one concerns the others, and ClickPipes maps their changes
/// to the one. Whatever is asked about a chosen table is therefore asked about its <see cref="Members(TableFact)"/>.
/// See <see href="https://www.postgresql.org/docs/current/ddl-inherit.html"/> and <see href="https://www.postgresql.org/docs/current/ddl-partitioning.html"/>.
/// </summary>
public sealed class TableFamilies
{
    private static readonly ConditionalWeakTable<SourceSnapshot, TableFamilies> s_known = [];

    private readonly Dictionary<TableRef, IReadOnlyList<TableFact>> _below = [];
    private readonly Dictionary<TableRef, IReadOnlyList<TableFact>> _above = [];

    private TableFamilies(SourceSnapshot snapshot)
    {
        // Of 50,000 tables hardly any inherits: those that stand alone cost one look each.
        var partitions = new Dictionary<TableRef, List<TableFact>>();
        var children = new Dictionary<TableRef, List<TableFact>>();
        foreach (var table in snapshot.Tables)
        {
            if (table.Root is { } root)
            {
                Of(partitions, root).Add(table);
            }

            for (var i = 0; i < table.Parents.Count; i++)
            {
                Of(children, table.Parents[i]).Add(table);
            }
        }

        if (partitions.Count + children.Count == 0)
        {
            return;
        }

        foreach (var table in snapshot.Tables.Where(t => partitions.ContainsKey(t.Ref) || children.ContainsKey(t.Ref)))
        {
            var below = partitions.TryGetValue(table.Ref, out var own) ? own : Descendants(table, children);
            _below[table.Ref] = below;
            foreach (var member in below)
            {
                _above[member.Ref] = [.. Above(member), table];
            }
        }

        static List<TableFact> Of(Dictionary<TableRef, List<TableFact>> lists, TableRef key)
        {
            if (!lists.TryGetValue(key, out var list))
            {
                lists[key] = list = [];
            }

            return list;
        }
    }

    /// <summary>The families of a reading; found once, however many ask.</summary>
    public static TableFamilies Of(SourceSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return s_known.GetValue(snapshot, static s => new TableFamilies(s));
    }

    /// <summary>
    /// The relations ClickPipes reads by their own names for the chosen tables: each of these, its partitions that hold rows, and the tables that inherit from it.
    /// Empty when the source could not be read.
    /// </summary>
    public static IReadOnlyList<TableFact> ReadByName(Inspection inspection)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        return inspection.Snapshot is { } snapshot
            ? Of(snapshot).Readable(inspection.Tables.Chosen)
            : [];
    }

    /// <summary>The relations that have to be in the publication by their own names for the chosen tables: each of these, and the tables that inherit from it.</summary>
    public static IReadOnlyList<TableFact> PublishedByName(Inspection inspection)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        return inspection.Snapshot is { } snapshot
            ? Of(snapshot).Named(inspection.Tables.Chosen)
            : [];
    }

    /// <summary>Under which chosen table the changes of a relation are taken: its own name for most, a chosen parent's for one that inherits.</summary>
    public static IReadOnlyDictionary<TableRef, TableRef> TakenUnder(Inspection inspection)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        var under = new Dictionary<TableRef, TableRef>();
        if (inspection.Snapshot is { } snapshot)
        {
            foreach (var table in inspection.Tables.Chosen)
            {
                foreach (var named in Of(snapshot).Named(table))
                {
                    under.TryAdd(named.Ref, table.Ref);
                }
            }
        }

        return under;
    }

    /// <summary>Everything below a table at every level, without itself: partitions of whatever kind, or the tables that inherit from it. None for most.</summary>
    public IReadOnlyList<TableFact> Below(TableFact table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return StandsAlone(table) ? [] : _below.GetValueOrDefault(table.Ref) ?? [];
    }

    /// <summary>Everything a table belongs to: the root of its partitions, or what it inherits from at every level. None for most.</summary>
    public IReadOnlyList<TableFact> Above(TableFact table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return table.IsPartition || table.Parents.Count > 0 ? _above.GetValueOrDefault(table.Ref) ?? [] : [];
    }

    /// <summary>The table itself, and everything below it.</summary>
    public IReadOnlyList<TableFact> Members(TableFact table) => Below(table) is { Count: > 0 } below ? [table, .. below] : [table];

    /// <summary>All of these, each once.</summary>
    public IReadOnlyList<TableFact> Members(IReadOnlyList<TableFact> tables) => Once(tables, Members);

    /// <summary>Those of <see cref="Below"/> that hold rows of their own.</summary>
    public IReadOnlyList<TableFact> RowsBelow(TableFact table) => Below(table) is { Count: > 0 } below ? [.. below.Where(static t => t.Kind == RelationKind.Ordinary)] : [];

    /// <summary>The tables that inherit from it at every level (<c>INHERITS</c>); none for a partitioned table.</summary>
    public IReadOnlyList<TableFact> Heirs(TableFact table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return table.Kind == RelationKind.Partitioned ? [] : Below(table);
    }

    /// <summary>What a publication has to name for the table: itself and its heirs. Partitions come with their root.</summary>
    public IReadOnlyList<TableFact> Named(TableFact table) => Heirs(table) is { Count: > 0 } heirs ? [table, .. heirs] : [table];

    /// <summary>All of these, each once.</summary>
    public IReadOnlyList<TableFact> Named(IReadOnlyList<TableFact> tables) => Once(tables, Named);

    /// <summary>The relations ClickPipes reads by their own names for the table.</summary>
    public IReadOnlyList<TableFact> Readable(TableFact table) =>
        Below(table) is { Count: > 0 } below ? [table, .. below.Where(static t => t.Kind != RelationKind.Partitioned)] : [table];

    /// <summary>Whether one of them has a dot in its name.</summary>
    internal bool HasDot(TableFact table) => TableKinds.HasDot(table.Ref) || Below(table).Any(static t => t.Kind != RelationKind.Partitioned && TableKinds.HasDot(t.Ref));

    /// <summary>All of these, each once.</summary>
    public IReadOnlyList<TableFact> Readable(IReadOnlyList<TableFact> tables) => Once(tables, Readable);

    /// <summary>The schemas that chosen tables reach into, without those the goal chooses.</summary>
    public IReadOnlySet<string> SchemasBelow(TableSelection selection)
    {
        ArgumentNullException.ThrowIfNull(selection);
        return selection.Chosen.SelectMany(Below).Select(t => t.Ref.Schema).Except(selection.Schemas, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Whether the table inherits, or some table inherits from it: only then does naming it without <c>ONLY</c> reach further than itself.</summary>
    public static bool Inherits(TableFact table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return table.HasChildren || table.Parents.Count > 0;
    }

    /// <summary>Tables that inherit from more than one of the chosen ones, each with these.</summary>
    public IReadOnlyDictionary<TableFact, IReadOnlyList<TableFact>> Shared(TableSelection selection)
    {
        ArgumentNullException.ThrowIfNull(selection);
        var parents = new Dictionary<TableFact, List<TableFact>>(ReferenceEqualityComparer.Instance);
        foreach (var table in selection.Chosen)
        {
            foreach (var heir in Heirs(table))
            {
                if (!parents.TryGetValue(heir, out var list))
                {
                    parents[heir] = list = [];
                }

                list.Add(table);
            }
        }

        return parents.Where(p => p.Value.Count > 1).ToDictionary(p => p.Key, p => (IReadOnlyList<TableFact>)p.Value, (IEqualityComparer<TableFact>)ReferenceEqualityComparer.Instance);
    }

    /// <summary>The tables that a relation counts under and that count under none: a partition's root, or the topmost it inherits from; itself when there is none.</summary>
    public IReadOnlyList<TableFact> TopsOf(TableFact table)
    {
        var tops = Above(table).Where(t => Above(t).Count == 0).ToList();
        return tops.Count > 0 ? tops : [table];
    }

    /// <summary>Nothing is below it for certain, and nobody has to look for that by name.</summary>
    private bool StandsAlone(TableFact table) => _below.Count == 0 || (table.Kind == RelationKind.Ordinary && !table.HasChildren);

    /// <summary>Of tables that are there once each: nearly all stand alone, and are not looked for among the others.</summary>
    private List<TableFact> Once(IReadOnlyList<TableFact> tables, Func<TableFact, IReadOnlyList<TableFact>> each)
    {
        var found = new List<TableFact>(tables.Count);
        var related = new HashSet<TableRef>();
        foreach (var table in tables)
        {
            if (StandsAlone(table) && Above(table).Count == 0)
            {
                found.Add(table);
            }
            else
            {
                found.AddRange(each(table).Where(m => related.Add(m.Ref)));
            }
        }

        return found;
    }

    /// <summary>At every level, each once (a table may inherit from several), by name.</summary>
    private static List<TableFact> Descendants(TableFact table, Dictionary<TableRef, List<TableFact>> children)
    {
        var found = new Dictionary<TableRef, TableFact>();
        var waiting = new Stack<TableRef>([table.Ref]);
        while (waiting.TryPop(out var next))
        {
            if (!children.TryGetValue(next, out var direct))
            {
                continue;
            }

            foreach (var child in direct)
            {
                if (child.Ref != table.Ref && found.TryAdd(child.Ref, child))
                {
                    waiting.Push(child.Ref);
                }
            }
        }

        return [.. found.Values.OrderBy(t => t.Ref)];
    }
}
