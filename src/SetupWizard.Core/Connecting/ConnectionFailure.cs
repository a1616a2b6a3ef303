using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.RegularExpressions;
using Npgsql;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Connecting;

/// <summary>
/// Tells what an exception of opening or reading a source means: one SW101 finding with the case, the names a person needs and the
/// server's own words. Judges by SQLSTATE, by socket error and by the routine the server names, and by English text only where the
/// server gives nothing else to tell two situations apart.
/// </summary>
public static partial class ConnectionFailure
{
    /// <summary>The situations, each with its sentences (<c>SW101.{case}.Title</c>).</summary>
    public static IReadOnlyList<string> Cases { get; } =
    [
        "dns", "timeout", "refused", "unreachable", "hung", "endless", "not-postgres", "closed-at-once", "tls-refused", "tls-failed", "tls-required",
        "certificate-untrusted", "certificate-expired", "certificate-name", "certificate-missing", "ca-unreadable", "client-certificate",
        "no-pg-hba-entry", "rejected", "rejected-no-tls", "password", "password-characters", "auth-password", "auth-md5", "no-password", "unknown-user", "login-not-permitted", "unknown-database",
        "unknown-database-unlisted", "database-closed",
        "no-connect-privilege", "encoding", "read-refused", "too-many-connections", "too-many-connections-reserved", "too-many-connections-database", "too-many-connections-user",
        "too-many-connections-pooler", "starting-up", "connection-lost", "too-slow", "other",
        "ssh-missing", "ssh-nameless", "ssh-dns", "ssh-refused", "ssh-timeout", "ssh-unreachable", "ssh-silent", "ssh-not-ssh", "ssh-closed",
        "ssh-host-key-unknown", "ssh-host-key-changed", "ssh-key-unreadable", "ssh-passphrase", "ssh-agent",
        "ssh-key-refused", "ssh-agent-refused", "ssh-password-refused", "ssh-forward-refused",
        "ssh-target-dns", "ssh-target-refused", "ssh-target-timeout", "ssh-lost", "ssh-other",
    ];

    /// <summary>The stage a situation belongs to.</summary>
    public static ConnectStage StageOf(string @case) => @case switch
    {
        "dns" or "ssh-target-dns" => ConnectStage.Resolve,
        "ssh-target-refused" or "ssh-target-timeout" => ConnectStage.Reach,
        _ when @case.StartsWith("ssh-", StringComparison.Ordinal) => ConnectStage.Tunnel,
        "timeout" or "refused" or "unreachable" => ConnectStage.Reach,
        "hung" or "not-postgres" or "closed-at-once" or "tls-refused" or "tls-failed" or "ca-unreadable" => ConnectStage.Tls,
        "certificate-untrusted" or "certificate-expired" or "certificate-name" or "certificate-missing" => ConnectStage.Tls,
        "connection-lost" or "too-slow" or "read-refused" => ConnectStage.Read,
        _ => ConnectStage.LogIn,
    };

    /// <summary>What <paramref name="exception"/> means for <paramref name="target"/>.</summary>
    public static Finding Classify(Exception exception, SetupTarget target)
    {
        ArgumentNullException.ThrowIfNull(exception);
        ArgumentNullException.ThrowIfNull(target);
        return exception switch
        {
            CertificateRejectedException rejected => Certificate(rejected, target),
            SshTunnelException failed => Say(failed.Case, target, failed.Actual, null, [.. failed.Arguments]),
            OpeningFailedException failed => Say(failed.Case, target),
            PostgresException refused => Refused(refused, target),
            _ => FromNetwork(exception, target),
        };
    }

    /// <summary>Whether a situation is one of the way to the server, or of one that is stopping or starting: it says nothing of who logs in.</summary>
    internal static bool IsOfTheWay(string @case) =>
        @case is "dns" or "refused" or "timeout" or "closed-at-once" or "unreachable" or "connection-lost" or "too-slow" or "hung" or "starting-up" or "ssh-lost";

