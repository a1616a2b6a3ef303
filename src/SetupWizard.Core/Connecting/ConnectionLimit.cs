using Npgsql;

namespace SetupWizard.Core.Connecting;

/// <summary>
/// Whose limit of connections is reached. The server has one SQLSTATE for all of them; the routine that speaks tells them apart in every language of the
/// server, and the words do where something in between leaves the routine out.
/// </summary>
internal static class ConnectionLimit
{
    /// <summary>The case of SW101 for the server's own limit; the others continue its name.</summary>
    private const string Server = "too-many-connections";

    /// <summary>Which limit an exception speaks of, as SW101 names it; null when it speaks of none.</summary>
    public static string? CaseOf(PostgresException exception)
    {
        if (IsPooler(exception))
        {
            return Server + "-pooler";
        }

        if (exception.SqlState != PostgresErrorCodes.TooManyConnections)
        {
            return null;
        }

        return exception.Routine == "CheckMyDatabase" || Has(exception, "for database \"") ? Server + "-database"
            : exception.Routine == "InitializeSessionUserId" || Has(exception, "for role \"") ? Server + "-user"
            : exception.Routine == "InitPostgres" || Has(exception, "slots are reserved") ? Server + "-reserved"
            : Server;
    }

    /// <summary>The problem of a proof or a feed whose replication session was refused; null when no limit was the reason.</summary>
    public static string? ProblemOf(Exception exception) => exception is not PostgresException refused ? null
        : IsWalSender(refused) ? "proof-no-wal-sender"
        : ProblemOf(CaseOf(refused));

    /// <summary>The problem of a proof for a case of SW101.</summary>
    public static string? ProblemOf(string? @case) => @case switch
    {
        Server + "-user" => "proof-limit-user",
        Server + "-database" => "proof-limit-database",
        Server or Server + "-reserved" => "proof-limit-server",
        Server + "-pooler" => "proof-limit-pooler",
        _ => null,
    };

    /// <summary>The setting's name stands in the message whatever its language.</summary>
    private static bool IsWalSender(PostgresException exception) => exception.SqlState == PostgresErrorCodes.TooManyConnections && Has(exception, "max_wal_senders");

    /// <summary>PgBouncer and Supavisor, each with a code of its own.</summary>
    private static bool IsPooler(PostgresException exception) =>
        (exception.SqlState == PostgresErrorCodes.ProtocolViolation && Has(exception, "no more connections allowed"))
        || Has(exception, "max clients reached");

    private static bool Has(PostgresException exception, string text) => exception.MessageText.Contains(text, StringComparison.OrdinalIgnoreCase);
}
