using System.Globalization;
using Bunit;
using SetupWizard.Components.Frame;
using SetupWizard.Components.Network;
using SetupWizard.Components.Pages;
using SetupWizard.Components.Steps;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Engine;
using SetupWizard.Core.HandOff;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Sessions;
using SetupWizard.Sessions.Forms;
using SetupWizard.Sessions.Runs;
using SetupWizard.Sessions.Steps;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Steps;

/// <summary>What somebody meets who uses the wizard for the first time, beside others, or on a second database.</summary>
public sealed class FirstUseTests : WebTest
{
    private static readonly string[] s_addresses = ["192.0.2.7", "192.0.2.8"];

    private static Finding Unseen => Given.Finding(RequirementId.AllowList, Area.Network, FindingState.Unknown, "unseen") with
    {
        Confidence = Confidence.OnlyClickPipesCanTell,
        Subjects = [.. s_addresses.Select(static a => new Subject(SubjectKind.Address, a))],
    };

    [Fact]
    public async Task Another_database_begins_without_the_tables_and_the_passwords_of_the_one_before()
    {
        await ConnectAsync();
        await Session.SetGoalAsync(Session.Goal with { Tables = [new("public", "orders")], Schemas = ["sales"], Region = "aws:eu-central-1" });

        await Session.ConnectAsync(Given.Endpoint with { Database = "crm" }, "shop_admin", new SecretString("s3cret"));

        Assert.Empty(Session.Goal.Tables);
        Assert.Empty(Session.Goal.Schemas);
        Assert.Equal("aws:eu-central-1", Session.Goal.Region);
        Assert.Null(Session.Credentials!.ClickPipesPassword);
        Assert.Equal(PasswordStanding.None, Session.Password);
    }

    [Fact]
    public async Task Attempt_that_fails_gives_the_choice_of_tables_back()
    {
        await ConnectAsync();
        await Session.SetGoalAsync(Session.Goal with { Tables = [new("public", "orders")] });
        Runner.Report = Given.Refused();

        await Session.ConnectAsync(Given.Endpoint with { Host = "nowhere.example" }, "shop_admin", new SecretString("s3cret"));

        Assert.Equal([new TableRef("public", "orders")], Session.Goal.Tables);
    }

    [Theory]
    [InlineData("orders,gone", "", "orders", "")]
    [InlineData("gone", "sales,nowhere", "", "sales")]
    [InlineData("gone", "", "", "public")]
    public async Task What_is_not_there_any_more_can_be_taken_out(string tables, string schemas, string left, string leftSchemas)
    {
        await ConnectAsync();
        await Session.SetGoalAsync(Session.Goal with { Tables = [.. Split(tables).Select(static t => new TableRef("public", t))], Schemas = Split(schemas) });
        Runner.Inspection = Given.Inspection(Given.Finding(RequirementId.TableKind, Area.Tables, FindingState.Blocking, "not-found") with { Subjects = [Subject.Of(new TableRef("public", "gone"))] });
        await Session.InspectAsync();
        var page = Show<TablesStep>();

        await page.FindAll("button").Single(static b => b.TextContent.Contains("Take out", StringComparison.Ordinal)).ClickAsync(new());

        Assert.Equal(Split(left), Session.Goal.Tables.Select(static t => t.Name));
        Assert.Equal(Split(leftSchemas), Session.Goal.Schemas);

        static string[] Split(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries);
    }

    [Fact]
    public void Pasted_connection_with_a_host_leaves_nothing_of_another_server()
    {
        var form = new ConnectInput();
        Assert.True(form.Fill("postgres://app_admin:secret@127.0.0.1:42917/shop?sslmode=disable"));
        Assert.Equal(("42917", "secret", TlsMode.Disable), (form.Port, form.Password, form.Tls));

        Assert.True(form.Fill("mydb.abc.ap-northeast-2.rds.amazonaws.com"));

        Assert.Equal(("mydb.abc.ap-northeast-2.rds.amazonaws.com", "5432", "", "", "", TlsMode.VerifyFull), (form.Host, form.Port, form.User, form.Password, form.Database, form.Tls));
    }

    [Fact]
    public void Password_goes_with_the_server_that_took_it_and_stays_while_none_has()
    {
        var form = new ConnectInput { Host = "typo.example", Password = "secret" };
        form.Host = "db.example";
        Assert.Equal("secret", form.Password);

        form.AcceptedBy("db.example");
        form.Host = "db.example";
        Assert.Equal("secret", form.Password);
        form.Host = "other.example";
        Assert.Equal("", form.Password);
    }

