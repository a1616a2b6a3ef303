using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using SetupWizard.Configuration;
using SetupWizard.Core.Engine;
using SetupWizard.Sessions;
using SetupWizard.Sessions.Sandboxes;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Host;

/// <summary>What a browser that was never here fetches before somebody can do anything.</summary>
public sealed partial class FirstVisitTests : IAsyncLifetime, IDisposable
{
    /// <summary>Style sheets and scripts together, compressed, in bytes.</summary>
    private const int Most = 150_000;

    /// <summary>Variables that the library asks for and its own theme does not give either.</summary>
    private static readonly string[] s_nobodys =
    [
        "--mud-drawer-height", "--mud-drawer-height-bottom", "--mud-drawer-height-top", "--mud-drawer-width", "--mud-theme-default-hover", "--mud-theme-on-surface", "--mud-zindex-select",
    ];

    private readonly string _data = Directory.CreateTempSubdirectory("setupwizard-test-").FullName;
    private SetupWizardApp _app = null!;
    private readonly CookieContainer _cookies = new();
    private readonly HttpClient _client;

    public FirstVisitTests() => _client = new HttpClient(new HttpClientHandler { AutomaticDecompression = DecompressionMethods.None, CookieContainer = _cookies });

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
        _client.BaseAddress = new Uri(_app.Address);
        await _client.GetAsync(_app.EntryUrl());
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData("en")]
    [InlineData("ko")]
    public async Task Everything_the_first_page_links_is_compressed_and_kept_for_good(string language)
    {
        var (bytes, links) = (0L, await LinksAsync(language));
        Assert.Contains(links, l => l.StartsWith("lib/mudblazor", StringComparison.Ordinal));
        foreach (var link in links)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, link);
            request.Headers.AcceptEncoding.ParseAdd("br, gzip");
            using var answer = await _client.SendAsync(request);
            Assert.True(answer.IsSuccessStatusCode, link);
            Assert.True(answer.Headers.CacheControl is { } kept && kept.ToString().Contains("immutable", StringComparison.Ordinal), $"{link}: {answer.Headers.CacheControl}");
            var length = (await answer.Content.ReadAsByteArrayAsync()).Length;
            Assert.True(length < 1000 || answer.Content.Headers.ContentEncoding.Count == 1, $"{link} comes uncompressed");
            bytes += length;
        }

        Assert.InRange(bytes, 1, Most);
    }

    [Theory]
    [InlineData("/", "Prepare a Postgres database for ClickPipes")]
    [InlineData("/setup/provider", "Where does the database run?")]
    [InlineData("/setup/connect", "Connect as an administrator")]
    public async Task First_pages_are_there_before_their_connection(string path, string heading)
    {
        Assert.Contains($"{heading}</h1>", await _client.GetStringAsync(path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_page_is_drawn_beforehand_while_the_session_has_a_secret()
    {
        await _client.GetStringAsync("/setup/connect");
        var id = _cookies.GetCookies(new Uri(_app.Address)).Single(static c => c.Name.StartsWith("setupwizard-session-", StringComparison.Ordinal)).Value[..64];
        var session = _app.Services.GetRequiredService<WizardSessionStore>().Get(id);
        session.Draft.Host = "db.example.com";
        session.Draft.Password = "canary-in-html";

        var page = await _client.GetStringAsync("/setup/connect");

        Assert.DoesNotContain("canary-in-html", page, StringComparison.Ordinal);
        Assert.DoesNotContain("db.example.com", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fonts_are_kept_for_good()
    {
        var sheet = await _client.GetStringAsync("/css/app.css");
        var fonts = Url().Matches(sheet).Select(static m => m.Groups[1].Value).ToList();
        Assert.NotEmpty(fonts);
        foreach (var font in fonts)
        {
            using var answer = await _client.GetAsync(new Uri(new Uri(_client.BaseAddress!, "css/app.css"), font));
            Assert.True(answer.IsSuccessStatusCode, font);
            Assert.Contains("immutable", answer.Headers.CacheControl?.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Every_variable_of_the_library_has_a_value_of_ours()
    {
        var asked = Asked().Matches(await _client.GetStringAsync("/lib/mudblazor.css")).Select(static m => m.Groups[1].Value).ToHashSet();
        var given = Given().Matches(await _client.GetStringAsync("/css/mud-theme.css")).Select(static m => m.Groups[1].Value).ToHashSet();
        Assert.InRange(asked.Count, 100, 1000);
        Assert.Empty(asked.Except(given).Except(s_nobodys).Except(["--mud-ripple-color"]));
    }

    private async Task<List<string>> LinksAsync(string language)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.AcceptLanguage.ParseAdd(language);
        var page = await (await _client.SendAsync(request)).Content.ReadAsStringAsync();
        return [.. Link().Matches(page).Select(static m => WebUtility.HtmlDecode(m.Groups[1].Value)).Where(static l => l.Contains('.', StringComparison.Ordinal)).Distinct()];
    }

    [GeneratedRegex(@"<(?:script|link)\b[^>]*\b(?:src|href)=""([^""]+)""")]
    private static partial Regex Link();

    [GeneratedRegex(@"url\(""([^""]+)""\)")]
    private static partial Regex Url();

    [GeneratedRegex(@"var\((--mud-[a-z0-9-]+)")]
    private static partial Regex Asked();

    [GeneratedRegex(@"(--mud-[a-z0-9-]+):")]
    private static partial Regex Given();
}
