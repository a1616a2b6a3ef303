using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using SetupWizard.Components.Layout;
using SetupWizard.Components.Steps;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Endpoints;
using SetupWizard.Sessions.Steps;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Steps;

/// <summary>Every step that shows findings, in every state it can be in: what it says, what its button does, what the rail says, what is announced.</summary>
public sealed class StepStateTests : WebTest
{
    public static TheoryData<WizardStep> Steps => [WizardStep.Replication, WizardStep.Access, WizardStep.Tables];

    [Theory]
    [MemberData(nameof(Steps))]
    public void Step_not_checked_leads_to_connect(WizardStep step)
    {
        var page = ShowStep(step);
        Expect(page, "Connect first to check this.", "Go to Connect");
        Assert.Equal("/setup/connect", page.Find(".action-bar .primary").GetAttribute("href"));
        Assert.Contains("not available yet", RailOf(step));
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Step_with_nothing_to_do_leads_on_and_says_how_many_are_right(WizardStep step)
    {
        await ConnectAsync(Given.Finding(RequirementId.Connect, Given.AreaOf(step), FindingState.Satisfied, "ok"));
        var page = ShowStep(step);
        Expect(page, "Nothing to change. 1 check passed.", $"Continue to {step + 1}");
        Assert.Equal($"/setup/{(step + 1).ToString().ToLowerInvariant()}", page.Find(".action-bar .primary").GetAttribute("href"));
        Assert.EndsWith("Done", RailOf(step));
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Step_that_needs_changes_offers_to_review_exactly_them(WizardStep step)
    {
        await ConnectAsync(Given.ToFix(step));
        var page = ShowStep(step);
        Expect(page, "2 need changes, 1 already correct.", "Review 2 changes");
        Assert.EndsWith("2 to fix", RailOf(step));
        await page.Find(".action-bar .primary").ClickAsync();
        Assert.Equal(["CREATE USER x;", "GRANT y TO x;"], page.FindAll(".change > .sql code").Select(c => c.TextContent));
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Step_with_advice_only_leads_on_and_counts_the_notes(WizardStep step)
    {
        await ConnectAsync(Given.Finding(RequirementId.Heartbeat, Given.AreaOf(step), FindingState.Advice, "missing"));
        var page = ShowStep(step);
        Expect(page, "Ready. 1 recommendation.", $"Continue to {step + 1}");
        Assert.EndsWith("Done, 1 note", RailOf(step));
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Step_waiting_for_a_restart_checks_again_on_request(WizardStep step)
    {
        await ConnectAsync(Given.Finding(RequirementId.WalLevel, Given.AreaOf(step), FindingState.Pending, "pending", Given.Console()));
        var page = ShowStep(step);
        Expect(page, "Saved; waiting for a restart. This page detects the restart automatically.", "Check again");
        Assert.EndsWith("Waiting for restart", RailOf(step));
        await page.Find(".action-bar .primary").ClickAsync();
        Assert.Equal(1, Runner.Inspections);
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Step_that_could_not_be_read_lets_the_user_go_on(WizardStep step)
    {
        await ConnectAsync(Given.Finding(RequirementId.WalRetention, Given.AreaOf(step), FindingState.Unknown, "unreadable"));
        var page = ShowStep(step);
        Expect(page, "Could not check 1 item.", "Continue anyway");
        Assert.EndsWith("Could not check", RailOf(step));
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Step_that_nobody_can_mend_says_so_and_checks_again(WizardStep step)
    {
        await ConnectAsync(Given.Finding(RequirementId.Primary, Given.AreaOf(step), FindingState.Blocking, "standby"));
        var page = ShowStep(step);
        Expect(page, "1 problem must be fixed outside this wizard.", "Check again");
        Assert.EndsWith("Blocked", RailOf(step));
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Step_being_applied_counts_and_can_be_stopped(WizardStep step)
    {
        await ConnectAsync(Given.ToFix(step));
        var page = ShowStep(step);
        var plan = Session.PlanFor(step)!;
        Session.StartApply(plan, step);
        Runner.Happen(Given.Started(2), Given.Running(0, plan.Changes[0]), Given.Executed(0));
        page.WaitForAssertion(() => Expect(page, "Applying. 1 of 2 done.", "Stop after this change"));
        Assert.EndsWith("Applying", RailOf(step));
        await Eventually.TrueAsync(() => Announcements.Polite == "1 of 2 done.", "What is done was not said.", Patience);
        await PressAsync(page, "Stop after this change");
        page.WaitForAssertion(() => Assert.Equal("Stopping", page.Find(".action-bar .primary").TextContent));
        Assert.True(Runner.StopSeen);
        Runner.Happen(Given.Finished(ApplyOutcome.Cancelled, [0], [1]));
        page.WaitForAssertion(() => Assert.Equal("Stopped as asked", page.Find("#run-title").TextContent));
    }

    [Theory]
    [InlineData("/setup/access", false)]
    [InlineData("/setup/access#SW305", true)]
    [InlineData("/setup/access#SW201", false)]
    public async Task Much_that_the_wizard_settles_is_one_line_which_opens_for_who_comes_for_one_of_it(string address, bool open)
    {
        RequirementId[] ids = [RequirementId.User, RequirementId.ReplicationPrivilege, RequirementId.TableSelect, RequirementId.SchemaUsage];
        await ConnectAsync([.. ids.Select((id, i) => Given.Finding(id, Area.Access, FindingState.Warning, "missing" + i, Given.Sql("GRANT " + i)))]);
        Services.GetRequiredService<NavigationManager>().NavigateTo(address);
        var fold = Show<AccessStep>().Find(".findings .fold");
        Assert.Equal(ids.Length, fold.QuerySelectorAll("article").Length);
        Assert.Equal(open, fold.HasAttribute("open"));
    }

    [Fact]
    public async Task Run_that_leaves_a_restart_to_be_made_says_so_and_not_that_all_is_in_effect()
    {
        await ConnectAsync(Given.ToFix(WizardStep.Replication));
        var page = ShowStep(WizardStep.Replication);
        Session.StartApply(Session.PlanFor(WizardStep.Replication)!, WizardStep.Replication);
        Runner.Happen(
            Given.Started(2),
            Given.Finished(ApplyOutcome.RestartPending, [1], [], Runner.Inspection, new Problem("apply-restart-pending", new Dictionary<string, object?> { ["count"] = 1, ["settings"] = "wal_level" })) with { Waiting = [0] });
        page.WaitForAssertion(() => Assert.Equal("2 changes made; 1 waits for a restart of the server", page.Find("#run-title").TextContent));
        await LookAsync(page, () =>
        {
            Assert.Equal(["Waits for a restart", "In effect"], page.FindAll(".run-state").Select(s => s.TextContent));
            Assert.Contains("wal_level", page.Find(".problem-title").TextContent);
        });
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Step_partly_failed_says_where_and_why_at_once(WizardStep step)
    {
        await ConnectAsync(Given.ToFix(step));
        var page = ShowStep(step);
        var plan = Session.PlanFor(step)!;
        Session.StartApply(plan, step);
        Runner.Happen(
            Given.Started(2),
            Given.Running(0, plan.Changes[0]),
            Given.Executed(0),
            new PhaseCommitted(ChangePhase.User, [0]) { At = Given.Noon },
            Given.Running(1, plan.Changes[1]),
            new ChangeFailed(1, Given.Problem) { At = Given.Noon },
            Given.Finished(ApplyOutcome.Failed, [0], [1], Runner.Inspection, Given.Problem));
        page.WaitForAssertion(() => Assert.Equal("Stopped at change 2 of 2", page.Find("#run-title").TextContent));
        await LookAsync(page, () =>
        {
            Assert.Equal("1 change is in effect; 0 were not started.", page.Find(".run-text").TextContent);
            Assert.Contains("55P03", page.Find(".server-words").TextContent);
        });
        await Eventually.TrueAsync(() => Announcements.Assertive == "Stopped at change 2 of 2", "The failure was not said.", Patience);
        page.WaitForAssertion(() => Assert.StartsWith("Review", page.Find(".action-bar .primary").TextContent));
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Step_without_its_database_keeps_the_last_reading_and_reconnects(WizardStep step)
    {
        await ConnectAsync(Given.ToFix(step));
        var page = ShowStep(step);
        var before = Runner.Inspection;
        Runner.Inspection = Given.Lost(before);
        await page.InvokeAsync(Session.InspectAsync);
        page.WaitForAssertion(() => Expect(page, "Connection lost. What you see is the last reading.", "Reconnect"));
        Assert.NotEmpty(page.FindAll(".finding"));
        Assert.EndsWith("Could not check", RailOf(step));
        Runner.Inspection = before;
        await page.Find(".action-bar .primary").ClickAsync();
        page.WaitForAssertion(() => Expect(page, "2 need changes, 1 already correct.", "Review 2 changes"));
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Step_checked_again_announces_the_new_summary(WizardStep step)
    {
        await ConnectAsync(Given.ToFix(step));
        var page = ShowStep(step);
        Runner.Inspection = Given.Inspection(Given.Finding(RequirementId.Connect, Given.AreaOf(step), FindingState.Satisfied, "ok"));
        await page.InvokeAsync(Session.InspectAsync);
        await Eventually.TrueAsync(() => Announcements.Polite == "Nothing to change. 1 check passed.", "The new summary was not said.", Patience);
    }

    [Fact]
    public async Task Dry_run_shows_that_each_change_would_work_and_leaves_everything_to_do()
    {
        await ConnectAsync(Given.ToFix(WizardStep.Access));
        var page = ShowStep(WizardStep.Access);
        await page.Find(".action-bar .primary").ClickAsync();
        await page.FindAll(".review .action-bar button").Single(b => b.TextContent == "Try it without changing anything").ClickAsync();
        Assert.True(Session.Run!.DryRun);
        Runner.Happen(
            Given.Started(2),
            Given.Executed(0),
            Given.Executed(1),
            new PhaseRolledBack(ChangePhase.User, [0, 1]) { At = Given.Noon },
            Given.Finished(ApplyOutcome.RolledBack, [], []));
        page.WaitForAssertion(() => Assert.Equal("All 2 changes would work", page.Find("#run-title").TextContent));
        await LookAsync(page, () => Assert.Equal(["Would work", "Would work"], page.FindAll(".run-state").Select(s => s.TextContent)));

        // The report is the page, its one button applies what was tried, and the form does not stand between.
        page.WaitForAssertion(() => Assert.Equal("Apply 2 changes", Assert.Single(page.FindAll(".action-bar .primary")).TextContent));
        Assert.Empty(page.FindAll("form"));
        Assert.Empty(page.FindAll(".finding"));
        var tried = Session.Run;
        await page.Find(".action-bar .primary").ClickAsync();
        Assert.False(Session.Run!.DryRun);
        Assert.Same(tried.Plan, Session.Run.Plan);
    }

    [Fact]
    public async Task Report_of_a_dry_run_that_is_dismissed_leaves_the_step_as_it_was()
    {
        await ConnectAsync(Given.ToFix(WizardStep.Access));
        var page = ShowStep(WizardStep.Access);
        Session.StartApply(Session.PlanFor(WizardStep.Access)!, WizardStep.Access, dryRun: true);
        Runner.Happen(Given.Started(2), Given.Executed(0), Given.Executed(1), Given.Finished(ApplyOutcome.RolledBack, [], []));
        page.WaitForAssertion(() => Assert.Equal("Apply 2 changes", page.Find(".action-bar .primary").TextContent));
        await PressAsync(page, "Dismiss");
        page.WaitForAssertion(() => Assert.Equal("Review 2 changes", page.Find(".action-bar .primary").TextContent));
        Assert.NotEmpty(page.FindAll("form"));
    }

    [Fact]
    public async Task Lasting_cost_is_agreed_to_before_what_was_tried_is_applied()
    {
        await ConnectAsync(Given.Finding(RequirementId.User, Area.Access, FindingState.Blocking, "missing", Given.Sql("ALTER TABLE t REPLICA IDENTITY FULL", "ALTER TABLE t REPLICA IDENTITY DEFAULT", ChangeRisk.Cost)));
        var page = ShowStep(WizardStep.Access);
        Session.StartApply(Session.PlanFor(WizardStep.Access)!, WizardStep.Access, dryRun: true);
        Runner.Happen(Given.Started(1), Given.Executed(0), Given.Finished(ApplyOutcome.RolledBack, [], []));
        page.WaitForAssertion(() => Assert.Equal("Apply 1 change", page.Find(".action-bar .primary").TextContent));
        await page.Find(".action-bar .primary").ClickAsync();
        Assert.True(Session.Run!.DryRun);
        Assert.Contains("lasting cost", page.Find(".callout-problem").TextContent);

        await page.Find("#run-consent input").ChangeAsync(true);
        await page.Find(".action-bar .primary").ClickAsync();
        Assert.False(Session.Run!.DryRun);
    }

    [Fact]
    public async Task What_only_others_may_do_is_handed_over_by_one_button_and_once()
    {
        Finding Theirs(RequirementId id, Area step, string statement) => Given.Finding(id, step, FindingState.Blocking, "missing", Given.Sql(statement, runBy: "boss"));
        await ConnectAsync(Theirs(RequirementId.User, Area.Access, "CREATE USER x"), Theirs(RequirementId.Publication, Area.Tables, "CREATE PUBLICATION p"));
        var page = ShowStep(WizardStep.Access);
        await page.Find(".action-bar .primary").ClickAsync();

        var button = Assert.Single(page.FindAll(".review .action-bar .primary"));
        Assert.Equal("Download plan for your DBA", button.TextContent);
        Assert.Equal(Downloads.PlanOf(Session), button.GetAttribute("href"));
        Assert.Single(page.FindAll("a[download]"));
        await page.Find("#hand-off-note").ChangeAsync("  Min-ji: orders ");
        Assert.Equal("Min-ji: orders", Session.HandOffNote);
        await page.Find("#hand-off-note").ChangeAsync(new string('x', 501));
        Assert.Equal("At most 500 characters.", page.Find("#hand-off-note-error").TextContent);
        Assert.Equal("Min-ji: orders", Session.HandOffNote);

        Session.HandOver();
        await PressAsync(page, "Cancel");
        foreach (var step in new[] { WizardStep.Access, WizardStep.Tables })
        {
            var other = ShowStep(step);
            other.WaitForAssertion(() => Assert.Contains("Your DBA has to run this", other.Find(".callout").TextContent));
            Assert.Equal("Continue anyway", other.Find(".action-bar .primary").TextContent);
        }

        // What was chosen since is in no plan yet.
        Runner.Inspection = Given.Inspection(Theirs(RequirementId.Publication, Area.Tables, "CREATE PUBLICATION p FOR TABLE a"));
        await Session.InspectAsync();
        var later = ShowStep(WizardStep.Tables);
        Assert.Equal("Review 1 change", later.Find(".action-bar .primary").TextContent);
    }

    [Fact]
    public async Task Plan_gone_stale_shows_what_changed_and_offers_the_new_list()
    {
        await ConnectAsync(Given.ToFix(WizardStep.Access));
        var page = ShowStep(WizardStep.Access);
        var plan = Session.PlanFor(WizardStep.Access)!;
        var fresh = plan with { Changes = [.. plan.Changes.Take(1)] };
        Session.StartApply(plan, WizardStep.Access);
        Runner.Happen(
            new PlanStale([new PlanDifference(RequirementId.ReplicationPrivilege, null, null)], fresh) { At = Given.Noon },
            Given.Finished(ApplyOutcome.Stale, [], []));
        page.WaitForAssertion(() => Assert.Equal("The database changed after you reviewed", page.Find("#run-title").TextContent));
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll(".run-actions .btn")));
        await PressAsync(page, "Review the new list");
        page.WaitForAssertion(() => Assert.Single(page.FindAll(".change")));
    }

    private static void Expect(IRenderedComponent<Microsoft.AspNetCore.Components.DynamicComponent> page, string summary, string primary)
    {
        Assert.Equal(summary, page.Find(".summary > p").TextContent);
        Assert.Equal(primary, page.Find(".action-bar .primary").TextContent);
    }

    private IRenderedComponent<Microsoft.AspNetCore.Components.DynamicComponent> ShowStep(WizardStep step) =>
        Show<Microsoft.AspNetCore.Components.DynamicComponent>(p => p.Add(c => c.Type, step switch
        {
            WizardStep.Replication => typeof(ReplicationStep),
            WizardStep.Access => typeof(AccessStep),
            _ => typeof(TablesStep),
        }));

    /// <summary>The name of a step's entry as it is read aloud.</summary>
    private string RailOf(WizardStep step) =>
        Show<StepRail>(p => p.Add(c => c.Current, step)).FindAll(".rail-step")[(int)step].TextContent.Trim();
}
