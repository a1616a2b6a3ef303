using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Localization;

namespace SetupWizard.Components.Tables;

/// <summary>The rows a table picker shows: filtered, sorted and counted over the facts in memory.</summary>
public sealed class TableRows
{
    public static readonly TableRows Empty = new([], 0, 0, 0);

    private TableRows(List<Row> visible, int total, int selected, int problems)
    {
        Visible = visible;
        Total = total;
        Selected = selected;
        Problems = problems;
        Selectable = visible.Count(r => r.InAll);
        AsksWhetherSomeGrow = visible.Exists(r => r.AsksWhetherItGrows);
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

    public List<Row> Visible { get; }

    public int Total { get; }

    public int Selected { get; }

    public int Problems { get; }

    /// <summary>How many of the visible ones can be selected.</summary>
    public int Selectable { get; }

    /// <summary>Whether some of the visible ones have, or are to have, FULL without a primary key.</summary>
    public bool AsksWhetherSomeGrow { get; }

    public static TableRows Of(Inspection? inspection, SetupGoal goal, string filter, string schema, Show show, Order order, bool descending)
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
        var visible = all.Where(r =>
            (schema.Length == 0 || r.Table.Ref.Schema == schema)
            && (filter.Length == 0 || r.Table.Ref.ToString().Contains(filter.Trim(), StringComparison.OrdinalIgnoreCase))
            && (show == Show.All || (show == Show.Selected ? r.Selected : r.Problem)));
        IOrderedEnumerable<Row> sorted = order switch
        {
            Order.Rows => descending ? visible.OrderByDescending(r => r.Table.EstimatedRows) : visible.OrderBy(r => r.Table.EstimatedRows),
            Order.Size => descending ? visible.OrderByDescending(r => r.Table.EstimatedBytes) : visible.OrderBy(r => r.Table.EstimatedBytes),
            _ => descending ? visible.OrderByDescending(r => r.Table.Ref) : visible.OrderBy(r => r.Table.Ref),
        };
        return new TableRows(
            [.. sorted.ThenBy(r => r.Table.Ref).Select((r, i) => r with { Index = i })],
            all.Count,
            all.Count(r => r.Selected),
            all.Count(r => r.Problem));
    }

    /// <summary>One table.</summary>
    /// <param name="Table">Its facts.</param>
    /// <param name="Selected">Whether it is chosen.</param>
    /// <param name="Choice">The row identity chosen for it.</param>
    public sealed record Row(TableFact Table, bool Selected, IdentityChoice? Choice)
    {
        public int Index { get; init; }

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

        public string RowsText => Table.EstimatedRows < 0 ? Ui.T("Tables.Unknown") : Short(Table.EstimatedRows);

        public string SizeText => Table.Kind is RelationKind.View or RelationKind.Foreign or RelationKind.Partitioned || Table.EstimatedBytes < 0 ? "" : Ui.Bytes(Table.EstimatedBytes);

        private static string Short(long count) => count switch
        {
            < 10_000 => count.ToString("N0", CultureInfo.CurrentCulture),
            < 1_000_000 => (count / 1e3).ToString("0.#", CultureInfo.CurrentCulture) + " k",
            < 1_000_000_000 => (count / 1e6).ToString("0.#", CultureInfo.CurrentCulture) + " M",
            _ => (count / 1e9).ToString("0.#", CultureInfo.CurrentCulture) + " G",
        };
    }
}
