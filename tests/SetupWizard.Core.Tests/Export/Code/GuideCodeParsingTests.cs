using System.Text.RegularExpressions;
using SetupWizard.Core.Guides;
using SetupWizard.Core.Providers;

namespace SetupWizard.Core.Tests.Export.Code;

/// <summary>Every file parses, whatever the names in it are, and every name arrives as it is.</summary>
public sealed partial class GuideCodeParsingTests
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var guide in GuideCodeCase.All.Select(g => g.Guide.Id).Distinct())
            {
                data.Add(guide, "plain");
                data.Add(guide, "odd");
                data.Add(guide, "nothing");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void PowerShell_Terraform_and_Bicep_parse(string guide, string names)
    {
        foreach (var language in (CodeLanguage[])[CodeLanguage.PowerShell, CodeLanguage.Terraform, CodeLanguage.Bicep])
        {
            if (Code(guide, names, language) is { } code)
            {
                var strings = CodeReading.Strings(language, code);

                Assert.NotEmpty(strings);
                Assert.True(names != "odd" || !GuideCodeCase.Guide(guide).Noticed || string.Concat(strings).Contains(GuideCodeCase.Odd, StringComparison.Ordinal), language.ToString());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Terraform_has_its_signs_in_columns(string guide, string names)
    {
        if (Code(guide, names, CodeLanguage.Terraform) is not { } code)
        {
            return;
        }

        // Arguments that stand together have their signs in one column; the text of a here-document is another language's.
        var lines = HereDocument().Replace(code, "$1\n").Split('\n');
        for (var i = 1; i < lines.Length; i++)
        {
            Assert.True(Sign(lines[i - 1]) is not { } above || Sign(lines[i]) is not { } here || above == here, lines[i]);
        }

        static int? Sign(string line) =>
            line.TrimStart() is var text && text.Length > 0 && char.IsAsciiLetter(text[0]) && !text.EndsWith('{') && !text.EndsWith('[') && line.IndexOf(" = ", StringComparison.Ordinal) is var at and >= 0 ? at : null;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void CloudFormation_is_YAML_with_resources(string guide, string names)
    {
        if (Code(guide, names, CodeLanguage.CloudFormation) is not { } code)
        {
            return;
        }

        var template = YamlReading.Read(code);
        var resources = (Dictionary<string, object>)template["Resources"];
        var values = Values(template).ToList();

        Assert.Equal("2010-09-09", template["AWSTemplateFormatVersion"]);
        Assert.NotEmpty(resources);
        Assert.All(resources.Values, r => Assert.Matches("^AWS::[A-Za-z0-9]+::[A-Za-z]+$", (string)((Dictionary<string, object>)r)["Type"]));
        Assert.True(names != "odd" || !GuideCodeCase.Guide(guide).Noticed || values.Any(v => v.StartsWith(GuideCodeCase.Odd, StringComparison.Ordinal)));
        if (guide is AmazonRds.SecurityGroupGuide or AmazonAurora.SecurityGroupGuide)
        {
            Assert.Equal(((IReadOnlyList<string>)GuideCodeCase.Names(guide, names)["address"]!).Count, resources.Count);
        }
    }

    private static IEnumerable<string> Values(object node) => node switch
    {
        string text => [text],
        Dictionary<string, object> map => map.SelectMany(p => Values(p.Value).Append(p.Key)),
        List<object> list => list.SelectMany(Values),
        _ => [],
    };

    private static string? Code(string guide, string names, CodeLanguage language) =>
        CodeWriter.Write(GuideCodeCase.Guide(guide), GuideCodeCase.Names(guide, names), GuideCodeCase.English).FirstOrDefault(c => c.Language == language)?.Text;

    [GeneratedRegex(@"(<<-?(\w+))\n.*?\n\s*\2(?=\n)", RegexOptions.Singleline)]
    private static partial Regex HereDocument();
}
