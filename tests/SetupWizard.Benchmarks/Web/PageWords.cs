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
        (main, besides) => {
          const chosen = [...main.querySelectorAll('select')].filter(s => s.checkVisibility()).map(s => s.selectedOptions[0]?.text ?? '');
          const hidden = new CSSStyleSheet();
          hidden.replaceSync('details:not([open])::details-content, details:not([open]) > :not(summary), select, .sr-only' + besides + ' { display: none !important; }');
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
    /// <returns>The words to read, and those of a drawn console, which is a picture of another page.</returns>
    public static async Task<(int ToRead, int InPictures)> OnPageAsync(this Visitor visitor)
    {
        var toRead = await CountAsync(visitor, ", figure.drawing");
        return (toRead, await CountAsync(visitor, "") - toRead);
    }

    private static async Task<int> CountAsync(Visitor visitor, string besides) =>
        WordCount.Of(await visitor.Main.EvaluateAsync<string>(Text, besides, new LocatorEvaluateOptions { Timeout = (float)Visitor.Patience.TotalMilliseconds }));
}
