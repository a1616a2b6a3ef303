using System.Text.RegularExpressions;

namespace SetupWizard.Core.Connecting;

/// <summary>
/// URLs of PostgreSQL in the spelling of libpq, JDBC, R2DBC, SQLAlchemy, Django, Doctrine and others; what follows the scheme is the same in all of them,
/// and may stand alone.
/// </summary>
internal static partial class UrlReader
{
    /// <summary>Reads a URL; null when the text is none.</summary>
    public static ConnectionParts? TryRead(string text)
    {
        var url = text.TrimStart('"', '\'', '`');
        if (Scheme().Match(url) is not { Success: true } scheme)
        {
            return OtherScheme().IsMatch(url) ? ConnectionParts.Failed("scheme") : null;
        }

        var wrapper = scheme.Groups["wrap"].Value;
        var jdbc = wrapper.StartsWith("jdbc:", StringComparison.OrdinalIgnoreCase);
        var rest = url[scheme.Length..];

        // A throw-away container of Testcontainers: there is no server yet.
        if (wrapper.Contains(":tc:", StringComparison.OrdinalIgnoreCase))
        {
            return ConnectionParts.Failed("unknown");
        }

        ConnectionParts parts;
        if (scheme.Groups["slashes"].Value == "//")
        {
            parts = Read(rest, plusIsBlank: jdbc);
        }
        else if (jdbc)
        {
            // jdbc:postgresql:database
            if (PathOf(rest).TrimStart('/').AsSpan().IndexOfAny('/', ':', '@') >= 0)
            {
                return ConnectionParts.Failed("unknown");
            }

            parts = Read("/" + rest.TrimStart('/'), plusIsBlank: true);
        }
        else if (rest.StartsWith('/'))
        {
            parts = Read(rest, plusIsBlank: false);
        }
        else if (wrapper.Length > 0)
        {
            return ConnectionParts.Failed("unknown");
        }
        else
        {
            // The name of a host or a login that is called like the scheme: postgres:5432.
            return null;
        }

        parts.LocalByDefault = jdbc;
        return wrapper.StartsWith("r2dbcs:", StringComparison.OrdinalIgnoreCase) ? parts.Add(ConnectionPart.Ssl, "r2dbcs", "true") : parts;
    }

    /// <summary>Reads what follows <c>postgresql://</c>.</summary>
    public static ConnectionParts Read(string rest) => Read(rest, plusIsBlank: false);

    private static ConnectionParts Read(string text, bool plusIsBlank)
    {
        var parts = new ConnectionParts();
        var rest = WithoutTail(text, parts);
        var at = UserInfoEnd(rest);
        if (at >= 0)
        {
            var colon = rest.IndexOf(':', 0, at);
            Put(parts, "user", rest[..(colon < 0 ? at : colon)]);
            if (colon >= 0)
            {
                Put(parts, "password", rest[(colon + 1)..at]);
            }
        }

        var address = rest[(at + 1)..];
        var question = address.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? address : address[..question];

        // Progress DataDirect and others put parameters behind semicolons.
        var semicolon = path.IndexOf(';', StringComparison.Ordinal);
        if (semicolon >= 0 && Parameters().IsMatch(path[semicolon..]))
        {
            foreach (var pair in path[semicolon..].Split(';', StringSplitOptions.RemoveEmptyEntries))
            {
                PutPair(parts, pair, plusIsBlank: false);
            }

            path = path[..semicolon];
        }

        var slash = path.IndexOf('/', StringComparison.Ordinal);
        ReadAuthority(parts, slash < 0 ? path : path[..slash]);
        if (slash >= 0)
        {
            Put(parts, "dbname", path[(slash + 1)..].TrimEnd('/'));
        }

        if (question >= 0)
        {
            // As it stands in XML.
            foreach (var pair in address[(question + 1)..].Replace("&amp;", "&", StringComparison.Ordinal).Split('&', StringSplitOptions.RemoveEmptyEntries))
            {
                PutPair(parts, pair, plusIsBlank);
            }
        }

        return parts;
    }

