using Npgsql;
using SetupWizard.Core.Model;
using SetupWizard.Core.Source;

namespace SetupWizard.Core.Engine;

/// <summary>Names what went wrong while applying, by SQLSTATE. See <see href="https://www.postgresql.org/docs/current/errcodes-appendix.html"/>.</summary>
internal static class ApplyProblems
{
    /// <summary>GRANT that granted nothing: the server only warns, and the privilege is missing all the same.</summary>
    public const string PrivilegeNotGranted = "01007";

    public static Problem Of(Exception error, SqlChange change, Redactor redactor, IReadOnlyDictionary<string, object?> extra)
    {
        var arguments = new Dictionary<string, object?>(change.Arguments, StringComparer.Ordinal) { ["sql"] = change.Statement.Display };
        foreach (var (name, value) in extra)
        {
            arguments[name] = value;
        }

        return new Problem(KeyOf(error as PostgresException, change, extra), arguments, redactor.Message(error));
    }

    private static string KeyOf(PostgresException? error, SqlChange change, IReadOnlyDictionary<string, object?> extra) => error?.SqlState switch
    {
        PrivilegeNotGranted or PostgresErrorCodes.InsufficientPrivilege => "apply-not-permitted",
        PostgresErrorCodes.LockNotAvailable => extra.ContainsKey("pid") ? "apply-locked-by" : "apply-locked",
        PostgresErrorCodes.ReadOnlySqlTransaction => "apply-read-only",
        PostgresErrorCodes.DuplicateObject => "apply-exists",
        PostgresErrorCodes.UndefinedObject or PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName => "apply-gone",
        PostgresErrorCodes.DependentObjectsStillExist or PostgresErrorCodes.ObjectInUse => "apply-in-use",
        PostgresErrorCodes.OutOfMemory => "apply-lock-table-full",
        PostgresErrorCodes.DiskFull => "apply-disk-full",
        PostgresErrorCodes.QueryCanceled => "apply-took-too-long",
        PostgresErrorCodes.InvalidParameterValue or PostgresErrorCodes.FeatureNotSupported or PostgresErrorCodes.InvalidPassword
            when change.Statement.HasSecret => "apply-verifier-refused",
        _ => "apply-failed",
    };

    /// <summary>Whether the connection is gone: nothing more can be said over it.</summary>
    public static bool IsConnectionLost(Exception error) => error switch
    {
        PostgresException p => p.EndsSession()
            || p.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
            || p.SqlState.StartsWith("08", StringComparison.Ordinal),
        NpgsqlException or IOException or TimeoutException or ObjectDisposedException => true,
        _ => false,
    };
}
