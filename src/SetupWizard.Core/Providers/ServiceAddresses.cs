namespace SetupWizard.Core.Providers;

/// <summary>Why a service's pipes connect from these addresses.</summary>
public enum AddressReason
{
    /// <summary>The region has addresses of its own, for services of any age.</summary>
    Own,

    /// <summary>The service is new enough for the region's own addresses.</summary>
    New,

    /// <summary>The service is older than its region's addresses and keeps those of another region.</summary>
    Old,

    /// <summary>Nobody said how old the service is: both lists.</summary>
    EitherAge,

    /// <summary>The region is not listed and lies in the EU.</summary>
    Europe,

    /// <summary>The region is not listed and lies in Europe outside the EU; the rule names only the EU: both lists.</summary>
    NearEurope,

    /// <summary>The region is not listed and lies elsewhere.</summary>
    Elsewhere,

    /// <summary>Only the published list has the region, and does not say for which services: its addresses and those used before.</summary>
    NewlyPublished,
}

/// <summary>The addresses to allow for a ClickHouse service, and why these.</summary>
/// <param name="Region">The service's cloud and region, as chosen.</param>
/// <param name="Reason">Which rule chose the lists.</param>
/// <param name="Lists">The regions whose addresses are meant, the service's own first.</param>
public sealed record ServiceAddresses(string Region, AddressReason Reason, IReadOnlyList<ClickPipesRegion> Lists)
{
    /// <summary>All addresses, each once.</summary>
    public IReadOnlyList<string> Addresses { get; } = [.. Lists.SelectMany(static l => l.Addresses).Distinct(StringComparer.Ordinal)];
}
