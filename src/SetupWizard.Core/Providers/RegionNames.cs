using System.Globalization;
using SetupWizard.Core.Text;

namespace SetupWizard.Core.Providers;

/// <summary>Regions of ClickHouse Cloud in a sentence, in the language of the sentence: <c>Frankfurt (AWS eu-central-1)</c>.</summary>
/// <param name="ids">Regions as a goal spells them: <c>aws:eu-central-1</c>, <c>azure:europe</c>.</param>
public sealed class RegionNames(params IReadOnlyList<string> ids) : IFormattable
{
    private static readonly Dictionary<string, string> s_clouds = new(StringComparer.OrdinalIgnoreCase) { ["aws"] = "AWS", ["gcp"] = "Google Cloud", ["azure"] = "Azure" };

    /// <summary>The names, one after the other.</summary>
    /// <param name="format">Not looked at.</param>
    /// <param name="formatProvider">The language; English when it is none.</param>
    public string ToString(string? format, IFormatProvider? formatProvider) =>
        string.Join(", ", ids.Select(id => Of(id, formatProvider as CultureInfo ?? CultureInfo.InvariantCulture)));

    /// <summary>The names in English.</summary>
    public override string ToString() => ToString(null, CultureInfo.InvariantCulture);

    private static string Of(string id, CultureInfo culture)
    {
        var parts = id.Split(':', 2);
        var cloud = s_clouds.GetValueOrDefault(parts[0], parts[0]);
        var region = parts[^1];
        var listed = ClickPipesRegions.Find(id);
        return Messages.Get(
            listed is not null ? "Region.Listed" : region == ClickPipesRegions.Europe ? "Region.Europe" : region == ClickPipesRegions.Elsewhere ? "Region.Elsewhere" : "Region.Other",
            culture,
            ("cloud", cloud),
            ("region", region),
            ("name", listed?.NameIn(culture)));
    }
}
