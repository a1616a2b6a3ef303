using System.Text.RegularExpressions;

namespace SetupWizard.Core.Connecting;

/// <summary>
/// Variables and properties, one or many: <c>export PGHOST=…</c>, <c>DATABASE_URL="…"</c>, <c>$env:PGUSER = "…"</c>, <c>spring.datasource.url=…</c>, the lines of a
/// <c>.env</c> file or of YAML. A browser's field makes blanks of the ends of lines, so those mean nothing here.
/// </summary>
internal static partial class AssignmentReader
{
    /// <summary>Reads the text; null when it sets nothing that is part of a connection.</summary>
    public static ConnectionParts? TryRead(string text, int level)
    {
        var settings = Properties(text) is { Count: > 0 } properties ? properties : Variables(text);
        return settings.Exists(static s => ConnectionKeys.PartOfSetting(s.Name) is not (ConnectionPart.Unknown or ConnectionPart.Unused or ConnectionPart.Name)) ? Combine(settings, level) : null;
    }

    /// <summary>What settings say together: a connection string among them, and what others add to it.</summary>
    public static ConnectionParts Combine(IReadOnlyList<(string Name, string Value)> settings, int level)
    {
        var ofDatabase = settings.Any(static s => !Bare().IsMatch(s.Name) && ConnectionKeys.PartOfSetting(s.Name) is ConnectionPart.Url or ConnectionPart.Host);
        var single = new ConnectionParts();
        var urls = new List<(string Name, ConnectionParts Parts)>();
        foreach (var (name, value) in settings)
        {
            var part = ofDatabase && Bare().IsMatch(name) ? ConnectionPart.Unknown : ConnectionKeys.PartOfSetting(name);
            if (part == ConnectionPart.Url)
            {
                if (value.Trim().Length > 0 && ConnectionStringParser.Read(value, level + 1) is { } parts)
                {
                    urls.Add((name, parts));
                }
            }
            else
            {
                single.Add(part, name, value);
            }
        }

        // Addresses of other services stand beside it.
        var usable = urls.Where(static u => u.Parts.Problem is null && u.Parts.Known > 0).ToList();
        if (usable.Count == 0)
        {
            return single.Last(ConnectionPart.Host) is null && urls.Count > 0 ? urls[0].Parts : single;
        }

        // Pooled and direct addresses come side by side; only the direct one is of use.
        var chosen = usable.FindIndex(static u => Direct().IsMatch(u.Name)) is >= 0 and var direct ? usable[direct] : usable[0];
        var host = chosen.Parts.Last(ConnectionPart.Host);
        if (usable.Exists(u => u.Parts.Last(ConnectionPart.Host) != host) || (single.Last(ConnectionPart.Host) is { } other && other != host))
        {
            chosen.Parts.Remark("several", host ?? "");
        }

        return host is null ? chosen.Parts.Complete(single) : chosen.Parts.Complete(single.Without(ConnectionPart.Host, ConnectionPart.Port, ConnectionPart.HostAddress));
    }

    /// <summary>Properties of Java: a value ends where the next name begins, and nothing is quoted.</summary>
    private static List<(string Name, string Value)> Properties(string text)
    {
        var names = Property().Matches(text);
        return names.Count == 0 || text[..names[0].Index].Trim().Length > 0
            ? []
            : [.. names.Select((name, i) => (name.Groups[1].Value, text[(name.Index + name.Length)..(i + 1 < names.Count ? names[i + 1].Index : text.Length)].Trim()))];
    }

    private static List<(string Name, string Value)> Variables(string text)
    {
        var settings = new List<(string, string)>();
        var words = ShellWords.Split(text, escapes: text.Contains("export ", StringComparison.Ordinal));
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i];
            if (word.IsSign)
            {
                continue;
            }

            if (word is { Quoted: false, Text: ['#', ..] })
            {
                // To the end of the line, if there still is one.
                var end = words.FindIndex(i, static w => w.Text == "\n");
                i = end < 0 ? i : end;
            }
            else if (Assigned().Match(word.Text) is { Success: true } assigned)
            {
                settings.Add((assigned.Groups[1].Value, assigned.Groups[2].Value));
            }
            else if (i + 2 < words.Count && words[i + 1].Text is "=" or ":" or ":=" && Name().IsMatch(word.Text))
            {
                settings.Add((Name().Match(word.Text).Groups[1].Value, words[i + 2].Text));
                i += 2;
            }
            else if (i + 1 < words.Count && !words[i + 1].IsSign && !Labelled().IsMatch(words[i + 1].Text) && Labelled().Match(word.Text) is { Success: true } label)
            {
                settings.Add((label.Groups[1].Value, words[i + 1].Text.TrimEnd(',')));
                i++;
            }
        }

        return settings;
    }

    [GeneratedRegex(@"(?<=^|\s)([A-Za-z][\w-]*(?:\.[\w-]+)+)\s*[=:]\s*(?!//)", RegexOptions.CultureInvariant)]
    private static partial Regex Property();

    [GeneratedRegex(@"^(?:\$env:)?([A-Za-z_][\w.-]*)=(.*)$", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Assigned();

    [GeneratedRegex(@"^(?:\$env:)?([A-Za-z_][\w.-]*)$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex(@"^([A-Za-z_][\w.-]*):$", RegexOptions.CultureInvariant)]
    private static partial Regex Labelled();

    /// <summary>Variables of an application or a shell, as long as others speak of a database.</summary>
    [GeneratedRegex("^(?:HOST|HOSTNAME|SERVER|ENDPOINT|PORT|USER|USERNAME|LOGIN|PASSWORD|NAME|SSL|TLS)$", RegexOptions.CultureInvariant)]
    private static partial Regex Bare();

    [GeneratedRegex("DIRECT|UNPOOLED|NON_POOLING|NONPOOLING", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Direct();
}
