using SetupWizard.Core.Model;

namespace SetupWizard.Core.Providers;

/// <summary>Tells the provider from the host name, or from what the server has that stock PostgreSQL has not.</summary>
public static class ProviderDetector
{
    /// <summary>By the host name alone, before any connection. A provider's own proxy gives it away as well.</summary>
    public static ProviderDetection FromHost(string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var name = host.Trim().TrimEnd('.');
        foreach (var profile in ProviderCatalog.All.Where(p => p.Hosts.Count > 0))
        {
            foreach (var pattern in profile.Hosts.Concat(profile.Poolers.Select(p => p.Host)))
            {
                if (pattern?.Match(name) is { Success: true } match)
                {
                    var suffix = match.Groups["suffix"];
                    return new ProviderDetection(profile.Id, DetectionSource.HostName, suffix.Success ? suffix.Value : name);
                }
            }
        }

        return ProviderDetection.None;
    }

    /// <summary>By the server's own functions, settings and roles, which no tunnel and no host alias can change.</summary>
    public static ProviderDetection FromSnapshot(SourceSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        foreach (var profile in ProviderCatalog.All)
        {
            if (profile.MarkerFunctions.FirstOrDefault(snapshot.Server.Markers.Contains) is { } function)
            {
                return new ProviderDetection(profile.Id, DetectionSource.Server, function);
            }
        }

        foreach (var profile in ProviderCatalog.All)
        {
            var evidence = profile.MarkerSettings.FirstOrDefault(s => snapshot.Setting(s) is not null)
                ?? profile.MarkerRoles.FirstOrDefault(r => snapshot.Role(r) is not null);
            if (evidence is not null)
            {
                return new ProviderDetection(profile.Id, DetectionSource.Server, evidence);
            }
        }

        return ProviderDetection.None;
    }

    /// <summary>The server's evidence when there is any, else the host name's.</summary>
    public static ProviderDetection Detect(string host, SourceSnapshot? snapshot)
    {
        var byServer = snapshot is null ? ProviderDetection.None : FromSnapshot(snapshot);
        return byServer.Provider is null ? FromHost(host) : byServer;
    }
}
