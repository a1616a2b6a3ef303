using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Text;
using SetupWizard.Core.Wording;

namespace SetupWizard.Core.Guides;

/// <summary>One instruction of a guide, in words.</summary>
/// <param name="Sentence">What to do.</param>
/// <param name="Value">What to type or pick; null when there is nothing.</param>
public sealed record GuideLine(string Sentence, string? Value)
{
    /// <summary>Of a setting: what it is looked for by; null when the value is all there is.</summary>
    public string? Name { get; init; }

    /// <summary>Name and value in one, for views in which nothing is copied apart; null when there is nothing to type.</summary>
    public string? Typed => Name is null ? Value : Name + " = " + Value;

    /// <summary>The instruction's own name in its guide.</summary>
    public string Key { get; init; } = "";

    /// <summary>The picture that shows it; null when there is none.</summary>
    public string? Picture { get; init; }

    /// <summary>Why there is no picture, in words; null when there is one.</summary>
    public string? NoPicture { get; init; }
}

/// <summary>A guide with the user's own names in it. A name that is not known stands in angle brackets.</summary>
/// <param name="Title">What it does.</param>
/// <param name="Steps">Instructions in order.</param>
/// <param name="Code">The same as code, by language; empty when there is none.</param>
/// <param name="Url">The console page; null when it cannot be known.</param>
/// <param name="Restarts">Whether it ends in a restart of the server.</param>
public sealed record GuideText(string Title, IReadOnlyList<GuideLine> Steps, IReadOnlyList<GuideCode> Code, string? Url, bool Restarts)
{
    /// <summary>The commands for a terminal; empty when there are none.</summary>
    public string Shell => Code.FirstOrDefault(c => c.Language == CodeLanguage.Shell)?.Text ?? "";

    /// <summary>Whether reading the server again shows that it was done.</summary>
    public bool Noticed { get; init; } = true;

    /// <summary>The guide of a console change.</summary>
    public static GuideText For(Inspection inspection, ConsoleChange change, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        ArgumentNullException.ThrowIfNull(change);
        var values = GuideArguments.For(inspection.Provider, inspection.Endpoint, inspection.Snapshot, change, inspection.Goal);
        var guide = inspection.Provider.Guide(change.GuideId);
        return For(guide, values, culture) with { Title = Messages.Find($"Guide.{guide.Id}.Title", culture, values) ?? FindingText.Title(change, culture) };
    }

    /// <summary>A guide with these names in it.</summary>
    /// <param name="guide">The guide.</param>
    /// <param name="values">What <see cref="GuideArguments.For"/> gives.</param>
    /// <param name="culture">The language.</param>
    public static GuideText For(ConsoleGuide guide, IReadOnlyDictionary<string, object?> values, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(guide);
        ArgumentNullException.ThrowIfNull(values);
        return new GuideText(
            Messages.Get($"Guide.{guide.Id}.Title", culture, values),
            [.. guide.Steps.Select(s => Line(guide, s, values, culture))],
            CodeWriter.Write(guide, values, culture),
            guide.ConsoleUrl is null || Fill(guide.ConsoleUrl, values) is var url && url.Contains('<', StringComparison.Ordinal) ? null : url,
            guide.Restarts)
        {
            Noticed = guide.Noticed,
        };
    }

    private static GuideLine Line(ConsoleGuide guide, GuideStep step, IReadOnlyDictionary<string, object?> values, CultureInfo culture) =>
        new(Messages.Get($"Guide.{guide.Id}.{step.Key}", culture, values), step.Value is null ? null : Fill(step.Value, values))
        {
            Key = step.Key,
            Name = step.Name is null ? null : Fill(step.Name, values),
            Picture = step.Picture,
            NoPicture = step.NoPicture is null ? null : Messages.Get($"NoPicture.{step.NoPicture}", culture, values),
        };

    private static string Fill(string template, IReadOnlyDictionary<string, object?> values) => Messages.FillExactly(template, values);
}
