namespace SetupWizard.Core.Source;

/// <summary>What follows <c>postgresql://</c>.</summary>
internal static class UrlReader
{
    public static Dictionary<string, string> Read(string rest)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var at = UserInfoEnd(rest);
        if (at >= 0)
        {
            var colon = rest.IndexOf(':', 0, at);
            Put(values, "user", rest[..(colon < 0 ? at : colon)]);
            if (colon >= 0)
            {
                Put(values, "password", rest[(colon + 1)..at]);
            }
        }

        var address = rest[(at + 1)..];
        var question = address.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? address : address[..question];
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        ReadAuthority(values, slash < 0 ? path : path[..slash]);
        if (slash >= 0)
        {
            Put(values, "dbname", path[(slash + 1)..].TrimEnd('/'));
        }

        if (question >= 0)
        {
            foreach (var pair in address[(question + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries))
            {
                var equals = pair.IndexOf('=', StringComparison.Ordinal);
                if (equals > 0)
                {
                    Put(values, pair[..equals], pair[(equals + 1)..]);
                }
            }
        }

        return values;
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

    private static void ReadAuthority(Dictionary<string, string> values, string authority)
    {
        if (authority.Contains(',', StringComparison.Ordinal))
        {
            Put(values, "host", authority);
            return;
        }

        var bracket = authority.StartsWith('[') ? authority.IndexOf(']', StringComparison.Ordinal) : -1;
        if (bracket > 0)
        {
            Put(values, "host", authority[1..bracket]);
            if (bracket + 1 < authority.Length && authority[bracket + 1] == ':')
            {
                Put(values, "port", authority[(bracket + 2)..]);
            }

            return;
        }

        var colon = authority.LastIndexOf(':');
        if (colon >= 0 && authority.IndexOf(':', StringComparison.Ordinal) == colon)
        {
            Put(values, "host", authority[..colon]);
            Put(values, "port", authority[(colon + 1)..]);
        }
        else
        {
            Put(values, "host", authority);
        }
    }

    private static void Put(Dictionary<string, string> values, string key, string value)
    {
        if (value.Length > 0)
        {
            values[key] = Uri.UnescapeDataString(value);
        }
    }
}
