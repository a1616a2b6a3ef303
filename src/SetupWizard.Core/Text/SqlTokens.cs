using System.Buffers;

namespace SetupWizard.Core.Text;

/// <summary>What a piece of SQL is to the eye.</summary>
public enum SqlTokenKind
{
    /// <summary>Blanks, points, numbers, names without quotes.</summary>
    Plain,

    /// <summary>A word in capitals, or several in a row: whatever the wizard writes has its key words in capitals and its names in quotes.</summary>
    Keyword,

    /// <summary>A name in double quotes.</summary>
    Name,

    /// <summary>A literal.</summary>
    Literal,

    /// <summary>A comment.</summary>
    Comment,
}

/// <summary>A piece of SQL.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The piece, as it stands.</param>
public sealed record SqlToken(SqlTokenKind Kind, string Text);

/// <summary>A line as a page sets it: all of a list's item, or what is between two lists.</summary>
/// <param name="Item">Whether it is an item of a list of names, which has a line of its own.</param>
/// <param name="Tokens">Its pieces.</param>
public sealed record SqlLine(bool Item, IReadOnlyList<SqlToken> Tokens);

/// <summary>
/// SQL in pieces, to be shown in colours. Pure, and nothing is added or left out: the pieces put together are the text. It knows no more of the language than where literals, names
/// and comments end, so that text it does not understand is plain and never wrong.
/// </summary>
public static class SqlTokens
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

    private static readonly SearchValues<char> s_word = SearchValues.Create(Letters);

    /// <summary>Where what is plain may end.</summary>
    private static readonly SearchValues<char> s_next = SearchValues.Create(Letters + "-/'\",();");

    /// <summary>The pieces of a text.</summary>
    /// <param name="sql">Statements, comments among them; the beginning of one will do.</param>
    public static IReadOnlyList<SqlToken> Of(string sql)
    {
        ArgumentNullException.ThrowIfNull(sql);
        var tokens = new List<SqlToken>();
        for (var at = 0; at < sql.Length;)
        {
            var (kind, length) = Next(sql.AsSpan(at));
            Add(tokens, kind, sql.Substring(at, length));
            at += length;
        }

        return tokens;
    }

    /// <summary>The same in lines: each item of a list of names (tables, schemas) has its own. Lists in parentheses stay where they are.</summary>
    /// <param name="sql">The text.</param>
    public static IReadOnlyList<SqlLine> Lines(string sql)
    {
        var tokens = Of(sql);
        var lines = new List<SqlLine>();
        var from = 0;
        foreach (var (start, end) in Items(tokens))
        {
            if (start > from)
            {
                lines.Add(new SqlLine(false, [.. tokens.Skip(from).Take(start - from)]));
            }

            lines.Add(new SqlLine(true, [.. tokens.Skip(start).Take(end - start)]));
            from = end;
        }

        if (from < tokens.Count)
        {
            lines.Add(new SqlLine(false, from == 0 ? tokens : [.. tokens.Skip(from)]));
        }

        return lines;
    }

    private static (SqlTokenKind Kind, int Length) Next(ReadOnlySpan<char> rest) => rest[0] switch
    {
        '-' when rest.StartsWith("--") => (SqlTokenKind.Comment, rest.IndexOf('\n') is >= 0 and var end ? end : rest.Length),
        '/' when rest.StartsWith("/*") => (SqlTokenKind.Comment, rest[2..].IndexOf("*/") is >= 0 and var end ? end + 4 : rest.Length),
        '\'' => (SqlTokenKind.Literal, Quoted(rest, escapes: false)),
        'E' when rest.StartsWith("E'") => (SqlTokenKind.Literal, 1 + Quoted(rest[1..], escapes: true)),
        '"' => (SqlTokenKind.Name, Quoted(rest, escapes: false)),
        ',' or '(' or ')' or ';' => (SqlTokenKind.Plain, 1),
        var c when s_word.Contains(c) => Word(rest),
        _ => (SqlTokenKind.Plain, rest[1..].IndexOfAny(s_next) is >= 0 and var next ? next + 1 : rest.Length),
    };

    private static (SqlTokenKind Kind, int Length) Word(ReadOnlySpan<char> rest)
    {
        var length = rest.IndexOfAnyExcept(s_word) is >= 0 and var end ? end : rest.Length;
        var word = rest[..length];
        return (length > 1 && word.IndexOfAnyInRange('a', 'z') < 0 && char.IsAsciiLetter(word[0]) ? SqlTokenKind.Keyword : SqlTokenKind.Plain, length);
    }

    /// <summary>How long what is quoted is, doubled quotes and all; the rest where it does not end.</summary>
    private static int Quoted(ReadOnlySpan<char> rest, bool escapes)
    {
        for (var at = 1; at < rest.Length; at++)
        {
            if (escapes && rest[at] == '\\')
            {
                at++;
            }
            else if (rest[at] == rest[0])
            {
                if (at + 1 == rest.Length || rest[at + 1] != rest[0])
                {
                    return at + 1;
                }

                at++;
            }
        }

        return rest.Length;
    }

    /// <summary>Key words in a row are one piece, and so is what is plain: a page has fewer of them.</summary>
    private static void Add(List<SqlToken> tokens, SqlTokenKind kind, string text)
    {
        var structure = text is "," or "(" or ")" or ";";
        if (kind == SqlTokenKind.Keyword && tokens is [.., { Kind: SqlTokenKind.Keyword } before, { Kind: SqlTokenKind.Plain, Text: " " }])
        {
            tokens.RemoveAt(tokens.Count - 1);
            tokens[^1] = before with { Text = before.Text + " " + text };
        }
        else if (kind == SqlTokenKind.Plain && !structure && tokens is [.., { Kind: SqlTokenKind.Plain, Text: not ("," or "(" or ")" or ";") } plain])
        {
            tokens[^1] = plain with { Text = plain.Text + text };
        }
        else
        {
            tokens.Add(new SqlToken(kind, text));
        }
    }

    /// <summary>Where the items of lists of names begin and end, with the comma and the blank behind.</summary>
    private static List<(int Start, int End)> Items(IReadOnlyList<SqlToken> tokens)
    {
        var items = new List<(int, int)>();
        var depth = 0;
        for (var at = 0; at < tokens.Count; at++)
        {
            depth += tokens[at] is { Kind: SqlTokenKind.Plain } token ? token.Text switch { "(" => 1, ")" => -1, _ => 0 } : 0;
            if (depth != 0 || !IsComma(tokens, at))
            {
                continue;
            }

            // The first comma between two names: back to where the first of them begins.
            var start = at;
            while (start > 0 && (tokens[start - 1].Kind == SqlTokenKind.Name || tokens[start - 1] is { Kind: SqlTokenKind.Plain, Text: "." }))
            {
                start--;
            }

            if (start == at)
            {
                continue;
            }

            while (at < tokens.Count && IsComma(tokens, at))
            {
                items.Add((start, at + 2));
                start = at + 2;
                at = End(tokens, start);
            }

            var last = at < tokens.Count && tokens[at] is { Kind: SqlTokenKind.Plain, Text: " " } ? at + 1 : at;
            items.Add((start, last));
            at = last - 1;
        }

        return items;
    }

    /// <summary>A comma and a blank before something that is named: what lists privileges goes on in its line.</summary>
    private static bool IsComma(IReadOnlyList<SqlToken> tokens, int at) =>
        at + 2 < tokens.Count && tokens[at] is { Kind: SqlTokenKind.Plain, Text: "," } && tokens[at + 1] is { Kind: SqlTokenKind.Plain, Text: " " }
        && (tokens[at + 2].Kind == SqlTokenKind.Name || tokens[at + 2] is { Kind: SqlTokenKind.Keyword, Text: "ONLY" or "TABLE" or "TABLE ONLY" or "TABLES IN SCHEMA" });

    /// <summary>Where an item ends: behind its name, and the columns and the filter in parentheses that belong to it.</summary>
    private static int End(IReadOnlyList<SqlToken> tokens, int start)
    {
        var depth = 0;
        for (var at = start; at < tokens.Count; at++)
        {
            switch (tokens[at])
            {
                case { Kind: SqlTokenKind.Plain, Text: "(" }:
                    depth++;
                    break;
                case { Kind: SqlTokenKind.Plain, Text: ")" } when depth > 0:
                    depth--;
                    break;
                case { Kind: SqlTokenKind.Name } or { Kind: SqlTokenKind.Plain, Text: "." }:
                case { Kind: SqlTokenKind.Keyword, Text: "ONLY" or "TABLE" or "TABLE ONLY" or "TABLES IN SCHEMA" or "WHERE" }:
                    break;
                case { Kind: SqlTokenKind.Plain, Text: " " } when at == start || Goes(tokens, at):
                    break;
                case var _ when depth > 0:
                    break;
                default:
                    return at;
            }
        }

        return tokens.Count;
    }

    /// <summary>Whether an item goes on behind a blank.</summary>
    private static bool Goes(IReadOnlyList<SqlToken> tokens, int blank) =>
        blank + 1 < tokens.Count
        && (tokens[blank + 1] is { Kind: SqlTokenKind.Plain, Text: "(" } or { Kind: SqlTokenKind.Keyword, Text: "WHERE" }
            || (tokens[blank + 1].Kind == SqlTokenKind.Name && tokens[blank - 1].Kind == SqlTokenKind.Keyword));
}
