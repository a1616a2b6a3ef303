using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace SetupWizard.E2E.Tests.Screens;

/// <summary>
/// Runs axe's own rules in a page. Its packages for browsers open a second page for each run and load the rules into both of them every time, which is
/// for pages with frames and costs more than the rules; ours have no frames.
/// </summary>
public static class Axe
{
    private static readonly string s_script = new BundledAxeScriptProvider().GetScript();

    /// <summary>Everything a rule finds wrong on the page as it is now, one line for each place.</summary>
    /// <param name="page">The page.</param>
    /// <param name="part">A selector of what is looked at; null for all of it, and for what can be wrong with a page as a whole.</param>
    public static async Task<IReadOnlyList<string>> LookAsync(IPage page, string? part = null)
    {
        if (!await page.EvaluateAsync<bool>("typeof window.axe?.run === 'function'"))
        {
            await page.EvaluateAsync(s_script);
        }

        return await page.EvaluateAsync<string[]>("""
            async part => {
              if (document.querySelector('iframe, frame')) throw new Error('The page has frames, which are not looked into.');
              const { violations } = await window.axe.run(part ?? document, { resultTypes: ['violations'] });
              return violations.flatMap(v => v.nodes.map(n => `${v.id} (${v.impact}) at ${n.target.join(' ')}: ${n.html}`));
            }
            """,
            part);
    }
}
