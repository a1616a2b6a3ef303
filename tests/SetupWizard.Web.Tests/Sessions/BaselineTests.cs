using System.Text.Json.Nodes;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using SetupWizard.Components.Pages;
using SetupWizard.Components.Steps;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;
using SetupWizard.Sessions.Steps;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Sessions;

/// <summary>The state a finished set-up is compared with: when it is taken, kept and shown.</summary>
public sealed class BaselineTests : WebTest
{
    [Fact]
    public async Task Proof_that_passes_finishes_the_set_up_and_its_draft_says_so()
    {
        await ReadyAsync();
        Assert.Null(Session.Baseline);

        await ProveAsync();

        Assert.Equal(Given.Noon, Session.Baseline!.At);
        await Session.DraftsSaved;
        var draft = Assert.Single(Drafts.List()).Draft!;
        Assert.Equal((true, "logical", 2), (draft.Baseline!.Proved, draft.Baseline.Settings["wal_level"], draft.Baseline.Chosen.Count));
        await Session.ForgetAsync();
        Assert.Null(Session.Baseline);
        Assert.Contains("finished on 2026-03-01", Show<Start>().Find(".drafts li .quiet").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finish_opened_with_everything_green_finishes_it_too_and_says_that_nobody_tried()
    {
        await ReadyAsync();

        Session.Touch(WizardStep.Finish);

        Assert.False(Session.Baseline!.Proved);
        await Session.DraftsSaved;
        await Session.ForgetAsync();
        Assert.Contains("finished on 2026-03-01, not proved", Show<Start>().Find(".drafts li .quiet").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proof_that_fails_or_a_source_with_something_in_the_way_finishes_nothing()
    {
        await ReadyAsync(Given.Finding(RequirementId.WalLevel, Area.Replication, FindingState.Blocking, "not-logical"));
        await ProveAsync();
        Session.Touch(WizardStep.Finish);
        Assert.Null(Session.Baseline);

        Runner.Inspection = Green();
        await Session.InspectAsync();
        await ProveAsync(ProofState.Failed);
        Session.Touch(WizardStep.Finish);
        Assert.Null(Session.Baseline);
    }

    [Fact]
    public async Task Looking_at_Finish_again_leaves_the_old_state_and_a_proof_renews_it()
    {
        await ReadyAsync();
        Session.Touch(WizardStep.Finish);
        var first = Session.Baseline;
        Clock.Advance(TimeSpan.FromDays(1));

        Session.Touch(WizardStep.Finish);
        Assert.Same(first, Session.Baseline);

        await ProveAsync();
        Assert.Equal((true, Given.Noon.AddDays(1)), (Session.Baseline!.Proved, Session.Baseline.At));
    }

    [Fact]
    public async Task Something_applied_here_makes_Finish_renew_it()
    {
        await ReadyAsync();
        Session.Touch(WizardStep.Finish);
        Clock.Advance(TimeSpan.FromDays(1));
        await ApplyAsync(new SetupPlan { Goal = Session.Goal, Provider = "amazon-rds", Fingerprint = "f" }, Green());

        Session.Touch(WizardStep.Finish);

        Assert.Equal(Given.Noon.AddDays(1), Session.Baseline!.At);
    }

    [Fact]
    public async Task What_was_undone_is_no_finished_set_up_any_more()
    {
        await ReadyAsync();
        await ProveAsync();

        await ApplyAsync(
            new SetupPlan { Goal = Session.Goal, Provider = "amazon-rds", Fingerprint = "u", Undo = UndoRequest.OfGoal },
            Green() with { Findings = [Given.Finding(RequirementId.User, Area.Access, FindingState.Blocking, "missing")] });

        Assert.Null(Session.Baseline);
        await Session.DraftsSaved;
        Assert.Null(Assert.Single(Drafts.List()).Draft!.Baseline);
    }

    [Fact]
    public async Task Sandbox_has_it_for_the_session_and_leaves_nothing_behind()
    {
        Runner.Inspection = Green();
        await Session.StartSandboxAsync("amazon-rds");
        Session.SetClickPipesPassword(new SecretString("p"));

        await ProveAsync();

        Assert.NotNull(Session.Baseline);
        await Session.DraftsSaved;
        Assert.Empty(Drafts.List());
    }

    [Fact]
    public async Task Finished_set_up_is_opened_asks_for_credentials_and_shows_what_has_changed_since()
    {
        await FinishAndEndAsync();
        var start = Show<Start>();
        await PressAsync(start, "Open");
        var navigation = Services.GetRequiredService<NavigationManager>();
        Assert.EndsWith("/setup/connect?then=watch", navigation.Uri, StringComparison.Ordinal);
        var connect = Show<ConnectStep>();
        Assert.Contains("Your set-up of 2026-03-01 is back.", connect.Find(".callout").TextContent, StringComparison.Ordinal);
        Session.Draft.Password = "s3cret";
        Runner.Inspection = Drifted();

        await connect.Find("form").SubmitAsync();

        connect.WaitForAssertion(() => Assert.EndsWith("/watch", navigation.Uri, StringComparison.Ordinal));
        var page = Show<Watch>();
        Assert.Equal("Since the set-up of 2026-03-01", page.Find("#drift-title").TextContent);
        var groups = page.FindAll(".drift-group");
        Assert.Equal(["Server parameters and slots", "Tables and publication", "Changed, and still fits"], groups.Take(3).Select(g => g.QuerySelector("h3")!.TextContent));
        Assert.Contains("wal_level was logical and is replica.", groups[0].TextContent, StringComparison.Ordinal);
        Assert.Equal("/setup/replication#SW201", groups[0].QuerySelector("a.code")!.GetAttribute("href"));
        Assert.Contains("New table: public.returns.", groups[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("PostgreSQL was 16.4 and is 16.9.", groups[2].TextContent, StringComparison.Ordinal);
        Assert.Null(groups[2].QuerySelector("a"));

        // While something stands in the way, this is no state to compare with.
        Assert.DoesNotContain("Compare with today", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Harmless_changes_can_become_the_state_to_compare_with()
    {
        await FinishAndEndAsync();
        Runner.Inspection = Green() with { Snapshot = Facts() with { Server = Facts().Server with { VersionNumber = 160009 } } };
        await Session.ConnectAsync(Given.Endpoint, "shop_admin", new SecretString("s3cret"));
        var page = Show<Watch>();
        Assert.Contains("everything is still as ClickPipes needs it", page.Find(".drift > p").TextContent, StringComparison.Ordinal);

        await PressAsync(page, "Compare with today from now on");

        Assert.StartsWith("Nothing has changed: 2 tables", page.Find(".drift > p:has(.mark)").TextContent.Trim(), StringComparison.Ordinal);
        await Session.DraftsSaved;
        Assert.Equal(160009, Assert.Single(Drafts.List()).Draft!.Baseline!.Version);
    }

    [Fact]
    public async Task What_was_there_at_the_set_up_already_is_told_apart()
    {
        var known = Given.Finding(RequirementId.WalSenders, Area.Replication, FindingState.Warning, "one-left");
        await ReadyAsync(known);
        await ProveAsync();
        var fresh = Given.Finding(RequirementId.Connect, Area.Access, FindingState.Blocking, "missing");
        Runner.Inspection = Green() with { Findings = [known, fresh] };
        await Session.InspectAsync();

        var page = Show<Watch>();

        Assert.Equal("User and rights", Assert.Single(page.FindAll(".drift-group h3")).TextContent);
        Assert.Equal("Already so at the set-up: 1", page.Find(".drift details summary").TextContent);
        Assert.Contains("SW204", page.Find(".drift details").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Draft_of_a_version_that_kept_no_such_state_shows_what_a_fresh_check_finds_and_says_why()
    {
        await ReadyAsync();
        await Session.DraftsSaved;
        Assert.DoesNotContain("baseline", await File.ReadAllTextAsync(DraftPath()), StringComparison.Ordinal);

        var page = Show<Watch>();

        Assert.Contains("No finished set-up is kept to compare with", page.Find(".drift > p.quiet").TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"nonsense\"")]
    [InlineData("{\"at\":\"soon\"}")]
    [InlineData("{}")]
    [InlineData("null")]
    public async Task Damaged_state_costs_the_state_and_not_the_draft(string damaged)
    {
        await FinishAndEndAsync();
        var json = JsonNode.Parse(await File.ReadAllTextAsync(DraftPath()))!;
        json["baseline"] = JsonNode.Parse(damaged);
        await File.WriteAllTextAsync(DraftPath(), json.ToJsonString());

        var draft = Assert.Single(Drafts.List()).Draft!;

        Assert.Null(draft.Baseline);
        Assert.Equal("shop", draft.Database);
    }

    [Fact]
    public async Task State_with_a_hole_in_a_list_is_none()
    {
        await FinishAndEndAsync();
        foreach (var (path, name) in new[] { ("chosen", "names"), ("user", "attributes") })
        {
            var json = JsonNode.Parse(await File.ReadAllTextAsync(DraftPath()))!;
            json["baseline"]![path]![name] = new JsonArray("public.orders", null);
            await File.WriteAllTextAsync(DraftPath(), json.ToJsonString());
            Assert.Null(Assert.Single(Drafts.List()).Draft!.Baseline);
        }
    }

    [Fact]
    public async Task Watch_without_a_session_lists_what_can_be_opened()
    {
        await FinishAndEndAsync();

        var page = Show<Watch>();

        Assert.Contains("shop on " + Given.Endpoint.Host, page.Find(".drafts li").TextContent, StringComparison.Ordinal);
    }

    private static SourceSnapshot Facts() => Given.Snapshot with
    {
        Settings = new Dictionary<string, SettingFact>(StringComparer.Ordinal) { ["wal_level"] = new("wal_level", "logical") },
        Roles = new Dictionary<string, RoleFact>(Given.Snapshot.Roles.ToDictionary(), StringComparer.Ordinal) { ["clickpipes_user"] = new() { Name = "clickpipes_user", CanLogin = true } },
        Publication = new PublicationFact { Name = "clickpipes", Owner = "shop_admin", Insert = true, Update = true, Delete = true },
        Tables = [.. Given.Snapshot.Tables.Select((t, n) => t with { UserCanSelect = true, InPublication = n < 2 })],
    };

    private static Inspection Green(params Finding[] findings) => Given.Inspection(findings) with { Snapshot = Facts() };

    /// <summary>A parameter and a table that break, and a version that does not.</summary>
    private static Inspection Drifted()
    {
        var table = Given.Table("returns") with { UserCanSelect = false };
        var facts = Facts();
        var now = Green(
            Given.Finding(RequirementId.WalLevel, Area.Replication, FindingState.Blocking, "not-logical"),
            Given.Finding(RequirementId.PublicationTables, Area.Tables, FindingState.Blocking, "missing") with { Subjects = [Subject.Of(table.Ref)] });
        return now with
        {
            Snapshot = facts with
            {
                Server = facts.Server with { VersionNumber = 160009 },
                Settings = new Dictionary<string, SettingFact>(StringComparer.Ordinal) { ["wal_level"] = new("wal_level", "replica") },
                Tables = [.. facts.Tables, table],
            },
            Tables = now.Tables with { Chosen = [.. now.Tables.Chosen, table] },
        };
    }

    private string DraftPath() => Assert.Single(Directory.GetFiles(Path.Combine(DataDirectory, "drafts"), "*.json"));

    private async Task ReadyAsync(params Finding[] findings)
    {
        Runner.Inspection = Green(findings);
        await Session.ConnectAsync(Given.Endpoint, "shop_admin", new SecretString("s3cret"));
        Session.SetClickPipesPassword(new SecretString("canary-clickpipes"));
    }

    private async Task ProveAsync(ProofState state = ProofState.Passed)
    {
        Runner.Proving = System.Threading.Channels.Channel.CreateUnbounded<ProofEvent>();
        Runner.Proving.Writer.TryWrite(new ProofEvent(RequirementId.ProofChange, state, TimeSpan.FromMilliseconds(3)));
        Runner.Proving.Writer.Complete();
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Session.Changed += Look;
        Session.StartVerify();
        Look();
        await over.Task.WaitAsync(Patience);
        Session.Changed -= Look;

        void Look()
        {
            if (Session.Proof is { IsRunning: false, FinishedAt: not null })
            {
                over.TrySetResult();
            }
        }
    }

    private async Task ApplyAsync(SetupPlan plan, Inspection after)
    {
        var run = Session.StartApply(plan, WizardStep.Finish)!;
        Runner.Happen(Given.Finished(ApplyOutcome.Completed, [], [], after));
        await Eventually.TrueAsync(() => !run.IsRunning, "The run did not end.", Patience);
        Assert.Same(after.Snapshot, Session.Inspection?.Snapshot);
    }

    private async Task FinishAndEndAsync()
    {
        await ReadyAsync();
        await ProveAsync();
        await Session.DraftsSaved;
        await Session.ForgetAsync();
    }
}
