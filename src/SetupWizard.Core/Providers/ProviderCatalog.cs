using SetupWizard.Core.Model;

namespace SetupWizard.Core.Providers;

/// <summary>All providers. A list to be read, not a registry: a provider is one file and one line here.</summary>
public static class ProviderCatalog
{
    /// <summary>All profiles, in the order screens show them.</summary>
    public static IReadOnlyList<ProviderProfile> All { get; } = [AmazonRds.Profile, AmazonAurora.Profile, AzureFlexible.Profile, SelfManaged.Profile];

    /// <summary>What a source is judged by when nothing gives its provider away.</summary>
    public static ProviderProfile Default => SelfManaged.Profile;

    /// <summary>A profile by its id; null when there is none.</summary>
    public static ProviderProfile? Find(string? id) => All.FirstOrDefault(p => p.Id == id);

    /// <summary>The pooler or proxy whose host name or port this is; null when it looks like a server's own.</summary>
    public static PoolerPattern? PoolerAt(SourceEndpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return All.SelectMany(p => p.Poolers)
            .FirstOrDefault(p => (p.Host?.IsMatch(endpoint.Host) ?? true) && (p.Port is null || p.Port == endpoint.Port));
    }

    /// <summary>The direct endpoint behind a pooler; null when it cannot be told from the host name.</summary>
    public static SourceEndpoint? DirectEndpoint(SourceEndpoint endpoint, PoolerPattern pooler)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(pooler);
        if (pooler.Host is not null && pooler.DirectHost is not null)
        {
            return endpoint with { Host = pooler.Host.Replace(endpoint.Host, pooler.DirectHost), Port = pooler.DirectPort };
        }

        // A pooler on a port of its own usually runs beside the server.
        return pooler.Host is null && pooler.Port is not null ? endpoint with { Port = pooler.DirectPort } : null;
    }
}
