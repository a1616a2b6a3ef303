using System.Net;
using Microsoft.Extensions.Options;
using SetupWizard.Configuration;
using SetupWizard.Localization;

namespace SetupWizard.Security;

/// <summary>
/// Answers only to names that are this wizard's own, and takes changes and connections only from its own pages. A page elsewhere can have its own name point here (DNS
/// rebinding), and one on another port of this machine counts as the same site for a browser.
/// </summary>
public sealed class HostGate(RequestDelegate next, IOptions<WizardOptions> options)
{
    public Task InvokeAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var host = context.Request.Host;
        if (context.Request.Path != "/healthz" && !IsOurs(host.Host, options.Value))
        {
            return PlainPage.WriteAsync(context, StatusCodes.Status400BadRequest, Ui.T("Host.Title"), [Ui.T("Host.How")]);
        }

        if (ChangesOrConnects(context) && context.Request.Headers.Origin.ToString() is { Length: > 0 } origin && !IsOwn(origin, host))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }

        if (context.Request.Path != "/healthz" && IsFetchedElsewhere(context))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }

        return next(context);
    }

    /// <summary>
    /// A page of another site, or of another port, may lead here but fetch, frame and embed nothing. Browsers say what a request is for; see
    /// <see href="https://developer.mozilla.org/docs/Web/HTTP/Headers/Sec-Fetch-Site"/>.
    /// </summary>
    private static bool IsFetchedElsewhere(HttpContext context)
    {
        var headers = context.Request.Headers;
        return headers["Sec-Fetch-Site"].ToString() is "same-site" or "cross-site"
            && !(HttpMethods.IsGet(context.Request.Method) && headers["Sec-Fetch-Mode"] == "navigate" && headers["Sec-Fetch-Dest"] == "document");
    }

    /// <summary>An address is no name, and cannot be made to point elsewhere.</summary>
    internal static bool IsOurs(string host, WizardOptions options) =>
        IPAddress.TryParse(host.Trim('[', ']'), out _)
        || string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || string.Equals(host, options.PublicAddress?.IdnHost, StringComparison.OrdinalIgnoreCase)
        || options.AllowedHosts.Any(h => string.Equals(h, host, StringComparison.OrdinalIgnoreCase));

    private static bool ChangesOrConnects(HttpContext context) =>
        (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method)) || context.Request.Path.StartsWithSegments("/_blazor") || context.WebSockets.IsWebSocketRequest;

    /// <summary>A proxy in front may have its own scheme and port; what the browser asked for and what it stands on are compared by name and port.</summary>
    private bool IsOwn(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var page)
        && (string.Equals(page.Authority, host.Value, StringComparison.OrdinalIgnoreCase)
            || (options.Value.PublicAddress is { } own && (page.IdnHost, page.Port) == (own.IdnHost, own.Port)));
}
