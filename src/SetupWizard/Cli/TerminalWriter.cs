using System.Text;
using SetupWizard.Core.Text;

namespace SetupWizard.Cli;

/// <summary>Styles of text on a terminal; the values are SGR codes.</summary>
internal enum TextStyle
{
    Plain = 0,
    Bold = 1,
    Faint = 2,
    Red = 31,
    Green = 32,
    Yellow = 33,
    Cyan = 36,
}

/// <summary>
/// Lines of text for a terminal or a file: indented, wrapped at words, coloured where that is wanted. Names are the user's own: nothing in them is hidden or steers the terminal.
/// </summary>
internal sealed class TerminalWriter(TextWriter output, int width, bool colour)
{
    /// <summary>An empty line.</summary>
    public void Line() => output.WriteLine();

    /// <summary>A sentence, wrapped at words and indented by <paramref name="indent"/> columns, with <paramref name="prefix"/> before its first line.</summary>
    public void Text(string sentence, int indent = 0, string prefix = "", TextStyle style = TextStyle.Plain, TextStyle prefixStyle = TextStyle.Plain)
    {
        var words = VisibleText.Of(sentence).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var line = new StringBuilder();
        var first = true;
        foreach (var word in words)
        {
            if (line.Length > 0 && indent + Columns(line.ToString()) + 1 + Columns(word) > width)
            {
                Write(line.ToString(), indent, first ? prefix : "", style, prefixStyle);
                first = false;
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        Write(line.ToString(), indent, first ? prefix : "", style, prefixStyle);
    }

    /// <summary>Lines as they are, indented: values, commands.</summary>
    public void Verbatim(string lines, int indent, TextStyle style = TextStyle.Plain)
    {
        foreach (var line in VisibleText.Lines(lines).Split('\n'))
        {
            Write(line, indent, "", style, TextStyle.Plain);
        }
    }

    /// <summary>A statement, indented, wrapped where a blank stands outside of quotes: what is copied from here still means the same.</summary>
    public void Statement(string sql, int indent, TextStyle style = TextStyle.Plain)
    {
        foreach (var line in VisibleText.Sql(sql).Split('\n'))
        {
            var text = new StringBuilder();
            foreach (var word in Words(line))
            {
                if (text.Length > 0 && indent + Columns(text.ToString()) + 1 + Columns(word) > width)
                {
                    Write(text.ToString(), indent, "", style, TextStyle.Plain);
                    text.Clear();
                }

                text.Append(text.Length > 0 ? " " : "").Append(word);
            }

            Write(text.ToString(), indent, "", style, TextStyle.Plain);
        }
    }

    /// <summary>What stands between blanks that are outside of quotes.</summary>
    private static IEnumerable<string> Words(string sql)
    {
        var (start, quote) = (0, '\0');
        for (var i = 0; i < sql.Length; i++)
        {
            if (quote == '\0' && sql[i] == ' ')
            {
                yield return sql[start..i];
                start = i + 1;
            }
            else if (sql[i] is '"' or '\'' && (quote == '\0' || quote == sql[i]))
            {
                quote = quote == '\0' ? sql[i] : '\0';
            }
        }

        yield return sql[start..];
    }

    /// <summary>How many columns a text takes: East Asian wide characters and emoji take two, combining marks none.</summary>
    internal static int Columns(string text)
    {
        var columns = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            columns += Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.Format ? 0 : IsWide(rune.Value) ? 2 : 1;
        }

        return columns;
    }

    private void Write(string line, int indent, string prefix, TextStyle style, TextStyle prefixStyle)
    {
        var padding = new string(' ', Math.Max(0, indent - Columns(prefix)));
        output.WriteLine(Painted(VisibleText.Of(prefix), prefixStyle) + padding + Painted(line, style));
    }

    private string Painted(string text, TextStyle style) =>
        !colour || style == TextStyle.Plain || text.Length == 0 ? text : $"\u001b[{(int)style}m{text}\u001b[0m";

    private static bool IsWide(int rune) => rune is
        (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF)
        or (>= 0xFE30 and <= 0xFE4F) or (>= 0xFF00 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6) or (>= 0x1F300 and <= 0x1FAFF) or (>= 0x20000 and <= 0x3FFFD);
}
