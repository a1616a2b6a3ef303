using System.Text;
using SetupWizard.Core.Sql;
using SetupWizard.Server.Tests.Generated;

namespace SetupWizard.Server.Tests.Names;

/// <summary>
/// Names that something on their way may take for more than a name: SQL, psql, a shell, a terminal, a format string. Whatever they have done would leave a file at <paramref name="trap"/>.
/// </summary>
/// <param name="dice">Where they come from.</param>
/// <param name="trap">A file that is not there.</param>
internal sealed class HostileNames(Dice dice, string trap)
{
    /// <summary>What can be in a name that somebody gives to a user or a publication.</summary>
    private static readonly string[] s_pieces =
    [
        "'", "''", "\"", "\"\"", "\\", "\\\\", "\\!", "\\q", "\\gexec", "\\;", "`", "`id`", "$$", "$1", "$check$", "$kept$", "$stop$", "%", "%s", "%I", "%%", " ", "  ", "Aa", "ÄÖ", "--", "-- x", "/*", "*/", "/* x */",
        ":name", ":'name'", ":\"name\"", ":{?name}", ":clickpipes_user", "::text", ";", "; SELECT 1", ",", ".", "=", "(", ")", "{", "}", "{0}", "{user}", "{user|a|b}", "[", "]", "<b>", "&", "|", "#", "*", "?", "~", "@", "E'", "U&'", "\uFEFF",
        "\u202E", "\u2066", "\u200B", "\u200D", "\u00A0", "\u00AD", "📦", "👩‍🚀", "شراء", "עברית", "주문", "e\u0301", "\uFFFD", "\U0010FFFF",
    ];

    /// <summary>What a name of the catalog may have besides.</summary>
    private static readonly string[] s_lines = ["\n", "\r", "\r\n", "\t", "\v", "\f", "\b", "\u0001", "\u001b[2J", "\u007f", "\u0085", "\u009b31m", "\u2028", "\u2029", "\n\\.\n", "\n--", "\nCOMMIT;\n", "\n\\endif\n", "\n\\if false\n"];

    private static readonly string[] s_reserved = ["select", "user", "table", "all", "only", "default", "current_user", "session_user", "null", "true", "group", "schema", "tables", "for", "postgres", "PUBLIC", "information_schema_", "oid", "ctid_"];

    private readonly HashSet<string> _given = new(StringComparer.Ordinal);

    /// <summary>A name that a catalog can hold, and none that it holds by this hand already.</summary>
    public string Next() => Make(PgIdentifier.IsValid, [.. s_pieces, .. s_lines, .. s_lines, .. Traps("\n", "\r", "\r\n", "\u2028", "'", "\"", "$$", "*/")]);

    /// <summary>A name that somebody can give to a user or a publication.</summary>
    public string NextGiven() => Make(PgIdentifier.CanBeGiven, [.. s_pieces, .. Traps("'", "\"", "$$", "*/")]);

    /// <summary>A name for a schema or a table that ClickPipes can read: it takes none with a dot.</summary>
    public string NextOfTable()
    {
        while (true)
        {
            if (Next() is var name && !name.Contains('.', StringComparison.Ordinal))
            {
                return name;
            }
        }
    }

    private string[] Traps(params string[] befores) => [.. befores.SelectMany(b => new[] { $"{b}\\! touch {trap} #", $"{b}`touch {trap}`", $"{b}\\o {trap} ", $"{b}\\w {trap} ", $"{b}\\g {trap} " })];

    private string Make(Func<string, bool> can, string[] pieces)
    {
        while (true)
        {
            var name = dice.Percent(10) ? dice.Of(s_reserved) : Text(pieces);
            if (can(name) && !name.StartsWith("pg_", StringComparison.Ordinal) && _given.Add(name))
            {
                return name;
            }
        }
    }

    private string Text(string[] pieces)
    {
        var text = new StringBuilder();
        var count = dice.Weighted((40, 1), (30, 2), (20, 3), (10, 5));
        for (var i = 0; i < count; i++)
        {
            text.Append(dice.Weighted((50, ""), (20, "x"), (15, "Total "), (15, "q_"))).Append(dice.Of(pieces));
        }

        text.Append(dice.Weighted((60, ""), (40, "z")));
        if (dice.Percent(20))
        {
            // Exactly as long as a name can be, in bytes.
            while (Encoding.UTF8.GetByteCount(text.ToString()) < PgIdentifier.MaxBytes)
            {
                text.Append(dice.Of(["x", "é", "문", "📦"]));
            }
        }

        return Cut(text.ToString());
    }

    private static string Cut(string text)
    {
        var cut = new StringBuilder();
        var bytes = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > PgIdentifier.MaxBytes)
            {
                break;
            }

            cut.Append(rune.ToString());
        }

        return cut.ToString();
    }
}
