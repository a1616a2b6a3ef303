using System.Globalization;
using Microsoft.Playwright;
using SetupWizard.E2E.Tests.Support;
using Xunit.Abstractions;

namespace SetupWizard.E2E.Tests.Screens;

/// <summary>Every component in every state, in both languages and themes, wide and narrow: a browser looks at what no walk through the wizard passes.</summary>
[Collection(WizardFixture.Screens)]
public sealed class GalleryTests(WizardFixture wizard, ITestOutputHelper output)
{
    [Fact]
    public async Task Every_component_in_every_state_is_accessible_translated_and_fits()
    {
        await using var app = await AppProcess.StartAsync(development: true);
        await using var visitor = await wizard.VisitAsync(app: app);
        var inspector = new Inspector(visitor, output, Environment.GetEnvironmentVariable("SETUPWIZARD_TOUR"));

        await OpenAsync(0);
        await inspector.LookAsync("gallery", everywhere: true);
        await inspector.LookAsync("gallery-dialog", async () =>
        {
            await visitor.ClickAsync(visitor.Page.Locator("#gallery-dialog"));
            await visitor.SeeFocusInAsync(visitor.Page.GetByRole(AriaRole.Dialog));
        }, part: "[role='dialog']");

        var states = await visitor.Page.EvaluateAsync<int>("Math.max(...[...document.querySelectorAll('.gallery-states')].map(s => s.children.length))");
        for (var state = 1; state < states; state++)
        {
            await OpenAsync(state);

            // All else is as it was.
            await inspector.LookAsync(string.Create(CultureInfo.InvariantCulture, $"gallery-{state}"), part: ".gallery-item:has(> .gallery-states)");
        }

        inspector.SawNothingWrong();
        visitor.SawNoErrors();

        async Task OpenAsync(int state)
        {
            await visitor.OpenAsync("/gallery?state=" + state.ToString(CultureInfo.InvariantCulture));
            Assert.Equal("", await visitor.Page.EvaluateAsync<string>("""
                () => {
                  const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
                  const twice = ids.filter((id, n) => ids.indexOf(id) !== n);
                  const mains = document.querySelectorAll('main').length;
                  const headings = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter(h => h.checkVisibility());
                  const jumps = headings.filter((h, n) => n > 0 && h.tagName[1] - headings[n - 1].tagName[1] > 1).map(h => h.textContent);
                  return [...twice.map(id => `id twice: ${id}`), ...(mains === 1 ? [] : [`${mains} main`]), ...jumps.map(h => `level left out before: ${h}`)].join('; ');
                }
                """));
        }
    }
}
