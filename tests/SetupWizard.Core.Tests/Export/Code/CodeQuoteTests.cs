using System.Text.RegularExpressions;
using SetupWizard.Core.Guides;
using SetupWizard.Core.Providers;

namespace SetupWizard.Core.Tests.Export.Code;

/// <summary>A literal gives its text back, read by the published grammar of strings; bash itself reads its own in SetupWizard.Server.Tests.</summary>
public sealed partial class CodeQuoteTests
{
    public static TheoryData<string> Texts => [.. GuideCodeCase.Texts];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Every_language_reads_back_what_was_quoted(string text)
    {
        Assert.Equal(text, string.Concat(CodeReading.Strings(CodeLanguage.PowerShell, "$x = " + CodeQuote.Quote(text, CodeLanguage.PowerShell))));
        Assert.Equal([text], CodeReading.Strings(CodeLanguage.Terraform, "x = " + CodeQuote.Quote(text, CodeLanguage.Terraform)));
        Assert.Equal([text], CodeReading.Strings(CodeLanguage.Bicep, "var x = " + CodeQuote.Quote(text, CodeLanguage.Bicep)));
        Assert.Equal(text, YamlReading.Read("x: " + CodeQuote.Quote(text, CodeLanguage.CloudFormation))["x"]);
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void No_literal_has_a_line_break_or_a_hidden_character(string text)
    {
        foreach (var language in Enum.GetValues<CodeLanguage>())
        {
            Assert.DoesNotMatch(Hidden(), CodeQuote.Quote(text, language));
        }
    }

    [GeneratedRegex(@"[\p{C}\p{Zl}\p{Zp}-[\ud800-\udfff]]")]
    private static partial Regex Hidden();
}
