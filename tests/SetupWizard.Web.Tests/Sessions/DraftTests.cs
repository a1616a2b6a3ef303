using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using SetupWizard.Components.Pages;
using SetupWizard.Components.Steps;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Sessions;
using SetupWizard.Sessions.Saved;
using SetupWizard.Sessions.Steps;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Sessions;

/// <summary>What is kept when a session ends, and how somebody goes on from it.</summary>
public sealed class DraftTests : WebTest
{
    private static readonly SavedSetup s_draft = new()
    {
        SavedAt = Given.Noon.AddHours(-2),
        Step = WizardStep.Tables,
        Provider = "amazon-rds",
        Host = "shop-prod.example",
        Port = 5433,
        Database = "shop",
        User = "boss",
        Goal = new SetupGoal { Publication = "mine", Tables = [new TableRef("public", "orders")] },
    };

    [Fact]
    public async Task Session_keeps_its_goal_and_where_it_stopped_and_no_secret()
    {
        await Session.ConnectAsync(
            Given.Endpoint with { CaCertificatePem = "canary-certificate", Ssh = new SshEndpoint { Host = "bastion.example", User = "jump", HostKey = "canary-hostkey" } },
            "shop_admin",
            new SecretString("canary-admin"),
            new SshCredentials { Password = new SecretString("canary-ssh") });
        Session.SetClickPipesPassword(new SecretString("canary-pipe"));
        Session.Touch(WizardStep.Access);
        await Session.SetGoalAsync(Session.Goal with { Publication = "mine" });
        Session.Touch(WizardStep.Tables);
        await Session.DraftsSaved;

        var draft = Assert.Single(Drafts.List()).Draft!;
        Assert.Equal((WizardStep.Tables, "mine", "shop_admin", "amazon-rds", "bastion.example"), (draft.Step, draft.Goal.Publication, draft.User, draft.Provider, draft.SshHost));
        var folder = Path.Combine(DataDirectory, "drafts");
        Assert.All(Directory.GetFiles(folder), f => Assert.DoesNotContain("canary", File.ReadAllText(f), StringComparison.Ordinal));
        Assert.Single(Directory.GetFiles(folder));
    }

    [Fact]
    public async Task Last_draft_is_on_disk_when_its_session_has_ended()
    {
        await ConnectAsync();
        Session.Touch(WizardStep.Tables);

        await Session.DisposeAsync();

        Assert.Equal(WizardStep.Tables, Assert.Single(Drafts.List()).Draft!.Step);
    }

    [Fact]
    public async Task Sandbox_leaves_no_draft()
    {
        await Session.StartSandboxAsync("amazon-rds");
        Session.Touch(WizardStep.Tables);
        await Session.DraftsSaved;
        Assert.Empty(Drafts.List());
    }

    [Fact]
    public async Task Form_that_never_connected_leaves_no_draft()
    {
        Runner.Report = Given.Refused();
        await Session.ConnectAsync(Given.Endpoint, "shop_admin", new SecretString("p"));
        Session.Touch(WizardStep.Connect);
        await Session.DraftsSaved;
        Assert.Empty(Drafts.List());
    }

    [Fact]
    public void Start_without_drafts_says_nothing_about_them() => Assert.Empty(Show<Start>().FindAll(".drafts"));

    [Fact]
    public async Task Draft_is_listed_and_continued_with_everything_but_secrets_to_the_step_where_one_stopped()
    {
        await Drafts.SaveAsync(s_draft, CancellationToken.None);
        var start = Show<Start>();
        Assert.Equal("shop on shop-prod.example:5433", start.Find(".drafts li p").TextContent);
        Assert.Equal("Amazon RDS, stopped at Tables, 2 h ago", string.Join(' ', start.Find(".drafts li .quiet").TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));

        await PressAsync(start, "Continue");

        Assert.EndsWith("/setup/connect", Services.GetRequiredService<NavigationManager>().Uri);
        var connect = Show<ConnectStep>();
        Assert.Contains("Enter them again", connect.Find(".callout").TextContent);
        Assert.Equal(["shop-prod.example", "5433", "shop", "boss", null], new[] { "host", "port", "database", "user", "password" }.Select(f => Blank(connect.Find("#connect-" + f).GetAttribute("value"))));
        Session.Touch(WizardStep.Connect);
        await Session.ConnectAsync(Session.Draft.ToEndpoint(), "boss", new SecretString("p"));
        Session.Touch(WizardStep.Connect);
        connect.WaitForAssertion(() => Assert.Equal("/setup/tables", connect.Find(".action-bar a.primary").GetAttribute("href")));
        Assert.Equal("mine", Session.Goal.Publication);
        await Session.DraftsSaved;
        Assert.Equal(WizardStep.Tables, Assert.Single(Drafts.List()).Draft!.Step);

        Session.Touch(WizardStep.Access);
        Assert.Null(Session.ResumeAt);
        await Session.DraftsSaved;
        Assert.Equal(WizardStep.Access, Assert.Single(Drafts.List()).Draft!.Step);
    }

