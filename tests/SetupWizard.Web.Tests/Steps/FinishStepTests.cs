using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using SetupWizard.Components.Steps;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Sessions;
using SetupWizard.Sessions.Steps;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Steps;

/// <summary>The last page leads to ClickPipes, gives everything at once, and ends without losing what nobody has.</summary>
public sealed class FinishStepTests : WebTest
{
    private const string Canary = "canary-of-clickpipes-1b9e";

    private static readonly string[] s_values =
    [
        "Host: shop-prod.abc123.eu-central-1.rds.amazonaws.com", "Port: 5432", "User: clickpipes_user", "Password: " + Canary, "Database: shop", "Replication method: Initial load + CDC", "Publication: clickpipes",
        "Destination database: default",
    ];

    [Fact]
    public async Task Page_leads_to_ClickPipes_beside_it()
    {
        await KnownAsync();
        var primary = Assert.Single(Show<FinishStep>().FindAll(".action-bar .primary"));
        Assert.Equal("Open ClickPipes", primary.TextContent);
        Assert.Equal(("https://console.clickhouse.cloud", "_blank", "noopener noreferrer"), (primary.GetAttribute("href"), primary.GetAttribute("target"), primary.GetAttribute("rel")));
    }

    [Fact]
    public async Task What_is_not_finished_comes_before_ClickPipes()
    {
        await ConnectAsync(Given.Finding(RequirementId.WalLevel, Area.Replication, FindingState.Blocking, "not-logical", Given.Console()));
        var primary = Show<FinishStep>().Find(".action-bar .primary");
        Assert.Equal(("Go to Replication", "/setup/replication"), (primary.TextContent, primary.GetAttribute("href")));
    }

