using System.Globalization;
using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using SetupWizard.Components;
using SetupWizard.Components.Steps;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Sessions;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Steps;

public sealed class FeedViewTests : WebTest
{
    private static readonly DateTimeOffset s_noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Watch_is_offered_after_a_proof_that_passed()
    {
        await ConnectAsync();
        var page = Show<VerifyStep>();
        Assert.Empty(page.FindAll(".feed"));
        await page.Find(".action-bar .primary").ClickAsync();
        Runner.Proving.Writer.TryWrite(new ProofEvent(RequirementId.ProofClean, ProofState.Passed, TimeSpan.FromMilliseconds(3)));
        Runner.Proving.Writer.Complete();
        page.WaitForAssertion(() => Assert.Equal("Watch changes arrive", page.Find(".feed button").TextContent));
    }

    [Fact]
    public async Task Watch_shows_counts_keys_and_its_limits_and_stops_when_told()
    {
        await ConnectAsync();
        var page = Show<FeedView>();
        await PressAsync(page, "Watch changes arrive");
        Runner.Feed.Writer.TryWrite(new FeedPulse(FeedState.Waiting, TimeSpan.Zero) { Waiting = new FeedWait("42", "month end", 90, "pid 42 (app, month end, shop) 00:01:30") });
        page.WaitForAssertion(() => Assert.Contains("pid 42 (app, month end, shop) 00:01:30", page.Find(".feed-status").TextContent));
        Runner.Feed.Writer.TryWrite(Watching(1));
        page.WaitForAssertion(() => Assert.Contains("00:10 of 05:00", page.Find(".feed-status").TextContent));
        Assert.Contains("7 of 100,000 changes", page.Find(".feed-status").TextContent);
        Assert.Equal(["5", "1", "1", "0", "4"], page.FindAll(".feed-tables tbody td").Take(5).Select(c => c.TextContent));
        Assert.Equal("width: 71.43%", page.Find(".feed-bar span").GetAttribute("style"));
        Assert.Equal(["order_id = 1, line = 2", "no key"], page.FindAll(".feed-last td:last-child").Select(c => c.TextContent.Trim()));
        await Eventually.TrueAsync(() => Announcements.Polite == "Watching", "The state was not said.", Patience);

        await PressAsync(page, "Stop watching");
        page.WaitForAssertion(() => Assert.Contains("Stopped.", page.Find(".feed-status").TextContent));
        Assert.True(Runner.StopSeen);
        Assert.Contains("the server’s catalog shows it", page.Find(".feed").TextContent);
        Assert.Contains("Watch again", page.Find(".feed").TextContent);
    }

    [Fact]
    public async Task Watch_of_many_tables_shows_the_fifty_busiest()
    {
        await ConnectAsync();
        var page = Show<FeedView>();
        await PressAsync(page, "Watch changes arrive");
        Runner.Feed.Writer.TryWrite(Watching(120));
        page.WaitForAssertion(() => Assert.Equal(50, page.FindAll(".feed-tables tbody tr").Count));
        Assert.Contains("70 more tables", page.Find(".feed").TextContent);
    }

    [Fact]
    public async Task Watch_that_broke_off_explains_and_leads_to_the_step_that_owns_it()
    {
        await ConnectAsync(Given.Finding(RequirementId.Publication, Area.Tables, FindingState.Blocking, "missing", Given.Sql("CREATE PUBLICATION x")));
        var page = Show<FeedView>();
        await PressAsync(page, "Watch changes arrive");
        Runner.Feed.Writer.TryWrite(new FeedPulse(FeedState.Ended, TimeSpan.Zero) { End = FeedEnd.Failed, Problem = Given.Problem, Owner = RequirementId.Publication });
        Runner.Feed.Writer.Complete();
        page.WaitForAssertion(() => Assert.Equal("/setup/tables", page.Find(".feed-actions a").GetAttribute("href")));
        Assert.Contains("could not be asked", page.Find(".feed").TextContent);
    }

    [Fact]
    public async Task Row_written_in_the_sandbox_is_shown_with_its_statement_and_found_when_it_arrives()
    {
        var page = await WatchSandboxAsync();
        await PressAsync(page, "Insert a row into public.orders");
        Assert.Contains("Waiting for it to arrive", page.Find(".feed-own").TextContent);
        Assert.Equal("Insert of a row;", page.Find(".feed-own pre").TextContent);

        // Another row of the same table is not it.
        Runner.Feed.Writer.TryWrite(Arrived(1, FeedOperationKind.Insert, "76"));
        page.WaitForAssertion(() => Assert.Contains("id = 76", page.Find(".feed-last").TextContent));
        Assert.Empty(page.FindAll(".feed-last .own"));
        Runner.Feed.Writer.TryWrite(Arrived(2, FeedOperationKind.Insert, "77"));
        page.WaitForAssertion(() => Assert.Contains("It arrived: insert in public.orders, id = 77", page.Find(".feed-own").TextContent));
        Assert.Contains("id = 77", page.Find(".feed-last .own").TextContent);

        await PressAsync(page, "Change that row");
        await PressAsync(page, "Delete that row");
        await PressAsync(page, "Insert a row into public.orders");
        Assert.Equal(["Insert public.orders ", "Update public.orders 77", "Delete public.orders 77", "Insert public.orders "], Sandboxes.Started[0].Actions);
    }

