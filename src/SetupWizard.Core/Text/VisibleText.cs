using System.Globalization;
using System.Text;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Text;

/// <summary>
/// Text that somebody else wrote (names, comments, a server's messages), for people to review: nothing in it is invisible, turns what follows around, or steers a terminal.
/// What is hidden is shown by its code point, <c>⟨U+202E⟩</c>: in characters of which none is hidden, so that text may pass here more than once, and which screen readers speak.
/// What is executed, copied or sent never passes here.
/// <para>
/// Letters of every language, marks over them and blanks are left as they are. So are a zero-width joiner between two emoji and the selector behind one, without which
/// a family would fall apart into its members; both are marked wherever else they stand.
/// </para>
/// </summary>
public static class VisibleText
{
    private const int Joiner = 0x200d;
    private const int KeycapMark = 0x20e3;

    /// <summary>Whether a reader sees nothing, or something else, where this stands.</summary>
    /// <param name="rune">A character.</param>
    public static bool IsHidden(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        || IsBlankLetterOrMark(rune.Value);

    /// <summary>A name, or a sentence with names in it: a line end and a tab count as hidden too.</summary>
    /// <param name="text">The text.</param>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Marked(text, static (_, _) => false);
    }

    /// <summary>Several lines, such as code or what a server said: what parts them stays, as <c>\n</c>.</summary>
    /// <param name="text">The text.</param>
    public static string Lines(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Marked(text, static (_, _) => true);
    }

    /// <summary>Statements and their comments: line ends stay, but for those in a name or a literal, which would pass for a line of the statement.</summary>
    /// <param name="statements">The statements.</param>
    public static string Sql(string statements)
    {
        ArgumentNullException.ThrowIfNull(statements);
        var (quote, comment, seen) = ('\0', false, 0);
        return Marked(statements, (text, at) =>
        {
            for (; seen < at; seen++)
            {
                var c = text[seen];
                if (comment)
                {
                    comment = c != '\n';
                }
                else if (quote != '\0')
                {
                    quote = c == quote ? '\0' : quote;
                }
                else if (c is '"' or '\'')
                {
                    quote = c;
                }
                else
                {
                    comment = c == '-' && seen + 1 < text.Length && text[seen + 1] == '-';
                }
            }

            return quote == '\0';
        });
    }

    /// <summary>JSON, the same data: what is hidden in its strings is escaped, as no encoder of the platform's does with all of it.</summary>
    /// <param name="json">The JSON, with escaped control characters.</param>
    public static string Json(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (Ascii.IsValid(json))
        {
            return json;
        }

        var text = new StringBuilder(json.Length + 32);
        foreach (var rune in json.EnumerateRunes())
        {
            if (rune.IsAscii || !IsHidden(rune))
            {
                text.Append(rune);
                continue;
            }

            foreach (var unit in rune.ToString())
            {
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
            }
        }

        return text.ToString();
    }

    /// <param name="text">The text.</param>
    /// <param name="parts">Whether a line feed at this place is the text's own and stays.</param>
    private static string Marked(string text, Func<string, int, bool> parts)
    {
        var shown = ServerText.Shown(text);
        if (!shown.EnumerateRunes().Any(IsHidden))
        {
            return shown;
        }

        var marked = new StringBuilder(shown.Length + 32);
        var at = 0;
        foreach (var rune in shown.EnumerateRunes())
        {
            if (!IsHidden(rune) || (rune.Value == '\n' && parts(shown, at)) || IsOfEmoji(shown, at, rune))
            {
                marked.Append(rune);
            }
            else
            {
                marked.Append(CultureInfo.InvariantCulture, $"⟨U+{rune.Value:X4}⟩");
            }

            at += rune.Utf16SequenceLength;
        }

        return marked.ToString();
    }

    /// <summary>Letters and marks of Unicode's <c>Default_Ignorable_Code_Point</c>, which no category tells: fillers of Hangul, joiners and selectors.</summary>
    private static bool IsBlankLetterOrMark(int rune) => rune
        is 0x034f or 0x115f or 0x1160 or 0x17b4 or 0x17b5 or (>= 0x180b and <= 0x180f) or 0x3164 or (>= 0xfe00 and <= 0xfe0f) or 0xffa0
        or (>= 0xe0000 and <= 0xe0fff);

    /// <summary>Whether an emoji needs it where it stands.</summary>
    private static bool IsOfEmoji(string text, int at, Rune rune) => rune.Value switch
    {
        Joiner => IsEmoji(Before(text, at, skipSelector: true)) && IsEmoji(After(text, at)),
        0xfe0e or 0xfe0f => IsEmoji(Before(text, at)) || After(text, at).Value == KeycapMark,
        _ => false,
    };

    /// <summary>A symbol, two arrows that are drawn as one, or a colour of skin.</summary>
    private static bool IsEmoji(Rune rune) => Rune.GetUnicodeCategory(rune) == UnicodeCategory.OtherSymbol || rune.Value is 0x2194 or 0x2195 or (>= 0x1f3fb and <= 0x1f3ff);

    private static Rune Before(string text, int at, bool skipSelector = false)
    {
        if (Rune.DecodeLastFromUtf16(text.AsSpan(0, at), out var rune, out var length) != System.Buffers.OperationStatus.Done)
        {
            return default;
        }

        return skipSelector && rune.Value == 0xfe0f ? Before(text, at - length) : rune;
    }

    private static Rune After(string text, int at) =>
        Rune.DecodeFromUtf16(text.AsSpan(at + 1), out var rune, out _) == System.Buffers.OperationStatus.Done ? rune : default;
}
