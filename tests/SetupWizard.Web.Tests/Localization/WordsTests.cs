using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;
using SetupWizard.Core.Providers;
using SetupWizard.Localization;
using SetupWizard.Sessions.Steps;

namespace SetupWizard.Web.Tests.Localization;

/// <summary>Every word of the screens comes from the resources, in both languages.</summary>
public sealed partial class WordsTests
{
    public static TheoryData<string> Sources => [.. Ui.Sources];

    [Theory]
    [MemberData(nameof(Sources))]
    public void Languages_have_the_same_keys(string source)
    {
        Assert.Equal(Read(source, "en").Keys.Order(StringComparer.Ordinal), Read(source, "ko").Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Languages_use_the_same_placeholders(string source)
    {
        var korean = Read(source, "ko");
        foreach (var (key, english) in Read(source, "en"))
        {
            // A plural form may be the only use of a number in a sentence of a language without plurals.
            var expected = Names(english).ToHashSet();
            var actual = Names(korean[key]).ToHashSet();
            Assert.True(actual.IsSubsetOf(expected), $"{key}: {string.Join(", ", actual.Except(expected))}");
            Assert.True(Values(english).IsSubsetOf(actual), $"{key}: {string.Join(", ", Values(english).Except(actual))}");
        }
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Sentences_are_clean(string source)
    {
        foreach (var language in new[] { "en", "ko" })
        {
            foreach (var (key, value) in Read(source, language))
            {
                Assert.True(value == value.Trim() && value.Length > 0, $"{language} {key}: blank at an end");
                Assert.DoesNotContain("...", value);
                Assert.False(value.EndsWith('!'), $"{language} {key}: exclamation mark");
            }
        }
    }

    /// <summary>What a program let go of stays in its memory for a while, and nobody can promise otherwise.</summary>
    [Theory]
    [MemberData(nameof(Sources))]
    public void Secrets_are_said_to_be_forgotten_and_not_to_be_wiped(string source)
    {
        Assert.All(Read(source, "en"), static pair => Assert.DoesNotMatch("(?i)\\b(wip(e|ed|es|ing)|eras(e|ed|es|ing))\\b", pair.Value));
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Korean_keeps_the_formal_style_and_chooses_no_particle_by_the_sound_of_an_inserted_name(string source)
    {
        Assert.All(Read(source, "ko"), pair =>
        {
            Assert.False(Informal().IsMatch(pair.Value), pair.Key + ": " + pair.Value);
            Assert.False(ParticleAfterName().IsMatch(pair.Value), pair.Key + ": " + pair.Value);
        });
    }

    [Fact]
    public void Every_file_is_read()
    {
        var files = Directory.EnumerateFiles(Path.Combine(Repository.Top, "src", "SetupWizard", "Localization"), "*.resx").Select(Path.GetFileNameWithoutExtension);

        Assert.Equal(files.Where(f => !f!.EndsWith(".ko", StringComparison.Ordinal)).Order(StringComparer.Ordinal), Ui.Sources.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Keys_are_unique_across_the_files()
    {
        var keys = Ui.Sources.SelectMany(s => Read(s, "en").Keys).ToList();
        Assert.Equal(keys.Count, keys.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Keys_written_in_components_exist()
    {
        var known = Ui.Sources.SelectMany(s => Read(s, "en").Keys).ToHashSet(StringComparer.Ordinal);
        var missing = Sourcefiles("*.razor").Concat(Sourcefiles("*.cs"))
            .SelectMany(f => Key().Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value))
            .Where(k => !known.Contains(k)).Distinct();
        Assert.Empty(missing);
    }

    /// <summary>Keys with the name of a step, of a place in the wizard or of a provider are put together when they are asked for: nothing else would miss one.</summary>
    [Fact]
    public void Every_step_and_every_provider_has_its_words()
    {
        var known = Ui.Sources.SelectMany(s => Read(s, "en").Keys).ToHashSet(StringComparer.Ordinal);
        string[] wanted =
        [
            .. Enum.GetValues<WizardStep>().SelectMany(static s => new[] { $"Step.{s}.Name", $"Step.{s}.Title", $"Step.{s}.Lead", $"Help.{s}.Why", $"Help.{s}.Changes" }),
            .. ProviderCatalog.All.SelectMany(static p => new[] { $"Provider.{p.Id}.Name", $"Provider.{p.Id}.Help" }),
        ];

        Assert.DoesNotContain(wanted, k => !known.Contains(k));
    }

    [Fact]
    public void Components_contain_no_literal_words()
    {
        var offenders = new List<string>();
        foreach (var file in Sourcefiles("*.razor"))
        {
            var markup = Markup(File.ReadAllText(file));
            offenders.AddRange(TextNode().Matches(markup).Select(m => m.Groups[1].Value.Trim()).Where(t => Word().IsMatch(t)).Select(t => $"{Path.GetFileName(file)}: {t}"));
            offenders.AddRange(WordAttribute().Matches(markup).Select(m => $"{Path.GetFileName(file)}: {m.Value}"));
        }

        Assert.Empty(offenders);
    }

    private static Dictionary<string, string> Read(string source, string language)
    {
        var manager = new ResourceManager("SetupWizard.Localization." + source, typeof(Ui).Assembly);
        var culture = CultureInfo.GetCultureInfo(language == "en" ? "" : language);
        using var set = manager.GetResourceSet(culture, createIfNotExists: true, tryParents: false)!;
        return set.Cast<System.Collections.DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string)e.Value!, StringComparer.Ordinal);
    }

    private static IEnumerable<string> Names(string sentence) => Placeholder().Matches(sentence).Select(m => m.Groups[1].Value);

    private static HashSet<string> Values(string sentence) => [.. Placeholder().Matches(sentence).Where(m => !m.Value.Contains('|')).Select(m => m.Groups[1].Value)];

    private static IEnumerable<string> Sourcefiles(string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Repository.Top, "src", "SetupWizard", "Components"), pattern, SearchOption.AllDirectories);

    /// <summary>The markup of a component: without its code, its comments and its expressions.</summary>
    private static string Markup(string text)
    {
        var code = text.IndexOf("\n@code", StringComparison.Ordinal);
        text = code < 0 ? text : text[..code];
        text = Comment().Replace(text, "");
        return Directive().Replace(text, "");
    }

    [GeneratedRegex(@"\{([a-z]+)(\|[^}]*)?\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex("[세해]요")]
    private static partial Regex Informal();

    [GeneratedRegex(@"\}""?(은|는|이|가|을|를|과|와|으로|로)(?=[\s,.(])|\((은|는|이|가|을|를|으|과|와)\)")]
    private static partial Regex ParticleAfterName();

    [GeneratedRegex(@"\bT\(""([A-Za-z][A-Za-z0-9.:-]*[A-Za-z0-9])""")]
    private static partial Regex Key();

    [GeneratedRegex(@"@\*.*?\*@", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"^@(page|using|inherits|inject|layout|implements|typeparam|namespace).*$", RegexOptions.Multiline)]
    private static partial Regex Directive();

    /// <summary>Text between two tags on one line that is no expression and no statement.</summary>
    [GeneratedRegex(@"(?<=[a-z""/])>([^<>@{}\n=;]+)</")]
    private static partial Regex TextNode();

    [GeneratedRegex("[A-Za-z]{3}")]
    private static partial Regex Word();

    [GeneratedRegex(@"\b(aria-label|title|placeholder|alt|Label|Help|Title|Legend|Text)=""[A-Za-z][^""@]*""")]
    private static partial Regex WordAttribute();
}
