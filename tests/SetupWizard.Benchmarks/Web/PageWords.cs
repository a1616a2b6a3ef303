using Microsoft.Playwright;
using SetupWizard.E2E.Tests.Support;

namespace SetupWizard.Benchmarks.Web;

/// <summary>How many words somebody sees on a page before anything is unfolded.</summary>
internal static class PageWords
{
    /// <summary>
    /// The page's own part as text, laid out as it is seen. Left out: what is folded (the browser gives that as text all the same), what is for screen readers alone,
    /// and the entries of a list but the chosen one.
    /// </summary>
    private const string Text = """
        main => {
          const chosen = [...main.querySelectorAll('select')].filter(s => s.checkVisibility()).map(s => s.selectedOptions[0]?.text ?? '');
          const hidden = new CSSStyleSheet();
          hidden.replaceSync('details:not([open])::details-content, details:not([open]) > :not(summary), select, .sr-only { display: none !important; }');
          const sheets = [...document.adoptedStyleSheets];
          document.adoptedStyleSheets = [...sheets, hidden];
          try {
            return [main.innerText, ...chosen].join('\n');
          } finally {
            document.adoptedStyleSheets = sheets;
          }
        }
        """;

    /// <summary>Counts them on the page as it is now.</summary>
    public static async Task<int> OnPageAsync(this Visitor visitor) =>
        WordCount.Of(await visitor.Main.EvaluateAsync<string>(Text, null, new LocatorEvaluateOptions { Timeout = (float)Visitor.Patience.TotalMilliseconds }));
}
