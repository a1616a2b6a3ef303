using System.Globalization;
using System.Runtime.CompilerServices;
using SetupWizard.Core.Guides;
using SetupWizard.Core.Providers;

namespace SetupWizard.Core.Tests.Export.Code;

/// <summary>
/// The code beside each guide, byte for byte. <c>SETUPWIZARD_UPDATE_GOLDEN=1 dotnet test tests/SetupWizard.Core.Tests --filter GuideCode</c> writes the files anew.
/// </summary>
public sealed class GuideCodeTests
{
    public static TheoryData<string> Guides => [.. GuideCodeCase.All.Select(g => g.Guide.Id).Distinct()];

    [Theory]
    [MemberData(nameof(Guides))]
    public void Code_with_plain_names_equals_its_golden_file(string guide) => Compare(guide, GuideCodeCase.Plain(guide), "");

    /// <summary>Three that have all languages between them: that every name arrives in every guide is for <see cref="GuideCodeParsingTests"/> to say.</summary>
    [Theory]
    [InlineData(AmazonRds.ParameterGroupGuide)]
    [InlineData(AzureFlexible.FirewallGuide)]
    [InlineData(SelfManaged.PgHbaGuide)]
    public void Code_with_odd_names_equals_its_golden_file(string guide) => Compare(guide, GuideCodeCase.OddNames(guide), ".odd");

    [Theory]
    [MemberData(nameof(Guides))]
    public void Code_without_a_restart_differs_where_a_parameter_is_changed_and_nowhere_else(string guide)
    {
        var with = CodeWriter.Write(GuideCodeCase.Guide(guide), GuideCodeCase.Plain(guide), GuideCodeCase.English);
        var without = CodeWriter.Write(GuideCodeCase.Guide(guide), GuideCodeCase.Plain(guide, restart: false), GuideCodeCase.English);

        Assert.Equal(guide.EndsWith("-parameter", StringComparison.Ordinal), !with.SequenceEqual(without));
        if (guide == AzureFlexible.ParameterGuide)
        {
            Assert.DoesNotContain(without, c => c.Text.Contains("restart", StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Guides))]
    public void Every_guide_has_commands_for_the_providers_own_shell(string guide)
    {
        var code = GuideCodeCase.Guide(guide).Code.Select(c => c.Language).ToList();

        // What prepares the way to a server is made once, and not by everybody from every shell.
        if (!GuideCodeCase.Guide(guide).Noticed)
        {
            Assert.NotEmpty(code);
            return;
        }

        Assert.Contains(CodeLanguage.Shell, code);
        Assert.Equal(!guide.StartsWith("self-managed", StringComparison.Ordinal), code.Contains(CodeLanguage.PowerShell));
        Assert.Equal(code.Distinct().Order(), code);
    }

    [Fact]
    public void Every_template_belongs_to_a_guide() =>
        Assert.Equal(GuideCodeCase.All.Select(g => g.Guide.Id).Distinct().Order(StringComparer.Ordinal), CodeTemplate.Guides.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Guides))]
    public void Nothing_is_left_to_edit_where_everything_is_known(string guide) =>
        Assert.All(
            CodeWriter.Write(GuideCodeCase.Guide(guide), GuideCodeCase.Plain(guide), GuideCodeCase.English),
            c => Assert.DoesNotMatch("<[a-z]+>", c.Text));

    [Theory]
    [MemberData(nameof(Guides))]
    public void A_line_above_says_what_to_put_in_place_of_every_name_that_is_not_known(string guide)
    {
        foreach (var code in CodeWriter.Write(GuideCodeCase.Guide(guide), GuideCodeCase.Nothing(guide), GuideCodeCase.English))
        {
            var lines = code.Text.Split('\n').Select(l => l.TrimStart()).ToList();
            Assert.All(
                lines.Index().Where(l => !l.Item.StartsWith(code.Language.Comment() + " ", StringComparison.Ordinal)).SelectMany(l => GuideArguments.Unknown(l.Item).Select(n => (l.Index, Name: n))),
                use => Assert.Contains(lines.Take(use.Index), l => l.StartsWith(code.Language.Comment() + " Put ", StringComparison.Ordinal) && l.Contains($"<{use.Name}>", StringComparison.Ordinal)
                    || (l.StartsWith(code.Language.Comment(), StringComparison.Ordinal) && l.EndsWith($"<{use.Name}>.", StringComparison.Ordinal))));
        }
    }

    [Theory]
    [MemberData(nameof(Guides))]
    public void Languages_of_the_reader_differ_in_comments_alone(string guide)
    {
        var korean = CodeWriter.Write(GuideCodeCase.Guide(guide), GuideCodeCase.Plain(guide), CultureInfo.GetCultureInfo("ko"));
        var english = CodeWriter.Write(GuideCodeCase.Guide(guide), GuideCodeCase.Plain(guide), GuideCodeCase.English);

        Assert.All(english.Zip(korean), pair =>
        {
            Assert.Equal(Code(pair.First), Code(pair.Second));
            Assert.Matches("[가-힣]", pair.Second.Text);
        });

        static string Code(GuideCode code) =>
            string.Join('\n', code.Text.Split('\n').Where(l => !l.TrimStart().StartsWith(code.Language.Comment() + " ", StringComparison.Ordinal) || l.Contains("#   ", StringComparison.Ordinal)));
    }

    private static void Compare(string guide, IReadOnlyDictionary<string, object?> values, string suffix)
    {
        var files = CodeWriter.Write(GuideCodeCase.Guide(guide), values, GuideCodeCase.English);

        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var golden = Path.Combine(Folder(), Path.GetFileNameWithoutExtension(file.FileName) + suffix + Path.GetExtension(file.FileName));
            if (Environment.GetEnvironmentVariable("SETUPWIZARD_UPDATE_GOLDEN") == "1")
            {
                Directory.CreateDirectory(Folder());
                File.WriteAllText(golden, file.Text);
            }

            Assert.Equal(File.ReadAllText(golden), file.Text);
        }
    }

    private static string Folder([CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "Golden", "Code");
}
