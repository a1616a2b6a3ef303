using System.Globalization;
using System.Text;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Text;

namespace SetupWizard.Core.Guides;

/// <summary>
/// Any text as one literal of a language. What comes out has no line break and nothing invisible in it, so that it can neither end its line,
/// a comment or a here-document, nor look like something else than it is.
/// </summary>
public static class CodeQuote
{
    /// <summary>The literal, with its quotes.</summary>
    /// <param name="value">The text.</param>
    /// <param name="language">The language.</param>
    public static string Quote(string value, CodeLanguage language)
    {
        ArgumentNullException.ThrowIfNull(value);
        return language switch
        {
            CodeLanguage.Shell => Shell(value),
            CodeLanguage.PowerShell => PowerShell(value),
            CodeLanguage.Terraform => Terraform(value),
            CodeLanguage.CloudFormation => Yaml(value),
            CodeLanguage.Bicep => Bicep(value),
            _ => throw new ArgumentOutOfRangeException(nameof(language), language, "There is no such language."),
        };
    }

    /// <summary>A quoted template of HCL: besides the usual escapes, <c>${</c> and <c>%{</c> would start a template sequence.</summary>
    /// <param name="value">The text.</param>
    public static string Terraform(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var safe = value.Replace("${", "$${", StringComparison.Ordinal).Replace("%{", "%%{", StringComparison.Ordinal);
        return Escaped(safe, '"', static rune => rune.Value > 0xffff ? $"\\U{rune.Value:x8}" : $"\\u{rune.Value:x4}");
    }

    /// <summary>Single quotes; <c>$'…'</c> with the bytes of UTF-8 where something is hidden, which bash 3 reads too.</summary>
    private static string Shell(string value)
    {
        if (!value.EnumerateRunes().Any(VisibleText.IsHidden))
        {
            return "'" + value.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
        }

        return "$" + Escaped(value, '\'', static rune => string.Concat(Encoding.UTF8.GetBytes(rune.ToString()).Select(b => $"\\x{b:x2}")));
    }

    /// <summary>Single quotes, doubled inside; PowerShell takes four other characters for one. What is hidden is added by its number.</summary>
    private static string PowerShell(string value)
    {
        var parts = new List<string>();
        var text = new StringBuilder();
        foreach (var rune in value.EnumerateRunes())
        {
            if (VisibleText.IsHidden(rune))
            {
                Close();
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"[char]::ConvertFromUtf32({rune.Value})"));
                continue;
            }

            text.Append(rune);
            if (rune.Value is '\'' or 0x2018 or 0x2019 or 0x201a or 0x201b)
            {
                text.Append(rune);
            }
        }

        if (text.Length > 0 || parts.Count == 0)
        {
            Close(always: true);
        }

        return parts.Count == 1 && parts[0][0] == '\'' ? parts[0] : "(" + string.Join(" + ", parts) + ")";

        void Close(bool always = false)
        {
            if (text.Length > 0 || always)
            {
                parts.Add($"'{text}'");
                text.Clear();
            }
        }
    }

    private static string Yaml(string value) =>
        Escaped(value, '"', static rune => rune.Value > 0xffff ? $"\\U{rune.Value:x8}" : $"\\u{rune.Value:x4}");

    private static string Bicep(string value) =>
        Escaped(value, '\'', static rune => $"\\u{{{rune.Value:x}}}").Replace("${", "\\${", StringComparison.Ordinal);

    private static string Escaped(string value, char quote, Func<Rune, string> hidden)
    {
        var text = new StringBuilder().Append(quote);
        foreach (var rune in value.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                _ when rune.Value == quote => text.Append('\\').Append(quote),
                _ when VisibleText.IsHidden(rune) => text.Append(hidden(rune)),
                _ => text.Append(rune),
            };
        }

        return text.Append(quote).ToString();
    }
}
