namespace SetupWizard.Core.Sql;

/// <summary>Blocks of PL/pgSQL as statements. See <see href="https://www.postgresql.org/docs/current/sql-do.html"/>.</summary>
internal static class DoBlock
{
    /// <summary>A block that nothing in it can end, whatever names it holds; without a semicolon behind it.</summary>
    /// <param name="body">From DECLARE or BEGIN to END.</param>
    /// <param name="tag">What its quotes are called, unless the body has that.</param>
    public static string Of(string body, string tag)
    {
        while (body.Contains($"${tag}$", StringComparison.Ordinal))
        {
            tag += "_";
        }

        return $"DO ${tag}$\n{body}\n${tag}$";
    }
}
