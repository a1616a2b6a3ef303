using System.Globalization;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using SetupWizard.Components.Pages;
using SetupWizard.Components.Steps;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Sessions;
using SetupWizard.Sessions.Runs;
using SetupWizard.Sessions.Steps;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Steps;

public sealed class LastStepsTests : WebTest
{
    [Fact]
    public async Task Proof_shows_each_stage_and_leads_on_when_all_passed()
    {
        await ConnectAsync();
        var page = Show<VerifyStep>();
        await page.Find(".action-bar .primary").ClickAsync();
        page.WaitForAssertion(() => Assert.Equal("Stop the proof", page.Find(".action-bar .primary").TextContent));
        foreach (var id in ProofRun.StageIds)
        {
            Runner.Proving.Writer.TryWrite(new ProofEvent(id, ProofState.Passed, TimeSpan.FromMilliseconds(3)));
        }

        Runner.Proving.Writer.Complete();
        page.WaitForAssertion(() => Assert.Equal("A change arrived. The source works.", page.Find("#proof-title").TextContent));
        await LookAsync(page, () =>
        {
            Assert.Equal(7, page.FindAll(".stage-passed").Count);
            Assert.Equal("Continue to Finish", page.Find(".action-bar .primary").TextContent);
        });
        await Eventually.TrueAsync(() => Announcements.Polite == "A change arrived. The source works.", "The result was not said.", Patience);
    }

    [Fact]
    public async Task Failed_stage_explains_and_leads_to_the_step_that_owns_it()
    {
        await ConnectAsync(Given.Finding(RequirementId.ReplicationPrivilege, Area.Access, FindingState.Blocking, "missing-membership", Given.Sql("GRANT y TO x")));
        var page = Show<VerifyStep>();
        await page.Find(".action-bar .primary").ClickAsync();
        Runner.Proving.Writer.TryWrite(new ProofEvent(RequirementId.ProofReplication, ProofState.Failed, TimeSpan.Zero) { Problem = Given.Problem, Owner = RequirementId.ReplicationPrivilege });
        Runner.Proving.Writer.TryWrite(new ProofEvent(RequirementId.ProofSlot, ProofState.Skipped, TimeSpan.Zero));
        Runner.Proving.Writer.Complete();
        page.WaitForAssertion(() => Assert.Equal("/setup/access", page.Find(".run-detail a.btn").GetAttribute("href")));

        // What was not tried keeps its name.
        page.WaitForAssertion(() => Assert.Equal(["Replication slot", "Not tried"], page.Find(".stage-skipped").QuerySelectorAll(".stage-name, .stage-detail").Select(s => s.TextContent)));
        await Eventually.TrueAsync(() => Session.StatusOf(WizardStep.Verify).State == StepState.Blocked, "The proof did not end.", Patience);
        await Eventually.TrueAsync(() => Announcements.Assertive == "Not proved yet", "The result was not said.", Patience);
    }

