using System.Text.Json;
using System.Text.Json.Serialization;

namespace SetupWizard.Network;

/// <summary>A ClickHouse Cloud region and the addresses ClickPipes connects from.</summary>
public sealed record ClickPipesRegion
{
    public required string Cloud { get; init; }

    public required string Region { get; init; }

    public required string Name { get; init; }

    /// <summary>Services created before this day use <see cref="FallbackRegion"/>; null when all use this one.</summary>
    [JsonPropertyName("appliesToServicesCreatedOnOrAfter")]
    public string? Since { get; init; }

    public string? FallbackRegion { get; init; }

    [JsonPropertyName("ips")]
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>As a goal names it: <c>aws:eu-central-1</c>.</summary>
    [JsonIgnore]
    public string Id => Cloud + ":" + Region;
}

/// <summary>Where ClickPipes connects from: a published list, kept with the program so that it is there without a network.</summary>
public static class ClickPipesAddresses
{
    private static readonly Document s_document = Read();

    /// <summary>Where the list was published.</summary>
    public static string Source => s_document.Source;

    /// <summary>All regions. Azure has no list of its own: its services connect from the AWS region nearest by rule.</summary>
    public static IReadOnlyList<ClickPipesRegion> All { get; } =
    [
        .. s_document.Aws,
        .. s_document.Gcp,
        Azure("eu", "Europe", "eu-central-1"),
        Azure("other", "outside Europe", "us-east-2"),
    ];

    /// <summary>A region by the id a goal has; null when there is none.</summary>
    public static ClickPipesRegion? Find(string? id) => All.FirstOrDefault(r => r.Id == id);

    private static ClickPipesRegion Azure(string region, string name, string like) =>
        new() { Cloud = "azure", Region = region, Name = name, Addresses = s_document.Aws.First(r => r.Region == like).Addresses };

    private static Document Read()
    {
        using var stream = typeof(ClickPipesAddresses).Assembly.GetManifestResourceStream("SetupWizard.Network.clickpipes-static-ips.json")
            ?? throw new InvalidOperationException("The list of addresses is not part of this build.");
        return JsonSerializer.Deserialize<Document>(stream, JsonSerializerOptions.Web)
            ?? throw new InvalidOperationException("The list of addresses is empty.");
    }

    private sealed record Document(string Source, IReadOnlyList<ClickPipesRegion> Aws, IReadOnlyList<ClickPipesRegion> Gcp);
}
