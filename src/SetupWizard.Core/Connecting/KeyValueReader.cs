using System.Text;
using System.Text.RegularExpressions;

namespace SetupWizard.Core.Connecting;

/// <summary>
/// Names and values in a row: libpq's <c>keyword = value</c> with single quotes and backslashes, and what ADO.NET, ODBC, PDO and Perl's DBI separate with semicolons.
/// </summary>
internal static partial class KeyValueReader
{
    /// <summary>Reads the text; null when its first name is not one of a connection.</summary>
    public static ConnectionParts? TryRead(string text)
    {
        // A section of pg_service.conf begins with its name.
        var body = Section().Replace(text, "");
        if (OtherDriver().Match(body) is { Success: true } driver)
        {
            return ReadConnInfo(body[driver.Length..].Replace(';', ' '));
        }

        // A name of its own before a string of many.
        if (Named().Match(body) is { Success: true } named && ConnectionKeys.PartOfSetting(named.Groups[1].Value) == ConnectionPart.Url)
        {
            body = body[named.Length..];
        }

        var separated = body.Contains(';', StringComparison.Ordinal) ? ReadSeparated(body) : null;
        var inRow = FirstName().Match(body) is { Success: true } first && ConnectionKeys.PartOf(first.Groups[1].Value) is not (ConnectionPart.Unknown or ConnectionPart.Url or ConnectionPart.Name or ConnectionPart.Engine)
            ? ReadConnInfo(body)
            : null;
        var isSeparated = separated is not null
            && separated.All.All(static p => PlainName().IsMatch(p.Name))
            && (separated.Known > 1 || (separated.Known == 1 && inRow is null && separated.All.First().Part != ConnectionPart.Unknown))
            && separated.Known >= (inRow?.Known ?? 0);
        return isSeparated ? separated : inRow;
    }

    /// <summary>libpq's form.</summary>
    public static ConnectionParts ReadConnInfo(string text)
    {
        var parts = new ConnectionParts();
        var i = 0;
        while (true)
        {
            Skip(text, ref i);
            if (i >= text.Length || IsEnd(text, i))
            {
                return parts;
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
                parts.Problem = "syntax";
                return parts;
            }

            i++;
            Skip(text, ref i);
            if (!TryValue(text, ref i, out var value))
            {
                parts.Problem = "syntax";
                return parts;
            }

            // The semicolon of the statement it was in; a password may have one of its own.
            var part = ConnectionKeys.PartOf(key);
            parts.Add(part, key, IsEnd(text, i) && part != ConnectionPart.Password ? value.TrimEnd(';') : value);
        }
    }

    /// <summary>Whether nothing follows but a semicolon, or the backslash of a line that goes on elsewhere.</summary>
    private static bool IsEnd(string text, int i) => text.AsSpan(i).Trim(" \t\r\n;\\").IsEmpty;

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

    /// <summary>ADO.NET's form, and ODBC's when a driver is named: that one quotes with braces.</summary>
    private static ConnectionParts ReadSeparated(string text)
    {
        var parts = new ConnectionParts();
        var odbc = OdbcDriver().IsMatch(text);
        var i = 0;
        while (i < text.Length)
        {
            var equals = text.IndexOf('=', i);
            var end = text.IndexOf(';', i);
            if (equals < 0 || (end >= 0 && end < equals))
            {
                // Something without a value.
                var stray = text[i..(end < 0 ? text.Length : end)].Trim();
                if (stray.Length > 0)
                {
                    parts.Add(ConnectionPart.Unknown, "", stray);
                }

                i = end < 0 ? text.Length : end + 1;
                continue;
            }

            var key = text[i..equals].Trim();
            i = equals + 1;
            while (i < text.Length && text[i] is ' ' or '\t' or '\r' or '\n')
            {
                i++;
            }

            var close = i >= text.Length ? '\0' : text[i] is '"' or '\'' ? text[i] : odbc && text[i] == '{' ? '}' : '\0';
            string value;
            if (close == '\0')
            {
                end = text.IndexOf(';', i);
                value = text[i..(end < 0 ? text.Length : end)].TrimEnd();
                i = end < 0 ? text.Length : end + 1;
            }
            else if (TryQuoted(text, close, ref i, out value))
            {
                // ODBC's braces are those of a placeholder, too.
                value = close == '}' && Placeholders.IsPassword("{" + value + "}") ? "{" + value + "}" : value;
            }
            else
            {
                parts.Problem = "syntax";
            }

            parts.Add(key, value);
        }

        return parts;
    }

    /// <summary>A quoted value, with the closing sign doubled inside, up to the semicolon behind it.</summary>
    private static bool TryQuoted(string text, char close, ref int i, out string value)
    {
        var result = new StringBuilder();
        for (i++; i < text.Length; i++)
        {
            if (text[i] != close)
            {
                result.Append(text[i]);
            }
            else if (i + 1 < text.Length && text[i + 1] == close)
            {
                result.Append(text[i++]);
            }
            else
            {
                value = result.ToString();
                var end = text.IndexOf(';', i);
                var clean = text.AsSpan(i + 1, (end < 0 ? text.Length : end) - i - 1).Trim().IsEmpty;
                i = end < 0 ? text.Length : end + 1;
                return clean;
            }
        }

        value = result.ToString();
        return false;
    }

    [GeneratedRegex(@"^\[[^\]=]*\]\s+(?=[\w-]+\s*=)", RegexOptions.CultureInvariant)]
    private static partial Regex Section();

    [GeneratedRegex(@"^([A-Za-z_][\w.:]*)\s*=\s*(?=[A-Za-z][\w ]*=[^;]*;)", RegexOptions.CultureInvariant)]
    private static partial Regex Named();

    [GeneratedRegex(@"^[\w .-]*$", RegexOptions.CultureInvariant)]
    private static partial Regex PlainName();

    /// <summary>PHP's PDO and Perl's DBI: libpq's words, with semicolons between them.</summary>
    [GeneratedRegex(@"^(?:pgsql:(?!//)|dbi:Pg(?:PP)?(?:\([^)]*\))?:)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex OtherDriver();

    /// <summary>Not in capitals alone: those are variables, which a shell quotes in its own way.</summary>
    [GeneratedRegex(@"^(?![A-Z][A-Z0-9_]+\s*=)([A-Za-z_]+)\s*=", RegexOptions.CultureInvariant)]
    private static partial Regex FirstName();

    [GeneratedRegex(@"(?:^|;)\s*driver\s*=\s*\{", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex OdbcDriver();
}
