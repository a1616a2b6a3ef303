using System.Net;
using System.Net.Http.Headers;
using Microsoft.Playwright;
using SetupWizard.Components;
using SetupWizard.E2E.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace SetupWizard.E2E.Tests.Journeys;

/// <summary>The wizard opens to whoever was let in, and to nobody who merely shares the machine's cookies.</summary>
[Collection(WizardFixture.Collection)]
public sealed class DoorTests(WizardFixture wizard)
{
    [Fact]
    public async Task Two_wizards_of_a_machine_are_used_side_by_side_in_one_browser()
    {
        await using var other = await AppProcess.StartAsync();
        await using var visitor = await wizard.VisitAsync();
        var second = new Visitor(await visitor.Page.Context.NewPageAsync(), visitor.Say);

        await second.Page.GotoAsync(await other.EntryUrlAsync());
        await second.SeeHeadingAsync("Start.Title");
        await visitor.Page.ReloadAsync();
        await visitor.SeeHeadingAsync("Start.Title");
        await second.Page.ReloadAsync();
        await second.SeeHeadingAsync("Start.Title");
    }

    [Fact]
    public async Task Server_on_another_port_gets_the_cookies_and_nothing_for_them()
    {
        await using var visitor = await wizard.VisitAsync();
        using var stranger = new HttpListener();
        var address = $"http://127.0.0.1:{FreePort()}/";
        stranger.Prefixes.Add(address);
        stranger.Start();
        var asked = stranger.GetContextAsync();
        var open = visitor.Page.GotoAsync(address, new() { WaitUntil = WaitUntilState.Commit });
        var visit = await asked;
        var cookies = visit.Request.Headers["Cookie"] ?? "";
        visit.Response.ContentType = "text/html";
        visit.Response.Close("<title>a page of another port</title>"u8.ToArray(), willBlock: true);
        await open;
        Assert.Contains("setupwizard-session-", cookies, StringComparison.Ordinal);

        // The page: what it fetches is refused, and it cannot connect.
        var own = wizard.App.Address;
        Assert.False(await visitor.Page.EvaluateAsync<bool>("url => fetch(url, { credentials: 'include' }).then(() => true, () => false)", own + "/"));
        Assert.False(await visitor.Page.EvaluateAsync<bool>(
            "url => new Promise(done => { const socket = new WebSocket(url); socket.onopen = () => done(true); socket.onerror = () => done(false); })",
            own.Replace("http:", "ws:", StringComparison.Ordinal) + "/_blazor"));

        // Its server, which is no browser and may say what it likes.
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri(own) };
        client.DefaultRequestHeaders.Add("Cookie", cookies);
        client.DefaultRequestHeaders.Add("Origin", own);
        foreach (var key in new[] { "", new string('0', 64) })
        {
            using var connect = new HttpRequestMessage(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1") { Content = new StringContent("") };
            connect.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            Assert.Equal(HttpStatusCode.Unauthorized, (await client.SendAsync(connect)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/downloads/json")).StatusCode);
    }

    [Fact]
    public async Task Text_that_is_too_long_stays_in_its_field_and_is_said_to()
    {
        await using var visitor = await wizard.VisitAsync();
        await visitor.OpenAsync("/setup/connect");
        var field = visitor.Field("Connect.Host");
        var text = new string('x', FieldLimit.Most + 1);

        await field.FillAsync(text);
        await field.BlurAsync();

        var said = visitor.Page.GetByText(visitor.Say.Text("App.TooLong", ("most", FieldLimit.Most)));
        await Expect(said).ToBeVisibleAsync();
        Assert.Equal(text, await field.InputValueAsync());

        // As long as it may be: that arrives, whatever its characters take.
        await field.FillAsync(new string('"', FieldLimit.Most));
        await field.BlurAsync();
        await Expect(said).ToBeHiddenAsync();
        await visitor.Page.ReloadAsync();
        await Expect(field).ToHaveValueAsync(new string('"', FieldLimit.Most));
        visitor.SawNoErrors();
    }

    [Fact]
    public async Task Signing_out_ends_every_tab_and_the_next_visit_needs_a_new_address()
    {
        await using var visitor = await wizard.VisitAsync();
        var second = new Visitor(await visitor.Page.Context.NewPageAsync(), visitor.Say);
        await second.Page.GotoAsync("/");
        await second.SeeHeadingAsync("Start.Title");
        await second.ArriveAsync();

        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = visitor.Say.Text("Header.SignOut"), Exact = true }).ClickAsync();

        await visitor.SeeHeadingAsync("SignOut.Title");
        await second.SeeHeadingAsync("SignOut.Title");
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
