using System.Net.Sockets;
using Npgsql;

namespace SetupWizard.Core.Connecting;

/// <summary>
/// The server went silent or hung up before the session was open, or cannot be given the password. Later the same low-level exceptions mean something else:
/// a session that was lost, a statement that took too long.
/// </summary>
internal sealed class OpeningFailedException : NpgsqlException
{
    private OpeningFailedException(string @case, Exception? inner)
        : base("The session could not be opened: " + @case + ".", inner)
    {
        Case = @case;
    }

    /// <summary>The situation, as <see cref="ConnectionFailure.Cases"/> names it.</summary>
    public string Case { get; }

    /// <summary>The driver cannot send this password in the form the server asks for.</summary>
    public static OpeningFailedException PasswordCharacters(Exception? inner) => new("password-characters", inner);

    /// <summary>It asks for the password as it is, and nothing proves who asks.</summary>
    public static OpeningFailedException AsksForClearText(Exception? inner) => new("auth-password", inner);

    /// <summary>It asks for what the password can be guessed from, and nothing proves who asks.</summary>
    public static OpeningFailedException AsksForMd5(Exception? inner) => new("auth-md5", inner);

    /// <summary>What answers is not PostgreSQL.</summary>
    public static OpeningFailedException NotPostgres(Exception? inner) => new("not-postgres", inner);

    /// <summary>It hung up.</summary>
    public static OpeningFailedException ClosedAtOnce(Exception? inner) => new("closed-at-once", inner);

    /// <summary>It said nothing.</summary>
    public static OpeningFailedException Hung(Exception? inner) => new("hung", inner);

    /// <summary>It is kept from coming to an end: by a computation that takes for ever, or by messages without an end.</summary>
    public static OpeningFailedException Endless(Exception? inner) => new("endless", inner);

    /// <summary>The exception of an opening with its meaning; null when it speaks for itself.</summary>
    public static OpeningFailedException? From(Exception exception) => exception switch
    {
        TimeoutException => new("hung", exception),
        PostgresException => null,
        NpgsqlException { InnerException: TimeoutException } when !exception.Message.StartsWith("Failed to connect", StringComparison.Ordinal) => new("hung", exception),
        NpgsqlException { InnerException: EndOfStreamException } => new("closed-at-once", exception),
        NpgsqlException { InnerException: IOException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.Shutdown } } } => new("closed-at-once", exception),
        NpgsqlException or SocketException or IOException or OperationCanceledException or CertificateRejectedException or SshTunnelException => null,

        // The driver takes what it cannot read for a fault of its own, or for the length of something: whatever says that is no PostgreSQL.
        _ => new("not-postgres", exception),
    };
}
