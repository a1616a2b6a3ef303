using System.Collections;
using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Text;
using SetupWizard.Core.Wording;

namespace SetupWizard.Core.Tests.Text;

public sealed partial class TextCoverageTests
{
    private static readonly string[] s_files = ["Findings", "Changes", "Connecting", "Guides", "Code", "Watching"];

    private static readonly string[] s_allFiles = [.. s_files, "Problems", "Proofs", "Reports"];

    private static readonly string[] s_parts = ["Title", "Why", "Consequence", "Fix"];

    /// <summary>Files whose keys are held to rules, changes and cases one by one; they are put together in more ways than a pattern can follow.</summary>
    private static readonly string[] s_heldToCode = ["Findings", "Changes", "Connecting"];

    private static readonly string s_source = Path.Combine(Repository.Top, "src");

    private static readonly Lazy<KeysInCode> s_reach = new(() => KeysInCode.Of(Directory.EnumerateFiles(s_source, "*", SearchOption.AllDirectories)
        .Where(f => IsOfTheRepository(f) && !f.EndsWith(".resx", StringComparison.Ordinal))
        .Select(File.ReadAllText)));

    private static readonly string[] s_resources =
    [
        .. Directory.EnumerateFiles(s_source, "*.resx", SearchOption.AllDirectories)
            .Where(f => !f.EndsWith(".ko.resx", StringComparison.Ordinal) && IsOfTheRepository(f))
            .Select(f => Path.GetRelativePath(s_source, f))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>English resource files of all projects.</summary>
    public static TheoryData<string> Files => [.. s_resources];

    [Theory]
    [InlineData("en")]
    [InlineData("ko")]
    public void Every_case_of_every_rule_has_its_four_sentences(string culture)
    {
        var words = Read("Findings", culture);
        var shared = Read("Problems", culture);
        var needed = RequirementCatalog.All.SelectMany(r => r.Cases
            .SelectMany(c => c == "not-applicable" ? [r.Id.Code + "." + c + ".Title"] : s_parts.Where(p => !shared.ContainsKey("Any." + c + "." + p)).Select(p => r.Id.Code + "." + c + "." + p))
            .Append(r.Id.Code + ".Name")
            .Append(r.Id.Code + ".Ok")).ToList();

        Assert.DoesNotContain(needed, k => !words.TryGetValue(k, out var text) || string.IsNullOrWhiteSpace(text));
        Assert.Equal(
            // It says more than what is said of a situation for any.
            ["SW415.unreadable.Consequence"],
            words.Keys.Except(needed).Except(needed.Where(k => k.EndsWith(".Title", StringComparison.Ordinal)).Select(k => k + ".Many")).Except(["List.More"]));
    }

    [Theory]
    [InlineData("en", "WAL level could not be judged.")]
    [InlineData("ko", "판단할 수 없는 항목: WAL 수준.")]
    public void A_rule_that_fails_has_the_sentences_of_any(string culture, string title)
    {
        var finding = new Finding { Id = RequirementId.WalLevel, Area = Area.Replication, State = FindingState.Unknown, Case = "rule-failed" };

        var text = FindingText.For(finding, CultureInfo.GetCultureInfo(culture));

        Assert.Equal(title, text.Title);
        Assert.Contains("SW201", text.Why, StringComparison.Ordinal);
        Assert.All([text.Consequence, text.Fix], Assert.NotEmpty);
    }

    [Theory]
    [InlineData("en")]
    [InlineData("ko")]
    public void Every_kind_of_change_has_words_and_every_word_has_a_change(string culture)
    {
        var kinds = Scenarios.All
            .SelectMany(s => s.Source().Judge(s.Code))
            .SelectMany(f => f.Fixes)
            .Select(c => "Change." + c.Kind)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);

        Assert.Equal(Read("Changes", culture).Keys.Order(StringComparer.Ordinal), kinds);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Both_languages_have_the_same_sentences_with_the_same_placeholders(string file)
    {
        var english = Entries(file);
        var korean = Entries(Path.ChangeExtension(file, ".ko.resx"));

        Assert.Equal(english.Keys.Order(StringComparer.Ordinal), korean.Keys.Order(StringComparer.Ordinal));
        Assert.All(english, pair =>
        {
            // A number that only picks a word has no use in a language without plurals.
            var all = Placeholders(pair.Value, withPlurals: true);
            var used = Placeholders(korean[pair.Key], withPlurals: true);
            Assert.True(used.IsSubsetOf(all) && Placeholders(pair.Value, withPlurals: false).IsSubsetOf(used), pair.Key + ": " + korean[pair.Key]);
        });
    }

    [Fact]
    public void Sentences_of_every_file_are_found_and_no_key_is_in_two()
    {
        var keys = s_resources.Where(f => f.StartsWith("SetupWizard.Core", StringComparison.Ordinal)).SelectMany(f => Entries(f).Keys).ToList();

        Assert.All(keys, k => Assert.NotNull(Messages.Find(k, CultureInfo.InvariantCulture, new Dictionary<string, object?>())));
        Assert.Equal(keys.Distinct(StringComparer.Ordinal), keys);
    }

    /// <summary>
    /// An entry is reached when code has its key, or has a text that begins or fills it (<c>"Watch.Time." + key</c>, <c>$"Step.{step}.Name"</c>) and the words
    /// that complete it.
    /// </summary>
    [Theory]
    [MemberData(nameof(Files))]
    public void Every_entry_is_reached_by_code(string file)
    {
        if (s_heldToCode.Contains(Path.GetFileNameWithoutExtension(file)))
        {
            return;
        }

        // A library asks for its own by its own names.
        var unreached = Entries(file).Keys.Where(k => !k.StartsWith("Mud", StringComparison.Ordinal) && !s_reach.Value.Reaches(k)).ToList();

        Assert.Empty(unreached);
    }

    [Theory]
    [InlineData("en")]
    [InlineData("ko")]
    public void Sentences_are_plain(string culture)
    {
        foreach (var (key, text) in s_files.SelectMany(f => Read(f, culture)))
        {
            Assert.True(text == text.Trim(), key);
            Assert.False(text.Contains("...", StringComparison.Ordinal) || text.Contains('…', StringComparison.Ordinal), key);
            Assert.False(text.Contains('!', StringComparison.Ordinal), key);
            Assert.False(Unwanted().IsMatch(text), key + ": " + text);
            Assert.True(Sentences(text) <= 2, key + ": " + text);
        }
    }

    [Fact]
    public void Korean_is_not_English_left_as_it_was()
    {
        var english = Read("Findings", "en");
        var same = Read("Findings", "ko").Where(p => english[p.Key] == p.Value).Select(p => p.Key);

        // "Publication" and the like stay in Latin script as the guides have them.
        Assert.Equal(["SW401.Name"], same);
    }

    [Fact]
    public void Korean_of_every_file_keeps_the_formal_style()
    {
        Assert.All(s_allFiles.SelectMany(f => Read(f, "ko")), pair => Assert.False(Informal().IsMatch(pair.Value), pair.Key + ": " + pair.Value));
    }

    [Fact]
    public void Korean_does_not_choose_a_particle_by_the_sound_of_an_inserted_name()
    {
        foreach (var file in s_allFiles)
        {
            Assert.All(Read(file, "ko"), pair => Assert.False(ParticleAfterName().IsMatch(pair.Value), pair.Key + ": " + pair.Value));
        }
    }

    [Fact]
    public void A_number_picks_its_word()
    {
        var finding = new Finding
        {
            Id = RequirementId.TableSelect,
            Area = Area.Access,
            State = FindingState.Blocking,
            Case = "missing",
            Subjects = [Subject.Of(new TableRef("public", "orders"))],
            Arguments = new Dictionary<string, object?> { ["user"] = "clickpipes_user" },
        };

        Assert.Equal("clickpipes_user may not read 1 table: public.orders.", FindingText.For(finding, CultureInfo.GetCultureInfo("en")).Title);
    }

    [Theory]
    [InlineData("en", 3, "clickpipes_user may not read 3 tables: public.t1, public.t2, public.t3.")]
    [InlineData("en", 12, "SELECT is missing for clickpipes_user on 12 tables.")]
    [InlineData("ko", 12, "clickpipes_user 사용자에게 테이블 12개의 SELECT 권한이 없습니다.")]
    public void Title_names_a_few_tables_and_counts_many(string culture, int count, string title)
    {
        var finding = new Finding
        {
            Id = RequirementId.TableSelect,
            Area = Area.Access,
            State = FindingState.Blocking,
            Case = "missing",
            Subjects = [.. Enumerable.Range(1, count).Select(n => Subject.Of(new TableRef("public", "t" + n)))],
            Arguments = new Dictionary<string, object?> { ["user"] = "clickpipes_user" },
        };

        Assert.Equal(title, FindingText.For(finding, CultureInfo.GetCultureInfo(culture)).Title);
    }

    private static Dictionary<string, string> Read(string file, string culture)
    {
        // The neutral resources are the English ones.
        var wanted = culture == "en" ? CultureInfo.InvariantCulture : CultureInfo.GetCultureInfo(culture);
        var set = new ResourceManager("SetupWizard.Core.Text." + file, typeof(Messages).Assembly).GetResourceSet(wanted, createIfNotExists: true, tryParents: false);
        Assert.NotNull(set);
        return set.Cast<DictionaryEntry>().ToDictionary(e => (string)e.Key, e => (string)e.Value!, StringComparer.Ordinal);
    }

    private static Dictionary<string, string> Entries(string file) => XDocument.Load(Path.Combine(s_source, file)).Root!.Elements("data")
        .ToDictionary(e => e.Attribute("name")!.Value, e => e.Element("value")!.Value, StringComparer.Ordinal);

    private static bool IsOfTheRepository(string file) =>
        !Path.GetRelativePath(s_source, file).Split(Path.DirectorySeparatorChar).Any(p => p is "bin" or "obj");

    private static HashSet<string> Placeholders(string text, bool withPlurals) =>
        [.. Placeholder().Matches(text).Where(m => withPlurals || !m.Value.Contains('|', StringComparison.Ordinal)).Select(m => m.Groups[1].Value)];

    private static int Sentences(string text) => SentenceEnd().Count(text.EndsWith('.') ? text[..^1] : text) + 1;

    [GeneratedRegex(@"\{(\w+)(?:\|[^}]*)?\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\b(please|simply|just|easy|easily|success|error:)\b|세요|해요", RegexOptions.IgnoreCase)]
    private static partial Regex Unwanted();

    [GeneratedRegex("[세해]요")]
    private static partial Regex Informal();

    [GeneratedRegex(@"\.\s+(?=\p{L}|\{)")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"\}""?(은|는|이|가|을|를|과|와|으로|로)(?=[\s,.(])|\((은|는|이|가|을|를|으|과|와)\)")]
    private static partial Regex ParticleAfterName();
}