    /// <summary>
    /// The URL without what was pasted along with it: a closing quote or semicolon of the statement it was in, a backslash at the end of a line, further words.
    /// A blank may stand in a password; then it comes before the <c>@</c>.
    /// </summary>
    private static string WithoutTail(string text, ConnectionParts parts)
    {
        var url = text.Trim();
        var blank = url.AsSpan().IndexOfAny(" \t\r\n");
        if (blank >= 0 && (!url.Contains('@', StringComparison.Ordinal) || IsWhole(url[..blank]) || !IsAddress(url[(url.LastIndexOf('@') + 1)..])))
        {
            Cut(blank);
        }
        else if (url.LastIndexOf('@') is >= 0 and var at && url.AsSpan(at).IndexOfAny(" \t\r\n") is > 0 and var later)
        {
            Cut(at + later);
        }

        // A parameter at the end may be a password, and most signs may be its last.
        if (SecretLast().IsMatch(url))
        {
            return ClosingQuote().Replace(url, "");
        }

        while (url.Length > 0 && url[^1] is ('"' or '\'' or '`' or '>' or ')' or '\\' or ',' or ';') && IsLoose(url))
        {
            url = url[..^1];
        }

        return url;

        void Cut(int at)
        {
            if (url[at..].Trim(' ', '\t', '\r', '\n', '\\', ';') is { Length: > 0 } tail && !tail.StartsWith('#') && !tail.StartsWith("-- ", StringComparison.Ordinal) && !tail.StartsWith("//", StringComparison.Ordinal))
            {
                parts.Remark("rest");
            }

            url = url[..at];
        }
    }

    /// <summary>Whether the last character has no counterpart before it.</summary>
    private static bool IsLoose(string url) => url[^1] switch
    {
        '>' => !url.Contains('<', StringComparison.Ordinal) || url.IndexOf('<', StringComparison.Ordinal) < url.LastIndexOf('@'),
        ')' => !url.Contains('(', StringComparison.Ordinal) || url.IndexOf('(', StringComparison.Ordinal) < url.LastIndexOf('@'),
        _ => true,
    };

    /// <summary>Whether a text that ends at a blank is an address by itself: the blank is not one within a password.</summary>
    private static bool IsWhole(string text)
    {
        var at = text.LastIndexOf('@');
        return at >= 0 ? LooksLikeHost(text[(at + 1)..]) : WholeAddress().IsMatch(text);
    }

    private static bool IsAddress(string text)
    {
        var end = text.AsSpan().IndexOfAny(" \t\r\n");
        return LooksLikeHost(end < 0 ? text : text[..end] + "/");
    }

    /// <summary>
    /// Where user and password end. People paste passwords with <c>@</c>, <c>/</c> and <c>?</c> that should have been percent-encoded:
    /// the last <c>@</c> that is followed by something like a host ends them.
    /// </summary>
    private static int UserInfoEnd(string rest)
    {
        var authorityEnd = rest.IndexOfAny(['/', '?', '#']);
        var authority = authorityEnd < 0 ? rest : rest[..authorityEnd];
        if (authority.LastIndexOf('@') is >= 0 and var simple && !LaterAt(rest, authorityEnd))
        {
            return simple;
        }

        var colon = authority.IndexOf(':', StringComparison.Ordinal);
        var last = rest.LastIndexOf('@');
        return colon > 0 && last > colon && LooksLikeHost(rest[(last + 1)..]) ? last : authority.LastIndexOf('@');
    }

    /// <summary>An <c>@</c> before the query, after what looked like the end of the authority: part of a password, or of a database name.</summary>
    private static bool LaterAt(string rest, int authorityEnd)
    {
        if (authorityEnd < 0)
        {
            return false;
        }

        var later = rest.LastIndexOf('@');
        return later > authorityEnd && LooksLikeHost(rest[(later + 1)..]) && rest.IndexOf('/', later) >= 0;
    }

