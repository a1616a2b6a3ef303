using System.Text;

namespace SetupWizard.Core.Connecting;

/// <summary>A word of a shell, or a sign between commands.</summary>
/// <param name="Text">The word, without its quotes.</param>
/// <param name="IsSign">Whether it ends a command: a line's end, a semicolon, a pipe, a redirection.</param>
/// <param name="Quoted">Whether any of it was quoted.</param>
internal readonly record struct ShellWord(string Text, bool IsSign, bool Quoted);

/// <summary>Takes a command line apart as a POSIX shell does, and gives the lines of cmd and PowerShell their due.</summary>
internal static class ShellWords
{
    /// <param name="text">The text.</param>
    /// <param name="escapes">Whether a backslash outside of quotes takes the next sign as it is; in files of variables it stands for itself.</param>
    public static List<ShellWord> Split(string text, bool escapes = true)
    {
        var words = new List<ShellWord>();
        var word = new StringBuilder();
        var quoted = false;
        var i = 0;

        void End()
        {
            if (quoted || word.Length > 0)
            {
                words.Add(new ShellWord(word.ToString(), false, quoted));
                word.Clear();
                quoted = false;
            }
        }

        while (i < text.Length)
        {
            var c = text[i];
            var next = i + 1 < text.Length ? text[i + 1] : '\0';
            var atStart = word.Length == 0 && !quoted;
            if (c is '\\' or '^' or '`' && LineGoesOn(text, i, atStart) is > 0 and var skip)
            {
                i += skip;
            }
            else if (c is '\'' or '"')
            {
                quoted = true;
                i = Quoted(text, i, word);
            }
            else if (c == '$' && next == '(')
            {
                i = Substitution(text, i, word);
            }
            else if (c == '\\' && escapes && next != '\0' && !IsWindowsPath(word))
            {
                word.Append(next);
                i += 2;
            }
            else if (c is '\n')
            {
                End();
                words.Add(new ShellWord("\n", true, false));
                i++;
            }
            else if (char.IsWhiteSpace(c))
            {
                End();
                i++;
            }
            else if (Sign(text, i, atStart) is > 0 and var length)
            {
                End();
                words.Add(new ShellWord(text.Substring(i, length), true, false));
                i += length;
            }
            else
            {
                word.Append(c);
                i++;
            }
        }

        End();
        return words;
    }

    /// <summary>How much to leave out where a line goes on: browsers make a blank of the line's end.</summary>
    private static int LineGoesOn(string text, int i, bool atStart)
    {
        var next = i + 1;
        if (next < text.Length && text[next] == '\r')
        {
            next++;
        }

        return next < text.Length && text[next] == '\n' ? next + 1 - i
            : atStart && (i + 1 >= text.Length || text[i + 1] == ' ') ? 1
            : 0;
    }

    private static int Quoted(string text, int i, StringBuilder word)
    {
        var quote = text[i++];
        while (i < text.Length && text[i] != quote)
        {
            if (quote == '"' && text[i] == '\\' && i + 1 < text.Length && text[i + 1] is '"' or '\\' or '$' or '`')
            {
                i++;
            }
            else if (quote == '"' && text[i] == '$' && i + 1 < text.Length && text[i + 1] == '(')
            {
                i = Substitution(text, i, word);
                continue;
            }

            word.Append(text[i++]);
        }

        return i + 1;
    }

    /// <summary>A command in the place of a word stays together, whatever is in it.</summary>
    private static int Substitution(string text, int i, StringBuilder word)
    {
        var depth = 0;
        do
        {
            depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
            word.Append(text[i++]);
        }
        while (i < text.Length && (depth > 0 || text[i - 1] == '$'));
        return i;
    }

    private static int Sign(string text, int i, bool atStart)
    {
        var next = i + 1 < text.Length ? text[i + 1] : ' ';
        return text[i] switch
        {
            ';' when char.IsWhiteSpace(next) || next == ';' => 1,
            '|' when atStart || char.IsWhiteSpace(next) => 1,
            '&' when atStart && char.IsWhiteSpace(next) => 1,
            '&' when next == '&' && (i + 2 >= text.Length || char.IsWhiteSpace(text[i + 2])) => 2,

            // <password> is a placeholder.
            '<' when atStart && (char.IsWhiteSpace(next) || !Closes(text, i)) => 1,
            '>' when atStart => next == '>' ? 2 : 1,
            '1' or '2' when atStart && next == '>' => 2,
            _ => 0,
        };
    }

    private static bool Closes(string text, int i)
    {
        var close = text.IndexOf('>', i);
        return close > i && !text.AsSpan(i, close - i).ContainsAny('\n', '/');
    }

    private static bool IsWindowsPath(StringBuilder word) => word.Length >= 2 && char.IsAsciiLetter(word[0]) && word[1] == ':';
}
