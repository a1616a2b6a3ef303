using Npgsql;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Engine;

/// <summary>Names what went wrong while applying, by SQLSTATE. See <see href="https://www.postgresql.org/docs/current/errcodes-appendix.html"/>.</summary>
internal static class ApplyProblems
{
    /// <summary>GRANT that granted nothing: the server only warns, and the privilege is missing all the same.</summary>
    public const string PrivilegeNotGranted = "01007";

    /// <summary>What went wrong when a statement ran.</summary>
    /// <param name="error">What was thrown.</param>
    /// <param name="change">The statement's change.</param>
    /// <param name="run">The run.</param>
    /// <param name="extra">More values for the sentences.</param>
    public static Problem Of(Exception error, SqlChange change, ApplyRun run, IReadOnlyDictionary<string, object?> extra)
    {
        var arguments = new Dictionary<string, object?>(change.Arguments, StringComparer.Ordinal) { ["sql"] = change.Statement.Display };
        foreach (var (name, value) in extra)
        {
            arguments[name] = value;
        }

        return new Problem(KeyOf(error as PostgresException, change, run.Plan.Goal, extra), arguments, run.Redactor.Message(error));
    }

    /// <summary>
    /// What went wrong when changes that were all accepted were to be committed. It is the commit's own error and no statement's, but for services that look
    /// at a password only then.
    /// </summary>
    /// <param name="error">What the server said to COMMIT.</param>
    /// <param name="unit">The changes, by their places in the plan.</param>
    /// <param name="run">The run.</param>
    /// <returns>The problem, and the place of the change that it is about; null when it is about no single one.</returns>
    public static (Problem Problem, int? Index) OfCommit(PostgresException error, IReadOnlyList<int> unit, ApplyRun run)
    {
        foreach (var index in unit.Where(i => run.Plan.Changes[i].Statement.HasSecret && (IsAboutPassword(error.SqlState) || SpeaksOfPassword(error))))
        {
            var change = run.Plan.Changes[index];
            var arguments = new Dictionary<string, object?>(change.Arguments, StringComparer.Ordinal) { ["sql"] = change.Statement.Display };
            return (new Problem(PasswordKey(run.Plan.Goal), arguments, run.Redactor.Message(error)), index);
        }

        return (new Problem("apply-commit-refused", ApplyRun.Arguments(("count", unit.Count)), run.Redactor.Message(error)), null);
    }

    /// <summary>A verifier is no password to a service that wants to see the password; a password as it is can only be refused for itself.</summary>
    private static string PasswordKey(SetupGoal goal) => goal.SendPasswordAsText ? "apply-password-refused" : "apply-verifier-refused";

    private static bool IsAboutPassword(string sqlState) =>
        sqlState is PostgresErrorCodes.InvalidParameterValue or PostgresErrorCodes.FeatureNotSupported or PostgresErrorCodes.InvalidPassword;

    /// <summary>Neon and what is built on it: "Received HTTP code 400 from control plane: … Neon only supports being given plaintext passwords", as an internal error.</summary>
    private static bool SpeaksOfPassword(PostgresException error) =>
        new[] { error.MessageText, error.Detail, error.Hint }.Any(t => t?.Contains("password", StringComparison.OrdinalIgnoreCase) == true);

    private static string KeyOf(PostgresException? error, SqlChange change, SetupGoal goal, IReadOnlyDictionary<string, object?> extra) => error?.SqlState switch
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
        { } state when change.Statement.HasSecret && (IsAboutPassword(state) || SpeaksOfPassword(error)) => PasswordKey(goal),
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
