using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Resources;
using System.Text.RegularExpressions;
using SetupWizard.Core.Wording;
using SetupWizard.Localization;

namespace SetupWizard.E2E.Tests.Screens;

/// <summary>Every text of the product in both languages, to tell what does not belong on a page.</summary>
public static class Words
{
    private static readonly IReadOnlyList<(string Key, string English, string Korean)> s_all = [.. Load(typeof(Ui).Assembly), .. Load(typeof(FindingText).Assembly)];

    private static readonly HashSet<string> s_korean = [.. s_all.Select(t => t.Korean)];

    /// <summary>A key is not a sentence: seeing one means that its text is missing.</summary>
    public static IReadOnlyList<string> KeysIn(string text) =>
        [.. s_all.Select(t => t.Key).Where(k => k.Contains('.', StringComparison.Ordinal) && text.Contains(k, StringComparison.Ordinal) && Regex.IsMatch(text, $@"(?<![\w.]){Regex.Escape(k)}(?![\w.])"))];

    /// <summary>Sentences in English that have Korean ones. A word that is Korean text elsewhere, such as a name of PostgreSQL's, may stand.</summary>
    public static IReadOnlyList<string> EnglishIn(string koreanText)
    {
        var lines = koreanText.Split('\n', StringSplitOptions.TrimEntries).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. s_all.Where(t => t.English.Length > 6 && t.English != t.Korean && !s_korean.Contains(t.English) && !t.English.Contains('{', StringComparison.Ordinal) && lines.Contains(t.English))
                .Select(t => $"{t.Key} ({t.English})"),
        ];
    }

    private static IEnumerable<(string Key, string English, string Korean)> Load(Assembly assembly)
    {
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.EndsWith(".resources", StringComparison.Ordinal)))
        {
            var manager = new ResourceManager(name[..^".resources".Length], assembly);
            foreach (DictionaryEntry entry in manager.GetResourceSet(CultureInfo.InvariantCulture, createIfNotExists: true, tryParents: false)!)
            {
                if (entry is { Key: string key, Value: string english })
                {
                    yield return (key, english, manager.GetString(key, CultureInfo.GetCultureInfo("ko"))!);
                }
            }
        }
    }
}
