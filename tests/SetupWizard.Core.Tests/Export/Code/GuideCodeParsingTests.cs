using System.Text.RegularExpressions;
using SetupWizard.Core.Guides;
using SetupWizard.Core.Providers;

namespace SetupWizard.Core.Tests.Export.Code;

/// <summary>Every file parses, whatever the names in it are, and every name arrives as it is.</summary>
public sealed partial class GuideCodeParsingTests
{
    /// <summary>Every guide that has the language, with names of each kind.</summary>
    public static TheoryData<CodeLanguage, string, string> Cases(CodeLanguage language)
    {
        var data = new TheoryData<CodeLanguage, string, string>();
        foreach (var guide in GuideCodeCase.In(language))
        {
            data.Add(language, guide, "plain");
            data.Add(language, guide, "odd");
            data.Add(language, guide, "nothing");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases), CodeLanguage.PowerShell)]
    [MemberData(nameof(Cases), CodeLanguage.Terraform)]
    [MemberData(nameof(Cases), CodeLanguage.Bicep)]
    public void PowerShell_Terraform_and_Bicep_parse(CodeLanguage language, string guide, string names)
    {
        var strings = CodeReading.Strings(language, Code(guide, names, language));

        Assert.NotEmpty(strings);
        Assert.True(names != "odd" || !GuideCodeCase.Guide(guide).Noticed || string.Concat(strings).Contains(GuideCodeCase.Odd, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Cases), CodeLanguage.Terraform)]
    public void Terraform_has_its_signs_in_columns(CodeLanguage language, string guide, string names)
    {
        var code = Code(guide, names, language);
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
    [MemberData(nameof(Cases), CodeLanguage.CloudFormation)]
    public void CloudFormation_is_YAML_with_resources(CodeLanguage language, string guide, string names)
    {
        var code = Code(guide, names, language);
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

    private static string Code(string guide, string names, CodeLanguage language) =>
        CodeWriter.Write(GuideCodeCase.Guide(guide), GuideCodeCase.Names(guide, names), GuideCodeCase.English).Single(c => c.Language == language).Text;

    [GeneratedRegex(@"(<<-?(\w+))\n.*?\n\s*\2(?=\n)", RegexOptions.Singleline)]
    private static partial Regex HereDocument();
}
