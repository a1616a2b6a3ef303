using System.Globalization;
using System.Text.Json;

namespace SetupWizard.Core.Providers;

/// <summary>A region of ClickHouse Cloud, and the addresses its ClickPipes connect from.</summary>
/// <param name="Cloud"><c>aws</c> or <c>gcp</c>.</param>
/// <param name="Region">The cloud's own name of the region: <c>eu-central-1</c>.</param>
/// <param name="Name">Its name for people: Frankfurt.</param>
/// <param name="Addresses">IPv4 addresses, one by one.</param>
/// <param name="Since">Services made earlier use the addresses of <paramref name="Fallback"/>; null when the list is for all.</param>
/// <param name="Fallback">The region whose addresses older services use; null when there is none.</param>
public sealed record ClickPipesRegion(string Cloud, string Region, string Name, IReadOnlyList<string> Addresses, DateOnly? Since, string? Fallback)
{
    /// <summary>As a goal and the CLI spell it: <c>aws:eu-central-1</c>.</summary>
    public string Id => Cloud + ":" + Region;
}

/// <summary>
/// The static addresses of ClickPipes by cloud and region, as data with its source.
/// See <see href="https://clickhouse.com/docs/integrations/clickpipes#list-of-static-ips"/>.
/// </summary>
public static class ClickPipesRegions
{
    private const string Resource = "SetupWizard.Core.Providers.clickpipes-static-ips.json";

    // Where every service outside the list is served from.
    private const string DefaultEurope = "eu-central-1";
    private const string DefaultElsewhere = "us-east-2";

    private static readonly string[] s_europe =
        ["eu", "westeurope", "northeurope", "germany", "france", "sweden", "poland", "italy", "spain", "norway", "switzerland", "uk", "austria", "belgium", "denmark"];

    /// <summary>All regions with addresses of their own, clouds in order, then regions.</summary>
    public static IReadOnlyList<ClickPipesRegion> All { get; } = Load();

    /// <summary>A region by its id (<c>aws:eu-central-1</c>); null when it has no addresses of its own.</summary>
    public static ClickPipesRegion? Find(string? id) => All.FirstOrDefault(r => string.Equals(r.Id, id, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// The addresses to allow for a service of this cloud and region. A service's age is not known here, so a region that took over
    /// from another gives both lists. Regions without a list, Azure's among them, are served from Frankfurt or Ohio.
    /// </summary>
    /// <param name="id">Cloud and region; null when not chosen yet.</param>
    public static IReadOnlyList<string> AddressesFor(string? id)
    {
        if (string.IsNullOrWhiteSpace(id))
        {
            return [];
        }

        if (Find(id) is { } region)
        {
            return [.. region.Addresses.Concat(region.Fallback is null ? [] : Find("aws:" + region.Fallback)!.Addresses).Distinct()];
        }

        var name = id[(id.IndexOf(':', StringComparison.Ordinal) + 1)..];
        var europe = s_europe.Any(p => name.StartsWith(p, StringComparison.OrdinalIgnoreCase));
        return Find("aws:" + (europe ? DefaultEurope : DefaultElsewhere))!.Addresses;
    }

    private static ClickPipesRegion[] Load()
    {
        using var stream = typeof(ClickPipesRegions).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException("The list of regions is not part of the assembly.");
        using var document = JsonDocument.Parse(stream);
        return
        [
            .. from cloud in (string[])["aws", "gcp"]
               from entry in document.RootElement.GetProperty(cloud).EnumerateArray()
               let region = Read(entry)
               orderby cloud, region.Region
               select region,
        ];
    }

    private static ClickPipesRegion Read(JsonElement entry) => new(
        entry.GetProperty("cloud").GetString()!,
        entry.GetProperty("region").GetString()!,
        entry.GetProperty("name").GetString()!,
        [.. entry.GetProperty("ips").EnumerateArray().Select(static a => a.GetString()!)],
        entry.TryGetProperty("appliesToServicesCreatedOnOrAfter", out var since) && since.GetString() is { } date
            ? DateOnly.ParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture)
            : null,
        entry.GetProperty("fallbackRegion").GetString());
}
