using System.Net.Sockets;

namespace SetupWizard.Core.Connecting;

/// <summary>Situations of SW101 by what the network said.</summary>
internal static class SocketCases
{
    public static string Of(SocketError error) => error switch
    {
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery => "dns",
        SocketError.ConnectionRefused => "refused",
        SocketError.TimedOut => "timeout",
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => "closed-at-once",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.NetworkDown or SocketError.HostDown
            or SocketError.AddressNotAvailable or SocketError.AccessDenied or SocketError.AddressFamilyNotSupported => "unreachable",
        _ => "unreachable",
    };
}
