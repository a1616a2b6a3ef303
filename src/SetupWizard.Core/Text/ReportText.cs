using System.Globalization;

namespace SetupWizard.Core.Text;

/// <summary>Sentences of reports, scripts and the command line, by key and language.</summary>
public static class ReportText
{
    /// <summary>The sentence with its values; the key itself when there is none.</summary>
    public static string Say(string key, CultureInfo culture, params (string Name, object? Value)[] arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in arguments)
        {
            values[name] = value;
        }

        return Words.Get(key, values, culture);
    }
}
