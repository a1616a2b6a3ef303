using System.Net;
using System.Net.Sockets;

namespace SetupWizard.Core.Connecting;

/// <summary>Which addresses a host name stands for.</summary>
public static class HostAddresses
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    /// <summary>The resolved addresses, sorted; empty when resolving fails or times out. Throws for a cancellation only.</summary>
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
