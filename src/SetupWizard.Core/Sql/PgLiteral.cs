namespace SetupWizard.Core.Sql;

/// <summary>
/// String literals for statements that take no parameters (utility commands). Equal to the server's <c>quote_literal</c>,
/// whatever <c>standard_conforming_strings</c> says.
/// </summary>
public static class PgLiteral
{
    /// <summary>The literal with its quotes.</summary>
    /// <exception cref="ArgumentException">The text has a NUL character, which PostgreSQL cannot store.</exception>
    public static string Quote(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("Text with a NUL character cannot be stored.", nameof(text));
        }

        var doubled = text.Replace("'", "''", StringComparison.Ordinal);
        return doubled.Contains('\\', StringComparison.Ordinal)
            ? "E'" + doubled.Replace("\\", "\\\\", StringComparison.Ordinal) + "'"
            : "'" + doubled + "'";
    }
}
