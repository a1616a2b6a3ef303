using System.Text.RegularExpressions;

namespace SetupWizard.Core.Connecting;

/// <summary>
/// Reads what people paste: URLs of every framework, libpq's key=value, command lines of psql and its like, JDBC, ADO.NET and ODBC, variables and properties,
/// JSON, code that connects, a line of a password file, or a bare host name. Bad input gives problems, never an exception.
/// See <see href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING"/>.
/// </summary>
public static partial class ConnectionStringParser
{
    /// <summary>Maximum length of a text, in characters; what consoles hand out is far shorter.</summary>
    private const int LongestText = 10_000;
    private const int DeepestLevel = 3;

    /// <summary>Reads <paramref name="text"/>.</summary>
    public static ParsedConnection Parse(string? text)
    {
        var clean = Unwrap(text ?? "");
        return clean.Length == 0 ? new ParsedConnection { Problems = [new("text", "empty")] }
            : (clean.Length > LongestText ? ConnectionParts.Failed("unknown") : Read(clean) ?? ConnectionParts.Failed("unknown")).ToConnection();
    }

    /// <summary>What a text says, not yet judged; null when it is nothing that is known.</summary>
    /// <param name="text">The text.</param>
    /// <param name="level">How many settings it is the value of, one within the other: nobody writes them so, and each would be looked through again.</param>
    internal static ConnectionParts? Read(string text, int level = 0)
    {
        if (level > DeepestLevel)
        {
            return null;
        }

        var clean = Unwrap(text);
        return UrlReader.TryRead(clean)
            ?? JsonReader.TryRead(clean, level)
            ?? CommandReader.TryRead(clean)
            ?? KeyValueReader.TryRead(clean)
            ?? (CallOrObject().IsMatch(clean) ? CodeReader.TryRead(clean) : null)
            ?? AssignmentReader.TryRead(clean, level)
            ?? PasswordFile(clean)
            ?? CodeReader.TryRead(clean)

            // A bare host, with a port and a database perhaps: what follows the scheme of a URL.
            ?? (clean.Any(char.IsWhiteSpace) ? null : UrlReader.Read(clean));
    }

    /// <summary>The text without the quotes, brackets and prompt around it.</summary>
    private static string Unwrap(string text)
    {
        var clean = text.Trim().Trim('\uFEFF', '\u200B').Trim();
        for (var before = ""; before != clean;)
        {
            before = clean;
            clean = Prompt().Replace(clean, "");
            foreach (var (open, close) in new[] { ('"', '"'), ('\'', '\''), ('`', '`'), ('<', '>'), ('\u201C', '\u201D'), ('\u2018', '\u2019') })
            {
                var body = clean.TrimEnd(';', ',', ' ');
                if (body.Length > 2 && body[0] == open && body[^1] == close && body.IndexOf(close, 1) == body.Length - 1
                    && (open != '<' || !body.Any(char.IsWhiteSpace)))
                {
                    clean = body[1..^1].Trim();
                }
            }
        }

        return clean;
    }

    /// <summary>
    /// A line of a password file: host, port, database, user, password, with colons between them.
    /// See <see href="https://www.postgresql.org/docs/current/libpq-pgpass.html"/>.
    /// </summary>
    private static ConnectionParts? PasswordFile(string text)
    {
        if (PasswordLine().Match(text) is not { Success: true } line)
        {
            return null;
        }

        var parts = new ConnectionParts();
        foreach (var name in new[] { "host", "port", "dbname", "user", "password" })
        {
            // A star stands for any.
            if (line.Groups[name].Value is not ("*" or "") and var value)
            {
                parts.Add(name, Escaped().Replace(value, "$1"));
            }
        }

        return parts;
    }

    [GeneratedRegex(@"^(?:(?:\$|>|\u276F|PS [A-Za-z]:[^>\n]*>)\s+)", RegexOptions.CultureInvariant)]
    private static partial Regex Prompt();

    /// <summary>What begins with a call or an object, assigned to something or not: a shell has no blanks around its equals signs.</summary>
    [GeneratedRegex(@"^(?:(?:(?:const|let|var|my|final)\s+)?[\w$.\[\]'""]+\s+:?=\s+|[\w'""]+\s*(?::|=>)\s*)?(?:(?:await|new|return)\s+)*(?:[\w$.:>-]*\w\s*\(|\{)", RegexOptions.CultureInvariant)]
    private static partial Regex CallOrObject();

    [GeneratedRegex(@"^(?<host>(?:\\.|[^:\\\s/@])+):(?<port>\d{1,5}|\*):(?<dbname>(?:\\.|[^:\\\n])+):(?<user>(?:\\.|[^:\\\n])+):(?<password>[^\n]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex PasswordLine();

    [GeneratedRegex(@"\\(.)", RegexOptions.CultureInvariant)]
    private static partial Regex Escaped();
}
