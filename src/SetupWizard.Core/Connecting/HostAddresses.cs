using System.Net;
using System.Net.Sockets;

namespace SetupWizard.Core.Connecting;

/// <summary>Which addresses a host name stands for, and whether the internet can reach one.</summary>
public static class HostAddresses
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    /// <summary>Networks that are nobody's on the internet.</summary>
    private static readonly IPNetwork[] s_private =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
            "224.0.0.0/4", "240.0.0.0/4", "::/127", "fc00::/7", "fe80::/10", "ff00::/8",
        }.Select(static n => IPNetwork.Parse(n)),
    ];

    /// <summary>Whether the address is routed on the internet.</summary>
    public static bool IsPublic(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return !s_private.Any(n => n.Contains(plain));
    }

    /// <summary>The addresses, in order; empty when the name cannot be resolved within a moment. Never throws but for a cancellation.</summary>
    internal static async Task<IReadOnlyList<string>> OfAsync(string? host, CancellationToken cancellationToken)
    {
        if (host is null || EndpointRules.HostProblem(host) is not null)
        {
            return [];
        }

        if (IPAddress.TryParse(host.Trim('[', ']'), out var literal))
        {
            return [literal.ToString()];
        }

        try
        {
            var addresses = await Dns.GetHostAddressesAsync(host, cancellationToken).WaitAsync(s_patience, cancellationToken).ConfigureAwait(false);
            return [.. addresses.Select(static a => a.ToString()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is SocketException or TimeoutException or ArgumentException)
        {
            return [];
        }
    }
}
