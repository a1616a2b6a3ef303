using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements;

/// <summary>How much tables hold, by the server's own estimates.</summary>
/// <param name="Rows">Rows of those whose number is known.</param>
/// <param name="Bytes">Their main storage.</param>
/// <param name="Uncounted">How many were never analysed, so that their rows are not known.</param>
public readonly record struct TableWeight(long Rows, long Bytes, int Uncounted)
{
    /// <summary>Of the chosen tables, with what comes along with them: partitions, and tables that inherit.</summary>
    public static TableWeight Of(Inspection? inspection)
    {
        if (inspection?.Snapshot is not { } snapshot)
        {
            return default;
        }

        var families = TableFamilies.Of(snapshot);
        var (rows, bytes, uncounted) = (0L, 0L, 0);
        foreach (var chosen in inspection.Tables.Chosen)
        {
            foreach (var table in families.RowsBelow(chosen) is { Count: > 0 } below ? chosen.Kind == RelationKind.Partitioned ? below : [chosen, .. below] : [chosen])
            {
                rows += Math.Max(0, table.EstimatedRows);
                bytes += Math.Max(0, table.EstimatedBytes);
                uncounted += table.EstimatedRows < 0 ? 1 : 0;
            }
        }

        return new TableWeight(rows, bytes, uncounted);
    }
}
