using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Localization;

namespace SetupWizard.Components.Tables;

/// <summary>Estimates of rows and sizes, as short as they are rough.</summary>
public static class TableFigures
{
    /// <summary>A table's rows.</summary>
    public static string Rows(TableFact table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return table.EstimatedRows < 0 ? Ui.T("Tables.Unknown") : Short(table.EstimatedRows);
    }

    /// <summary>A table's size; empty for what has none of its own.</summary>
    public static string Size(TableFact table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return table.Kind is RelationKind.View or RelationKind.Foreign or RelationKind.Partitioned || table.EstimatedBytes < 0 ? "" : Ui.Bytes(table.EstimatedBytes);
    }

    /// <summary>What the chosen tables hold, as a sentence.</summary>
    public static string Weight(Inspection? inspection)
    {
        var weight = TableWeight.Of(inspection);
        return Ui.T(weight.Uncounted == 0 ? "Tables.Weight" : "Tables.WeightAtLeast", ("count", inspection?.Tables.Chosen.Count ?? 0), ("rows", Short(weight.Rows)), ("size", Ui.Bytes(weight.Bytes)), ("uncounted", weight.Uncounted));
    }

    private static string Short(long count) => count switch
    {
        < 10_000 => count.ToString("N0", CultureInfo.CurrentCulture),
        < 1_000_000 => (count / 1e3).ToString("0.#", CultureInfo.CurrentCulture) + " k",
        < 1_000_000_000 => (count / 1e6).ToString("0.#", CultureInfo.CurrentCulture) + " M",
        _ => (count / 1e9).ToString("0.#", CultureInfo.CurrentCulture) + " G",
    };
}
