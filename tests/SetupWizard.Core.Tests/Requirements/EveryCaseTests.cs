using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Wording;

namespace SetupWizard.Core.Tests.Requirements;

public sealed class EveryCaseTests
{
    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Scenarios.All.Count)];

    public static TheoryData<string> Providers => ["rds", "rds-iam", "azure", "plain"];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void A_source_with_one_thing_wrong_gets_the_verdict_that_names_it(int number)
    {
        var scenario = Scenarios.All[number];

        var findings = scenario.Source().Judge(scenario.Code);

        var finding = Assert.Single(findings, f => f.Case == scenario.Case);
        Assert.True(finding.State == scenario.State, scenario + " is " + finding.State);
        foreach (var culture in new[] { "en", "ko" })
        {
            var parts = FindingText.For(finding, CultureInfo.GetCultureInfo(culture));
            foreach (var text in new[] { parts.Title, parts.Why, parts.Consequence, parts.Fix })
            {
                Assert.DoesNotContain("{", text, StringComparison.Ordinal);
                Assert.DoesNotContain("  ", text, StringComparison.Ordinal);
                Assert.DoesNotContain(finding.Id.Code, text, StringComparison.Ordinal);
            }
        }

        foreach (var change in findings.SelectMany(f => f.Fixes))
        {
            var title = FindingText.Title(change, CultureInfo.GetCultureInfo("en"));
            Assert.DoesNotContain("{", title, StringComparison.Ordinal);
            Assert.DoesNotContain("Change.", title, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_case_a_rule_lists_is_produced_by_a_source_and_no_other()
    {
        var listed = RequirementCatalog.All.SelectMany(r => r.Cases.Select(c => r.Id.Code + " " + c)).Order(StringComparer.Ordinal);
        var produced = Scenarios.All.SelectMany(s => s.Source().Judge(s.Code))
            .Where(f => f.State != FindingState.Satisfied)
            .Select(f => f.Id.Code + " " + f.Case)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);

        Assert.Equal(listed, produced);
    }

    [Fact]
    public void The_catalogue_holds_every_rule_once_in_the_order_of_codes()
    {
        var codes = RequirementCatalog.All.Select(r => r.Id.Code).ToList();

        Assert.Equal(codes.Order(StringComparer.Ordinal), codes);
        Assert.Equal(codes.Distinct(StringComparer.Ordinal), codes);
        Assert.All(RequirementCatalog.All, r => Assert.Equal(r.Cases.Distinct(StringComparer.Ordinal), r.Cases));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public void A_source_on_which_everything_is_right_gets_no_finding_above_advice(string provider)
    {
        var findings = Baseline(provider).JudgeAll();

        Assert.All(findings, f => Assert.True(f.State is FindingState.Satisfied or FindingState.NotApplicable or FindingState.Advice, f.Id + " " + f.Case));
        Assert.Equal(RequirementCatalog.All.Select(r => r.Id).Order(), findings.Select(f => f.Id).Distinct().Order());
        Assert.Empty(findings.Where(f => f.State != FindingState.Advice).SelectMany(f => f.Fixes));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public void Satisfied_findings_have_a_sentence_of_their_own(string provider)
    {
        foreach (var finding in Baseline(provider).JudgeAll().Where(f => f.State == FindingState.Satisfied))
        {
            Assert.Equal("ok", finding.Case);
            foreach (var culture in new[] { "en", "ko" })
            {
                var title = FindingText.For(finding, CultureInfo.GetCultureInfo(culture)).Title;
                Assert.DoesNotContain("{", title, StringComparison.Ordinal);
                Assert.NotEqual(finding.Id.Code + ".Ok", title);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public void One_plan_for_an_untouched_source_holds_everything_that_is_needed(string provider)
    {
        var fixes = Baseline(provider).Untouched().JudgeAll().Where(f => f.IsPlanned).SelectMany(f => f.Fixes).DistinctBy(f => f.Key).ToList();

        var kinds = fixes.Select(f => f.Kind).ToList();
        foreach (var kind in new[] { "create-user", "role-setting", "grant-usage", "grant-select", "default-privileges", "create-publication" })
        {
            Assert.Contains(kind, kinds);
        }

        Assert.Equal(provider == "rds-iam", kinds.Contains("grant-iam-role"));
        Assert.Contains(provider.StartsWith("rds", StringComparison.Ordinal) ? "grant-replication-role" : "give-replication", kinds);
        Assert.All(fixes.OfType<SqlChange>(), c => Assert.Null(c.RunBy));
        Assert.All(fixes.OfType<SqlChange>(), c => Assert.NotNull(c.Undo));
        Assert.DoesNotContain("grant-connect", kinds);
    }

    private static SnapshotBuilder Baseline(string provider) => provider switch
    {
        "rds" => SnapshotBuilder.Rds(),
        "rds-iam" => SnapshotBuilder.RdsWithIam(),
        "azure" => SnapshotBuilder.Azure(),
        _ => SnapshotBuilder.Plain(),
    };
}