    private static bool LooksLikeHost(string text)
    {
        var end = text.IndexOfAny(['/', '?']);
        var authority = end < 0 ? text : text[..end];
        return authority.Length > 0 && authority.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ':' or '[' or ']')
            && (authority.Contains('.', StringComparison.Ordinal) || authority.Contains(':', StringComparison.Ordinal) || end >= 0);
    }

    private static void ReadAuthority(ConnectionParts parts, string authority)
    {
        if (authority.Contains(',', StringComparison.Ordinal))
        {
            Put(parts, "host", authority);
            return;
        }

        var bracket = authority.StartsWith('[') ? authority.IndexOf(']', StringComparison.Ordinal) : -1;
        if (bracket > 0 && authority.AsSpan(0, bracket).Contains(':'))
        {
            Put(parts, "host", authority[1..bracket]);
            if (bracket + 1 < authority.Length)
            {
                if (authority[bracket + 1] == ':')
                {
                    Put(parts, "port", authority[(bracket + 2)..]);
                }
                else
                {
                    parts.Problem = "unknown";
                }
            }

            return;
        }

        var colon = authority.LastIndexOf(':');
        if (colon >= 0 && authority.IndexOf(':', StringComparison.Ordinal) == colon)
        {
            Put(parts, "host", authority[..colon]);
            Put(parts, "port", authority[(colon + 1)..]);
        }
        else
        {
            Put(parts, "host", authority);
        }
    }

    private static string PathOf(string text) => text.IndexOf('?', StringComparison.Ordinal) is >= 0 and var question ? text[..question] : text;

    private static void PutPair(ConnectionParts parts, string pair, bool plusIsBlank)
    {
        var equals = pair.IndexOf('=', StringComparison.Ordinal);
        if (equals > 0)
        {
            var value = pair[(equals + 1)..];
            Put(parts, pair[..equals], plusIsBlank ? value.Replace('+', ' ') : value);
        }
    }

    private static void Put(ConnectionParts parts, string name, string value)
    {
        if (value.Length > 0)
        {
            parts.Add(name, Uri.UnescapeDataString(value));
        }
    }

    /// <summary>The scheme, with the drivers' and pools' names around it. Only JDBC does without slashes.</summary>
    [GeneratedRegex(
        @"^(?<wrap>(?:jdbc|r2dbcs?|vertx-reactive):(?:[a-z0-9_-]+:)*?)?(?:postgres|postgresql|pgsql|psql|postgis|pg|pq|pgx[0-9]?|pdo[-_]pgsql|timescale(?:db|gis)?|ecto|edb|tcp)(?:\+[a-z0-9_-]+)?:(?<slashes>//)?",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Scheme();

    [GeneratedRegex("^(?:[a-z][a-z0-9+._-]*(?::[a-z][a-z0-9+._-]*)*://|(?:jdbc|r2dbcs?):[a-z0-9-]+:)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OtherScheme();

    [GeneratedRegex(@"^(?:;\s*[\w .-]+=[^;]*)+;?$", RegexOptions.CultureInvariant)]
    private static partial Regex Parameters();

    [GeneratedRegex(@"[?&;](?:password|pwd|passwd)=[^&]*$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex SecretLast();

    [GeneratedRegex(@"""[;,)\s]*$", RegexOptions.CultureInvariant)]
    private static partial Regex ClosingQuote();

    [GeneratedRegex(@"^[\w.-]*\.[\w.-]+(?::\d{1,5})?(?:[/?].*)?$|^[\w.-]*(?::\d{1,5})?[/?].*$|^\[[0-9A-Fa-f:.%]+\](?::\d{1,5})?(?:[/?].*)?$", RegexOptions.CultureInvariant)]
    private static partial Regex WholeAddress();
}
