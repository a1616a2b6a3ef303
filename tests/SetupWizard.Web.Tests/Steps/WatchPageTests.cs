using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SetupWizard.Components.Pages;
using SetupWizard.Components.Steps;
using SetupWizard.Configuration;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Sql;
using SetupWizard.Sessions;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Steps;

public sealed class WatchPageTests : WebTest
{
    private const long Megabyte = 1024 * 1024;

    [Fact]
    public void Without_a_session_the_page_says_why_and_leads_to_connect_and_back()
    {
        var page = Show<Watch>();

        Assert.Contains("Passwords are not kept", page.Find(".callout").TextContent, StringComparison.Ordinal);
        Assert.Equal("/setup/connect?then=watch", page.Find(".callout a").GetAttribute("href"));
    }

    /// <summary>Whoever watches clicks nothing: that the page is open keeps the session.</summary>
    [Fact]
    public async Task Open_page_is_use_of_the_session_until_it_is_left()
    {
        await using var store = new WizardSessionStore(Runner, Sandboxes, Options.Create(new WizardOptions()), Clock, NullLoggerFactory.Instance);
        var session = store.Get("a");
        await session.ConnectAsync(Given.Endpoint, "shop_admin", new SecretString("s3cret"));
        Render<Watch>(page => page.AddCascadingValue(session));

        Clock.Advance(TimeSpan.FromHours(5));
        Assert.Equal(0, await store.SweepAsync());

        await DisposeComponentsAsync();
        Clock.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(1, await store.SweepAsync());
    }