    [Fact]
    public async Task Connecting_by_hand_to_a_database_that_has_a_draft_goes_on_with_it_and_says_so()
    {
        await Drafts.SaveAsync(s_draft, CancellationToken.None);
        Runner.Report = Given.Refused();
        await Session.ConnectAsync(s_draft.Endpoint, "boss", new SecretString("wrong"));
        Assert.Equal((new SetupGoal(), false), (Session.Goal, Session.ChoicesFound));

        Runner.Report = null;
        await Session.ConnectAsync(s_draft.Endpoint, "boss", new SecretString("p"));

        Assert.Equal("mine", Session.Goal.Publication);
        Session.Touch(WizardStep.Connect);
        var connect = Show<ConnectStep>();
        Assert.Contains("What you chose for this database before is back", connect.Find(".callout").TextContent);
        Assert.Equal("/setup/tables", connect.Find(".action-bar a.primary").GetAttribute("href"));
        await Session.DraftsSaved;
        Assert.Equal("mine", Assert.Single(Drafts.List()).Draft!.Goal.Publication);
        Session.Touch(WizardStep.Tables);
        Assert.False(Session.ChoicesFound);
    }

    [Fact]
    public async Task Whoever_has_chosen_something_already_keeps_it()
    {
        await Drafts.SaveAsync(s_draft, CancellationToken.None);
        await Session.SetGoalAsync(Session.Goal with { Publication = "another" });
        await Session.ConnectAsync(s_draft.Endpoint, "boss", new SecretString("p"));
        Assert.Equal(("another", false), (Session.Goal.Publication, Session.ChoicesFound));
    }

    [Fact]
    public async Task Draft_taken_up_wipes_the_session_before_it()
    {
        await ConnectAsync();
        await Session.ResumeAsync(s_draft);
        Assert.Null(Session.Credentials);
        Assert.False(Session.Connected);
        Assert.Equal(SessionNotice.None, Session.Notice);
    }

    [Fact]
    public async Task Draft_of_the_database_one_is_connected_to_is_not_offered_twice()
    {
        await ConnectAsync();
        await Session.DraftsSaved;
        Assert.Single(Drafts.List());
        Assert.Empty(Show<Start>().FindAll(".drafts"));
    }

    [Fact]
    public async Task Deleting_asks_first()
    {
        await Drafts.SaveAsync(s_draft, CancellationToken.None);
        var start = Show<Start>();
        await PressAsync(start, "Delete");
        Assert.Single(Drafts.List());
        await PressAsync(start, "Keep");
        await PressAsync(start, "Delete");
        await PressAsync(start, "Delete draft");
        Assert.Empty(Drafts.List());
        Assert.Empty(start.FindAll(".drafts"));
    }

    [Fact]
    public async Task Damaged_and_newer_files_are_said_and_only_the_damaged_one_can_be_deleted()
    {
        var folder = Directory.CreateDirectory(Path.Combine(DataDirectory, "drafts")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "a.draft.json"), "{");
        await File.WriteAllTextAsync(Path.Combine(folder, "b.draft.json"), "{\"format\":9}");
        var start = Show<Start>();
        Assert.Equal(["A draft of a newer version, which this one leaves alone", "A draft that cannot be read"], start.FindAll(".drafts li strong").Select(s => s.TextContent).Order(StringComparer.Ordinal));
        Assert.Single(start.FindAll(".drafts button"));
    }

    private static string? Blank(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
