using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Providers;

/// <summary>Reads the published list of ClickPipes' addresses, and lays it beside the bundled one.</summary>
public static class PublishedAddressList
{
    private const int MostAddressesOfARegion = 64;

    /// <summary>
    /// Reads the published document: <c>aws[]</c> and <c>gcp[]</c> with <c>region</c> and <c>clickpipes_egress_ips[]</c>. Strict, because what it says
    /// opens firewalls: one address that is not a public IPv4 address makes all of it unusable.
    /// </summary>
    /// <param name="json">The document, in UTF-8.</param>
    /// <param name="readAt">When it was read.</param>
    /// <exception cref="UnusableAddressesException">It is not such a document.</exception>
    public static PublishedAddresses Parse(ReadOnlyMemory<byte> json, DateTimeOffset readAt)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(json);
        }
        catch (JsonException e)
        {
            throw new UnusableAddressesException("json", null, e);
        }

        using (document)
        {
            var regions = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
            foreach (var cloud in (string[])["aws", "gcp"])
            {
                foreach (var entry in Items(document.RootElement, cloud))
                {
                    var name = Text(entry, "region");
                    var id = cloud + ":" + name;
                    if (!ClickPipesRegions.IsRegion(id) || id.Any(char.IsAsciiLetterUpper) || name is ClickPipesRegions.Europe or ClickPipesRegions.Elsewhere)
                    {
                        throw new UnusableAddressesException("shape", cloud);
                    }

                    // A region where ClickHouse runs and ClickPipes does not.
                    if (!entry.TryGetProperty("clickpipes_egress_ips", out var list) || list.ValueKind == JsonValueKind.Null)
                    {
                        continue;
                    }

                    string[] addresses = [.. Items(entry, "clickpipes_egress_ips").Select(a => Address(a, id)).Distinct(StringComparer.Ordinal)];
                    if (addresses.Length > MostAddressesOfARegion)
                    {
                        throw new UnusableAddressesException("shape", id);
                    }

                    if (addresses.Length > 0 && !regions.TryAdd(id, addresses))
                    {
                        throw new UnusableAddressesException("shape", id);
                    }
                }
            }

            return regions.Count > 0 ? new(readAt, regions) : throw new UnusableAddressesException("none");
        }
    }

    /// <summary>What is different from the bundled list, by region; empty when nothing is.</summary>
    /// <param name="published">What was read.</param>
    public static IReadOnlyList<AddressDifference> Differences(this PublishedAddresses published) =>
    [
        .. from id in ClickPipesRegions.All.Select(static r => r.Id).Union(published.Regions.Keys)
           let bundled = ClickPipesRegions.Find(id)?.Addresses ?? []
           let now = published.Regions.GetValueOrDefault(id)
           let difference = new AddressDifference(id, [.. (now ?? []).Except(bundled)], now is null ? [] : [.. bundled.Except(now)], now is null, bundled.Count == 0)
           where difference.Unlisted || difference.Added.Count + difference.Removed.Count > 0
           orderby id
           select difference,
    ];

    private static JsonElement.ArrayEnumerator Items(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array
            ? items.EnumerateArray()
            : throw new UnusableAddressesException("shape", name);

    private static string Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()!
            : throw new UnusableAddressesException("shape", name);

    private static string Address(JsonElement value, string region) =>
        value.ValueKind == JsonValueKind.String
        && IPAddress.TryParse(value.GetString(), out var address)
        && address.AddressFamily == AddressFamily.InterNetwork
        && address.ToString() == value.GetString()
        && IpScope.IsPublic(address)
            ? address.ToString()
            : throw new UnusableAddressesException("address", region);
}

/// <summary>What the published list says differently of one region.</summary>
/// <param name="Region">Its id.</param>
/// <param name="Added">Addresses the bundled list does not have.</param>
/// <param name="Removed">Addresses only the bundled list has.</param>
/// <param name="Unlisted">The published list does not have the region: its bundled addresses stay in use.</param>
/// <param name="New">The bundled list does not have the region.</param>
public sealed record AddressDifference(string Region, IReadOnlyList<string> Added, IReadOnlyList<string> Removed, bool Unlisted, bool New);

/// <summary>A document that does not have the shape of the published list: nothing of it is used.</summary>
public sealed class UnusableAddressesException : FormatException
{
    /// <summary>Says what is wrong.</summary>
    /// <param name="situation"><c>json</c>, <c>shape</c>, <c>address</c> or <c>none</c>.</param>
    /// <param name="where">The region or field it is wrong at; null when it is wrong as a whole.</param>
    /// <param name="inner">What was thrown on reading it.</param>
    public UnusableAddressesException(string situation, string? where = null, Exception? inner = null)
        : base("The list of addresses cannot be used: " + situation, inner) => (Case, Where) = (situation, where);

    /// <summary>What is wrong: <c>json</c> (it is not JSON), <c>shape</c>, <c>address</c> (not a public IPv4 address), <c>none</c> (no region in it).</summary>
    public string Case { get; }

    /// <summary>The region or field it is wrong at; null when it is wrong as a whole.</summary>
    public string? Where { get; }
}