    [Fact]
    public async Task Network_is_done_when_somebody_says_that_the_addresses_are_allowed()
    {
        await ConnectAsync(Unseen);
        await Session.SetGoalAsync(Session.Goal with { Region = "aws:eu-central-1" });
        Assert.Equal(new StepStatus(StepState.ByHand, 2, 1), Session.StatusOf(WizardStep.Network));
        var finish = Show<FinishStep>();
        Assert.Contains("192.0.2.7", finish.Find(".callout-caution").TextContent, StringComparison.Ordinal);

        var page = Show<NetworkStep>();
        await page.Find("#network-allowed input").ChangeAsync(true);
        Assert.Equal(StepState.Done, Session.StatusOf(WizardStep.Network).State);
        finish.WaitForAssertion(() => Assert.Empty(finish.FindAll(".callout-caution")));

        // Other addresses are not the ones that were allowed, and what was said outlives the session.
        Assert.NotNull(Session.State.ToSave(Given.Noon)!.AddressesAllowed);
        Runner.Inspection = Given.Inspection(Unseen with { Subjects = [new Subject(SubjectKind.Address, "192.0.2.9")] });
        await Session.InspectAsync();
        Assert.Equal(StepState.ByHand, Session.StatusOf(WizardStep.Network).State);
    }

    [Fact]
    public async Task Plan_under_review_that_somebody_else_carried_out_is_said_to_be_done()
    {
        var before = Given.ToFix(WizardStep.Access);
        await ConnectAsync(before);
        var page = Show<StepFlow>(p => p.Add(f => f.Step, WizardStep.Access));
        await page.Find(".action-bar .primary").ClickAsync(new());
        Assert.NotEmpty(page.FindAll(".review"));

        // One of two is not all of it.
        Runner.Inspection = Given.Inspection(before[1], before[2]);
        await Session.InspectAsync();
        Assert.Null(Session.State.Review!.DoneByOthers);

        Runner.Inspection = Given.Inspection(before[2]);
        await Session.InspectAsync();
        page.WaitForAssertion(() => Assert.Contains("Done by somebody else", page.Markup, StringComparison.Ordinal));
        Assert.Empty(page.FindAll(".review"));
        await page.Find(".action-bar .primary").ClickAsync(new());
        Assert.Null(Session.State.Review);
    }

    [Fact]
    public void Server_that_started_anew_has_been_away_whoever_saw_that()
    {
        var story = new RestartTimeline(Clock);
        story.Started(Given.Noon);
        story.Record(TimelineStage.Waiting);
        story.Started(Given.Noon);
        story.Record(TimelineStage.Green);
        Assert.False(story.Has(TimelineStage.Green));

        story.Started(Given.Noon.AddMinutes(-7));
        story.Record(TimelineStage.Green);

        Assert.Equal([TimelineStage.Waiting, TimelineStage.Gone, TimelineStage.Back, TimelineStage.Green], story.Entries.Select(static e => e.Stage));
    }

    [Fact]
    public async Task Story_of_a_console_is_not_told_below_the_guide_of_another()
    {
        await ConnectAsync(Unseen);
        Session.Story.Record(TimelineStage.Edited);
        var network = Show<NetworkGuide>(p => p.Add(g => g.GuideId, Session.Provider!.NetworkGuide!));
        Assert.Empty(network.FindAll(".story"));
    }