    [Fact]
    public async Task All_values_are_copied_as_lines_and_the_password_is_in_no_page_for_that()
    {
        await KnownAsync();
        var page = Show<FinishStep>();
        Press(page, "Copy all values");
        Assert.Equal(s_values, Copied().TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain(Canary, page.Markup);
    }

    [Fact]
    public async Task Password_that_is_only_proposed_is_not_copied()
    {
        await ConnectAsync();
        Session.SetClickPipesPassword(new SecretString(Canary), generated: true);
        Press(Show<FinishStep>(), "Copy all values");
        Assert.Equal(s_values.Where(static v => !v.StartsWith("Password", StringComparison.Ordinal)), Copied().TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task Ending_asks_first_while_nobody_has_the_password()
    {
        await KnownAsync(generated: true);
        var dialogs = Show<MudDialogProvider>();
        var page = Show<FinishStep>();
        Assert.Contains("quiet", page.FindAll("button").Single(static b => b.TextContent == "End session").ClassName);

        Press(page, "End session");
        dialogs.WaitForAssertion(() => Assert.Equal("Nobody has copied the password", dialogs.Find("h2").TextContent));
        await PressAsync(dialogs, "Stay");
        dialogs.WaitForAssertion(() => Assert.Empty(dialogs.FindAll("[role=dialog]")));
        Assert.NotNull(Session.Target);

        Press(page, "End session");
        dialogs.WaitForElement("[role=dialog]");
        await PressAsync(dialogs, "End without the password");
        page.WaitForState(() => Session.Target is null);

        // A service of the dialogs goes in no other way.
        await DisposeAsync();
    }

    [Theory]
    [InlineData("Copy all values")]
    [InlineData("Show")]
    [InlineData("Copy password")]
    public async Task Ending_asks_nothing_of_whoever_has_the_password(string button)
    {
        await KnownAsync(generated: true);
        var page = Show<FinishStep>();
        Press(page, button);
        page.WaitForState(() => !Session.PasswordWouldBeLost);
        await PressAsync(page, "End session");
        page.WaitForState(() => Session.Target is null);
        Assert.EndsWith("/", Services.GetRequiredService<NavigationManager>().Uri);
    }

    [Fact]
    public async Task Ending_asks_nothing_of_whoever_typed_the_password()
    {
        await KnownAsync(generated: false);
        await PressAsync(Show<FinishStep>(), "End session");
        Assert.Null(Session.Target);
    }

    [Theory]
    [InlineData("127.0.0.1", NetworkPath.Public, true)]
    [InlineData("localhost", NetworkPath.Public, true)]
    [InlineData("::1", NetworkPath.Public, true)]
    [InlineData("127.0.0.1", NetworkPath.Ssh, false)]
    [InlineData("db.example.com", NetworkPath.Public, false)]
    public async Task Host_that_leads_nowhere_from_outside_is_said(string host, NetworkPath network, bool said)
    {
        await ConnectAsync();
        await Session.ConnectAsync(Given.Endpoint with { Host = host }, "shop_admin", new SecretString("s3cret"));
        await Session.SetGoalAsync(Session.Goal with { Network = network });
        Assert.Equal(said, Show<FinishStep>().Markup.Contains("ClickPipes cannot reach " + host, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Printed_sheet_has_all_and_says_that_the_password_is_not_on_it()
    {
        Runner.Inspection = Given.Inspection(Given.Finding(RequirementId.AllowList, Area.Network, FindingState.Unknown, "unseen") with { Subjects = [new Subject(SubjectKind.Address, "192.0.2.7")] });
        await KnownAsync();
        var page = Show<FinishStep>();
        await page.Find(".value-list button[aria-pressed]").ClickAsync();
        Assert.Contains(Canary, page.Markup);

        var head = page.Find(".print-head").TextContent;
        foreach (var part in new[] { "2026-03-01 12:00:00", "shop-prod.abc123.eu-central-1.rds.amazonaws.com:5432", "PostgreSQL 16.4", "7391846502938475610 / 16384", "192.0.2.7", "public.orders", "public.customers" })
        {
            Assert.Contains(part, head);
        }

        // What has the password is not printed, be it shown or not; what says so is.
        var row = page.FindAll(".value-list > div").Single(static d => d.QuerySelector("dt")!.TextContent == "Password");
        Assert.Equal("not printed", row.QuerySelector(".print-only")!.TextContent);
        foreach (var element in row.QuerySelectorAll("dd > *:not(.no-print, .print-only, .copy)"))
        {
            Assert.Fail(element.OuterHtml);
        }

        await PressAsync(page, "Print");
        Assert.Contains(Module.Invocations, static i => i.Identifier == "print");
    }

    [Fact]
    public async Task Page_shows_few_words_before_anything_is_unfolded()
    {
        await KnownAsync();
        var page = Show<FinishStep>();
        foreach (var hidden in page.FindAll(".print-only, details > :not(summary)"))
        {
            hidden.Remove();
        }

        var words = page.Nodes.Select(static n => n.TextContent).SelectMany(static t => t.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Count();
        Assert.InRange(words, 40, 125);
    }

    /// <summary>Presses a button whose work goes on: one that copies says so for two seconds, one that asks waits for the answer.</summary>
    private static void Press(IRenderedComponent<FinishStep> page, string name) =>
        _ = page.InvokeAsync(() => page.FindAll("button").First(b => b.TextContent == name || b.GetAttribute("aria-label")?.Equals(name, StringComparison.OrdinalIgnoreCase) == true).ClickAsync(new()));

    private string Copied() => (string)Module.Invocations.Last(static i => i.Identifier == "copy").Arguments[0]!;

    /// <summary>A source whose user is there, with a password that this session knows.</summary>
    private async Task KnownAsync(bool generated = true)
    {
        var findings = Runner.Inspection.Findings;
        await ConnectAsync([.. findings]);
        Session.SetClickPipesPassword(new SecretString(Canary), generated);
        Runner.Inspection = Given.Inspection([.. findings]) with
        {
            Snapshot = Given.Snapshot with
            {
                Server = Given.Snapshot.Server with { SystemIdentifier = "7391846502938475610", DatabaseOid = 16384 },
                Roles = new Dictionary<string, RoleFact>(StringComparer.Ordinal) { ["clickpipes_user"] = new() { Name = "clickpipes_user" } },
            },
        };

        // The user is this session's own: a run set its password.
        Session.StartApply(new SetupPlan { Goal = Session.Goal, Provider = "amazon-rds", Fingerprint = "f", Changes = [Given.Sql("CREATE USER x") with { Statement = new SqlText("CREATE USER x PASSWORD " + SqlText.PasswordHole) }] }, WizardStep.Access);
        Runner.Happen(Given.Started(1), Given.Executed(0), Given.Finished(Core.Engine.ApplyOutcome.Completed, [0], [], Runner.Inspection));
        await Eventually.TrueAsync(() => Session.Password == PasswordStanding.Set, "The password was not set.", Patience);
    }
}
