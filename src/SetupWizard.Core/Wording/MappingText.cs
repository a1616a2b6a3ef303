using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Text;

namespace SetupWizard.Core.Wording;

/// <summary>Sentences about what a table becomes in ClickHouse.</summary>
public static class MappingText
{
    /// <summary>What a column loses or does not get; empty when nothing.</summary>
    /// <param name="column">The column.</param>
    /// <param name="culture">The language.</param>
    public static string Note(ColumnMapping column, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(column);
        var loss = column.Loss == TypeLoss.None ? "" : Messages.Get("Mapping.Loss." + column.Loss, culture);
        var generated = column.Origin == ColumnOrigin.Written ? "" : Messages.Get("Mapping.Generated", culture);
        var nothing = column.NullBecomes is { } standIn ? Messages.Get("Mapping.Null." + standIn, culture) : "";
        return string.Join(' ', new[] { loss, nothing, generated }.Where(static s => s.Length > 0));
    }

    /// <summary>Where the sorting key comes from.</summary>
    /// <param name="table">The table.</param>
    /// <param name="culture">The language.</param>
    public static string Key(TableMapping table, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(table);
        return Messages.Get("Mapping.Key." + table.KeyOrigin, culture);
    }
}
