using Microsoft.Playwright;

namespace SetupWizard.E2E.Tests.Support;

/// <summary>One wizard and one browser for the tests of a collection. Each visitor has a browser profile of their own.</summary>
public sealed class WizardFixture : IAsyncLifetime
{
    /// <summary>The journeys.</summary>
    public const string Collection = "journeys";

    /// <summary>The screens, which take as long as all journeys and run beside them.</summary>
    public const string Screens = "screens";

    private static readonly string[] s_flags =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public AppProcess App { get; private set; } = null!;

    /// <summary>How the wizard is started.</summary>
    public Func<Task<AppProcess>> Start { get; init; } = static () => AppProcess.StartAsync();

    /// <summary>The browser, for visits of another kind than <see cref="VisitAsync"/>.</summary>
    public IBrowser Browser => _browser ?? throw new InvalidOperationException("The browser has not been started.");

    public async Task InitializeAsync()
    {
        var chromium = FindChromium();
        App = await Start();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = s_flags, Timeout = (float)Visitor.Patience.TotalMilliseconds });
    }

    /// <summary>Somebody who opens the printed address.</summary>
    /// <param name="language">What their browser asks for.</param>
    /// <param name="dark">Whether their system is dark.</param>
    /// <param name="width">The window, in CSS pixels.</param>
    /// <param name="app">Whose wizard; null for the one of the collection.</param>
    public async Task<Visitor> VisitAsync(string language = "en", bool dark = false, int width = 1440, AppProcess? app = null)
    {
        app ??= App;
        var context = await Browser.NewContextAsync(new()
        {
            BaseURL = app.Address,
            Locale = language == "ko" ? "ko-KR" : "en-GB",
            TimezoneId = "Asia/Seoul",
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
            ViewportSize = new() { Width = width, Height = 900 },
            AcceptDownloads = true,
            Permissions = ["clipboard-read", "clipboard-write"],
        });
        context.SetDefaultTimeout((float)Visitor.Patience.TotalMilliseconds);
        var visitor = new Visitor(await context.NewPageAsync(), new Say(language));
        await visitor.Page.GotoAsync(await app.EntryUrlAsync());
        await visitor.SeeHeadingAsync("Start.Title");
        await visitor.ArriveAsync();
        return visitor;
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.CloseAsync();
        }

        _playwright?.Dispose();
        if (App is not null)
        {
            await App.DisposeAsync();
        }
    }

    private static string FindChromium()
    {
        string[] places = [Environment.GetEnvironmentVariable("CHROMIUM_PATH") ?? "", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
        return places.FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("These tests need Chromium: install it (Debian: apt-get install chromium) or set CHROMIUM_PATH to its executable.");
    }
}

[CollectionDefinition(WizardFixture.Collection)]
public sealed class JourneySet : ICollectionFixture<WizardFixture>;

[CollectionDefinition(WizardFixture.Screens)]
public sealed class ScreenSet : ICollectionFixture<WizardFixture>;
