using System.Globalization;
using System.Text.RegularExpressions;

namespace SetupWizard.Core.Connecting;

/// <summary>
/// Code that connects, in the languages people have it in: a call with a connection string in quotes, or with names and values
/// (<c>psycopg2.connect(host="…")</c>, <c>new Client({ host: '…' })</c>, Django's settings).
/// </summary>
internal static partial class CodeReader
{
    private static readonly string[] s_login = ["user", "password"];

    /// <summary>Reads the text; null when there is nothing in it that names a database.</summary>
    public static ConnectionParts? TryRead(string text)
    {
        var pairs = Pair().Matches(text);
        var named = new List<(string Name, string Value)>();
        foreach (Match pair in pairs)
        {
            named.Add((pair.Groups["name"].Value, Unquote(pair.Groups["value"].Value)));
        }

        var literals = Literal().Matches(text).ToList();
        var strings = literals
            .Select(literal => (Literal: literal, Parts: Embedded(Unquote(literal.Value))))
            .Where(static s => s.Parts is not null)
            .ToList();
        if (strings.Count > 0)
        {
            var (literal, parts) = strings[0];
            var host = parts!.Last(ConnectionPart.Host);
            if (strings.Exists(s => s.Parts!.Last(ConnectionPart.Host) != host))
            {
                parts.Remark("several", host ?? "");
            }

            var known = new ConnectionParts();
            foreach (var (name, value) in named.Where(static n => ConnectionKeys.Matters(n.Name) && ConnectionKeys.PartOf(n.Name) != ConnectionPart.Url))
            {
                known.Add(name, value);
            }

            // Login and password come after the address.
            if (WithLogin().IsMatch(text[..literal.Index]))
            {
                foreach (var (name, next) in s_login.Zip(literals.Where(l => l.Index > literal.Index)))
                {
                    known.Add(name, Unquote(next.Value));
                }
            }

            return parts.Complete(known);
        }

        if (named.Count(static n => ConnectionKeys.PartOf(n.Name) is ConnectionPart.Host or ConnectionPart.User or ConnectionPart.Database or ConnectionPart.Password) > 1)
        {
            var parts = new ConnectionParts();
            foreach (var (name, value) in named.Where(static n => n.Value.Length > 0))
            {
                parts.Add(name, value);
            }

            // Arguments without a name: nobody knows which is which.
            var nameless = literals.Count(l => !pairs.Any(p => l.Index < p.Index + p.Length && p.Index < l.Index + l.Length));
            return nameless > 0 ? parts.Remark("nameless", nameless.ToString(CultureInfo.InvariantCulture)) : parts;
        }

        var urls = Url().Matches(text).Select(static m => UrlReader.TryRead(m.Value)).OfType<ConnectionParts>().ToList();
        return urls.Count == 0 ? null
            : urls.Exists(u => u.Last(ConnectionPart.Host) != urls[0].Last(ConnectionPart.Host)) ? urls[0].Remark("several", urls[0].Last(ConnectionPart.Host) ?? "")
            : urls[0];
    }

    /// <summary>A connection string as a whole.</summary>
    private static ConnectionParts? Embedded(string value) =>
        UrlReader.TryRead(value) is { Problem: null } url ? url
        : KeyValueReader.TryRead(value) is { Problem: null, Known: > 1 } row ? row
        : null;

    private static string Unquote(string text)
    {
        if (text.Length < 2 || text[0] is not ('"' or '\'' or '`') || text[^1] != text[0])
        {
            return text;
        }

        return Escape().Replace(text[1..^1], static m => m.Groups[1].Value);
    }

    [GeneratedRegex(
        """(?<![\w.])["'`]?(?<name>[A-Za-z_][\w-]*)["'`]?\s*(?:=>|:=|=|:)\s*(?<value>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`|[^\s,;{}()"'`/\[\]]+(?:\[[^\]=:]*\]|\([^()=:]*\))*)""",
        RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Pair();

    [GeneratedRegex("""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`)""", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Literal();

    [GeneratedRegex(@"\\(.)", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Escape();

    [GeneratedRegex(@"(?:getConnection|new\s+PDO|DBI->connect)\s*\(\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex WithLogin();

    [GeneratedRegex(@"(?<![\w:])(?:(?:jdbc|r2dbcs?):(?:[a-z0-9_-]+:)*)?(?:postgres|postgresql|pgsql|postgis)(?:\+[a-z0-9_]+)?://\S+", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Url();
}