    [Fact]
    public async Task Stage_that_failed_for_several_reasons_explains_each()
    {
        await ConnectAsync(Given.Finding(RequirementId.SchemaUsage, Area.Access, FindingState.Blocking, "missing", Given.Sql("GRANT y TO x")));
        var page = Show<VerifyStep>();
        await page.Find(".action-bar .primary").ClickAsync();
        Runner.Proving.Writer.TryWrite(new ProofEvent(RequirementId.ProofRead, ProofState.Failed, TimeSpan.Zero)
        {
            Problem = Given.Problem,
            Owner = RequirementId.SchemaUsage,
            Others = [new ProofFailure(new Problem("proof-read-locked", new Dictionary<string, object?> { ["count"] = 1, ["total"] = 2, ["tables"] = "s.busy", ["relation"] = "'s.busy'" }), null)],
        });
        Runner.Proving.Writer.Complete();

        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll(".run-detail .problem").Count));
        Assert.Contains("s.busy", page.FindAll(".run-detail")[1].TextContent);
        Assert.Single(page.FindAll(".run-detail a.btn"));
    }

    [Fact]
    public async Task Proof_asks_for_a_password_the_session_does_not_know()
    {
        await ConnectAsync();
        Session.SetClickPipesPassword(null);
        var page = Show<VerifyStep>();
        await page.Find(".action-bar .primary").ClickAsync();
        Assert.Null(Session.Proof);
        await page.Find("#verify-password").ChangeAsync("p");
        await page.Find(".action-bar .primary").ClickAsync();
        Assert.Equal("p", Runner.LastTarget!.Credentials.ClickPipesPassword!.Reveal());
    }

    [Fact]
    public async Task Proof_with_an_IAM_role_takes_the_token_given_now_or_none()
    {
        await ConnectAsync();
        await Session.SetGoalAsync(Session.Goal with { Authentication = LoginMethod.Iam });
        var page = Show<VerifyStep>();
        Assert.Contains("aws rds generate-db-auth-token --hostname shop-prod.abc123.eu-central-1.rds.amazonaws.com", page.Find(".sql code").TextContent);
        await page.Find("#verify-token").ChangeAsync(" t0ken\n");
        await page.Find(".action-bar .primary").ClickAsync();
        Assert.Equal("t0ken", Runner.LastTarget!.Credentials.ClickPipesPassword!.Reveal());
        Runner.Proving.Writer.Complete();
        Runner.Proving = System.Threading.Channels.Channel.CreateUnbounded<ProofEvent>();

        // The proof is over before its page says so, and until then the button stops it.
        page.WaitForAssertion(() => Assert.NotEqual("Stop the proof", page.Find(".action-bar .primary").TextContent));
        Assert.False(Session.Proof!.IsRunning);

        await page.InvokeAsync(() => page.Find("#verify-token").ChangeAsync(""));
        await page.InvokeAsync(() => page.Find(".action-bar .primary").ClickAsync());
        Assert.Null(Runner.LastTarget!.Credentials.ClickPipesPassword);
    }

    [Theory]
    [InlineData("arn:aws:iam::123456789012:role/clickpipes", "arn:aws:iam::123456789012:role/clickpipes")]
    [InlineData(null, "Not given yet: Access takes it")]
    public async Task Values_with_an_IAM_role_have_its_name_and_no_password(string? arn, string shown)
    {
        await ConnectAsync();
        await Session.SetGoalAsync(Session.Goal with { Authentication = LoginMethod.Iam, IamRoleArn = arn });
        var page = Show<FinishStep>();
        Assert.Equal(["Host", "Port", "User", "Authentication", "IAM role ARN", "Database", "Replication method", "Publication", "NULL values", "Destination database"], page.FindAll(".value-list dt").Select(d => d.TextContent));
        Assert.Contains(shown, page.Find(".value-list").TextContent);
    }

    [Fact]
    public async Task Values_come_in_the_order_ClickPipes_asks_and_the_password_only_on_request()
    {
        await ConnectAsync();
        Runner.Inspection = Runner.Inspection with { Snapshot = Given.Snapshot with { Roles = new Dictionary<string, RoleFact>(StringComparer.Ordinal) { ["clickpipes_user"] = new() { Name = "clickpipes_user" } } } };
        await Session.InspectAsync();
        Session.SetClickPipesPassword(new SecretString("clickpipes-s3cret"));
        var page = Show<FinishStep>();
        Assert.Equal(["Host", "Port", "User", "Password", "Database", "Replication method", "Publication", "NULL values", "Destination database"], page.FindAll(".value-list dt").Select(d => d.TextContent));
        Assert.DoesNotContain("clickpipes-s3cret", page.Markup);
        await page.Find(".value-list button[aria-pressed]").ClickAsync();
        Assert.Contains("clickpipes-s3cret", page.Markup);
    }

    [Fact]
    public async Task Pipe_settings_are_kept_in_the_goal_shown_among_the_values_and_written_into_the_files()
    {
        await ConnectAsync();
        var page = Show<FinishStep>();
        Assert.Empty(page.FindAll("#finish-pipe > fieldset input[checked]"));
        Assert.Contains("not decided", Row(page, "NULL values"));

        await page.FindAll("#finish-pipe > fieldset input")[0].ChangeAsync(true);
        await page.Find("#pipe-database").ChangeAsync(" shop ");
        await page.Find("#pipe-interval").ChangeAsync("3600");
        await page.Find("#pipe-roles").ChangeAsync("writer, etl role,, writer");
        await page.Find("#pipe-tls-host").ChangeAsync("db.example.com");
        await page.FindAll("#finish-pipe > details fieldset input")[1].ChangeAsync(true);

        Assert.Equal(
            new PipeSettings { AllowNullableColumns = true, DestinationDatabase = "shop", SyncIntervalSeconds = 3600, DestinationRoles = ["writer", "etl role"], TlsHost = "db.example.com", Tls = PipeTls.SkipVerification },
            Session.Goal.Pipe);
        Assert.Equal("kept as NULL", Row(page, "NULL values"));
        Assert.Equal(["db.example.com", "certificate not verified", "3,600 seconds", "shop", "writer, etl role"], new[] { "TLS host", "Encryption", "Sync interval", "Destination database", "Destination roles" }.Select(l => Row(page, l)));

        // Opened again, the form shows what was chosen.
        var again = Show<PipeSettingsCard>();
        Assert.NotNull(again.Find("details").GetAttribute("open"));
        Assert.Equal("writer, etl role", again.Find("#pipe-roles").GetAttribute("value"));
    }

    [Theory]
    [InlineData("pipe-database", "  ", "This cannot be a name in ClickHouse.")]
    [InlineData("pipe-interval", "0", "Whole seconds from 1 to 86,400.")]
    [InlineData("pipe-interval", "1.5", "Whole seconds from 1 to 86,400.")]
    [InlineData("pipe-tls-host", "db.example.com:5432", "A host name or an address, without a port.")]
    public async Task Pipe_setting_that_cannot_be_one_is_said_at_its_field_and_not_taken(string field, string typed, string problem)
    {
        await ConnectAsync();
        var card = Show<PipeSettingsCard>();
        await card.Find("#" + field).ChangeAsync(typed);

        Assert.Equal(problem, card.Find("#" + field + "-error").TextContent);
        Assert.Equal("true", card.Find("#" + field).GetAttribute("aria-invalid"));
        Assert.Equal(new PipeSettings(), Session.Goal.Pipe);
        await card.Find("#" + field).ChangeAsync(field == "pipe-database" ? "shop" : "");
        Assert.Empty(card.FindAll(".field-error"));
    }

    [Theory]
    [InlineData(160004, false)]
    [InlineData(170006, true)]
    public async Task Failover_slots_are_offered_from_17_on(int version, bool offered)
    {
        await ConnectAsync();
        Runner.Inspection = Given.Inspection() with { Snapshot = Given.Snapshot with { Server = Given.Snapshot.Server with { VersionNumber = version } } };
        await Session.InspectAsync();
        var card = Show<PipeSettingsCard>();
        Assert.Equal(offered, card.FindAll("input[type=checkbox]").Count == 1);
        if (offered)
        {
            await card.Find("input[type=checkbox]").ChangeAsync(true);
            Assert.True(Session.Goal.Pipe.FailoverSlots);
        }
    }

    [Fact]
    public async Task Pipe_that_verifies_more_than_the_session_did_is_said()
    {
        await ConnectAsync();
        Assert.Empty(Show<PipeSettingsCard>().FindAll(".callout"));
        await Session.ConnectAsync(Given.Endpoint with { Tls = TlsMode.Require }, "shop_admin", new SecretString("s3cret"));

        Assert.Contains("did not verify the certificate", Show<PipeSettingsCard>().Find(".callout-title").TextContent);
    }

    private static string Row(IRenderedComponent<FinishStep> page, string label) =>
        page.FindAll(".value-list > div").Single(d => d.QuerySelector("dt")!.TextContent == label).QuerySelector("dd > code, dd > span")!.TextContent;

    [Fact]
    public async Task Finish_without_a_proof_says_so()
    {
        await ConnectAsync(Given.Finding(RequirementId.Connect, Area.Access, FindingState.Satisfied, "ok"));
        Assert.Contains("it was not proved", Show<FinishStep>().Find(".summary").TextContent);
    }

    [Fact]
    public async Task Finish_shows_how_to_take_back_what_was_applied()
    {
        Runner.Undo = new SetupPlan { Goal = new SetupGoal(), Provider = "amazon-rds", Fingerprint = "u", Undo = UndoRequest.OfGoal, Changes = [Given.Sql("DROP USER x")] };
        await ConnectAsync();
        var page = Show<FinishStep>();
        page.WaitForAssertion(() => Assert.Contains("DROP USER x;", page.Find("#finish-undo .sql code").TextContent));
        Assert.Equal("Undo 1 change", page.Find("#undo-title").TextContent);
    }

    [Fact]
    public async Task Start_offers_to_go_on_only_when_there_is_something_to_go_on_with()
    {
        Assert.Empty(Show<Start>().FindAll(".resume"));
        await ConnectAsync();
        Session.Touch(WizardStep.Tables);
        Assert.Equal("/setup/tables", Show<Start>().Find(".resume a").GetAttribute("href"));
    }

    [Fact]
    public async Task Sandbox_started_from_the_start_page_leads_to_the_first_thing_to_do()
    {
        var page = Show<Start>();
        await page.FindAll(".choice-button")[0].ClickAsync();
        Assert.True(Session.OnSandbox);
        Assert.EndsWith("/setup/replication", Services.GetRequiredService<NavigationManager>().Uri);
    }

    [Fact]
    public async Task Sandbox_without_PostgreSQL_says_what_to_install()
    {
        Sandboxes.Refusal = "Install the package postgresql.";
        var page = Show<Start>();
        await page.FindAll(".choice-button")[0].ClickAsync();
        Assert.Contains("Install the package postgresql.", page.Find(".callout").TextContent);
    }

    [Fact]
    public async Task Sandbox_that_cannot_start_is_told_in_the_readers_language_with_its_own_words_in_the_fold_out()
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("ko");
        Sandboxes.Refusal = "Install the package postgresql.";
        var page = Show<Start>();
        await page.FindAll(".choice-button")[0].ClickAsync();

        var callout = page.Find(".callout");
        Assert.Contains("PostgreSQL을 실행할 수 없습니다", page.Find(".callout-text > p").TextContent, StringComparison.Ordinal);
        Assert.Equal("Install the package postgresql.", callout.QuerySelector("details [lang=en]")!.TextContent);
        callout.QuerySelector("details")!.Remove();
        Assert.DoesNotContain("Install", callout.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pasted_host_name_chooses_its_provider()
    {
        var page = Show<ProviderStep>();
        await page.Find("#provider-paste").InputAsync("postgres://u:secret@shop.abc123.eu-central-1.rds.amazonaws.com/shop");
        Assert.Equal("amazon-rds", Session.Goal.Provider);
        Assert.Contains("Looks like Amazon RDS", page.Find(".callout").TextContent);
        Assert.Equal("shop.abc123.eu-central-1.rds.amazonaws.com", Session.Draft.Host);
        Assert.DoesNotContain("secret", page.Markup);
    }

    [Fact]
    public async Task What_an_undo_leaves_is_said_with_the_reason_before_and_when_nothing_else_is_left()
    {
        await ConnectAsync();
        var left = new LeftAlone(
            Given.Sql("ALTER ROLE x RESET y") with { Kind = "undo-create-user" },
            new Problem("undo-left-changed", new Dictionary<string, object?> { ["now"] = "45s", ["set"] = "0", ["statement"] = "ALTER ROLE x RESET y" }));
        Runner.Undo = new SetupPlan { Goal = Session.Goal, Provider = "amazon-rds", Fingerprint = "u", Undo = UndoRequest.OfGoal, Changes = [Given.Sql("DROP USER x") with { Kind = "undo-create-user" }], LeftAlone = [left] };
        var page = Show<FinishStep>();
        page.WaitForElement("#undo-title");
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("button.danger")));
        await page.Find("button.danger").ClickAsync();
        page.WaitForAssertion(() => Assert.Contains("45s", page.Find(".review .callout").TextContent));

        Session.StartApply(Runner.Undo, WizardStep.Finish);
        Runner.Undo = Runner.Undo with { Changes = [] };
        Runner.Happen(Given.Started(1), Given.Finished(ApplyOutcome.Completed, [0], [], Runner.Inspection));
        var later = Show<FinishStep>();
        later.WaitForAssertion(() => Assert.Contains("45s", later.Find("#finish-undo").TextContent));
    }
}
