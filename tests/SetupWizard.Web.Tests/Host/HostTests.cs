using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using SetupWizard.Configuration;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Security;
using SetupWizard.Sessions;
using SetupWizard.Sessions.Sandboxes;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Host;

/// <summary>The real application on a free port.</summary>
public sealed class HostTests : IAsyncLifetime
{
    private static readonly Action<ILogger, string, Exception?> s_write = LoggerMessage.Define<string>(LogLevel.Information, new EventId(1, "Line"), "{Text}");

    private readonly string _data = Directory.CreateTempSubdirectory("setupwizard-test-").FullName;
    private SetupWizardApp _app = null!;
    private HttpClient _client = null!;
    private CookieContainer _cookies = null!;

    public async Task InitializeAsync()
    {
        _app = SetupWizardApp.Build(
            new WizardOptions { Port = 0, DataDirectory = _data },
            builder =>
            {
                builder.Services.AddSingleton<ISetupRunner>(new FakeSetupRunner());
                builder.Services.AddSingleton<ISandboxLauncher>(new FakeSandboxLauncher());
            });
        await _app.StartAsync(CancellationToken.None);
        _client = Client(out _cookies);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    /// <summary>Cookies know no ports: a wizard on a free port must have a name that another one on a free port has not.</summary>
    [Fact]
    public async Task Wizards_on_free_ports_share_no_name_of_a_cookie()
    {
        var other = SetupWizardApp.Build(new WizardOptions { Port = 0, DataDirectory = _data });
        await using var ending = other;
        var named = SetupWizardApp.Build(new WizardOptions { Port = 5081, DataDirectory = _data });
        await using var ends = named;

        Assert.NotEqual(Name(_app), Name(other));
        Assert.Equal("setupwizard-forms-5081", Name(named));

        static string? Name(SetupWizardApp app) => app.Services.GetRequiredService<IOptions<AntiforgeryOptions>>().Value.Cookie.Name;
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/setup/connect")]
    [InlineData("/downloads/json")]
    [InlineData("/css/app.css")]
    [InlineData("/_blazor")]
    public async Task Request_without_access_is_refused(string path)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, (await _client.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task Page_without_access_says_where_the_address_is()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Accept.ParseAdd("text/html");
        var answer = await _client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("terminal", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Token_lets_one_browser_in_and_is_worth_nothing_afterwards()
    {
        var url = _app.EntryUrl();
        var answer = await _client.GetAsync(url);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"), c => c.StartsWith("setupwizard-access", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync("/")).StatusCode);
        using var another = Client();
        Assert.Equal(HttpStatusCode.Unauthorized, (await another.GetAsync(url)).StatusCode);
    }

    [Fact]
    public async Task Browser_that_opens_its_address_again_stays_in_with_its_session()
    {
        var url = _app.EntryUrl();
        var key = await EnterAsync(url);
        await _client.GetAsync("/");
        var session = SessionId();

        var again = await _client.GetAsync(url);
        Assert.Equal((HttpStatusCode.OK, "0; url=/"), (again.StatusCode, Assert.Single(again.Headers.GetValues("Refresh"))));
        Assert.Equal(key, await EnterAsync());

        await _client.GetAsync("/");
        Assert.Equal(session, SessionId());
    }

    [Fact]
    public async Task Cookies_alone_do_not_connect_a_page()
    {
        var key = await EnterAsync();
        await _client.GetAsync("/");

        Assert.Equal(HttpStatusCode.Unauthorized, await ConnectAsync(_client, null));
        Assert.Equal(HttpStatusCode.Unauthorized, await ConnectAsync(_client, new string('0', 64)));
        foreach (var path in new[] { "/_blazor", "/_blazor/", "/_BLAZOR", "/_blazor/?id=x", "/_blazor/negotiate/", "/_blazor/negotiate/x", "/_blazor/initializers/", "/key" })
        {
            Assert.Equal((path, HttpStatusCode.Unauthorized), (path, (await _client.GetAsync(path)).StatusCode));
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await _client.PostAsync("/sign-out", null)).StatusCode);
        using var asking = new HttpRequestMessage(HttpMethod.Get, "/key");
        asking.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        Assert.Equal(HttpStatusCode.NoContent, (await _client.SendAsync(asking)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, await ConnectAsync(_client, key));
        using var other = Client();
        Assert.NotEqual(key, await EnterAsync(client: other));
        Assert.Equal(HttpStatusCode.Unauthorized, await ConnectAsync(other, key));
    }

    [Fact]
    public async Task Session_is_one_that_was_made_here_for_this_pass()
    {
        await EnterAsync();
        await _client.GetAsync("/");
        var mine = _cookies.GetCookies(new Uri(_app.Address)).Single(c => c.Name.StartsWith("setupwizard-session-", StringComparison.Ordinal));
        using var other = Client(out var cookies);
        await EnterAsync(client: other);

        foreach (var planted in new[] { new string('a', 64), new string('a', 128), mine.Value })
        {
            cookies.Add(new Cookie(mine.Name, planted, "/", "127.0.0.1"));
            var answer = await other.GetAsync("/");
            var given = Assert.Single(answer.Headers.GetValues("Set-Cookie"), c => c.StartsWith("setupwizard-session", StringComparison.Ordinal));
            Assert.DoesNotContain(planted, given, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Signing_out_takes_the_pass_back_and_ends_the_session()
    {
        var key = await EnterAsync();
        await _client.GetAsync("/");
        var session = _app.Services.GetRequiredService<WizardSessionStore>().Get(SessionId());
        await session.ConnectAsync(new SourceEndpoint { Host = "db.example", Database = "shop" }, "admin", new SecretString("s3cret"));
        using var thief = Client(out var cookies);
        foreach (Cookie cookie in _cookies.GetCookies(new Uri(_app.Address)))
        {
            cookies.Add(cookie);
        }

        using var leaving = new HttpRequestMessage(HttpMethod.Post, "/sign-out");
        leaving.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        Assert.Equal(HttpStatusCode.NoContent, (await _client.SendAsync(leaving)).StatusCode);

        Assert.True(session.Closed);
        Assert.Null(session.Credentials);
        Assert.Equal(HttpStatusCode.Unauthorized, (await thief.GetAsync("/")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await ConnectAsync(thief, key));
        await session.ConnectAsync(new SourceEndpoint { Host = "db.example", Database = "shop" }, "admin", new SecretString("s3cret"));
        Assert.Null(session.Credentials);
        using var page = new HttpRequestMessage(HttpMethod.Get, "/?out");
        page.Headers.Accept.ParseAdd("text/html");
        Assert.Contains("Signed out", await (await _client.SendAsync(page)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/healthz", "")]
    [InlineData("/favicon.svg", "")]
    [InlineData("/css/app.css", "style")]
    public async Task What_a_page_fetches_beside_itself_begins_no_session(string path, string destination)
    {
        await EnterAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (destination.Length > 0)
        {
            request.Headers.Add("Sec-Fetch-Dest", destination);
        }

        Assert.False((await _client.SendAsync(request)).Headers.Contains("Set-Cookie"));
    }

    /// <summary>What is open to everybody must not make the wizard remember what anybody sends.</summary>
    [Theory]
    [InlineData("/healthz")]
    [InlineData("/favicon.svg")]
    public async Task Pass_of_ones_own_making_leaves_nothing_behind(string path)
    {
        using var stranger = Client(out var cookies);
        var port = new Uri(_app.Address).Port;
        cookies.Add(new Cookie($"setupwizard-access-{port}", "anything", "/", "127.0.0.1"));

        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync(path)).StatusCode);

        Assert.Empty(_app.Services.GetRequiredService<SessionSeal>().MadeFor("anything"));
    }

    /// <summary>The session stays with its browser even where everybody is let in.</summary>
    [Fact]
    public async Task Without_a_token_every_browser_has_a_pass_all_the_same()
    {
        await using var app = SetupWizardApp.Build(
            new WizardOptions { Port = 0, DataDirectory = _data, RequireToken = false },
            builder => builder.Services.AddSingleton<ISetupRunner>(new FakeSetupRunner()));
        await app.StartAsync(CancellationToken.None);
        using var client = new HttpClient { BaseAddress = new Uri(app.Address) };
        using var page = new HttpRequestMessage(HttpMethod.Get, app.Address + "//evil.example/%5cx?a=</script>");
        page.Headers.Accept.ParseAdd("text/html");

        var given = await client.SendAsync(page);

        var text = await given.Content.ReadAsStringAsync();
        Assert.Contains("location.replace(\"/evil.example/%5Cx", text, StringComparison.Ordinal);
        Assert.DoesNotContain("</script>\"", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await ConnectAsync(client, null));
        Assert.Equal(HttpStatusCode.OK, await ConnectAsync(client, KeyIn(text)));
        Assert.Equal(KeyIn(text), KeyIn(await client.GetStringAsync("/token")));
        using var leaving = new HttpRequestMessage(HttpMethod.Post, "/sign-out");
        leaving.Headers.Authorization = new AuthenticationHeaderValue("Bearer", KeyIn(text));
        Assert.Equal(HttpStatusCode.NoContent, (await client.SendAsync(leaving)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await ConnectAsync(client, KeyIn(text)));
    }

    [Theory]
    [InlineData("https://portal.example/wizard/")]
    [InlineData("https://portal.example/?x")]
    [InlineData("https://a@portal.example")]
    [InlineData("ftp://portal.example")]
    public void Public_url_is_that_of_a_host(string url)
    {
        var error = Assert.Throws<OptionsValidationException>(() => SetupWizardApp.Build(new WizardOptions { PublicUrl = url, DataDirectory = _data }));
        Assert.StartsWith("Wizard:PublicUrl", Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("same-site", "navigate", "document", HttpStatusCode.OK)]
    [InlineData("cross-site", "navigate", "document", HttpStatusCode.OK)]
    [InlineData("same-origin", "cors", "empty", HttpStatusCode.OK)]
    [InlineData("same-site", "no-cors", "script", HttpStatusCode.Forbidden)]
    [InlineData("same-site", "cors", "empty", HttpStatusCode.Forbidden)]
    [InlineData("same-site", "navigate", "iframe", HttpStatusCode.Forbidden)]
    [InlineData("cross-site", "no-cors", "image", HttpStatusCode.Forbidden)]
    public async Task Page_of_another_port_may_lead_here_and_fetch_nothing(string site, string mode, string destination, HttpStatusCode expected)
    {
        await EnterAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("Sec-Fetch-Site", site);
        request.Headers.Add("Sec-Fetch-Mode", mode);
        request.Headers.Add("Sec-Fetch-Dest", destination);

        Assert.Equal(expected, (await _client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task Any_number_of_refusals_is_a_line_a_minute_and_no_path_is_long()
    {
        var clock = new FakeTimeProvider();
        var lines = new List<string>();
        var refusals = new Refusals(clock, new Lines(lines));
        for (var i = 0; i < 1000; i++)
        {
            refusals.Count("/" + new string('a', 8000));
        }

        Assert.InRange(Assert.Single(lines).Length, 1, 300);
        clock.Advance(TimeSpan.FromMinutes(1));
        refusals.Count("/x");
        Assert.Equal(3, lines.Count);
        Assert.Contains("999", lines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("evil.example", HttpStatusCode.BadRequest)]
    [InlineData("evil.example:5912", HttpStatusCode.BadRequest)]
    [InlineData("localhost.evil.example", HttpStatusCode.BadRequest)]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("192.0.2.7", HttpStatusCode.OK)]
    [InlineData("[::1]", HttpStatusCode.OK)]
    [InlineData("Wizard.Example", HttpStatusCode.OK)]
    [InlineData("portal.example", HttpStatusCode.OK)]
    public async Task Only_names_of_its_own_are_answered_to(string host, HttpStatusCode expected)
    {
        await using var app = SetupWizardApp.Build(
            new WizardOptions { Port = 0, DataDirectory = _data, RequireToken = false, PublicUrl = "http://portal.example", AllowedHosts = { "wizard.example" } },
            builder => builder.Services.AddSingleton<ISetupRunner>(new FakeSetupRunner()));
        await app.StartAsync(CancellationToken.None);
        using var client = new HttpClient { BaseAddress = new Uri(app.Address) };
        foreach (var path in new[] { "/", "/token?t=x" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Host = host;
            var status = (await client.SendAsync(request)).StatusCode;
            Assert.True(expected == HttpStatusCode.BadRequest ? status == expected : status != HttpStatusCode.BadRequest, $"{path}: {status}");
        }
    }

    /// <summary>What is printed is opened by whoever reads the terminal, so it leads nowhere else; a name that points here from outside is worth no token.</summary>
    [Fact]
    public async Task Printed_address_is_its_own_whatever_a_request_calls_it_and_no_other_name_redeems_it()
    {
        string[] names = ["wizard-login.evil.example:5912", "evil.example:99999", "evil.example"];
        await EnterAsync();
        var terminal = Console.Out;
        using var printed = new StringWriter();
        Console.SetOut(printed);
        try
        {
            using var visitor = Client();
            foreach (var name in names)
            {
                Assert.Equal(HttpStatusCode.BadRequest, await AskAsync(visitor, "/", name));
            }

            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(visitor, "/", null));
        }
        finally
        {
            Console.SetOut(terminal);
        }

        var url = Assert.Single(printed.ToString().Split('\n'), l => l.StartsWith(_app.Address + "/token?t=", StringComparison.Ordinal)).Trim();
        Assert.DoesNotContain("evil", printed.ToString(), StringComparison.Ordinal);
        using var rebound = Client(out var cookies);
        foreach (var name in names)
        {
            Assert.Equal(HttpStatusCode.BadRequest, await AskAsync(rebound, new Uri(url).PathAndQuery, name));
        }

        Assert.Equal(0, cookies.Count);
        await EnterAsync(url, rebound);

        static async Task<HttpStatusCode> AskAsync(HttpClient client, string path, string? host)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Accept.ParseAdd("text/html");
            if (host is not null)
            {
                Assert.True(request.Headers.TryAddWithoutValidation("Host", host));
            }

            return (await client.SendAsync(request)).StatusCode;
        }
    }

    /// <summary>A script or an answer of another port can put a cookie beside the one of a page, or in its place.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Planted_session_beside_the_own_one_is_never_taken(bool first)
    {
        var key = await EnterAsync();
        await _client.GetAsync("/");
        var own = _cookies.GetCookies(new Uri(_app.Address)).Single(c => c.Name.StartsWith("setupwizard-session-", StringComparison.Ordinal));
        var pass = _cookies.GetCookies(new Uri(_app.Address)).Single(c => c.Name.StartsWith("setupwizard-access-", StringComparison.Ordinal));
        using var bare = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(_app.Address) };
        foreach (var planted in new[] { new string('a', 64), new string('a', 128) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/setup/connect");
            var sessions = first ? $"{own.Name}={planted}; {own.Name}={own.Value}" : $"{own.Name}={own.Value}; {own.Name}={planted}";
            request.Headers.TryAddWithoutValidation("Cookie", $"{pass.Name}={pass.Value}; {sessions}");

            var answer = await bare.SendAsync(request);

            Assert.NotEqual(HttpStatusCode.InternalServerError, answer.StatusCode);
            var given = answer.Headers.TryGetValues("Set-Cookie", out var values) ? values.ToList() : [];
            Assert.DoesNotContain(given, c => c.Contains(planted, StringComparison.Ordinal));
            Assert.Null(_app.Services.GetRequiredService<WizardSessionStore>().Find(planted[..64]));
        }

        // In the place of the pass: another pass goes with another key.
        using var other = Client();
        await EnterAsync(client: other);
        Assert.Equal(HttpStatusCode.Unauthorized, await ConnectAsync(other, key));
    }

    /// <summary>A log that is full says nothing of what happens afterwards.</summary>
    [Fact]
    public async Task Log_goes_on_in_another_file_when_one_is_large()
    {
        const int Megabyte = 1_000_000;
        var data = Path.Combine(_data, "log");
        await using (var app = SetupWizardApp.Build(new WizardOptions { Port = 0, DataDirectory = data }))
        {
            var logger = app.Services.GetRequiredService<ILogger<HostTests>>();
            var text = new string('x', Megabyte);
            for (var i = 0; i < 60; i++)
            {
                s_write(logger, text, null);
            }

            s_write(logger, "last words", null);
        }

        var files = Directory.GetFiles(Path.Combine(data, "logs")).Order(StringComparer.Ordinal).Select(static f => new FileInfo(f)).ToList();
        Assert.Equal(2, files.Count);
        Assert.All(files, static f => Assert.InRange(f.Length, 1, 52 * Megabyte));
        Assert.Contains("last words", await File.ReadAllTextAsync(files[^1].FullName), StringComparison.Ordinal);
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task Data_directory_that_it_makes_is_its_owners_only()
    {
        var data = Path.Combine(_data, "made");
        await using var app = SetupWizardApp.Build(new WizardOptions { Port = 0, DataDirectory = data });

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(data));
    }

    /// <summary>A garbage collector for servers keeps what it once took.</summary>
    [Fact]
    public void Program_runs_with_the_garbage_collector_of_a_workstation() =>
        Assert.DoesNotContain("\"System.GC.Server\": true", File.ReadAllText(Path.ChangeExtension(typeof(SetupWizardApp).Assembly.Location, ".runtimeconfig.json")), StringComparison.Ordinal);

    [Theory]
    [InlineData("http://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("http://127.0.0.1:1", HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    [InlineData("", HttpStatusCode.OK)]
    public async Task Only_pages_of_its_own_may_connect(string origin, HttpStatusCode expected)
    {
        var key = await EnterAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1") { Content = new StringContent("") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Headers.Add("Origin", origin.Length > 0 ? origin : _app.Address);

        Assert.Equal(expected, (await _client.SendAsync(request)).StatusCode);

        // The socket itself, for which a browser asks without asking first whether it may.
        using var socket = new HttpRequestMessage(HttpMethod.Get, "/_blazor?access_token=" + key);
        socket.Headers.Add("Origin", origin.Length > 0 ? origin : _app.Address);
        socket.Headers.Add("Connection", "Upgrade");
        socket.Headers.Add("Upgrade", "websocket");
        socket.Headers.Add("Sec-WebSocket-Version", "13");
        socket.Headers.Add("Sec-WebSocket-Key", Convert.ToBase64String(new byte[16]));
        using var answer = await _client.SendAsync(socket, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(expected == HttpStatusCode.Forbidden, answer.StatusCode == HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Two_wizards_of_a_machine_leave_each_others_cookies_alone()
    {
        await using var other = SetupWizardApp.Build(
            new WizardOptions { Port = 0, DataDirectory = _data },
            builder => builder.Services.AddSingleton<ISetupRunner>(new FakeSetupRunner()));
        await other.StartAsync(CancellationToken.None);

        // One browser has the cookies of both.
        await EnterAsync();
        Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync(other.EntryUrl())).StatusCode);

        Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync("/")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync(other.Address + "/")).StatusCode);
    }

    [Fact]
    public async Task Every_token_has_a_pass_of_its_own()
    {
        var passes = new HashSet<string>();
        for (var i = 0; i < 2; i++)
        {
            using var client = Client();
            var answer = await client.GetAsync(_app.EntryUrl());
            passes.Add(Assert.Single(answer.Headers.GetValues("Set-Cookie"), c => c.StartsWith("setupwizard-access", StringComparison.Ordinal)));
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/")).StatusCode);
        }

        Assert.Equal(2, passes.Count);
    }

    [Theory]
    [InlineData("/%09/x")]
    [InlineData("/%0a//evil.example")]
    [InlineData("/%0d%0a/x")]
    [InlineData("//evil.example")]
    public async Task Way_back_is_a_path_of_its_own(string back)
    {
        await EnterAsync();

        var answer = await _client.GetAsync("/culture?to=ko&back=" + back);

        Assert.Equal((HttpStatusCode.Redirect, "/"), (answer.StatusCode, answer.Headers.Location?.OriginalString));
    }

    [Fact]
    public async Task Health_is_open_to_everybody()
    {
        Assert.Equal("ok", await _client.GetStringAsync("/healthz"));
    }

    [Fact]
    public async Task Every_answer_keeps_the_page_to_itself()
    {
        await EnterAsync();
        var answer = await _client.GetAsync("/");
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.DoesNotContain("unsafe-eval", policy);
        Assert.All(["script-src ", "style-src "], kind => Assert.DoesNotContain("'unsafe-inline'", policy.Split(';').Single(p => p.TrimStart().StartsWith(kind, StringComparison.Ordinal))));
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
        var nonce = policy.Split("'nonce-")[1].Split('\'')[0];
        Assert.Contains($"nonce=\"{nonce}\"", WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()));
        Assert.False(answer.Headers.Contains("Server"));
    }

    [Theory]
    [InlineData("en", "This page needs JavaScript.")]
    [InlineData("ko", "JavaScript가 필요합니다.")]
    public async Task Language_is_remembered_and_said_in_the_page(string language, string words)
    {
        await EnterAsync();
        var answer = await _client.GetAsync($"/culture?to={language}&back=%2Fsetup%2Fconnect");
        Assert.Equal("/setup/connect", answer.Headers.Location!.OriginalString);
        var page = await _client.GetStringAsync("/");
        Assert.Contains($"<html lang=\"{language}\"", page);
        Assert.Contains(words, WebUtility.HtmlDecode(page));
    }

    [Theory]
    [InlineData("https://portal.example", true)]
    [InlineData("http://portal.example", false)]
    public async Task Every_cookie_is_bound_to_https_where_the_public_url_is(string url, bool secure)
    {
        await using var app = SetupWizardApp.Build(
            new WizardOptions { Port = 0, DataDirectory = _data, RequireToken = false, PublicUrl = url },
            builder => builder.Services.AddSingleton<ISetupRunner>(new FakeSetupRunner()));
        await app.StartAsync(CancellationToken.None);
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(app.Address) };
        var given = new List<string>();
        foreach (var path in new[] { "/", "/culture?to=ko&back=%2F", "/setup/provider" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Host = "portal.example";
            request.Headers.Accept.ParseAdd("text/html");
            request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", given.Select(static c => c.Split(';')[0])));
            var answer = await client.SendAsync(request);
            Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Redirect or HttpStatusCode.Found or HttpStatusCode.Unauthorized, $"{path}: {answer.StatusCode}");
            given.AddRange(answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies : []);
        }

        Assert.Contains(given, static c => c.Contains("Culture", StringComparison.Ordinal));
        Assert.Contains(given, static c => c.Contains("setupwizard-forms", StringComparison.Ordinal));
        Assert.All(given, c => Assert.Equal(secure, c.Contains("secure", StringComparison.OrdinalIgnoreCase)));
    }

    [Theory]
    [InlineData("https://example.com/")]
    [InlineData("//example.com/")]
    [InlineData("/\\example.com/")]
    public async Task Language_link_never_leads_elsewhere(string back)
    {
        await EnterAsync();
        var answer = await _client.GetAsync($"/culture?to=ko&back={Uri.EscapeDataString(back)}");
        Assert.Equal("/", answer.Headers.Location!.OriginalString);
    }

    [Theory]
    [InlineData("dark", "data-theme=\"dark\"")]
    [InlineData("light", "data-theme=\"light\"")]
    public async Task Theme_is_chosen_before_the_first_paint(string theme, string mark)
    {
        await EnterAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("Cookie", $"setupwizard-theme={theme}");
        Assert.Contains(mark, await (await _client.SendAsync(request)).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Scripts_and_styles_are_served_with_content()
    {
        await EnterAsync();
        foreach (var path in new[] { "/css/app.css", "/js/app.js", "/js/reconnect.js", "/_framework/blazor.web.js", "/lib/mudblazor.css" })
        {
            Assert.NotEqual("", await _client.GetStringAsync(path));
        }
    }

    [Fact]
    public async Task Unknown_address_is_a_page_that_says_so()
    {
        await EnterAsync();
        var answer = await _client.GetAsync("/nope");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("<html", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Download_without_a_reading_is_not_found()
    {
        await EnterAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync("/downloads/json")).StatusCode);
    }

    [Fact]
    public void Wrong_options_are_all_reported_by_key()
    {
        var error = Assert.Throws<OptionsValidationException>(() => SetupWizardApp.Build(new WizardOptions { Host = "not a host", Port = 70000, DataDirectory = " ", IdleExpiry = TimeSpan.Zero }));
        Assert.Equal(["Wizard:Host", "Wizard:Port", "Wizard:DataDirectory", "Wizard:IdleExpiry"], error.Failures.Select(f => f[..f.IndexOf(':', 8)]));
    }

    [Fact]
    public async Task Port_in_use_ends_with_the_usage_code_instead_of_a_crash()
    {
        var port = new Uri(_app.Address).Port;
        Assert.Equal(3, await SetupWizardApp.RunAsync(new WizardOptions { Port = port, DataDirectory = _data }, browser: false, CancellationToken.None));
    }

    private static async Task<HttpStatusCode> ConnectAsync(HttpClient client, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1") { Content = new StringContent("") };
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return (await client.SendAsync(request)).StatusCode;
    }

    private HttpClient Client() => Client(out _);

    private HttpClient Client(out CookieContainer cookies)
    {
        cookies = new CookieContainer();
        return new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = cookies }) { BaseAddress = new Uri(_app.Address) };
    }

    private string SessionId() => _cookies.GetCookies(new Uri(_app.Address)).Single(c => c.Name.StartsWith("setupwizard-session-", StringComparison.Ordinal)).Value[..64];

    /// <returns>The key that the browser keeps.</returns>
    private async Task<string> EnterAsync(string? url = null, HttpClient? client = null)
    {
        var answer = await (client ?? _client).GetAsync(url ?? _app.EntryUrl());
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return KeyIn(await answer.Content.ReadAsStringAsync());
    }

    private static string KeyIn(string page) => page.Split("'setupwizard-key', '")[1].Split('\'')[0];

    private sealed class Lines(List<string> lines) : ILogger<Refusals>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => lines.Add(formatter(state, exception));
    }
}
