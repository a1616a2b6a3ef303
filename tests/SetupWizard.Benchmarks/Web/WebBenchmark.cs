using System.Globalization;
using Microsoft.Playwright;
using SetupWizard.Components;
using SetupWizard.Core.Providers;
using SetupWizard.E2E.Tests.Support;
using SetupWizard.Sessions.Steps;
using static Microsoft.Playwright.Assertions;

namespace SetupWizard.Benchmarks.Web;

/// <summary>
/// The wizard in a browser, beside the bare template in the same run: bytes of a first visit, the time until something answers, a slow network. Then its pages: how much there is to
/// read on each, and how many clicks lead to a set-up that is green.
/// </summary>
internal sealed class WebBenchmark
{
    private const int MostBytes = 150_000;
    private const double MostTimes = 1.1;
    private const double MostSlow = 6000;
    private const int MostWords = 120;
    private const int MostClicks = 12;
    private const int SlowRuns = 3;

    private static readonly CultureInfo s_culture = CultureInfo.InvariantCulture;

    private readonly WizardFixture _wizard;
    private readonly MeasuredPage _template;
    private readonly MeasuredPage _first;
    private readonly MeasuredPage _provider;
    private readonly int _runs;
    private readonly Action<string> _say;
    private readonly WebReport _report = new();

    private WebBenchmark(WizardFixture wizard, string pass, BlazorTemplate template, int runs, Action<string> say)
    {
        _wizard = wizard;
        _runs = runs;
        _say = say;
        _template = new MeasuredPage(
            "template `/counter`",
            template.Address + "/counter",
            "document.querySelector('button.btn-primary')?.click()",
            "/[1-9]/.test(document.querySelector('p[role=status]')?.textContent ?? '')");
        _first = new MeasuredPage(
            "wizard `/`",
            wizard.App.Address + "/",
            "document.querySelector('header button.icon-tool')?.click()",
            "document.documentElement?.dataset.theme === 'dark'",
            pass);

        // A card can be chosen before the circuit hears of it: then it is chosen anew. The step at the side gets its name.
        var provider = SetupRoutes.To(WizardStep.Provider);
        _provider = new MeasuredPage(
            $"wizard `{provider}`",
            wizard.App.Address + provider,
            "const card = document.querySelector('main input[type=radio]'); if (card) { card.checked = false; card.click(); }",
            "document.querySelector('.rail-status')?.textContent.includes(document.querySelector('main .choice-label').textContent)",
            pass);
    }

    /// <summary>What was built by scripts/bench and is started by scripts/run.</summary>
    private static string Program
    {
        get
        {
            var program = Path.Combine(Repository.Top, "src", "SetupWizard", "bin", "Release", "net10.0", "SetupWizard.dll");
            return File.Exists(program) ? program : throw new FileNotFoundException("The wizard has not been built: start scripts/bench --web.", program);
        }
    }

    /// <summary>Measures everything.</summary>
    /// <param name="runs">How often each page is opened until it answers.</param>
    /// <param name="say">Is told what is being done.</param>
    /// <param name="cancellationToken">Ends it between two visits.</param>
    /// <returns>The table, and the browser it is about.</returns>
    public static async Task<(WebReport Report, string Browser)> RunAsync(int runs, Action<string> say, CancellationToken cancellationToken)
    {
        say("making, publishing and starting the template");
        await using var template = await BlazorTemplate.StartAsync(cancellationToken);
        say("starting the wizard and a browser");
        var wizard = new WizardFixture { Start = static () => AppProcess.StartAsync(program: Program) };
        try
        {
            await wizard.InitializeAsync();
            var benchmark = new WebBenchmark(wizard, await PassAsync(wizard), template, runs, say);
            await benchmark.TryAsync("First visit", benchmark.BytesAsync, cancellationToken);
            await benchmark.TryAsync("Interactive", benchmark.InteractiveAsync, cancellationToken);
            await benchmark.TryAsync("Slow 3G", benchmark.SlowAsync, cancellationToken);
            await benchmark.TryAsync("Words and clicks", benchmark.WalkAsync, cancellationToken);
            return (benchmark._report, "Chromium " + wizard.Browser.Version);
        }
        finally
        {
            await wizard.DisposeAsync();
        }
    }

    /// <summary>What a browser keeps that the door has let in and that has seen no page yet: with that, others are let in whose caches are empty.</summary>
    private static async Task<string> PassAsync(WizardFixture wizard)
    {
        await using var context = await wizard.Browser.NewContextAsync();
        var page = await context.NewPageAsync();

        // The door sends on to the first page, which would begin a session that all of them would share.
        var first = wizard.App.Address + "/";
        await page.RouteAsync(first, static route => route.FulfillAsync(new() { ContentType = "text/html", Body = "" }));
        await page.GotoAsync(await wizard.App.EntryUrlAsync());
        await page.WaitForURLAsync(first);
        return await context.StorageStateAsync();
    }

    /// <summary>Measures one thing. What goes wrong with it is a row, and the others are measured all the same.</summary>
    private async Task TryAsync(string what, Func<CancellationToken, Task> measure, CancellationToken cancellationToken)
    {
        try
        {
            await measure(cancellationToken);
        }
        catch (Exception problem) when (problem is PlaywrightException or TimeoutException or InvalidOperationException or ArgumentException)
        {
            await Console.Error.WriteLineAsync(problem.ToString());
            _report.Failed(what, problem);
        }
    }

