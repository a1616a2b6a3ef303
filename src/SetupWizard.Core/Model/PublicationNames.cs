using System.Text;
using System.Text.RegularExpressions;

namespace SetupWizard.Core.Model;

/// <summary>
/// Which publications a reader asked for, from the command the server shows of it: <c>publication_names</c> holds identifiers as SQL writes them.
/// See <see href="https://www.postgresql.org/docs/current/protocol-logical-replication.html#PROTOCOL-LOGICAL-REPLICATION-PARAMS"/>.
/// </summary>
public static partial class PublicationNames
{
    /// <summary>The names; null when the command does not say, or was cut before it did.</summary>
    public static IReadOnlyList<string>? Of(string? command)
    {
        if (command is null || Option().Match(command) is not { Success: true } option)
        {
            return null;
        }

        var names = new List<string>();
        foreach (Match name in Name().Matches(option.Groups[1].Value.Replace("''", "'", StringComparison.Ordinal)))
        {
            names.Add(name.Groups["quoted"].Success ? name.Groups["quoted"].Value.Replace("\"\"", "\"", StringComparison.Ordinal) : Lower(name.Value));
        }

        return names;
    }

    /// <summary>What is not in quotes goes to lower case as the server does it: letters of ASCII, whatever the language.</summary>
    private static string Lower(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var letter in name)
        {
            text.Append(char.IsAsciiLetterUpper(letter) ? char.ToLowerInvariant(letter) : letter);
        }

        return text.ToString();
    }

    [GeneratedRegex("""(?<![\w])"?publication_names"?\s*'((?:[^']|'')*)'""", RegexOptions.CultureInvariant)]
    private static partial Regex Option();

    [GeneratedRegex("\"(?<quoted>(?:[^\"]|\"\")*)\"|[^\\s,\"]+", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
