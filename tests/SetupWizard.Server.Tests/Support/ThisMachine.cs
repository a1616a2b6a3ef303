using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace SetupWizard.Server.Tests.Support;

/// <summary>This machine as others see it.</summary>
internal static class ThisMachine
{
    /// <summary>A host to connect to that is this machine and does not say so: an address of a network, or else the machine's name.</summary>
    public static string Host { get; } = NetworkInterface.GetAllNetworkInterfaces()
        .Where(static n => n.OperationalStatus == OperationalStatus.Up)
        .SelectMany(static n => n.GetIPProperties().UnicastAddresses)
        .Select(static a => a.Address)
        .FirstOrDefault(static a => a.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(a))?.ToString()
        ?? Dns.GetHostName();
}