    [Fact]
    public async Task Password_of_a_plan_of_others_can_be_copied_when_it_was_applied_and_it_says_what_comes_next()
    {
        await OpenPlanAsync();
        var page = Show<PlanPage>();
        Assert.Empty(page.FindAll("#plan-next"));

        await page.Find(".action-bar .primary").ClickAsync(new());
        Assert.True(Session.Run is { IsRunning: true });
        Assert.Empty(page.FindAll("#plan-next"));
        Runner.Happen(Given.Finished(ApplyOutcome.Completed, [0], [], Given.Inspection(Given.Finding(RequirementId.User, Area.Access, FindingState.Satisfied, "ok"))));

        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("#plan-next")));
        Assert.Equal(PasswordStanding.Set, Session.Password);

        // A button that was pressed says so for two seconds, which nobody waits for.
        _ = PressAsync(page, "Copy password");
        page.WaitForAssertion(() => Assert.Equal("clickpipes-s3cret", Assert.Single(Module.Invocations["copy"]).Arguments[0]));
        _ = PressAsync(page, "Copy a note for whoever asked");
        page.WaitForAssertion(() => Assert.Equal(2, Module.Invocations["copy"].Count));
        Assert.DoesNotContain("s3cret", (string)Module.Invocations["copy"][1].Arguments[0]!, StringComparison.Ordinal);
        Assert.Equal("/setup/verify", page.Find("section[aria-labelledby=plan-next] a.primary").GetAttribute("href"));
    }

    [Fact]
    public async Task Password_of_a_plan_of_others_is_not_offered_when_nothing_set_it()
    {
        await OpenPlanAsync();
        var page = Show<PlanPage>();

        await page.Find(".action-bar .primary").ClickAsync(new());
        Runner.Happen(Given.Finished(ApplyOutcome.Failed, [], [0], problem: Given.Problem));

        page.WaitForAssertion(() => Assert.Contains("lock", page.Find("[aria-labelledby=run-title]").TextContent, StringComparison.OrdinalIgnoreCase));
        Assert.Empty(page.FindAll("#plan-next"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("\tnot-one-that-a-server-takes")]
    public async Task Plan_of_others_without_a_usable_password_says_so_at_its_field_and_goes_there(string? password)
    {
        await OpenPlanAsync();
        Session.SetClickPipesPassword(SecretString.From(password));
        var page = Show<PlanPage>();
        var field = page.Find("#plan-password-field");
        Assert.Equal("false", field.GetAttribute("aria-invalid"));

        await page.Find(".action-bar .primary").ClickAsync(new());

        Assert.Null(Session.Run);
        field = page.Find("#plan-password-field");
        Assert.Equal("true", field.GetAttribute("aria-invalid"));
        Assert.Contains("plan-password-field-error", field.GetAttribute("aria-describedby"), StringComparison.Ordinal);
        Assert.NotEmpty(page.Find("#plan-password-field-error").TextContent);
        Assert.Contains(Module.Invocations, static i => i.Identifier == "focus" && "#plan-password-field".Equals(i.Arguments[0]));

        await page.Find("#plan-password-field").ChangeAsync("another-s3cret");
        Assert.Empty(page.FindAll("#plan-password-field-error"));
    }

    [Fact]
    public async Task Activity_says_what_was_taken_back_and_when()
    {
        await ConnectAsync();
        Audit.Entries.Add(Entry(0, "CREATE USER x") with { Undo = "DROP USER x" });
        Audit.Entries.Add(Entry(1, "GRANT y TO x") with { Undo = "REVOKE y FROM x" });
        Audit.Entries.Add(Entry(0, "DROP USER x") with { Run = "undo", Kind = "undo-create-user", Undoing = true, At = Given.Noon.AddHours(1) });

        var page = Show<Activity>();

        // The latest first.
        Assert.Equal(["Took back", "In effect", "Taken back"], page.FindAll(".activity-head strong").Select(static s => s.TextContent));
        Assert.Equal("2026-03-01T13:00:00.0000000Z", page.FindAll(".activity-head")[2].QuerySelector("time")!.GetAttribute("datetime"));
        Assert.NotEmpty(page.FindAll(".card-actions a"));
    }

    [Theory]
    [InlineData(true, "Waits for a restart")]
    [InlineData(false, "In effect")]
    [InlineData(null, "Written; whether it is in effect was not read")]
    public async Task Activity_says_of_a_parameter_what_the_server_says(bool? pending, string said)
    {
        await ConnectAsync();
        if (pending is { } waits)
        {
            Runner.Inspection = Runner.Inspection with
            {
                Snapshot = Given.Snapshot with { Settings = new Dictionary<string, SettingFact>(StringComparer.Ordinal) { ["wal_level"] = new("wal_level", "replica", PendingRestart: waits) } },
            };
            await Session.InspectAsync();
        }

        Audit.Entries.Add(Parameter(0, "ALTER SYSTEM SET wal_level = 'logical'", SqlChange.AlterSystemKind));
        Audit.Entries.Add(Parameter(1, "SELECT pg_reload_conf()", SqlChange.ReloadKind));
        Audit.Entries.Add(Entry(2, "CREATE USER x"));

        // Only what a restart takes waits for one.
        Assert.Equal(["In effect", "In effect", said], Show<Activity>().FindAll(".activity-head strong").Select(static s => s.TextContent));

        static AuditEntry Parameter(int index, string sql, string kind) => Entry(index, sql) with
        {
            Kind = kind,
            Phase = nameof(ChangePhase.Parameters),
            Transactional = false,
            Arguments = new Dictionary<string, string>(StringComparer.Ordinal) { ["setting"] = "wal_level" },
        };
    }

    private static AuditEntry Entry(int index, string sql) => new()
    {
        At = Given.Noon,
        Run = "run",
        Index = index,
        Event = AuditEvent.InEffect,
        Source = Given.Endpoint.Identity,
        Login = "shop_admin",
        Code = "SW301",
        Kind = "create-user",
        Phase = nameof(ChangePhase.User),
        Sql = sql,
    };

    /// <summary>Opens a plan that somebody else prepared, on the database it is for: it makes the user, and this session has a password for it.</summary>
    private async Task OpenPlanAsync()
    {
        var create = Given.Sql("x") with { Statement = new SqlText("CREATE USER clickpipes_user PASSWORD " + SqlText.PasswordHole) };
        await ConnectAsync(Given.Finding(RequirementId.User, Area.Access, FindingState.Blocking, "missing", create));
        var file = PlanFile.Of(Session.Inspection!, Session.WholePlan!, Given.Noon, CultureInfo.InvariantCulture);
        await Session.OpenPlanAsync(new PreparedPlan(file, "SHA256:somebody", Given.Noon));
    }

    [Fact]
    public async Task Activity_is_searched_and_exported_as_it_is_listed()
    {
        await ConnectAsync();
        foreach (var (index, sql) in new[] { "CREATE PUBLICATION p", "GRANT SELECT ON t TO x" }.Index())
        {
            Audit.Entries.Add(new AuditEntry { At = Given.Noon, Run = "r", Index = index, Event = AuditEvent.InEffect, Source = Given.Endpoint.Identity, Login = "admin", Code = "SW301", Kind = "k", Phase = "User", Sql = sql });
        }

        var page = Show<Activity>();
        Assert.Equal(2, page.FindAll(".activity > li").Count);
        await page.Find("#activity-search").InputAsync("grant");
        Assert.Single(page.FindAll(".activity > li"));
        Assert.Equal("1 of 2 statements", page.Find("[role=status]").TextContent);
        Assert.All(page.FindAll(".activity-files button"), static b => Assert.False(b.HasAttribute("disabled")));
        await page.Find("#activity-search").InputAsync("nothing like it");
        Assert.All(page.FindAll(".activity-files button"), static b => Assert.True(b.HasAttribute("disabled")));
    }

    [Fact]
    public async Task One_cause_is_one_card_that_opens_with_its_drawing_and_folds_the_reasons()
    {
        await ConnectAsync(
            Given.Finding(RequirementId.WalLevel, Area.Replication, FindingState.Blocking, "not-logical", Given.Console()),
            Given.Finding(RequirementId.RdsLogicalReplication, Area.Replication, FindingState.Blocking, "off", Given.Console()));
        Assert.Equal(1, Session.StatusOf(WizardStep.Replication).Count);

        var page = Show<ReplicationStep>();
        var card = Assert.Single(page.FindAll(".finding"));
        Assert.Contains("Logical replication is off.", card.QuerySelector("h3")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(["SW201", "SW202"], card.QuerySelectorAll(".code").Select(static c => c.TextContent));
        Assert.NotNull(card.QuerySelector("#SW202"));
        Assert.Single(page.FindAll("figure.drawing"));
        Assert.False(card.QuerySelector("details.why")!.HasAttribute("open"));
        Assert.Equal(["Why", "If you don't"], card.QuerySelectorAll(".why dt").Select(static d => d.TextContent));

        // The drawing comes before the reasons.
        var markup = card.InnerHtml;
        Assert.True(markup.IndexOf("<figure", StringComparison.Ordinal) < markup.IndexOf("class=\"why\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Admin_gets_a_short_message_or_the_whole_page_and_sees_which_before()
    {
        await ConnectAsync(Given.Finding(RequirementId.RdsLogicalReplication, Area.Replication, FindingState.Blocking, "off", Given.Console()));
        var page = Show<ReplicationStep>();
        Assert.Empty(page.FindAll(".admin-copy"));
        await page.FindAll("button").Single(static b => b.TextContent == "For your admin").ClickAsync(new());
        var message = page.Find(".admin-copy pre").TextContent;
        Assert.InRange(message.Trim().Split('\n').Length, 8, 15);

        await page.FindAll(".admin-copy button").Single(static b => b.TextContent == "Full page (Markdown)").ClickAsync(new());
        Assert.StartsWith("# ", page.Find(".admin-copy pre").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Passed_checks_stay_folded_until_somebody_asks()
    {
        await ConnectAsync(Given.Finding(RequirementId.WalLevel, Area.Replication, FindingState.Satisfied, "ok"));
        var page = Show<ReplicationStep>();
        Assert.Empty(page.FindAll(".correct-list"));
        await page.FindAll("button").Single(static b => b.TextContent == "Show 1 passed check").ClickAsync(new());
        Assert.Single(page.FindAll(".correct-list li"));
    }
}
