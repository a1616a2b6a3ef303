using Bunit;
using SetupWizard.Components.Steps;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;
using SetupWizard.Sessions;
using SetupWizard.Sessions.Steps;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Steps;

public sealed class AccessStepTests : WebTest
{
    [Fact]
    public async Task New_user_gets_a_generated_password_without_being_asked()
    {
        await ConnectAsync(Given.ToFix(WizardStep.Access));
        Session.SetClickPipesPassword(null);
        Show<AccessStep>();
        Assert.True(Session.PasswordGenerated);
        Assert.Equal(PasswordGenerator.Length, Session.Credentials!.ClickPipesPassword!.Reveal().Length);
    }

    [Fact]
    public async Task Typed_password_is_needed_before_the_review()
    {
        await ConnectAsync(Given.ToFix(WizardStep.Access));
        var page = Show<AccessStep>();
        await page.FindAll("label.choice").Single(l => l.QuerySelector(".choice-label")!.TextContent == "I will type it").QuerySelector("input")!.ChangeAsync("on");
        await page.Find(".action-bar .primary").ClickAsync();
        Assert.Equal(["#access-password"], page.FindAll("#error-summary a").Select(a => a.GetAttribute("href")));
        await page.Find("#access-password").ChangeAsync("ｆｕｌｌ");
        await page.Find(".action-bar .primary").ClickAsync();
        Assert.Contains("Programs send some character of this password in different ways", page.Find("#error-summary").TextContent, StringComparison.Ordinal);
        Assert.Empty(page.FindAll(".review"));
        await page.Find("#access-password").ChangeAsync("pä ss'\\:%한");
        await page.Find(".action-bar .primary").ClickAsync();
        Assert.NotEmpty(page.FindAll(".review"));
        Assert.Equal("pä ss'\\:%한", Session.Credentials!.ClickPipesPassword!.Reveal());
    }

    [Fact]
    public async Task Existing_user_keeps_its_password_unless_asked()
    {
        await ConnectExistingAsync();
        Session.SetClickPipesPassword(null);
        var page = Show<AccessStep>();
        Assert.False(Session.Goal.ResetPassword);
        Assert.Null(Session.Credentials!.ClickPipesPassword);
        await page.FindAll("label.choice").Single(l => l.QuerySelector(".choice-label")!.TextContent == "Set a new password").QuerySelector("input")!.ChangeAsync("on");
        Assert.True(Session.Goal.ResetPassword);
    }

    [Fact]
    public async Task User_made_here_is_shown_as_ready_with_its_password_at_hand()
    {
        await ConnectAsync();
        Runner.Inspection = WithUser();
        await ApplyPasswordAsync(Session.Goal);
        Assert.Equal(PasswordStanding.Set, Session.Password);

        var page = Show<AccessStep>();
        Assert.Contains("clickpipes_user exists", page.Find(".callout-good").TextContent);
        Assert.Empty(page.FindAll("#access-password"));
        Assert.DoesNotContain("clickpipes-s3cret", page.Markup);
    }

