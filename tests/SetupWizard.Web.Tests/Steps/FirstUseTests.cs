using Bunit;
using SetupWizard.Components.Frame;
using SetupWizard.Components.Network;
using SetupWizard.Components.Steps;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Sessions;
using SetupWizard.Sessions.Forms;
using SetupWizard.Sessions.Runs;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Steps;

/// <summary>What somebody meets who uses the wizard for the first time, beside others, or on a second database.</summary>
public sealed class FirstUseTests : WebTest
{
    private static readonly string[] s_addresses = ["192.0.2.7", "192.0.2.8"];

    private static Finding Unseen => Given.Finding(RequirementId.AllowList, WizardStep.Network, FindingState.Unknown, "unseen") with
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
        Runner.Inspection = Given.Inspection(Given.Finding(RequirementId.TableKind, WizardStep.Tables, FindingState.Blocking, "not-found") with { Subjects = [Subject.Of(new TableRef("public", "gone"))] });
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
        finish.WaitForAssertion(() => Assert.DoesNotContain("192.0.2.7", finish.Markup, StringComparison.Ordinal));

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
}
