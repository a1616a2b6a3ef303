using System.Globalization;
using System.Resources;
using System.Text;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Text;

/// <summary>
/// All sentences of Core by key and language: findings, changes, reports, scripts and the command line. A sentence holds named placeholders: <c>{user}</c> is the value of the argument <c>user</c>;
/// <c>{count|table|tables}</c> picks a word by the number in <c>count</c> (languages without plural forms leave it out).
/// </summary>
public static class Messages
{
    private static readonly ResourceManager[] s_sources =
    [
        .. new[] { "Findings", "Changes", "Problems", "Proofs", "Guides", "Code", "Connecting", "Reports", "Watching" }
            .Select(name => new ResourceManager("SetupWizard.Core.Text." + name, typeof(Messages).Assembly)),
    ];

    /// <summary>The sentence, filled in; null when there is no such key.</summary>
    public static string? Find(string key, CultureInfo culture, IReadOnlyDictionary<string, object?> arguments)
    {
        foreach (var source in s_sources)
        {
            if (source.GetString(key, culture) is { } template)
            {
                return Fill(template, arguments, culture);
            }
        }

        return null;
    }

    /// <summary>The sentence, filled in; the key itself when there is none, so that a gap is seen and never hides a problem.</summary>
    public static string Get(string key, CultureInfo culture, IReadOnlyDictionary<string, object?> arguments) =>
        Find(key, culture, arguments) ?? key;

    /// <summary>The same with its arguments one by one; the last of a name counts.</summary>
    public static string Get(string key, CultureInfo culture, params (string Name, object? Value)[] arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in arguments)
        {
            values[name] = value;
        }

        return Get(key, culture, values);
    }

    /// <summary>Replaces the placeholders of a sentence by values that people read: nothing hidden is in them. A placeholder without an argument stays as it is written.</summary>
    public static string Fill(string template, IReadOnlyDictionary<string, object?> arguments, CultureInfo culture) => Fill(template, arguments, culture, VisibleText.Of);

    /// <summary>Replaces the placeholders of what is typed, copied or run, by values that are exact.</summary>
    public static string FillExactly(string template, IReadOnlyDictionary<string, object?> arguments) => Fill(template, arguments, CultureInfo.InvariantCulture, ServerText.Shown);

    private static string Fill(string template, IReadOnlyDictionary<string, object?> arguments, CultureInfo culture, Func<string, string> shown)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(arguments);
        var text = new StringBuilder(template.Length + 32);
        var at = 0;
        while (at < template.Length)
        {
            var open = template.IndexOf('{', at);
            var close = open < 0 ? -1 : template.IndexOf('}', open);
            if (close < 0)
            {
                break;
            }

            text.Append(template, at, open - at);
            var parts = template[(open + 1)..close].Split('|');
            if (!arguments.TryGetValue(parts[0], out var value))
            {
                text.Append(template, open, close - open + 1);
            }
            else if (parts.Length == 3)
            {
                text.Append(Convert.ToDecimal(value, CultureInfo.InvariantCulture) == 1 ? parts[1] : parts[2]);
            }
            else
            {
                text.Append(Show(value, culture, shown));
            }

            at = close + 1;
        }

        return text.Append(template, at, template.Length - at).ToString();
    }

    private static string Show(object? value, CultureInfo culture, Func<string, string> shown) => value switch
    {
        null => "",
        int or long => ((IFormattable)value).ToString("N0", culture),
        IFormattable number => number.ToString(null, culture),
        _ => shown(value.ToString() ?? ""),
    };
}
