using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using SetupWizard.Core.Guides;
using SetupWizard.Core.Providers;

namespace SetupWizard.Core.Tests.Export.Code;

/// <summary>A literal gives its text back, read by the language itself where it can be had, else by its published grammar of strings.</summary>
public sealed partial class CodeQuoteTests
{
    public static TheoryData<string> Texts =>
    [
        "", "plain", GuideCodeCase.Odd, "'", "''", "\"", "\\", "\\\\'", "$", "${", "$${", "$$${x}", "%{", "%%{", "`", "‘’‚‛", "a\nb", "\r\n", "\t", "\u2028\u0085\u200b\ufeff", "주문📦 고객's", "$(touch x)", "#{x}", "{{instance}}", "-n", "*", "~", "\u001b[31m",
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Bash_reads_back_what_was_quoted(string text)
    {
        using var process = Process.Start(new ProcessStartInfo("bash", ["-c", "printf '%s' " + CodeQuote.Quote(text, CodeLanguage.Shell)]) { RedirectStandardOutput = true, StandardOutputEncoding = new UTF8Encoding(false) })!;
        var read = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(0, process.ExitCode);
        Assert.Equal(text, read);
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void Every_language_reads_back_what_was_quoted(string text)
    {
        Assert.Equal(text, string.Concat(CodeReading.Strings(CodeLanguage.PowerShell, "$x = " + CodeQuote.Quote(text, CodeLanguage.PowerShell))));
        Assert.Equal([text], CodeReading.Strings(CodeLanguage.Terraform, "x = " + CodeQuote.Quote(text, CodeLanguage.Terraform)));
        Assert.Equal([text], CodeReading.Strings(CodeLanguage.Bicep, "var x = " + CodeQuote.Quote(text, CodeLanguage.Bicep)));
        Assert.Equal(text, CodeReading.Yaml("x: " + CodeQuote.Quote(text, CodeLanguage.CloudFormation))["x"]);
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