    /// <summary>Somebody else made the user: the password proposed here is nobody's.</summary>
    [Fact]
    public async Task User_made_by_somebody_else_has_no_password_that_this_session_knows()
    {
        await ConnectAsync();
        Assert.Equal(PasswordStanding.Proposed, Session.Password);
        var page = Show<AccessStep>();

        Runner.Inspection = WithUser();
        await Session.InspectAsync();

        Assert.Equal(PasswordStanding.None, Session.Password);
        Assert.Null(Session.Credentials!.ClickPipesPassword);
        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll("#access-password")));
        Assert.DoesNotContain("clickpipes-s3cret", page.Markup);
        Assert.Empty(page.FindAll(".callout-good"));
    }

    /// <summary>Whatever page is open: once the new password is in effect, it is not set once more.</summary>
    [Fact]
    public async Task Password_that_was_set_anew_is_not_planned_again()
    {
        await ConnectExistingAsync();
        await Session.SetGoalAsync(Session.Goal with { ResetPassword = true });
        Session.SetClickPipesPassword(new SecretString("another"), generated: true);

        await ApplyPasswordAsync(Session.Goal);

        Assert.False(Session.Goal.ResetPassword);
        Assert.Equal(PasswordStanding.Set, Session.Password);
        Assert.Equal("another", Session.KnownPassword!.Reveal());
    }

    [Fact]
    public async Task Another_user_name_is_read_again_and_a_name_too_long_is_refused()
    {
        await ConnectAsync(Given.ToFix(WizardStep.Access));
        var page = Show<AccessStep>();
        await page.Find("#access-user").ChangeAsync(new string('한', 22));
        Assert.Equal(0, Runner.Inspections);
        Assert.NotEmpty(page.FindAll("#access-user-error"));
        await page.Find("#access-user").ChangeAsync("Pipes \"1\"");
        Assert.Equal("Pipes \"1\"", Session.Goal.User);
        Assert.Equal(1, Runner.Inspections);
    }

    [Fact]
    public async Task Password_itself_is_sent_only_when_that_is_ticked()
    {
        await ConnectAsync(Given.ToFix(WizardStep.Access));
        var page = Show<AccessStep>();
        Assert.False(Session.Goal.SendPasswordAsText);

        var box = page.FindAll(".check").Single(c => c.TextContent.Contains("Send the password itself", StringComparison.Ordinal));
        Assert.Contains("Neon", box.TextContent);
        await box.QuerySelector("input")!.ChangeAsync(true);

        Assert.True(Session.Goal.SendPasswordAsText);
    }

    [Fact]
    public async Task Schema_ticked_joins_the_one_that_was_meant_without_saying()
    {
        await ConnectAsync(Given.ToFix(WizardStep.Access));
        var page = Show<AccessStep>();
        var boxes = page.FindAll("fieldset .check input[type=checkbox]");
        Assert.Equal([true, false, true], boxes.Select(b => b.HasAttribute("checked")));
        await boxes[1].ChangeAsync(true);
        Assert.Equal(["public", "sales"], Session.Goal.Schemas);
    }

    [Fact]
    public async Task Review_of_a_secret_statement_without_a_password_leads_to_where_it_is_given()
    {
        await ConnectAsync(Given.Finding(RequirementId.User, Area.Tables, FindingState.Blocking, "missing", Given.Sql("CREATE USER x PASSWORD " + SqlText.PasswordHole)));
        Session.SetClickPipesPassword(null);
        var page = Show<TablesStep>();
        await page.Find(".action-bar .primary").ClickAsync();
        Assert.Equal("CREATE USER x PASSWORD '•••';", page.Find(".change > .sql code").TextContent);
        await page.Find(".review .action-bar .primary").ClickAsync();
        Assert.Null(Session.Run);
        Assert.Equal("/setup/access", page.Find(".review .callout a").GetAttribute("href"));
    }

    [Fact]
    public async Task Log_in_with_an_IAM_role_asks_for_no_password_and_forgets_the_one_there_was()
    {
        await ConnectAsync(Given.ToFix(WizardStep.Access));
        var page = Show<AccessStep>();
        Assert.NotEmpty(page.FindAll("#access-generated"));

        await page.FindAll("input[type=radio]")[1].ChangeAsync("on");

        Assert.Equal(LoginMethod.Iam, Session.Goal.Authentication);
        Assert.Null(Session.Credentials!.ClickPipesPassword);
        Assert.Empty(page.FindAll("input[type=password]"));
        await page.Find(".action-bar .primary").ClickAsync();
        Assert.NotEmpty(page.FindAll(".review"));
    }

    [Fact]
    public async Task Back_from_the_IAM_role_a_new_user_gets_a_generated_password()
    {
        await ConnectAsync(Given.ToFix(WizardStep.Access));
        var page = Show<AccessStep>();
        await page.FindAll("input[type=radio]")[1].ChangeAsync("on");
        await page.FindAll("input[type=radio]")[0].ChangeAsync("on");

        Assert.Equal(LoginMethod.Password, Session.Goal.Authentication);
        Assert.Equal(PasswordGenerator.Length, Session.Credentials!.ClickPipesPassword!.Reveal().Length);
    }

    [Fact]
    public async Task Name_of_the_role_is_checked_at_its_field()
    {
        await ConnectAsync(Given.ToFix(WizardStep.Access));
        var page = Show<AccessStep>();
        await page.FindAll("input[type=radio]")[1].ChangeAsync("on");
        await page.Find("#access-iam-role").ChangeAsync("arn:aws:iam::1:role/x");
        Assert.NotEmpty(page.FindAll("#access-iam-role-error"));
        Assert.Null(Session.Goal.IamRoleArn);
        await page.Find("#access-iam-role").ChangeAsync(" arn:aws:iam::123456789012:role/clickpipes ");
        Assert.Empty(page.FindAll("#access-iam-role-error"));
        Assert.Equal("arn:aws:iam::123456789012:role/clickpipes", Session.Goal.IamRoleArn);
    }

    [Fact]
    public async Task Service_outside_AWS_is_said_at_the_choice()
    {
        await ConnectAsync(Given.ToFix(WizardStep.Access));
        await Session.SetGoalAsync(Session.Goal with { Region = "gcp:europe-west4", Authentication = LoginMethod.Iam });
        Assert.Contains("gcp:europe-west4", Show<AccessStep>().Find("form .callout").TextContent);
    }

    [Fact]
    public async Task Guide_for_what_the_database_cannot_see_does_not_promise_to_notice_it()
    {
        var iam = new ConsoleChange { For = RequirementId.IamRole, Kind = "set-up-iam", Phase = ChangePhase.User, GuideId = Core.Providers.AmazonRds.IamGuide };
        await ConnectAsync(Given.Finding(RequirementId.IamRole, Area.Access, FindingState.Advice, "unseen", iam));

        Assert.DoesNotContain("automatically", Show<SetupWizard.Components.Guides.ConsoleWalkthrough>(p => p.Add(w => w.Change, iam)).Markup);
        Assert.Contains("automatically", Show<SetupWizard.Components.Guides.ConsoleWalkthrough>(p => p.Add(w => w.Change, Given.Console() with { GuideId = Core.Providers.AmazonRds.ParameterGuide })).Markup);
    }

    [Fact]
    public async Task Provider_without_IAM_offers_no_choice()
    {
        Runner.Inspection = Runner.Inspection with { Provider = Core.Providers.AzureFlexible.Profile };
        await ConnectAsync(Given.ToFix(WizardStep.Access));
        Runner.Inspection = Runner.Inspection with { Provider = Core.Providers.AzureFlexible.Profile };
        await Session.InspectAsync();
        Assert.DoesNotContain("How ClickPipes logs in", Show<AccessStep>().Markup);
    }

    private async Task ConnectExistingAsync()
    {
        await ConnectAsync();
        Runner.Inspection = WithUser();
        await Session.InspectAsync();
        Session.SetClickPipesPassword(new SecretString("clickpipes-s3cret"));
    }

    private Inspection WithUser() => Runner.Inspection with
    {
        Snapshot = Given.Snapshot with
        {
            Roles = new Dictionary<string, RoleFact>(Given.Snapshot.Roles, StringComparer.Ordinal) { ["clickpipes_user"] = new() { Name = "clickpipes_user", CanLogin = true } },
        },
    };

    /// <summary>Runs a plan that sets the password, to its end.</summary>
    private async Task ApplyPasswordAsync(SetupGoal goal)
    {
        var plan = new SetupPlan { Goal = goal, Provider = "amazon-rds", Fingerprint = "x", Changes = [Given.Sql("x") with { Statement = new SqlText("CREATE USER x PASSWORD " + SqlText.PasswordHole) }] };
        var run = Session.StartApply(plan, WizardStep.Access)!;
        await Runner.Applying.Writer.WriteAsync(Given.Finished(ApplyOutcome.Completed, [0], [], Runner.Inspection with { Goal = goal, Endpoint = Session.Endpoint! }));
        Runner.Applying.Writer.Complete();
        while (run.IsRunning)
        {
            await Task.Yield();
        }

        Runner.Applying = System.Threading.Channels.Channel.CreateUnbounded<ApplyEvent>();
    }
}
