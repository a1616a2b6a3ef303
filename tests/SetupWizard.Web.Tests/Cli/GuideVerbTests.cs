using System.Globalization;
using SetupWizard.Core.Export;
using SetupWizard.Core.Guides;
using SetupWizard.Core.Providers;

namespace SetupWizard.Web.Tests.Cli;

public sealed class GuideVerbTests
{
    private static readonly CultureInfo s_english = CultureInfo.GetCultureInfo("en");
    private readonly ScriptedRunner _runner = new();

    [Fact]
    public async Task Guide_prints_the_bytes_of_the_page_for_the_admin()
    {
        var run = await CliRun.RunAsync(_runner, "guide --guide self-managed-pg-hba --url URL");

        Assert.Equal(0, run.Code);
        Assert.Equal(AdminGuide.Write(_runner.Answer, [AdminGuide.Change(SelfManaged.Profile, SelfManaged.PgHbaGuide)], s_english), run.Output);
    }

    [Fact]
    public async Task Guide_in_a_language_prints_that_code_alone()
    {
        _runner.Answer = ScriptedRunner.Ready with { Provider = AzureFlexible.Profile };

        var run = await CliRun.RunAsync(_runner, "guide --guide azure-wal-level --language bicep --url URL");

        var change = AdminGuide.Change(AzureFlexible.Profile, AzureFlexible.WalLevelGuide);
        Assert.Equal(GuideText.For(_runner.Answer, change, s_english).Code.Single(c => c.Language == CodeLanguage.Bicep).Text, run.Output);
    }

    [Fact]
    public async Task Guide_says_which_languages_and_which_guides_there_are()
    {
        var language = await CliRun.RunAsync(_runner, "guide --guide self-managed-pg-hba --language terraform --url URL");
        var guide = await CliRun.RunAsync(_runner, "guide --guide rds-reboot --url URL");

        Assert.Equal((3, 3), (language.Code, guide.Code));
        Assert.Contains("There is: shell.", language.Error, StringComparison.Ordinal);
        Assert.Contains("self-managed-restart", guide.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guide_of_a_source_that_needs_nothing_says_so_and_prints_nothing()
    {
        var run = await CliRun.RunAsync(_runner, "guide --url URL");

        Assert.Equal((0, ""), (run.Code, run.Output));
        Assert.Contains("nothing to do", run.Error, StringComparison.Ordinal);
    }
}
