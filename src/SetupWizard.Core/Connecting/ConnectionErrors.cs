using System.Net.Sockets;
using Npgsql;

namespace SetupWizard.Core.Connecting;

/// <summary>What a driver, a network or a server may throw while a source is asked. Anything else is a fault of the wizard, and is told as one.</summary>
public static class ConnectionErrors
{
    /// <summary>Whether the server answered with an error, or the connection or the time ended.</summary>
    public static bool IsExpected(Exception exception) => exception is NpgsqlException or IOException or TimeoutException or SocketException;

    /// <summary>The same of a session that may have ended before it was asked: the driver refuses to use it then, in its own ways.</summary>
    public static bool IsOfEndedSession(Exception exception) => IsExpected(exception) || exception is InvalidOperationException;
}
