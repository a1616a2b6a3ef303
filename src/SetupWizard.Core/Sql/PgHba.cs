namespace SetupWizard.Core.Sql;

/// <summary>Lines of <c>pg_hba.conf</c>. See <see href="https://www.postgresql.org/docs/current/auth-pg-hba-conf.html"/>.</summary>
public static class PgHba
{
    private static readonly string[] s_keywords = ["all", "sameuser", "samerole", "samegroup", "replication"];

    /// <summary>A name as one word; quotes keep it from being read as a keyword, a list or a comment.</summary>
    public static string Word(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length > 0 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_') && !s_keywords.Contains(name, StringComparer.Ordinal)
            ? name
            : "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
    }

    /// <summary>One address as a network of its own: /32, or /128 for IPv6, where /32 would admit a whole provider.</summary>
    public static string Network(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address + (address.Contains(':', StringComparison.Ordinal) ? "/128" : "/32");
    }

    /// <summary>
    /// Lets one user into one database from one address, with a SCRAM password, and over TLS unless the server has none. A line break in a
    /// name would begin a line of its own, quoted or not, and cannot be written at all: a placeholder stands for such a name.
    /// </summary>
    public static string Line(string database, string user, string address, bool tls = true) =>
        $"{(tls ? "hostssl" : "host")} {Word(Writable(database, "<database>"))} {Word(Writable(user, "<user>"))} {Network(address)} scram-sha-256";

    private static string Writable(string name, string otherwise) => name.Any(char.IsControl) ? otherwise : name;
}
