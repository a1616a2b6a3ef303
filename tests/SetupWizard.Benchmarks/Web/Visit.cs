using Microsoft.Playwright;
using SetupWizard.E2E.Tests.Support;

namespace SetupWizard.Benchmarks.Web;

/// <summary>A page opened by a browser that was never there: nothing is in its cache. The page itself looks at its clock, so that no way to the browser is measured.</summary>
internal sealed class Visit : IAsyncDisposable
{
    /// <summary>Down and up, in bytes a second: 400 kbit.</summary>
    private const int SlowBytes = 400_000 / 8;

    /// <summary>What each request waits, in milliseconds.</summary>
    private const int SlowLatency = 400;

    private readonly IPage _page;

    private Visit(IPage page, Traffic traffic)
    {
        _page = page;
        Traffic = traffic;
    }

    /// <summary>What the page has fetched.</summary>
    public Traffic Traffic { get; }

    /// <summary>Opens a page and begins to press what it has to press.</summary>
    public static Task<Visit> PressingAsync(IBrowser browser, MeasuredPage page, string locale = "en-GB") => OpenAsync(browser, page, locale, Pressing(page), slow: false);

    /// <summary>Opens a page on a slow network, and looks.</summary>
    public static Task<Visit> SlowAsync(IBrowser browser, MeasuredPage page) => OpenAsync(browser, page, "en-GB", Looking, slow: true);

    /// <summary>Milliseconds from the navigation until the circuit had answered.</summary>
    public Task<double> AnsweredAsync() => AskAsync("() => window.benchAnswered");

    /// <summary>Milliseconds from the navigation until something was painted.</summary>
    public Task<double> PaintedAsync() => AskAsync("""
        () => new Promise(resolve => new PerformanceObserver(list => {
          const paint = list.getEntries().find(e => e.name === 'first-contentful-paint');
          if (paint) resolve(paint.startTime);
        }).observe({ type: 'paint', buffered: true }))
        """);

    /// <summary>Milliseconds from the navigation until the page's heading had its text.</summary>
    public Task<double> HeadedAsync() => AskAsync("() => window.benchHeaded");

    /// <summary>Waits until the page has all it fetches by itself: its connection, what that drew, and the fonts of it.</summary>
    public async Task SettleAsync()
    {
        await AnsweredAsync();
        await AskAsync("() => document.fonts.ready.then(() => 0)");
        await Traffic.SettledAsync().WaitAsync(Visitor.Patience);
    }

    public async ValueTask DisposeAsync() => await _page.Context.CloseAsync();

    private static async Task<Visit> OpenAsync(IBrowser browser, MeasuredPage page, string locale, string script, bool slow)
    {
        var context = await browser.NewContextAsync(new() { StorageState = page.Pass, Locale = locale, ViewportSize = new() { Width = 1440, Height = 900 } });
        context.SetDefaultTimeout((float)Visitor.Patience.TotalMilliseconds);
        var tab = await context.NewPageAsync();
        await tab.AddInitScriptAsync(script);
        var session = await context.NewCDPSessionAsync(tab);
        var traffic = new Traffic(session);
        await session.SendAsync("Network.enable");
        if (slow)
        {
            await session.SendAsync(
                "Network.emulateNetworkConditions",
                new Dictionary<string, object>(StringComparer.Ordinal) { ["offline"] = false, ["latency"] = SlowLatency, ["downloadThroughput"] = SlowBytes, ["uploadThroughput"] = SlowBytes });
        }

        await tab.GotoAsync(page.Address, new() { WaitUntil = WaitUntilState.Commit });
        return new Visit(tab, traffic);
    }

    /// <summary>
    /// Presses every few milliseconds until there is an answer, because a press before the circuit is there is lost, and nothing of a page tells when that is which both
    /// pages have. The answer is seen at once.
    /// </summary>
    private static string Pressing(MeasuredPage page) => $$"""
        window.benchAnswered = new Promise(resolve => {
          const look = () => {
            if ({{page.Answered}}) {
              observer.disconnect();
              clearInterval(timer);
              resolve(performance.now());
            }
          };
          const observer = new MutationObserver(look);
          observer.observe(document, { childList: true, subtree: true, characterData: true, attributes: true });
          const timer = setInterval(() => { {{page.Press}} }, 5);
        });
        """;

    private const string Looking = """
        window.benchHeaded = new Promise(resolve => {
          const observer = new MutationObserver(() => {
            if (document.querySelector('h1')?.textContent.trim()) {
              observer.disconnect();
              resolve(performance.now());
            }
          });
          observer.observe(document, { childList: true, subtree: true, characterData: true });
        });
        """;

    private Task<double> AskAsync(string function) => _page.EvaluateAsync<double>(function).WaitAsync(Visitor.Patience);
}