    [Fact]
    public async Task Connecting_from_there_opens_the_page()
    {
        var navigation = Services.GetRequiredService<NavigationManager>();
        navigation.NavigateTo("/setup/connect?then=watch");
        Session.Draft.Take(Given.Endpoint);
        Session.Draft.User = "shop_admin";
        Session.Draft.Password = "s3cret";
        var page = Show<ConnectStep>();

        await page.Find("form").SubmitAsync();

        page.WaitForAssertion(() => Assert.EndsWith("/watch", navigation.Uri, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ClickPipes_is_not_there_then_arrives_and_goes_and_each_is_announced_once()
    {
        var page = await WatchAsync();
        Pulse(Now(0));
        page.WaitForAssertion(() => Assert.Equal("Waiting for ClickPipes to connect.", Sentence(page)));
        Assert.Equal("", Announcements.Polite);

        Pulse(WithPipe(60, 0, "192.0.2.7"));
        page.WaitForAssertion(() => Assert.StartsWith("ClickPipes has been connected", Sentence(page), StringComparison.Ordinal));
        Assert.StartsWith("ClickPipes has been connected", Announcements.Polite, StringComparison.Ordinal);
        Assert.Contains("192.0.2.7 is not in the list of ClickPipes in Frankfurt (AWS eu-central-1).", page.Find(".pipe .callout").TextContent, StringComparison.Ordinal);
        Assert.Contains("peerflow_slot_shop", page.Find(".slots tbody th").TextContent, StringComparison.Ordinal);

        Pulse(WithPipe(62, 1, ClickPipesRegions.AddressesFor(Session.Goal)[0]));
        page.WaitForAssertion(() => Assert.Contains("is an address of ClickPipes in Frankfurt (AWS eu-central-1).", page.Find(".pipe").TextContent, StringComparison.Ordinal));
        Assert.Empty(page.FindAll(".pipe .callout"));

        Pulse(Now(90) with { Slots = [new("peerflow_slot_shop", false, 5 * Megabyte) { WalStatus = "reserved" }] });
        page.WaitForAssertion(() => Assert.StartsWith("ClickPipes has been gone", Sentence(page), StringComparison.Ordinal));
        Assert.StartsWith("ClickPipes has been gone", Announcements.Polite, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Address_this_login_may_not_see_is_said_to_be_so()
    {
        var page = await WatchAsync();
        var pulse = WithPipe(0, 0, null);

        Pulse(pulse with { WalSenders = [pulse.WalSenders[0] with { Since = null }] });

        page.WaitForAssertion(() => Assert.Contains("pg_read_all_stats", page.Find(".pipe").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rate_is_drawn_and_told_and_the_forecast_takes_the_free_space_typed_in()
    {
        var page = await WatchAsync();
        Pulse(WithPipe(0, 0, null));
        page.WaitForAssertion(() => Assert.Contains("Not measured long enough yet: 0 of 20 seconds.", page.Find(".forecast").TextContent, StringComparison.Ordinal));
        Pulse(WithPipe(100, 100 * Megabyte, null));

        page.WaitForAssertion(() => Assert.Equal("1 MB per second", page.Find(".wal-chart strong").TextContent));
        Assert.Equal(10, page.FindAll(".wal-chart .bar").Count);
        Assert.Equal("WAL written in the last 2 minutes: between 1 MB per second and 1 MB per second.", page.Find(".wal-chart svg").GetAttribute("aria-label"));
        Assert.Contains("until the disk is full", page.Find(".forecast").TextContent, StringComparison.Ordinal);

        await page.Find("#watch-free").ChangeAsync("a lot");
        Assert.Equal("true", page.Find("#watch-free").GetAttribute("aria-invalid"));
        Assert.Null(Session.FreeDiskBytes);

        await page.Find("#watch-free").ChangeAsync("360");
        page.WaitForAssertion(() => Assert.Contains("the disk is full after about 4 days", page.Find(".forecast").TextContent, StringComparison.Ordinal));
        Assert.Contains("disk full after about 4 days", page.Find(".slots").TextContent, StringComparison.Ordinal);

        Pulse(WithPipe(102, 102 * Megabyte, null) with { SlotLimitBytes = 7200 * Megabyte });
        page.WaitForAssertion(() => Assert.Contains("the slot is lost after about 2 hours", page.Find(".forecast").TextContent, StringComparison.Ordinal));
        Assert.Contains("Without that limit, the disk would be full after about 4 days.", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_changed_is_grouped_and_leads_to_the_step_that_mends_it()
    {
        var page = await WatchAsync(
            Given.Finding(RequirementId.PublicationTables, Area.Tables, FindingState.Blocking, "missing"),
            Given.Finding(RequirementId.WalLevel, Area.Replication, FindingState.Blocking, "wrong"),
            Given.Finding(RequirementId.Connect, Area.Access, FindingState.Satisfied, "ok"));

        Assert.Equal(["Server parameters and slots", "Tables and publication"], page.FindAll(".drift-group h3").Select(h => h.TextContent));
        Assert.Equal(["/setup/replication", "/setup/tables"], page.FindAll(".drift-group .btn").Select(a => a.GetAttribute("href")));
        Assert.Equal("/setup/tables#" + RequirementId.PublicationTables.Code, page.FindAll(".drift-list a")[1].GetAttribute("href"));
    }

    [Fact]
    public async Task New_table_without_a_key_is_told_although_it_blocks_nothing_and_other_advice_is_not()
    {
        var page = await WatchAsync(
            Given.Finding(RequirementId.ReplicaIdentity, Area.Tables, FindingState.Advice, "left-out") with { Subjects = [Subject.Of(new TableRef("public", "returns"))] },
            Given.Finding(RequirementId.WalRetention, Area.Replication, FindingState.Advice, "low"));

        Assert.Contains("public.returns", Assert.Single(page.FindAll(".drift-list li")).TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_changed_is_said()
    {
        var page = await WatchAsync();

        Assert.StartsWith("2 tables are as ClickPipes needs them", page.Find(".drift > p:has(.mark)").TextContent.Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Opening_it_reads_again_when_the_last_reading_is_old()
    {
        await ConnectAsync();
        Show<Watch>();
        Assert.Equal(0, Runner.Inspections);
        Clock.Advance(TimeSpan.FromMinutes(5));

        Show<Watch>();

        Assert.Equal(1, Runner.Inspections);
    }

    [Fact]
    public async Task Another_source_starts_with_nothing_seen()
    {
        var page = await WatchAsync();
        Pulse(WithPipe(0, 0, null));
        page.WaitForAssertion(() => Assert.StartsWith("ClickPipes has been connected", Sentence(page), StringComparison.Ordinal));
        Session.SetFreeDisk(5);

        await Session.ConnectAsync(Given.Endpoint with { Database = "other" }, "shop_admin", new SecretString("s3cret"));

        Assert.Null(Session.Watch.Report(Session.Goal, null));
        Assert.Null(Session.FreeDiskBytes);
    }

    private static string Sentence(IRenderedComponent<Watch> page) => page.Find(".pipe-words").TextContent;

    private static LivePulse Now(double seconds) => new(Given.Noon.AddSeconds(seconds), true, TimeSpan.Zero) { StartedAt = Given.Noon.AddDays(-1), WalPosition = 0 };

    private static LivePulse WithPipe(double seconds, long position, string? address) => Now(seconds) with
    {
        WalPosition = position,
        Slots = [new("peerflow_slot_shop", true, 0) { Logical = true, ActivePid = 7, ConfirmedPosition = position, BehindBytes = 0, WalStatus = "reserved" }],
        WalSenders = [new("clickpipes_user", "peerdb_shop", address) { Pid = 7, Since = Given.Noon }],
    };

    private async Task<IRenderedComponent<Watch>> WatchAsync(params Finding[] findings)
    {
        await ConnectAsync(findings);
        await Session.SetGoalAsync(Session.Goal with { Region = "aws:eu-central-1", ServiceAge = ServiceAge.New });
        Session.Live.Look();
        return Show<Watch>();
    }

    private void Pulse(LivePulse pulse) => Assert.True(Runner.Pulses.Writer.TryWrite(pulse));
}
