using System.Text;
using System.Text.RegularExpressions;

namespace SetupWizard.Core.Sql;

/// <summary>
/// Identifiers in SQL text, quoted so that any name the catalog can hold survives.
/// See <see href="https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS"/>.
/// </summary>
public static partial class PgIdentifier
{
    /// <summary>The longest name a stock server keeps, in bytes of UTF-8 (NAMEDATALEN - 1); longer ones are cut with no more than a notice.</summary>
    public const int MaxBytes = 63;

    /// <summary>The identifier in double quotes.</summary>
    /// <exception cref="ArgumentException">Empty, longer than <see cref="MaxBytes"/>, or with a NUL character.</exception>
    public static string Quote(string name)
    {
        if (!IsValid(name))
        {
            throw new ArgumentException("A name has 1 to 63 bytes and no NUL character.", nameof(name));
        }

        return "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
    }

    /// <summary>The identifier as people write it: bare when it is a plain lower-case word, else quoted.</summary>
    public static string QuoteIfNeeded(string name) => PlainWord().IsMatch(name) ? name : Quote(name);

    /// <summary>Whether a server can hold this name without cutting it.</summary>
    public static bool IsValid(string? name) =>
        !string.IsNullOrEmpty(name) && !name.Contains('\0', StringComparison.Ordinal) && Encoding.UTF8.GetByteCount(name) <= MaxBytes;

    [GeneratedRegex("^[a-z_][a-z0-9_]*$", RegexOptions.CultureInvariant)]
    private static partial Regex PlainWord();
}
