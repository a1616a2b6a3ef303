namespace SetupWizard.Core.Providers;

/// <summary>Whether a private path can be used for a service.</summary>
public enum PrivatePathFit
{
    /// <summary>It can.</summary>
    Fits,

    /// <summary>It can, when the service is one of those served from the database's region: its age decides.</summary>
    DependsOnAge,

    /// <summary>The service's pipes run in another region than the database, and the path stays within one.</summary>
    OtherRegion,

    /// <summary>The service's pipes run in another cloud.</summary>
    OtherCloud,
}

/// <summary>A way from ClickPipes to a database without a public address: what is made on the database's side, and what in ClickHouse Cloud.</summary>
/// <param name="Id">Lower-case words with hyphens; its words are <c>Network.Private.{Id}</c>.</param>
/// <param name="Cloud">The cloud both ends are in: <c>aws</c>.</param>
/// <param name="SourceGuide">The guide of the database's side.</param>
/// <param name="PipesGuide">The guide of ClickHouse Cloud's side.</param>
/// <param name="SameRegion">Whether both ends must be in one region.</param>
public sealed record PrivatePath(string Id, string Cloud, string SourceGuide, string PipesGuide, bool SameRegion)
{
    /// <summary>Whether the path can be used.</summary>
    /// <param name="service">Where the service's pipes connect from; null before a region is chosen.</param>
    /// <param name="region">The database's region, as its cloud spells it; null when it is not known.</param>
    public PrivatePathFit Fit(ServiceAddresses? service, string? region)
    {
        if (service is null)
        {
            return PrivatePathFit.Fits;
        }

        var near = service.Lists.Where(l => l.Cloud == Cloud).ToList();
        if (near.Count == 0)
        {
            return PrivatePathFit.OtherCloud;
        }

        if (SameRegion && region is not null)
        {
            near = [.. near.Where(l => l.Region == region)];
            if (near.Count == 0)
            {
                return PrivatePathFit.OtherRegion;
            }
        }

        return near.Count == service.Lists.Count || (!SameRegion && service.Lists.All(l => l.Cloud == Cloud)) ? PrivatePathFit.Fits : PrivatePathFit.DependsOnAge;
    }
}
