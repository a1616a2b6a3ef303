using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using SetupWizard.Localization;

namespace SetupWizard.Security;

/// <summary>A page that needs nothing of the application, for visitors who have no access yet and for errors.</summary>
public static class PlainPage
{
    /// <summary>As <c>start.js</c> calls it.</summary>
    private const string KeyName = "setupwizard-key";

    private const string Style = """
        :root { color-scheme: light dark; }
        body { font: 16px/1.5 system-ui, sans-serif; margin: 12vh auto; max-width: 60ch; padding: 0 16px; background: light-dark(#fff, #14171c); color: light-dark(#1d2129, #e6e8ec); }
        h1 { font-size: 22px; } code { font: 14px ui-monospace, monospace; }
        """;

    /// <summary>Keeps the key of a pass where the wizard's own pages find it, and goes on to one of them. Without it, that page says what to do.</summary>
    public static string ScriptThatKeeps(string key, string to) =>
        $"try {{ localStorage.setItem('{KeyName}', '{key}'); }} finally {{ location.replace({JsonSerializer.Serialize(to)}); }}";

    /// <param name="context">Whose request it answers.</param>
    /// <param name="status">The status.</param>
    /// <param name="title">The heading.</param>
    /// <param name="paragraphs">The text.</param>
    /// <param name="script">What the page does by itself; nothing unless given.</param>
    public static async Task WriteAsync(HttpContext context, int status, string title, IReadOnlyList<string> paragraphs, string? script = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(paragraphs);
        var page = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"<!DOCTYPE html><html lang=\"{CultureInfo.CurrentUICulture.TwoLetterISOLanguageName}\"><head><meta charset=\"utf-8\">")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><link rel=\"icon\" href=\"/favicon.svg\">")
            .Append(CultureInfo.InvariantCulture, $"<title>{Encode(title)} - {Encode(Ui.T("App.Name"))}</title><style nonce=\"{SecurityHeaders.NonceOf(context)}\">{Style}</style></head><body><main><h1>{Encode(title)}</h1>");
        foreach (var paragraph in paragraphs)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p>{Encode(paragraph)}</p>");
        }

        if (script is not null)
        {
            page.Append(CultureInfo.InvariantCulture, $"<noscript><p>{Encode(Ui.T("App.NeedsScript"))}</p></noscript><script nonce=\"{SecurityHeaders.NonceOf(context)}\">{script}</script>");
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsync(page.Append("</main></body></html>").ToString(), context.RequestAborted);
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
