using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using SetupWizard.Configuration;
using SetupWizard.Localization;

namespace SetupWizard.Security;

/// <summary>Lets nobody in without the access cookie, and says plainly where the URL is.</summary>
public sealed class AccessGate
{
    /// <summary>Where a token is exchanged for the cookie.</summary>
    public const string TokenPath = "/token";

    private readonly RequestDelegate _next;
    private readonly AccessToken _token;
    private readonly CookieNames _cookies;
    private readonly IServer _server;
    private readonly WizardOptions _options;
    private readonly ILogger<AccessGate> _log;

    public AccessGate(RequestDelegate next, AccessToken token, CookieNames cookies, IServer server, IOptions<WizardOptions> options, ILogger<AccessGate> log)
    {
        _next = next;
        _token = token;
        _cookies = cookies;
        _server = server;
        _options = options.Value;
        _log = log;
    }

    /// <summary>The URL to print, with a token for one browser.</summary>
    public static string UrlWith(string address, string token) => $"{address.TrimEnd('/')}{TokenPath}?t={token}";

    /// <summary>The address to print: never what a request says it is, which anybody can write.</summary>
    internal static string AddressOf(WizardOptions options, IServer server) => options.PublicAddress is not null
        ? options.PublicUrl.TrimEnd('/')
        : (server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? throw new InvalidOperationException("The application has not been started."))
            .Replace("//0.0.0.0:", "//localhost:", StringComparison.Ordinal)
            .Replace("//[::]:", "//localhost:", StringComparison.Ordinal);

    public async Task InvokeAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var path = context.Request.Path;
        if (path == TokenPath && HttpMethods.IsGet(context.Request.Method))
        {
            await ExchangeAsync(context);
        }
        else if (!_options.RequireToken || path == "/healthz" || path == "/favicon.svg" || _token.Admits(PassOf(context)))
        {
            await _next(context);
        }
        else
        {
            await RefuseAsync(context);
        }
    }

    private string? PassOf(HttpContext context) => context.Request.Cookies[_cookies.Of(context, AccessToken.CookieName)];

    private async Task ExchangeAsync(HttpContext context)
    {
        if (_token.Redeem(context.Request.Query["t"]) is { } pass)
        {
            context.Response.Cookies.Append(_cookies.Of(context, AccessToken.CookieName), pass, _cookies.Options(context));
        }
        else if (!_token.Admits(PassOf(context)))
        {
            await RefuseAsync(context);
            return;
        }

        // A strict cookie is withheld on a redirect that another site began, so such a visitor gets a page that goes on by itself.
        if (context.Request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site")
        {
            context.Response.Headers["Refresh"] = "0; url=/";
            await PlainPage.WriteAsync(context, StatusCodes.Status200OK, Ui.T("Token.Opening"), []);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = "/";
    }

    private async Task RefuseAsync(HttpContext context)
    {
        Log.AccessRefused(_log, context.Request.Path);
        var wantsPage = HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);
        if (!wantsPage)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        // The terminal's owner decides who comes in: a fresh URL is printed there once the last one was used.
        var token = _token.Issue(out var fresh);
        if (fresh)
        {
            await Console.Out.WriteLineAsync(UrlWith(AddressOf(_options, _server), token));
        }

        await PlainPage.WriteAsync(context, StatusCodes.Status401Unauthorized, Ui.T("Token.Title"), [Ui.T("Token.Where"), Ui.T("Token.Fresh")]);
    }
}
