using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Sessions.Choosing;

/// <summary>The rows a table picker shows: filtered, sorted and counted over the facts in memory.</summary>
public sealed class TableRows
{
    public static readonly TableRows Empty = new([], [], new HashSet<string>());

    private TableRows(List<Row> all, List<Row> visible, IReadOnlySet<string> folded)
    {
        All = all;
        Visible = visible;
        Selected = all.Count(static r => r.Selected);
        Problems = all.Count(static r => r.Problem);
        SelectedHere = visible.Count(static r => r.Selected);
        Selectable = visible.Count(static r => r.InAll);
        Tick = TickOf(visible);
        AsksWhetherSomeGrow = visible.Exists(static r => r.AsksWhetherItGrows);
        var lines = new List<Line>(visible.Count);
        foreach (var schema in visible.GroupBy(static r => r.Table.Ref.Schema))
        {
            List<Row> rows = [.. schema];
            var group = new Group(schema.Key, rows.Count, rows.Count(static r => r.Selected || r.Parent is not null), TickOf(rows), folded.Contains(schema.Key));
            lines.Add(new Line(lines.Count, group, null));
            if (!group.Folded)
            {
                var first = lines.Count;
                lines.AddRange(rows.Select((r, i) => new Line(first + i, null, r)));
            }
        }

        Lines = lines;
    }

    /// <summary>What a box says that stands for several tables.</summary>
    public enum Tri
    {
        None,
        Some,
        All,
    }

    public enum Show
    {
        All,
        Problems,
        Selected,
    }

    public enum Order
    {
        Name,
        Rows,
        Size,
    }

    /// <summary>Every table, whatever is filtered.</summary>
    public IReadOnlyList<Row> All { get; }

    /// <summary>The tables the filter leaves, schema by schema.</summary>
    public IReadOnlyList<Row> Visible { get; }

    /// <summary>What is listed: a line for each schema, and below it one for each of its tables unless it is folded.</summary>
    public List<Line> Lines { get; }

    public int Total => All.Count;

    public int Selected { get; }

    public int Problems { get; }

    /// <summary>How many of the visible ones are selected.</summary>
    public int SelectedHere { get; }

    /// <summary>What the box above all visible ones says.</summary>
    public Tri Tick { get; }

    /// <summary>How many of the visible ones can be selected.</summary>
    public int Selectable { get; }

    /// <summary>Whether some of the visible ones have, or are to have, FULL without a primary key.</summary>
    public bool AsksWhetherSomeGrow { get; }

    public static TableRows Of(Inspection? inspection, SetupGoal goal, string filter, string schema, Show show, Order order, bool descending, IReadOnlySet<string>? folded = null)
    {
        if (inspection?.Snapshot is not { } snapshot)
        {
            return Empty;
        }

        var chosen = inspection.Tables.Chosen.Select(t => t.Ref).ToHashSet();
        var choices = goal.Identities.ToDictionary(i => i.Table);
        var unreadable = snapshot.TablesWithBrokenNames();

        // A partition is published through its root, and chosen with it. A table that inherits is chosen with its parent too, but has an identity of its own.
        var families = TableFamilies.Of(snapshot);
        var all = snapshot.Tables.Where(t => !t.IsPartition)
            .Select(t => new Row(t, chosen.Contains(t.Ref), choices.GetValueOrDefault(t.Ref))
            {
                Parent = families.Above(t).Where(a => chosen.Contains(a.Ref)).Select(a => (TableRef?)a.Ref).FirstOrDefault(),
                Unreadable = unreadable.Contains(t.Ref),
            })
            .ToList();
        var fits = TableQuery.Filter(filter);
        var visible = all.Where(r =>
            (schema.Length == 0 || r.Table.Ref.Schema == schema)
            && fits(r.Table.Ref)
            && (show == Show.All || (show == Show.Selected ? r.Selected : r.Problem)));
        var bySchema = visible.OrderBy(static r => r.Table.Ref.Schema, StringComparer.Ordinal);
        var sorted = order switch
        {
            Order.Rows => descending ? bySchema.ThenByDescending(r => r.Table.EstimatedRows) : bySchema.ThenBy(r => r.Table.EstimatedRows),
            Order.Size => descending ? bySchema.ThenByDescending(r => r.Table.EstimatedBytes) : bySchema.ThenBy(r => r.Table.EstimatedBytes),
            _ => descending ? bySchema.ThenByDescending(r => r.Table.Ref) : bySchema,
        };
        return new TableRows(all, [.. sorted.ThenBy(r => r.Table.Ref)], folded ?? new HashSet<string>());
    }

