using System.Net;

namespace SetupWizard.Core.Model;

/// <summary>Whether the internet can reach an address.</summary>
public static class IpScope
{
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
}
