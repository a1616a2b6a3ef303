using System.Globalization;
using System.Text.RegularExpressions;
using SetupWizard.Localization;

namespace SetupWizard.E2E.Tests.Support;

/// <summary>The words on the screens, from the same resources, so that a change of wording breaks no journey.</summary>
public sealed partial class Say
{
    public Say(string language) => Culture = CultureInfo.GetCultureInfo(language);

    public CultureInfo Culture { get; }

    /// <summary>The sentence of a key.</summary>
    public string Text(string key, params (string Name, object? Value)[] arguments) =>
        Ui.Find(key, Culture, arguments) ?? throw new ArgumentException($"There is no text '{key}'.", nameof(key));

    /// <summary>The sentence of a key with anything in its placeholders, from its beginning to its end.</summary>
    public Regex Pattern(string key) => new("^" + Body(key) + "$");

    /// <summary>The same anywhere in a text.</summary>
    public Regex Part(string key) => new(Body(key));

    private string Body(string key)
    {
        var template = Text(key);
        var pattern = "";
        var at = 0;
        foreach (Match hole in Hole().Matches(template))
        {
            pattern += Regex.Escape(template[at..hole.Index]);
            pattern += hole.Groups[2].Success
                ? "(?:" + string.Join('|', hole.Groups[2].Value.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(Regex.Escape)) + ")"
                : ".+";
            at = hole.Index + hole.Length;
        }

        return pattern + Regex.Escape(template[at..]);
    }

    [GeneratedRegex(@"\{(\w+)((?:\|[^|}]*)+)?\}")]
    private static partial Regex Hole();
}
