using Npgsql;

namespace SetupWizard.Core.Connecting;

/// <summary>Errors that end the session.</summary>
internal static class SessionEnds
{
    /// <summary>
    /// Whether the server ended the session with this error, as it does when somebody terminates it, or when it has run out of the time that a role's own
    /// settings give it. See <see href="https://www.postgresql.org/docs/current/runtime-config-logging.html#RUNTIME-CONFIG-SEVERITY-LEVELS"/>.
    /// </summary>
    public static bool EndsSession(this PostgresException error) => error.InvariantSeverity is "FATAL" or "PANIC";
}
