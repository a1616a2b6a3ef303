using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Providers;

/// <summary>A region of ClickHouse Cloud, and the addresses its ClickPipes connect from.</summary>
/// <param name="Cloud"><c>aws</c> or <c>gcp</c>.</param>
/// <param name="Region">The cloud's own name of the region: <c>eu-central-1</c>.</param>
/// <param name="Name">Its name for people: Frankfurt.</param>
/// <param name="Addresses">IPv4 addresses, one by one.</param>
/// <param name="Since">Services made earlier use the addresses of <paramref name="Fallback"/>; null when no date decides.</param>
/// <param name="Fallback">The AWS region whose addresses older services use; null when there is none.</param>
public sealed record ClickPipesRegion(string Cloud, string Region, string Name, IReadOnlyList<string> Addresses, DateOnly? Since, string? Fallback)
{
    /// <summary>Its name in Korean.</summary>
    public string KoreanName { get; init; } = Name;

    /// <summary>Its name in a language.</summary>
    public string NameIn(CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(culture);
        return culture.TwoLetterISOLanguageName == "ko" ? KoreanName : Name;
    }

    /// <summary>As a goal and the CLI spell it: <c>aws:eu-central-1</c>.</summary>
    public string Id => Cloud + ":" + Region;
}

/// <summary>
/// The static addresses of ClickPipes by cloud and region, as data with its date and source, and the rules that choose among them.
/// See <see href="https://clickhouse.com/docs/integrations/clickpipes/networking/static-ips"/>.
/// </summary>
public static partial class ClickPipesRegions
{
    /// <summary>The end of an id that stands for any region of its cloud in the EU that is not listed: <c>azure:europe</c>.</summary>
    public const string Europe = "europe";

    /// <summary>The end of an id that stands for any other region that is not listed: <c>azure:elsewhere</c>.</summary>
    public const string Elsewhere = "elsewhere";

    private const string Resource = "SetupWizard.Core.Providers.clickpipes-static-ips.json";

    private static readonly Data s_data = Load();

    /// <summary>All regions with addresses of their own, clouds in order, then regions.</summary>
    public static IReadOnlyList<ClickPipesRegion> All => s_data.Regions;

    /// <summary>The clouds a ClickHouse service can run in.</summary>
    public static IReadOnlyList<string> Clouds { get; } = ["aws", "gcp", "azure"];

    /// <summary>How old the bundled list is: the newest change that the list itself dates.</summary>
    public static DateOnly AsOf => s_data.AsOf;

    /// <summary>What the bundled list was taken from.</summary>
    public static string Source => s_data.Source;

    /// <summary>Where ClickHouse publishes the current addresses.</summary>
    public static Uri Published => s_data.Live;

    /// <summary>A Google Cloud service that had ClickPipes before this day keeps the addresses it had then.</summary>
    public static DateOnly HadPipesBefore => s_data.HadPipesBefore;

