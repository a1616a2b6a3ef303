using System.Text;
using SetupWizard.Core.Text;

namespace SetupWizard.Core.Wording;

/// <summary>Any text in Markdown, shown as it is, and with what is hidden in it.</summary>
internal static class MarkdownText
{
    /// <summary>A block of code whose fence is longer than any run of backticks in it.</summary>
    public static void Fence(StringBuilder text, string language, string content, string indent = "   ")
    {
        var shown = language == "sql" ? VisibleText.Sql(content) : VisibleText.Lines(content);
        var fence = new string('`', Math.Max(3, LongestRun(shown) + 1));
        text.Append(indent).Append(fence).Append(language).Append('\n');
        foreach (var line in shown.Split('\n'))
        {
            text.Append(indent).Append(line).Append('\n');
        }

        text.Append(indent).Append(fence).Append("\n\n");
    }

    /// <summary>A code span that holds any text: its fence is longer than any run of backticks in it.</summary>
    public static string Code(string value)
    {
        var line = VisibleText.Of(value);
        var fence = new string('`', LongestRun(line) + 1);
        var space = line.StartsWith('`') || line.EndsWith('`') ? " " : "";
        return fence + space + line + space + fence;
    }

    private static int LongestRun(string value)
    {
        var longest = 0;
        var run = 0;
        foreach (var c in value)
        {
            run = c == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }

    /// <summary>Text that Markdown shows as it is.</summary>
    public static string Plain(string value)
    {
        var text = new StringBuilder(value.Length + 8);
        foreach (var c in VisibleText.Of(value))
        {
            if (c is '\\' or '`' or '*' or '_' or '[' or ']' or '<' or '>' or '#' or '|' or '~' or '&')
            {
                text.Append('\\');
            }

            text.Append(c);
        }

        return text.ToString();
    }
}