    /// <summary>The tables that a box above several ticks or unticks: what an extension works with is ticked by itself only, and unticked with the others.</summary>
    /// <param name="schema">Those of a schema; null for all visible ones.</param>
    /// <param name="picked">Whether they are ticked.</param>
    public IReadOnlyList<TableRef> Meant(string? schema, bool picked) =>
        [.. Visible.Where(r => (schema is null || r.Table.Ref.Schema == schema) && (r.InAll || (!picked && r.Selected))).Select(static r => r.Table.Ref)];

    private static Tri TickOf(IReadOnlyCollection<Row> rows) =>
        !rows.Any(static r => r.Selected) ? Tri.None : rows.All(static r => r.Selected || !r.InAll) ? Tri.All : Tri.Some;

    /// <summary>One line of the list.</summary>
    /// <param name="Index">Its place, from 0.</param>
    /// <param name="Group">The schema it heads; null for a table's.</param>
    /// <param name="Row">The table; null for a schema's.</param>
    public sealed record Line(int Index, Group? Group, Row? Row);

    /// <summary>The tables of one schema.</summary>
    /// <param name="Schema">Its name.</param>
    /// <param name="Count">How many the filter leaves.</param>
    /// <param name="Selected">How many of these are chosen, or come with a chosen one.</param>
    /// <param name="Tick">What its box says.</param>
    /// <param name="Folded">Whether its tables are not listed.</param>
    public sealed record Group(string Schema, int Count, int Selected, Tri Tick, bool Folded);

    /// <summary>One table.</summary>
    /// <param name="Table">Its facts.</param>
    /// <param name="Selected">Whether it is chosen.</param>
    /// <param name="Choice">The row identity chosen for it.</param>
    public sealed record Row(TableFact Table, bool Selected, IdentityChoice? Choice)
    {
        /// <summary>The chosen table it inherits from and comes with; null for most.</summary>
        public TableRef? Parent { get; init; }

        /// <summary>Whether it can be picked and dropped by itself.</summary>
        public bool Pickable => Refusal is null && Parent is null;

        /// <summary>Whether a name that is not UTF-8 is in the way.</summary>
        public bool Unreadable { get; init; }

        /// <summary>Why it cannot be published at all; null when it can.</summary>
        public string? Refusal => Table switch
        {
            { Kind: RelationKind.View } => "view",
            { Kind: RelationKind.MaterializedView } => "matview",
            { Kind: RelationKind.Foreign } => "foreign",
            { Persistence: 't' } => "temporary",
            { Persistence: 'u' } => "unlogged",
            _ when Unreadable => "bytes",
            _ when Table.Ref.Schema.Contains('.', StringComparison.Ordinal) || Table.Ref.Name.Contains('.', StringComparison.Ordinal) => "name",
            _ => null,
        };

        /// <summary>Whether choosing all chooses it: what an extension works with is chosen by itself only.</summary>
        public bool InAll => Pickable && Table.Extension is null;

        /// <summary>Whether the table as it is has nothing that identifies a row.</summary>
        public bool NeedsIdentity => IdentityKey == "none";

        /// <summary>Whether it is chosen, or would be, and needs something first.</summary>
        public bool Problem => Refusal is null
            && ((NeedsIdentity && Choice is null) || (AsksWhetherItGrows && !OnlyGrows))
            && (Selected || Table.Extension is null);

        /// <summary>The whole row is its identity already.</summary>
        public bool HasFull => Table.Identity == ReplicaIdentityKind.Full;

        /// <summary>
        /// Whether it has, or is to have, FULL without a primary key: then ClickHouse sorts by all columns, and somebody has to say that this does not matter.
        /// </summary>
        public bool AsksWhetherItGrows => Refusal is null && Table.IsKeyless && (HasFull || Choice?.Kind == IdentityKind.Full);

        /// <summary>Somebody said that its rows are only inserted and all differ.</summary>
        public bool OnlyGrows => Choice is { OnlyGrows: true };

        public string IdentityKey => Table.Identity switch
        {
            ReplicaIdentityKind.Full => "full",
            ReplicaIdentityKind.Index when Table.IdentityIndex == KeyState.Usable => "index",
            ReplicaIdentityKind.Default when Table.PrimaryKey == KeyState.Usable => "primary",
            _ => "none",
        };
    }
}