    [Fact]
    public async Task Row_the_sandbox_cannot_write_is_said_in_a_sentence_with_the_servers_words()
    {
        var page = await WatchSandboxAsync();
        Sandboxes.Started[0].Refusal = "relation is gone";
        await PressAsync(page, "Insert a row into public.orders");
        Assert.Contains("The sandbox could not write the row", page.Find(".callout").TextContent);
        Assert.Contains("relation is gone", page.Find(".callout [lang=en]").TextContent);
    }

    [Fact]
    public async Task Row_of_ones_own_is_not_offered_outside_a_sandbox()
    {
        await ConnectAsync();
        var page = Show<FeedView>();
        await PressAsync(page, "Watch changes arrive");
        Runner.Feed.Writer.TryWrite(Watching(1));
        page.WaitForAssertion(() => Assert.Contains("Watching", page.Find(".feed-status").TextContent));
        Assert.Single(page.FindAll(".feed-actions button"));

    }

    [Fact]
    public async Task Row_of_ones_own_is_not_offered_where_no_chosen_table_takes_it()
    {
        var page = await WatchSandboxAsync(new TableRef("public", "nowhere"));
        Assert.Equal("Stop watching", Assert.Single(page.FindAll(".feed-actions button")).TextContent);
    }

    [Fact]
    public async Task Watch_speaks_Korean()
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("ko");
        await ConnectAsync();
        var page = Show<FeedView>();
        await PressAsync(page, "변경 도착 지켜보기");
        Runner.Feed.Writer.TryWrite(Watching(1));
        page.WaitForAssertion(() => Assert.Equal("키 없음", page.FindAll(".feed-last td:last-child")[1].TextContent.Trim()));
        Assert.DoesNotContain("Feed.", page.Find(".feed").TextContent);
    }

    [Fact]
    public async Task Watch_ends_with_the_session()
    {
        await ConnectAsync();
        var feed = Session.StartFeed()!;
        await Session.ForgetAsync();
        Assert.True(Runner.StopSeen);
        Assert.Null(Session.Feed);
        Assert.False(feed.Abandoned);
    }

    [Fact]
    public async Task Watch_ends_when_no_page_looks_any_more_and_outlives_a_reload()
    {
        var grace = TimeSpan.FromSeconds(10);
        var clock = new FakeTimeProvider();
        await using var session = new WizardSession("bell", Runner, Sandboxes, clock, NullLogger<WizardSession>.Instance);
        await session.ConnectAsync(Given.Endpoint, "shop_admin", new SecretString("s3cret"));
        var feed = session.StartFeed()!;
        var first = feed.Look();
        clock.Advance(grace);
        Assert.True(feed.IsRunning);

        // A reload: the old page goes, the new one comes.
        first.Dispose();
        var second = feed.Look();
        clock.Advance(grace);
        Assert.False(feed.Abandoned);

        second.Dispose();
        Assert.False(feed.Abandoned);
        clock.Advance(grace);
        Assert.True(feed.Abandoned);
        Assert.True(Runner.StopSeen);
        await Eventually.TrueAsync(() => !feed.IsRunning, "The watch goes on.", Patience);
    }

    [Fact]
    public async Task Page_whose_browser_is_gone_does_not_look()
    {
        await ConnectAsync();
        var page = Show<FeedView>();
        var presence = Services.GetRequiredService<Presence>();
        await PressAsync(page, "Watch changes arrive");
        Assert.Equal(1, Session.Feed!.Lookers);
        await presence.OnConnectionDownAsync(null!, CancellationToken.None);
        await Eventually.TrueAsync(() => Session.Feed!.Lookers == 0, "The page still looks.", Patience);
        await presence.OnConnectionUpAsync(null!, CancellationToken.None);
        await Eventually.TrueAsync(() => Session.Feed!.Lookers == 1, "The page does not look again.", Patience);
        page.Instance.Dispose();
        Assert.Equal(0, Session.Feed!.Lookers);
    }

    /// <summary>Watches a sandbox whose rows are written to a table.</summary>
    private async Task<IRenderedComponent<FeedView>> WatchSandboxAsync(TableRef? writes = null)
    {
        Runner.Inspection = Given.Inspection();
        Runner.Feed = System.Threading.Channels.Channel.CreateUnbounded<FeedPulse>();
        await Session.StartSandboxAsync("amazon-rds");
        Sandboxes.Started[^1].WrittenTo = writes ?? new TableRef("public", "orders");
        var page = Show<FeedView>();
        await PressAsync(page, "Watch changes arrive");
        Runner.Feed.Writer.TryWrite(Watching(1));
        page.WaitForAssertion(() => Assert.Equal("Watching", page.Find(".feed-status strong").TextContent));
        return page;
    }

    private static FeedPulse Arrived(long number, FeedOperationKind kind, string id) => Watching(1) with
    {
        Last = [new FeedOperation(number, s_noon, new TableRef("public", "orders"), kind, [new FeedKey("id", id)])],
    };

    private static FeedPulse Watching(int tables) => new(FeedState.Watching, TimeSpan.FromSeconds(10))
    {
        Changes = 7 * tables,
        LastSecond = 4,
        Tables = [.. Enumerable.Range(1, tables).Select(n => new FeedCount(new TableRef("public", $"table_{n}"), 5, 1, 1, 0, 4))],
        Last =
        [
            new FeedOperation(2, s_noon, new TableRef("public", "order_items"), FeedOperationKind.Insert, [new FeedKey("order_id", "1"), new FeedKey("line", "2")]),
            new FeedOperation(1, s_noon, new TableRef("public", "audit_log"), FeedOperationKind.Delete, []),
        ],
    };
}
