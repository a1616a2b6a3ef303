using System.Globalization;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using SetupWizard.Components.Basics;
using SetupWizard.Components.Pages;
using SetupWizard.Components.Steps;
using SetupWizard.Core.Engine;
using SetupWizard.Core.HandOff;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Sessions.Runs;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Steps;

/// <summary>What an administrator sees of a plan that somebody else prepared.</summary>
public sealed class PlanCardTests : WebTest
{
    private static readonly SqlChange s_user = Given.Sql("CREATE USER x", "DROP USER x", ChangeRisk.Lock);

    [Fact]
    public async Task Card_says_who_asks_for_how_many_tables_at_what_risk_and_shows_the_first_statement()
    {
        await OpenAsync(new SetupGoal { Tables = [new("public", "a"), new("public", "b")] }, "Min-ji, data team:\norders \u202e");
        var page = Show<PlanPage>();

        var card = page.Find("section[aria-labelledby=plan-made]");
        Assert.Equal("Min-ji, data team:⟨U+000A⟩orders ⟨U+202E⟩", card.QuerySelector(".plan-note")!.TextContent);
        Assert.Contains("2 tables", card.TextContent);
        Assert.Equal("no restart · waits at most 3 s for a lock · can be undone", card.QuerySelector(".plan-risk")!.TextContent);
        Assert.Equal("CREATE USER x;", card.QuerySelector(".plan-first .sql code")!.TextContent);
    }

    [Fact]
    public async Task File_that_does_not_say_who_asks_has_no_line_for_it()
    {
        await OpenAsync(new SetupGoal { Schemas = ["sales", "public"] }, note: null);
        var page = Show<PlanPage>();
        Assert.Empty(page.FindAll(".plan-note"));
        Assert.Contains("every table in sales, public", page.Find("dl.facts").TextContent);
    }

    [Fact]
    public async Task Whoever_connects_for_a_plan_comes_back_to_it()
    {
        await OpenAsync(new SetupGoal(), note: null);
        var navigation = Services.GetRequiredService<NavigationManager>();
        var link = Show<PlanPage>().Find("main > p > a.primary").GetAttribute("href")!;
        navigation.NavigateTo(link);
        var connect = Show<ConnectStep>();
        Session.Draft.Fill("postgres://shop_admin:s3cret@shop-prod.abc123.eu-central-1.rds.amazonaws.com/shop");
        await connect.Find("form").SubmitAsync();
        connect.WaitForAssertion(() => Assert.EndsWith("/plan", navigation.Uri));
    }

    [Fact]
    public async Task What_was_tried_out_is_applied_from_its_report()
    {
        Runner.Inspection = Given.Inspection(Given.Finding(RequirementId.User, Area.Access, FindingState.Blocking, "missing", s_user));
        await Session.ConnectAsync(Given.Endpoint, "shop_admin", new SecretString("s3cret"));
        await OpenAsync(Session.Goal, note: null);
        var page = Show<PlanPage>();
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll(".review")));
        await PressAsync(page, "Try it without changing anything");
        Runner.Happen(Given.Started(1), Given.Executed(0), Given.Finished(ApplyOutcome.RolledBack, [], []));
        page.WaitForAssertion(() => Assert.Equal("Apply 1 change", page.Find(".action-bar .primary").TextContent));
        await page.Find(".action-bar .primary").ClickAsync();
        Assert.False(Session.Run!.DryRun);
    }

    [Fact]
    public void Statement_in_colours_is_the_same_statement_with_a_line_for_each_table()
    {
        const string Sql = "GRANT SELECT ON TABLE \"public\".\"a\", \"public\".\"b\" TO \"u\"; -- 'why'";
        var block = Show<SqlBlock>(p => p.Add(b => b.Text, Sql));
        Assert.Equal(Sql, block.Find("code").TextContent);
        Assert.Equal(["\"public\".\"a\", ", "\"public\".\"b\" "], block.FindAll(".sql-item").Select(static i => i.TextContent));
        Assert.Equal("GRANT SELECT ON TABLE", block.Find(".sql-keyword").TextContent);
        Assert.Equal("-- 'why'", block.Find(".sql-comment").TextContent);
        Assert.Empty(Show<SqlBlock>(p => p.Add(b => b.Text, Sql).Add(b => b.Code, true)).FindAll("code span"));
    }

    [Fact]
    public void Script_of_thousands_of_tables_has_no_element_for_each()
    {
        var sql = "GRANT SELECT ON " + string.Join(", ", Enumerable.Range(0, 5000).Select(static n => $"\"public\".\"t{n}\""));
        var block = Show<SqlBlock>(p => p.Add(b => b.Text, sql).Add(b => b.Whole, true));
        Assert.Equal(sql, block.Find("code").TextContent);
        Assert.Empty(block.FindAll("code span"));
    }

    private async Task OpenAsync(SetupGoal goal, string? note)
    {
        var plan = new SetupPlan { Goal = goal, Provider = "amazon-rds", Fingerprint = "f", Changes = [s_user] };
        var file = PlanFile.Of(Given.Inspection() with { Goal = goal }, plan, Given.Noon, CultureInfo.GetCultureInfo("en")) with { Note = note };
        await Session.OpenPlanAsync(new PreparedPlan(file, "SHA256:key", Given.Noon));
    }
}
