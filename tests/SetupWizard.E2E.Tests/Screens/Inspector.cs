using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;
using SetupWizard.E2E.Tests.Support;
using Xunit.Abstractions;

namespace SetupWizard.E2E.Tests.Screens;

/// <summary>
/// Looks at a screen in both languages and both themes, wide and narrow, and notes what is wrong with it. Takes its pictures on the way. What axe finds
/// depends on the language by its names, on the theme by its colours and on the width by what is shown, on each by itself: so it looks at the dark screen
/// in Korean and at the light one in English, wide and narrow, and at every combination only where asked. What fits depends on language and width together.
/// </summary>
public sealed class Inspector(Visitor visitor, ITestOutputHelper output, string? pictures)
{
    private const int Wide = 1440;
    private const int Narrow = 400;

    private readonly Stopwatch _loading = new();
    private readonly Stopwatch _axe = new();
    private int _problems;

    /// <summary>No screen had anything wrong with it; what it was is in the output.</summary>
    public void SawNothingWrong() => Assert.Equal(0, _problems);

    /// <summary>Looks at the page as it is now.</summary>
    /// <param name="name">The screen's name, also of its pictures.</param>
    /// <param name="reach">What has to be done after the page was loaded again, such as opening a panel.</param>
    /// <param name="shots">Which pictures are taken.</param>
    /// <param name="everywhere">Whether axe looks at every combination of language, theme and width.</param>
    /// <param name="part">A selector of what axe looks at, where the rest of the page was looked at before; null for all of it.</param>
    public async Task LookAsync(string name, Func<Task>? reach = null, Shots shots = Shots.None, bool everywhere = false, string? part = null)
    {
        _loading.Reset();
        _axe.Reset();
        var clock = Stopwatch.StartNew();
        foreach (var language in new[] { "ko", "en" })
        {
            _loading.Start();
            await visitor.SpeakAsync(language);
            if (reach is not null)
            {
                await reach();
            }

            _loading.Stop();
            await ReadAsync(name, language);
            foreach (var (theme, scheme) in new[] { ("dark", ColorScheme.Dark), ("light", ColorScheme.Light) })
            {
                await visitor.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
                var where = $"{name} ({language}, {theme})";
                if (everywhere || theme == (language == "ko" ? "dark" : "light"))
                {
                    await AxeAsync(where, part);
                }

                await SeeNoOverflowAsync(where);
                if (language == "en" && shots.HasFlag(theme == "dark" ? Shots.Dark : Shots.Light))
                {
                    await ShootAsync($"{name}-{theme}", Wide);
                }
            }

            if (language == "ko" && shots.HasFlag(Shots.Korean))
            {
                await ShootAsync($"{name}-ko", Wide);
            }

            await visitor.Page.SetViewportSizeAsync(Narrow, 900);
            if (everywhere || language == "en")
            {
                await AxeAsync($"{name} ({language}, {Narrow} px)", part);
            }

            if (everywhere)
            {
                await visitor.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
                await AxeAsync($"{name} ({language}, dark, {Narrow} px)", part);
                await visitor.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
            }

            await SeeNoOverflowAsync($"{name} ({language}, {Narrow} px)");
            if (language == "en" && shots.HasFlag(Shots.Narrow))
            {
                await ShootAsync($"{name}-narrow", Narrow);
            }

            await visitor.Page.SetViewportSizeAsync(Wide, 900);
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {clock.Elapsed.TotalSeconds:0.0} s, of these {_loading.Elapsed.TotalSeconds:0.0} s loading and {_axe.Elapsed.TotalSeconds:0.0} s axe"));
    }

    /// <summary>Takes pictures of a part of the page at its full height: both languages, wide, and narrow in both themes.</summary>
    public async Task ShootPartAsync(string name, ILocator part)
    {
        if (pictures is null)
        {
            return;
        }

        foreach (var language in new[] { "ko", "en" })
        {
            await visitor.SpeakAsync(language);
            await visitor.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
            await ShootAsync($"{name}-{language}");
            await visitor.Page.SetViewportSizeAsync(Narrow, 900);
            await ShootAsync($"{name}-{language}-narrow");
            await visitor.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
            await ShootAsync($"{name}-{language}-narrow-dark");
            await visitor.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
            await visitor.Page.SetViewportSizeAsync(Wide, 900);
        }

        Task ShootAsync(string file) =>
            part.ScreenshotAsync(new() { Path = Path.Combine(pictures, file + ".png"), Animations = ScreenshotAnimations.Disabled });
    }

    private async Task ReadAsync(string name, string language)
    {
        var text = await visitor.Page.Locator("body").InnerTextAsync();
        Note(Words.KeysIn(text).Select(k => $"{name} ({language}): shows the key {k}"));
        if (language == "ko")
        {
            Note(Words.EnglishIn(text).Select(k => $"{name}: English on a Korean page: {k}"));
        }
    }

    private async Task AxeAsync(string where, string? part)
    {
        _axe.Start();
        var found = await Axe.LookAsync(visitor.Page, part);
        _axe.Stop();
        Note(found.Select(f => $"{where}: {f}"));
    }

    /// <summary>A page scrolls down, never sideways.</summary>
    private async Task SeeNoOverflowAsync(string where)
    {
        var wide = await visitor.Page.EvaluateAsync<string>("""
            () => {
              const width = document.documentElement.clientWidth;
              if (document.documentElement.scrollWidth <= width) return '';
              const out = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > width + 0.5 || (e.scrollWidth > e.clientWidth && getComputedStyle(e).overflowX === 'visible'));
              const deepest = out.filter(e => !out.some(o => o !== e && e.contains(o)));
              return `${document.documentElement.scrollWidth - width} px too wide: ` + deepest.slice(0, 3).map(e => e.outerHTML.slice(0, 200)).join(' | ');
            }
            """);
        if (wide.Length > 0)
        {
            Note([$"{where}: {wide}"]);
        }
    }

    private void Note(IEnumerable<string> problems)
    {
        foreach (var problem in problems)
        {
            output.WriteLine(problem);
            _problems++;
        }
    }

    /// <summary>The page at its full height, so that a bar at the bottom stands where the page ends.</summary>
    private async Task ShootAsync(string file, int width)
    {
        const int Tallest = 1250;
        if (pictures is null)
        {
            return;
        }

        await visitor.Page.EvaluateAsync("() => { document.activeElement?.blur(); window.scrollTo(0, 0); }");
        await visitor.Page.Mouse.MoveAsync(0, 0);
        var height = await visitor.Page.EvaluateAsync<int>("document.documentElement.scrollHeight");
        await visitor.Page.SetViewportSizeAsync(width, Math.Clamp(height, 900, Tallest));
        await visitor.Page.ScreenshotAsync(new() { Path = Path.Combine(pictures, file + ".png"), Animations = ScreenshotAnimations.Disabled, Caret = ScreenshotCaret.Hide });
        await visitor.Page.SetViewportSizeAsync(width, 900);
    }
}
