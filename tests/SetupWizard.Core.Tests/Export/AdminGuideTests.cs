using System.Globalization;
using System.Runtime.CompilerServices;
using SetupWizard.Core.Export;
using SetupWizard.Core.Guides;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Tests.Export;

/// <summary>Pages for somebody else. <c>SETUPWIZARD_UPDATE_GOLDEN=1 dotnet test tests/SetupWizard.Core.Tests --filter AdminGuide</c> writes the golden ones anew.</summary>
public sealed class AdminGuideTests
{
    private static readonly Inspection s_rds = OddSource.Inspection with
    {
        Provider = AmazonRds.Profile,
        Endpoint = OddSource.Inspection.Endpoint with { Host = "shop-prod.c9akciq32.eu-central-1.rds.amazonaws.com" },
        Goal = new SetupGoal { Region = "aws:eu-central-1" },
        Findings = [new Finding { Id = RequirementId.RdsLogicalReplication, Area = Area.Replication, State = FindingState.Blocking, Case = "off", Desired = "on", Fixes = [Change] }],
    };

    private static ConsoleChange Change => new()
    {
        For = RequirementId.RdsLogicalReplication,
        Kind = "change-in-console",
        Phase = ChangePhase.Parameters,
        GuideId = AmazonRds.ParameterGroupGuide,
        Setting = "rds.logical_replication",
        Value = "1",
        Expected = "on",
        Restart = RestartNeed.Restart,
    };

    public static TheoryData<string, string> Guides
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var (provider, guide) in GuideCodeCase.All)
            {
                data.Add(provider.Id, guide.Id);
            }

            return data;
        }
    }

    [Theory]
    [InlineData("en")]
    [InlineData("ko")]
    public void Page_with_odd_names_equals_its_golden_file(string culture)
    {
        var page = AdminGuide.Write(OddSource.Inspection, OddSource.Plan.ConsoleChanges, CultureInfo.GetCultureInfo(culture));
        var golden = Path.Combine(GoldenFolder(), $"admin-guide.{culture}.md");
        if (Environment.GetEnvironmentVariable("SETUPWIZARD_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(golden, page);
        }

        Assert.Equal(File.ReadAllText(golden), page);
    }

    [Theory]
    [InlineData("en", "1. In the Amazon RDS console open Parameter groups")]
    [InlineData("ko", "1. Amazon RDS 콘솔에서 Parameter groups를 열고")]
    public void Message_is_short_plain_and_says_how_to_see_that_it_worked(string culture, string first)
    {
        var message = AdminGuide.Message(s_rds, [Change], CultureInfo.GetCultureInfo(culture));
        var lines = message.TrimEnd('\n').Split('\n');
        Assert.InRange(lines.Length, 8, 15);
        Assert.StartsWith(first, lines[2], StringComparison.Ordinal);
        Assert.Contains($"shop-prod.c9akciq32.eu-central-1.rds.amazonaws.com:{s_rds.Endpoint.Port}", lines[0], StringComparison.Ordinal);
        Assert.Contains("SHOW rds.logical_replication;", lines[^2], StringComparison.Ordinal);
        Assert.EndsWith(" on", lines[^2], StringComparison.Ordinal);
        Assert.All(["**", "```", "<details", "\\_", "# "], mark => Assert.DoesNotContain(mark, message, StringComparison.Ordinal));
        Assert.InRange(message.Length, 200, 2000);
    }

    [Theory]
    [MemberData(nameof(Guides))]
    public void Message_of_every_guide_has_each_instruction_in_one_line(string provider, string id)
    {
        var inspection = s_rds with { Provider = ProviderCatalog.Find(provider)!, Findings = [] };
        var change = AdminGuide.Change(inspection.Provider, id);
        var message = AdminGuide.Message(inspection, [change], GuideCodeCase.English);
        Assert.Equal(GuideText.For(inspection, change, GuideCodeCase.English).Steps.Count, message.Split('\n').Count(static l => char.IsAsciiDigit(l.FirstOrDefault())));
        Assert.DoesNotContain("Statement", message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Guides))]
    public void Page_of_every_guide_has_its_steps_and_the_bytes_of_its_code(string provider, string id)
    {
        var inspection = s_rds with { Provider = ProviderCatalog.Find(provider)!, Findings = [] };
        var change = AdminGuide.Change(inspection.Provider, id);
        var page = AdminGuide.Write(inspection, [change], GuideCodeCase.English);
        var guide = GuideText.For(inspection, change, GuideCodeCase.English);

        Assert.All(guide.Code, c => Assert.Contains(c.Text, page, StringComparison.Ordinal));
        Assert.Equal(guide.Steps.Count, page.Split('\n').TakeWhile(l => l != "## The same as code").Count(l => char.IsAsciiDigit(l.FirstOrDefault()) && l.Contains(". ", StringComparison.Ordinal)));
        Assert.Equal(guide.Restarts, page.Contains("restarts once", StringComparison.Ordinal));
        Assert.Equal(id == inspection.Provider.NetworkGuide || !guide.Noticed, page.Contains("ClickPipes shows it", StringComparison.Ordinal));
        Assert.DoesNotMatch(@"\b(Admin|Code|Guide|Value|Report)\.[A-Z][a-z]", page);
    }

    [Fact]
    public void Page_says_which_statement_shows_that_it_worked()
    {
        var page = AdminGuide.Write(s_rds, [Change], GuideCodeCase.English);

        Assert.Contains("```sql\nSHOW rds.logical_replication;\n```\n\nExpected: `on`\n", page, StringComparison.Ordinal);
    }

    /// <summary>Two requirements are served by one switch: what SHOW answers is the switch's, and not what either of them wants of wal_level.</summary>
    [Fact]
    public void Page_expects_of_a_switch_what_the_switch_answers()
    {
        var off = SnapshotBuilder.Rds().Setting("wal_level", "replica").Setting("rds.logical_replication", "off");
        var changes = off.Judge("SW201").Concat(off.Judge("SW202")).SelectMany(static f => f.Fixes).OfType<ConsoleChange>().DistinctBy(static c => c.Key).ToList();
        var findings = off.Judge("SW201").Concat(off.Judge("SW202")).ToList();

        var page = AdminGuide.Write(s_rds with { Findings = findings }, changes, GuideCodeCase.English);

        Assert.Contains("SHOW rds.logical_replication;\n```\n\nExpected: `on`\n", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Expected: `logical`", page, StringComparison.Ordinal);
    }

    private static string GoldenFolder([CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "Golden");
}