    private async Task BytesAsync(CancellationToken cancellationToken)
    {
        foreach (var (page, locale, language) in new[] { (_first, "en-GB", ", English"), (_first, "ko-KR", ", Korean"), (_template, "en-GB", "") })
        {
            cancellationToken.ThrowIfCancellationRequested();
            var name = page.Name + language;
            _say($"counting bytes: {name}");
            await using var visit = await Visit.PressingAsync(_wizard.Browser, page, locale);
            await visit.SettleAsync();
            var traffic = visit.Traffic;
            var bytes = traffic.Of("css", "js");
            var what = $"First visit: {name}, css + js";
            if (page == _template)
            {
                _report.Value(what, WebReport.Size(bytes));
            }
            else
            {
                _report.Goal(what, WebReport.Size(bytes), $"≤ {MostBytes / 1000} kB", bytes <= MostBytes);
            }

            _report.Value("… all of it", $"{WebReport.Size(traffic.All)}: {string.Join(", ", Traffic.Kinds.Select(k => $"{k} {WebReport.Size(traffic.Of(k))}"))}");
        }
    }

    /// <summary>By turns, so that a machine that is busy for a while is so for all of them.</summary>
    private async Task InteractiveAsync(CancellationToken cancellationToken)
    {
        MeasuredPage[] pages = [_template, _first, _provider];
        var times = pages.ToDictionary(static p => p, static _ => new Samples());

        // The first round is thrown away: code is compiled in it.
        for (var run = -1; run < _runs; run++)
        {
            _say(run < 0 ? "waiting for answers: a round to get warm" : $"waiting for answers: round {run + 1} of {_runs}");
            foreach (var page in pages)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await using var visit = await Visit.PressingAsync(_wizard.Browser, page);
                var answered = await visit.AnsweredAsync();
                if (run >= 0)
                {
                    times[page].Add(answered);
                }
            }
        }

        var bare = times[_template];
        _report.Value($"Interactive: {_template.Name}, median of {_runs}", WebReport.Times(bare));
        foreach (var page in pages.Where(p => p != _template))
        {
            var ratio = Report.Ratio(times[page], bare);
            _report.Value($"Interactive: {page.Name}, median of {_runs}", WebReport.Times(times[page]));
            _report.Goal(
                "… beside the template",
                string.Create(s_culture, $"{ratio:0.00} × (least {times[page].Least / bare.Least:0.00})"),
                string.Create(s_culture, $"≤ {MostTimes:0.0} ×"),
                ratio <= MostTimes);
        }
    }

    private async Task SlowAsync(CancellationToken cancellationToken)
    {
        foreach (var page in new[] { _first, _template })
        {
            var (painted, headed) = (new Samples(), new Samples());
            for (var run = 0; run < SlowRuns; run++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                _say($"on a slow network: {page.Name}, {run + 1} of {SlowRuns}");
                await using var visit = await Visit.SlowAsync(_wizard.Browser, page);
                painted.Add(await visit.PaintedAsync());
                headed.Add(await visit.HeadedAsync());
            }

            foreach (var (what, samples) in new[] { ("first content painted", painted), ("heading there", headed) })
            {
                var name = $"Slow 3G: {page.Name}, {what}, median of {SlowRuns}";
                if (page == _template)
                {
                    _report.Value(name, WebReport.Times(samples));
                }
                else
                {
                    _report.Goal(name, WebReport.Times(samples), string.Create(s_culture, $"≤ {MostSlow / 1000:0} s"), samples.Median <= MostSlow);
                }
            }
        }
    }

    private async Task WalkAsync(CancellationToken cancellationToken)
    {
        _say("reading the first pages");
        await using var visitor = await _wizard.VisitAsync();
        await CountAsync("Start");
        await visitor.OpenAsync(SetupRoutes.To(WizardStep.Provider));
        await CountAsync("Provider");
        await visitor.OpenAsync(SetupRoutes.To(WizardStep.Connect));
        await CountAsync("Connect, before anything is typed");
        await visitor.OpenAsync("/");

        var clicks = visitor.Clicks;
        await visitor.ToFinishAsync(AmazonRds.Id, "SW202", async step =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            _say($"walking through a sandbox: {step}");
            await CountAsync(step == WizardStep.Connect ? "Connect, connected" : visitor.NameOf(step), step != WizardStep.Tables);
        });
        clicks = visitor.Clicks - clicks;

        await visitor.OpenAsync("/activity");
        await visitor.Main.Locator(".activity > li").First.WaitForAsync();
        await CountAsync("Activity", goal: false);
        await visitor.OpenAsync("/plan");
        await CountAsync("Plan");
        await visitor.OpenAsync("/watch");
        await visitor.Page.Locator(".wal-chart").WaitForAsync();
        await CountAsync("Watch");
        _report.Most("Clicks from the address to green, RDS sandbox", clicks, MostClicks);

        async Task CountAsync(string page, bool goal = true)
        {
            // While the sandbox restarts every page says so: whoever comes a little later does not read it.
            await Expect(visitor.Main.GetByText(visitor.Say.Part("Lost.Text"))).ToHaveCountAsync(0);
            var (words, pictured) = await visitor.OnPageAsync();
            if (goal)
            {
                _report.Most($"Words: {page}", words, MostWords);
            }
            else
            {
                _report.Value($"Words: {page}", words.ToString("#,0", s_culture));
            }

            if (pictured > 0)
            {
                _report.Value($"Words: {page}, in its drawn console besides", pictured.ToString("#,0", s_culture));
            }
        }
    }
}