    internal static Finding Say(string @case, SetupTarget target, string actual = "", ServerMessage? server = null, params (string Name, object? Value)[] more)
    {
        var endpoint = target.Endpoint;
        var arguments = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["host"] = endpoint.Host,
            ["address"] = endpoint.Host,
            ["databases"] = "",
            ["port"] = endpoint.Port.ToString(CultureInfo.InvariantCulture),
            ["database"] = endpoint.Database,
            ["user"] = target.Credentials.AdminUser,
            ["userSql"] = InSql(target.Credentials.AdminUser),
            ["databaseSql"] = InSql(endpoint.Database),
            ["userHba"] = PgHba.Word(target.Credentials.AdminUser),
            ["databaseHba"] = PgHba.Word(endpoint.Database),
            ["seconds"] = (int)target.Limits.Open.TotalSeconds,
            ["message"] = server?.Text ?? actual,
        };
        if (endpoint.Ssh is { } ssh)
        {
            arguments["bastion"] = ssh.Host;
            arguments["sshPort"] = ssh.Port.ToString(CultureInfo.InvariantCulture);
            arguments["sshUser"] = ssh.User;
        }

        foreach (var (name, value) in more)
        {
            if (value is not "")
            {
                arguments[name] = value;
            }
        }

        return new Finding
        {
            Id = RequirementId.Reachable,
            Area = Area.Connect,
            State = FindingState.Blocking,
            Case = @case,
            Actual = actual.Length > 0 ? actual : @case,
            Desired = "connected",
            Arguments = arguments,
            Evidence = [.. more.Where(m => m.Value is string { Length: > 0 }).Select(m => new Evidence(m.Name, (string)m.Value!))],
            Server = server,
        };
    }

    private static Finding Certificate(CertificateRejectedException rejected, SetupTarget target)
    {
        var @case = rejected.Problems switch
        {
            CertificateProblems.CaUnreadable => "ca-unreadable",
            CertificateProblems.Missing => "certificate-missing",
            var p when p.HasFlag(CertificateProblems.Untrusted) => "certificate-untrusted",
            var p when p.HasFlag(CertificateProblems.Expired) => "certificate-expired",
            _ => "certificate-name",
        };
        var facts = rejected.Certificate;
        return Say(
            @case,
            target,
            rejected.Problems.ToString(),
            null,
            ("expected", target.Endpoint.Host),
            ("presented", facts is null ? "" : facts.DnsNames.Count > 0 ? string.Join(", ", facts.DnsNames) : facts.Subject),
            ("subject", facts?.Subject ?? ""),
            ("issuer", facts?.Issuer ?? ""),
            ("notAfter", facts?.NotAfter.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? ""));
    }

    private static Finding Refused(PostgresException exception, SetupTarget target)
    {
        var server = MessageOf(exception);
        var address = ClientAddress().Match(server.Text) is { Success: true } match ? PgHba.Network(match.Groups[1].Value) : "<client-address>/32";
        return Say(CaseOf(exception, target.Endpoint), target, server.SqlState!, server, ("clientAddress", address), ("statement", GiveBack(exception, target)));
    }

    /// <summary>
    /// The statement that gives back what everybody has on a stock server and this login has not; empty for every other error. The message is in the server's language, the name
    /// in it is not.
    /// </summary>
    private static string GiveBack(PostgresException exception, SetupTarget target)
    {
        if (exception.SqlState != PostgresErrorCodes.InsufficientPrivilege || exception.EndsSession())
        {
            return "";
        }

        var words = Word().Matches(ServerMessage.Cut(exception.MessageText)).Select(m => m.Value).ToHashSet(StringComparer.Ordinal);
        var functions = EngineFunctions.All.Where(f => words.Contains(f[..f.IndexOf('(', StringComparison.Ordinal)])).ToList();
        var what = functions.Count == 0 && words.FirstOrDefault(w => w.StartsWith("pg_", StringComparison.Ordinal)) is { } relation
            ? "SELECT ON pg_catalog." + relation
            : "EXECUTE ON FUNCTION " + string.Join(", ", (functions.Count > 0 ? functions : EngineFunctions.All).Select(f => "pg_catalog." + f));
        return $"GRANT {what} TO {InSql(target.Credentials.AdminUser)}";
    }

    private static string CaseOf(PostgresException exception, SourceEndpoint endpoint) => ConnectionLimit.CaseOf(exception) ?? exception.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword => "password",
        PostgresErrorCodes.InvalidCatalogName => "unknown-database-unlisted",
        PostgresErrorCodes.CannotConnectNow => "starting-up",
        PostgresErrorCodes.ObjectNotInPrerequisiteState => "database-closed",

        // A server that lets nobody in ends the session; what it refuses afterwards is one statement.
        PostgresErrorCodes.InsufficientPrivilege => exception.EndsSession() ? "no-connect-privilege" : "read-refused",
        PostgresErrorCodes.FeatureNotSupported when exception.Routine == "InitializeClientEncoding" => "encoding",
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown => "connection-lost",
        PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable => "too-slow",
        PostgresErrorCodes.InvalidAuthorizationSpecification => Authorization(exception, endpoint),

        // PgBouncer answers everything with one code.
        PostgresErrorCodes.ProtocolViolation when Has(exception, "no such database") => "unknown-database-unlisted",
        PostgresErrorCodes.ProtocolViolation when Has(exception, "no such user") || Has(exception, "authentication failed") => "password",
        PostgresErrorCodes.ProtocolViolation when Has(exception, "SSL required") || Has(exception, "SSL is required") => "tls-required",
        _ => "other",
    };

    /// <summary>28000 stands for many situations; the server's routine and its words tell them apart.</summary>
    private static string Authorization(PostgresException exception, SourceEndpoint endpoint)
    {
        if (exception.Routine == "InitializeSessionUserId")
        {
            return Has(exception, "does not exist") ? "unknown-user" : "login-not-permitted";
        }

        if (Has(exception, "client certificate"))
        {
            return "client-certificate";
        }

        // Peer, ident, PAM, LDAP and the like fail in a routine of their own, in their own words.
        if (exception.Routine != "ClientAuthentication" && !Has(exception, "pg_hba.conf"))
        {
            return "other";
        }

        // A line that rejects may mean anything in it; a server that speaks another language leaves open whether there is one.
        var plain = endpoint.Tls == TlsMode.Disable;
        return Has(exception, "rejects connection") ? (plain ? "rejected-no-tls" : "rejected") : plain ? "tls-required" : "no-pg-hba-entry";
    }

    private static Finding FromNetwork(Exception exception, SetupTarget target)
    {
        if (target.Tunnel is { IsDown: true })
        {
            return Say("ssh-lost", target, "the tunnel ended");
        }

        var text = ServerMessage.Cut(exception.Message);
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is SocketException socket)
            {
                // On a session that was open, a reset is a loss.
                var @case = SocketCases.Of(socket.SocketErrorCode);
                return Say(@case == "closed-at-once" ? "connection-lost" : @case, target, socket.SocketErrorCode.ToString());
            }
        }

        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case AuthenticationException:
                    return Say("tls-failed", target, inner.Message, null, ("reason", Innermost(inner).Message));
                case TimeoutException when text.StartsWith("Failed to connect", StringComparison.Ordinal):
                    return Say("timeout", target, "no answer");
                case TimeoutException:
                    return Say("too-slow", target, "time limit");
                case EndOfStreamException:
                    return Say("connection-lost", target, "connection closed");
            }
        }

        return text switch
        {
            _ when text.Contains("No password has been provided", StringComparison.Ordinal) => Say("no-password", target, "no password"),
            _ when text.Contains("No SSL enabled connection", StringComparison.Ordinal) => Say("tls-refused", target, "no TLS"),
            _ when text.Contains("for SSLRequest", StringComparison.Ordinal) => Say("not-postgres", target, "not PostgreSQL's protocol"),
            _ when exception is IOException || exception.InnerException is IOException or ObjectDisposedException => Say("connection-lost", target, "connection lost"),
            _ => Say("other", target, text),
        };
    }

    private static string InSql(string name) => PgIdentifier.IsValid(name) ? PgIdentifier.QuoteIfNeeded(name) : name;

    private static ServerMessage MessageOf(PostgresException exception) => new(exception.SqlState, exception.MessageText, null, exception.Hint);

    private static Exception Innermost(Exception exception) => exception.InnerException is { } inner ? Innermost(inner) : exception;

    private static bool Has(PostgresException exception, string text) => exception.MessageText.Contains(text, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex("[a-z_][a-z0-9_]+", RegexOptions.CultureInvariant)]
    private static partial Regex Word();

    [GeneratedRegex("host \"([0-9a-fA-F.:]+)\"", RegexOptions.CultureInvariant)]
    private static partial Regex ClientAddress();
}
