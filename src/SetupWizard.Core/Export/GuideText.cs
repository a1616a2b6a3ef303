using System.Globalization;
using System.Text.RegularExpressions;
using SetupWizard.Core.Model;
using SetupWizard.Core.Text;

namespace SetupWizard.Core.Export;

/// <summary>One instruction of a guide, in words.</summary>
/// <param name="Sentence">What to do.</param>
/// <param name="Value">What to type or pick; null when there is nothing.</param>
public sealed record GuideLine(string Sentence, string? Value);

/// <summary>A guide with the user's own names in it. A name that is not known stands in angle brackets.</summary>
/// <param name="Title">What it does.</param>
/// <param name="Steps">Instructions in order.</param>
/// <param name="Commands">The provider's command line for the same thing; empty when there is none.</param>
/// <param name="Url">The console page; null when it cannot be known.</param>
/// <param name="Restarts">Whether it ends in a restart of the server.</param>
public sealed partial record GuideText(string Title, IReadOnlyList<GuideLine> Steps, IReadOnlyList<string> Commands, string? Url, bool Restarts)
{
    /// <summary>The guide of a console change.</summary>
    public static GuideText For(Inspection inspection, ConsoleChange change, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        ArgumentNullException.ThrowIfNull(change);
        var guide = inspection.Provider.Guide(change.GuideId);
        var values = ArgumentsOf(inspection, change);
        return new GuideText(
            Words.Find($"Guide.{guide.Id}.Title", values, culture) ?? FindingText.Title(change, culture),
            [.. guide.Steps.Select(s => new GuideLine(Fill(Words.Get($"Guide.{guide.Id}.{s.Key}", values, culture), values), s.Value is null ? null : Fill(s.Value, values)))],
            [.. guide.Commands.Select(c => Fill(c, values))],
            guide.ConsoleUrl is { } url && !Placeholder().IsMatch(Words.Fill(url, values, CultureInfo.InvariantCulture)) ? Fill(url, values) : null,
            guide.Restarts);
    }

    private static Dictionary<string, object?> ArgumentsOf(Inspection inspection, ConsoleChange change)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (inspection.Snapshot?.Server.Major is { } major)
        {
            values["major"] = major.ToString(CultureInfo.InvariantCulture);
            values["family"] = "postgres" + values["major"];
        }

        foreach (var (name, value) in inspection.Provider.NamesFromHost(inspection.Endpoint.ShownHost))
        {
            values[name] = value;
        }

        foreach (var (name, value) in change.Arguments)
        {
            values[name] = value;
        }

        values["host"] = inspection.Endpoint.ShownHost;
        values["port"] = inspection.Endpoint.Port.ToString(CultureInfo.InvariantCulture);
        values["database"] = inspection.Endpoint.Database;
        values["setting"] = change.Setting;
        values["value"] = change.Value;
        return values;
    }

    private static string Fill(string template, IReadOnlyDictionary<string, object?> values) =>
        Placeholder().Replace(Words.Fill(template, values, CultureInfo.InvariantCulture), "<$1>");

    [GeneratedRegex(@"\{([a-zA-Z]+)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}