    /// <summary>A region by its id (<c>aws:eu-central-1</c>); null when it has no addresses of its own.</summary>
    public static ClickPipesRegion? Find(string? id) => All.FirstOrDefault(r => string.Equals(r.Id, id, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether this is spelled as a cloud spells its regions: a misspelled one would get the addresses of Ohio.</summary>
    /// <param name="id">Cloud and region: <c>aws:eu-west-3</c>.</param>
    public static bool IsRegion(string? id) => id is not null && Spelling().IsMatch(id);

    /// <summary>What a service's age means for the addresses of its region.</summary>
    /// <param name="id">Cloud and region.</param>
    /// <param name="created">The day the service was created.</param>
    public static ServiceAge AgeOf(string id, DateOnly created) => Find(id) switch
    {
        { Since: { } since } => created >= since ? ServiceAge.New : ServiceAge.Old,

        // Whether a service that is older than that day had pipes, its own age does not tell.
        { Cloud: "gcp" } => created >= HadPipesBefore ? ServiceAge.New : ServiceAge.NotSure,
        _ => ServiceAge.NotSure,
    };

    /// <summary>The addresses to allow for what is wanted; none before a region is chosen.</summary>
    public static IReadOnlyList<string> AddressesFor(SetupGoal? goal) => For(goal)?.Addresses ?? [];

    /// <summary>The addresses to allow for what is wanted, and why these; null before a region is chosen.</summary>
    public static ServiceAddresses? For(SetupGoal? goal)
    {
        if (goal is null || string.IsNullOrWhiteSpace(goal.Region))
        {
            return null;
        }

        var published = goal.PublishedAddresses;
        ClickPipesRegion List(string id) => Current(Find(id)!, published);
        var region = Find(goal.Region);
        if (region is not null)
        {
            var own = Current(region, published);
            var older = region.Fallback is null ? null : List("aws:" + region.Fallback);
            return older is null
                ? new(goal.Region, AddressReason.Own, [own])
                : goal.ServiceAge switch
                {
                    ServiceAge.New => new(goal.Region, AddressReason.New, [own]),
                    ServiceAge.Old => new(goal.Region, AddressReason.Old, [older]),
                    _ => new ServiceAddresses(goal.Region, AddressReason.EitherAge, [own, older]),
                };
        }

        var (cloud, name) = Split(goal.Region);
        var europe = List("aws:" + s_data.EuropeList);
        var elsewhere = List("aws:" + s_data.ElsewhereList);
        var reason = name == Europe || StartsWithAny(s_data.EuropeRegions, cloud, name) ? AddressReason.Europe
            : StartsWithAny(s_data.NearEurope, cloud, name) ? AddressReason.NearEurope
            : AddressReason.Elsewhere;
        ClickPipesRegion[] lists = reason switch
        {
            AddressReason.Europe => [europe],
            AddressReason.NearEurope => [europe, elsewhere],
            _ => [elsewhere],
        };

        // A region that got addresses of its own since: from when on they are used, the published list does not say.
        return published?.Regions.GetValueOrDefault(goal.Region.ToLowerInvariant()) is { } fresh
            ? new(goal.Region, AddressReason.NewlyPublished, [new(cloud, name, name, fresh, null, null), .. lists])
            : new(goal.Region, reason, lists);
    }

    private static ClickPipesRegion Current(ClickPipesRegion region, PublishedAddresses? published) =>
        published?.Regions.GetValueOrDefault(region.Id) is { } fresh ? region with { Addresses = fresh } : region;

    private static (string Cloud, string Name) Split(string id)
    {
        var colon = id.IndexOf(':', StringComparison.Ordinal);
        return (id[..Math.Max(colon, 0)].ToLowerInvariant(), id[(colon + 1)..].ToLowerInvariant());
    }

    private static bool StartsWithAny(Dictionary<string, string[]> prefixes, string cloud, string name) =>
        prefixes.GetValueOrDefault(cloud, []).Any(p => name.StartsWith(p, StringComparison.Ordinal));

    private static Data Load()
    {
        using var stream = typeof(ClickPipesRegions).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException("The list of regions is not part of the assembly.");
        using var document = JsonDocument.Parse(stream);
        var root = document.RootElement;
        var rules = root.GetProperty("rules");
        return new(
            Day(root.GetProperty("asOf")),
            root.GetProperty("source").GetString()!,
            new Uri(root.GetProperty("live").GetString()!),
            Day(rules.GetProperty("gcpHadPipesBefore")),
            rules.GetProperty("europe").GetProperty("list").GetString()!,
            rules.GetProperty("elsewhere").GetProperty("list").GetString()!,
            Prefixes(rules.GetProperty("europe")),
            Prefixes(rules.GetProperty("nearEurope")),
            [
                .. from cloud in (string[])["aws", "gcp"]
                   from entry in root.GetProperty(cloud).EnumerateArray()
                   let region = Read(entry)
                   orderby cloud, region.Region
                   select region,
            ]);
    }

    private static ClickPipesRegion Read(JsonElement entry) => new(
        entry.GetProperty("cloud").GetString()!,
        entry.GetProperty("region").GetString()!,
        entry.GetProperty("name").GetString()!,
        [.. entry.GetProperty("ips").EnumerateArray().Select(static a => a.GetString()!)],
        entry.TryGetProperty("appliesToServicesCreatedOnOrAfter", out var since) && since.ValueKind == JsonValueKind.String ? Day(since) : null,
        entry.GetProperty("fallbackRegion").GetString())
    {
        KoreanName = entry.GetProperty("nameKo").GetString()!,
    };

    private static DateOnly Day(JsonElement value) => DateOnly.ParseExact(value.GetString()!, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static Dictionary<string, string[]> Prefixes(JsonElement rule) => rule.GetProperty("regions").EnumerateObject()
        .ToDictionary(static c => c.Name, static c => c.Value.EnumerateArray().Select(static p => p.GetString()!).ToArray(), StringComparer.Ordinal);

    [GeneratedRegex("^(aws:[a-z]{2,4}(-[a-z]+)+-[0-9]+|gcp:[a-z]+-[a-z]+[0-9]+|azure:[a-z]+[0-9]*|(aws|gcp|azure):(europe|elsewhere))$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Spelling();

    private sealed record Data(
        DateOnly AsOf,
        string Source,
        Uri Live,
        DateOnly HadPipesBefore,
        string EuropeList,
        string ElsewhereList,
        Dictionary<string, string[]> EuropeRegions,
        Dictionary<string, string[]> NearEurope,
        ClickPipesRegion[] Regions);
}
