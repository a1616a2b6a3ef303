using System.Text;

namespace SetupWizard.Core.Source;

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
