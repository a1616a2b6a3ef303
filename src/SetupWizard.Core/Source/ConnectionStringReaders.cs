using System.Text;

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

/// <summary>libpq's <c>keyword = value</c>, with single quotes and backslashes.</summary>
internal static class KeyValueReader
{
    public static Dictionary<string, string> Read(string text)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var i = 0;
        while (true)
        {
            Skip(text, ref i);
            if (i >= text.Length)
            {
                return values;
            }

            var start = i;
            while (i < text.Length && text[i] != '=' && !char.IsWhiteSpace(text[i]))
            {
                i++;
            }

            var key = text[start..i];
            Skip(text, ref i);
            if (i >= text.Length || text[i] != '=')
            {
                values["?"] = "syntax";
                return values;
            }

            i++;
            Skip(text, ref i);
            if (!TryValue(text, ref i, out var value))
            {
                values["?"] = "syntax";
                return values;
            }

            values[key] = value;
        }
    }

    private static bool TryValue(string text, ref int i, out string value)
    {
        var result = new StringBuilder();
        var quoted = i < text.Length && text[i] == '\'';
        if (quoted)
        {
            i++;
        }

        while (i < text.Length && (quoted ? text[i] != '\'' : !char.IsWhiteSpace(text[i])))
        {
            if (text[i] == '\\' && i + 1 < text.Length)
            {
                i++;
            }

            result.Append(text[i++]);
        }

        value = result.ToString();
        if (!quoted)
        {
            return true;
        }

        var closed = i < text.Length;
        i++;
        return closed;
    }

    private static void Skip(string text, ref int i)
    {
        while (i < text.Length && char.IsWhiteSpace(text[i]))
        {
            i++;
        }
    }
}

/// <summary>A psql command line, with the environment variables before it.</summary>
internal static class PsqlReader
{
    public static Dictionary<string, string> Read(string text)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var words = Words(text);
        var program = words.FindIndex(static w => w is "psql" or "psql.exe" || w.EndsWith("/psql", StringComparison.Ordinal));
        foreach (var word in words.Take(program))
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                values[word[..equals]] = word[(equals + 1)..];
            }
        }

        var positional = 0;
        for (var i = program + 1; i < words.Count; i++)
        {
            var word = words[i];
            if (Option(word, out var key, out var value))
            {
                if (key.Length > 0)
                {
                    values[key] = value ?? (i + 1 < words.Count ? words[++i] : "");
                    ExpandDatabase(values, key);
                }
            }
            else
            {
                values[positional++ == 0 ? "dbname" : "user"] = word;
                ExpandDatabase(values, positional == 1 ? "dbname" : "user");
            }
        }

        return values;
    }

    /// <summary>psql takes a whole connection string where it takes a database.</summary>
    private static void ExpandDatabase(Dictionary<string, string> values, string key)
    {
        if (key != "dbname")
        {
            return;
        }

        var text = values["dbname"];
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0 && !text.Contains('=', StringComparison.Ordinal))
        {
            return;
        }

        values.Remove("dbname");
        foreach (var (name, value) in scheme >= 0 ? UrlReader.Read(text[(scheme + 3)..]) : KeyValueReader.Read(text))
        {
            values[name] = value;
        }
    }

    private static bool Option(string word, out string key, out string? value)
    {
        key = "";
        value = null;
        if (!word.StartsWith('-') || word.Length < 2)
        {
            return false;
        }

        if (word.StartsWith("--", StringComparison.Ordinal))
        {
            var equals = word.IndexOf('=', StringComparison.Ordinal);
            key = (equals < 0 ? word[2..] : word[2..equals]) switch
            {
                "host" => "host",
                "port" => "port",
                "username" => "user",
                "dbname" => "dbname",
                _ => "",
            };
            value = equals < 0 ? null : word[(equals + 1)..];
            return true;
        }

        key = word[1] switch
        {
            'h' => "host",
            'p' => "port",
            'U' => "user",
            'd' => "dbname",
            'c' or 'f' or 'v' or 'o' or 'P' or 'F' or 'R' or 'L' or 'T' => "?ignored",
            _ => "",
        };
        value = word.Length > 2 ? word[2..] : null;
        return true;
    }

    private static List<string> Words(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var any = false;
        var quote = '\0';
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quote != '\0')
            {
                if (c == quote)
                {
                    quote = '\0';
                }
                else if (c == '\\' && quote == '"' && i + 1 < text.Length && text[i + 1] is '"' or '\\' or '$' or '`')
                {
                    word.Append(text[++i]);
                }
                else
                {
                    word.Append(c);
                }
            }
            else if (c is '\'' or '"')
            {
                quote = c;
                any = true;
            }
            else if (c == '\\' && i + 1 < text.Length)
            {
                i++;
                if (text[i] is not ('\n' or '\r'))
                {
                    word.Append(text[i]);
                }
            }
            else if (char.IsWhiteSpace(c))
            {
                if (any || word.Length > 0)
                {
                    words.Add(word.ToString());
                    word.Clear();
                    any = false;
                }
            }
            else
            {
                word.Append(c);
            }
        }

        if (any || word.Length > 0)
        {
            words.Add(word.ToString());
        }

        return words;
    }
}
