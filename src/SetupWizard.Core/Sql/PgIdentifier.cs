using System.Buffers;
using System.Text;

namespace SetupWizard.Core.Sql;

/// <summary>
/// Identifiers in SQL text, quoted so that any name the catalog can hold survives.
/// See <see href="https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS"/>.
/// </summary>
public static class PgIdentifier
{
    /// <summary>The longest name a stock server keeps, in bytes of UTF-8 (NAMEDATALEN - 1); longer ones are cut with no more than a notice.</summary>
    public const int MaxBytes = 63;

    private static readonly SearchValues<char> s_plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");

    /// <summary>The identifier in double quotes.</summary>
    /// <remarks>It may be longer than <see cref="MaxBytes"/>: the server counts bytes in its own encoding, in which a name of a catalog may have fewer.</remarks>
    /// <exception cref="ArgumentException">Empty, with a NUL character, or with bytes that are no characters.</exception>
    public static string Quote(string name)
    {
        if (!CanBeQuoted(name))
        {
            throw new ArgumentException("A name has no NUL character, none that is not UTF-8, and at least one.", nameof(name));
        }

        return "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
    }

    /// <summary>The identifier as people write it: bare when it is a plain lower-case word, else quoted.</summary>
    public static string QuoteIfNeeded(string name) => IsPlainWord(name) ? name : Quote(name);

    /// <summary>Whether a server can hold this name without cutting it, and a statement can have it in it.</summary>
    public static bool IsValid(string? name) => CanBeQuoted(name) && Encoding.UTF8.GetByteCount(name!) <= MaxBytes;

    /// <summary>
    /// Whether somebody can sensibly give this name to a user or a publication: valid, and without control characters and line ends, which no program that asks for a
    /// name takes. Nor do drivers take one of blanks alone: Npgsql streams no publication called so.
    /// </summary>
    public static bool CanBeGiven(string? name) => IsValid(name) && !string.IsNullOrWhiteSpace(name) && !name.Any(static c => char.IsControl(c) || c is '\u2028' or '\u2029');

    /// <summary>Whether a user can be given this name: PostgreSQL keeps some for itself, and takes GRANT … TO "public" for everybody.</summary>
    public static bool CanBeUser(string? name) => CanBeGiven(name) && !name!.StartsWith("pg_", StringComparison.Ordinal) && name is not ("public" or "none");

    private static bool CanBeQuoted(string? name) => !string.IsNullOrEmpty(name) && !name.Contains('\0', StringComparison.Ordinal) && !ServerText.IsBroken(name);

    private static bool IsPlainWord(string name) =>
        name is [(>= 'a' and <= 'z') or '_', ..] && !name.AsSpan().ContainsAnyExcept(s_plain);
}
