using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using SetupWizard.Cli;
using SetupWizard.Configuration;
using SetupWizard.Endpoints;
using SetupWizard.Localization;

namespace SetupWizard.Security;

/// <summary>Lets nobody in without a pass, and says plainly where the URL is.</summary>
public sealed class AccessGate
{
    /// <summary>Where a token is exchanged for the cookie.</summary>
    public const string TokenPath = "/token";

    /// <summary>Where a page asks whether its key is the one of now.</summary>
    public const string KeyPath = "/key";

    /// <summary>Where pages connect to. With that, they see the session.</summary>
    private const string CircuitPath = "/_blazor";

    /// <summary>What a page asks of it before it connects and when it goes: neither shows anything, and a browser sends no header with the second.</summary>
    private static readonly string[] s_besideCircuit = [CircuitPath + "/initializers", CircuitPath + "/disconnect"];

    private readonly RequestDelegate _next;
    private readonly AccessToken _token;
    private readonly CookieNames _cookies;
    private readonly IServer _server;
    private readonly WizardOptions _options;
    private readonly Refusals _refusals;

    public AccessGate(RequestDelegate next, AccessToken token, CookieNames cookies, IServer server, IOptions<WizardOptions> options, Refusals refusals)
    {
        ArgumentNullException.ThrowIfNull(options);
        _next = next;
        _token = token;
        _cookies = cookies;
        _server = server;
        _options = options.Value;
        _refusals = refusals;
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
            await (_options.RequireToken ? ExchangeAsync(context) : GiveAsync(context, _token.Grant(CookieOf(context)), "/"));
        }
        else if (path == "/healthz" || path == "/favicon.svg" || IsLetIn(context))
        {
            await _next(context);
        }
        else if (!_options.RequireToken && WantsPage(context))
        {
            // Whoever comes is let in, with a pass of their own all the same: the session stays with the browser that has its key.
            await GiveAsync(context, _token.Grant(null), "/" + path.ToUriComponent().TrimStart('/') + context.Request.QueryString);
        }
        else
        {
            await RefuseAsync(context);
        }
    }

    private static string? KeyOf(HttpContext context)
    {
        // The client of the pages sends it as a header, and with a WebSocket, which has none, in the address; addresses of requests are not logged.
        const string scheme = "Bearer ";
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(scheme, StringComparison.Ordinal) ? header[scheme.Length..] : context.Request.Query["access_token"];
    }

    private string? CookieOf(HttpContext context) => context.Request.Cookies[_cookies.Of(context, AccessToken.CookieName)];

    /// <summary>Cookies alone get the frame of a page and nothing of a session: a server on another port of this machine has them, too.</summary>
    private bool IsLetIn(HttpContext context)
    {
        var path = context.Request.Path;
        var takesKey = path == SignOut.Path || path == KeyPath || (path.StartsWithSegments(CircuitPath) && !s_besideCircuit.Contains(path.Value, StringComparer.Ordinal));
        return takesKey ? _token.Admits(CookieOf(context), KeyOf(context)) : _token.Admits(CookieOf(context));
    }

    private async Task ExchangeAsync(HttpContext context)
    {
        var before = CookieOf(context);
        if (_token.Redeem(context.Request.Query["t"], before) is { } pass)
        {
            await GiveAsync(context, pass, "/");
        }
        else if (context.Request.Query.ContainsKey("t") && _token.Admits(before))
        {
            // Opened once more by the browser that used it. A strict cookie is withheld on a redirect that another site began, so the page goes on by itself.
            context.Response.Headers["Refresh"] = "0; url=/";
            await PlainPage.WriteAsync(context, StatusCodes.Status200OK, Ui.T("Token.Opening"), []);
        }
        else
        {
            await RefuseAsync(context);
        }
    }

    /// <summary>Gives a browser both halves of a pass and sends it on.</summary>
    private Task GiveAsync(HttpContext context, Pass pass, string to)
    {
        if (pass.Cookie != CookieOf(context))
        {
            context.Response.Cookies.Append(_cookies.Of(context, AccessToken.CookieName), pass.Cookie, _cookies.Options(context));
        }

        return PlainPage.WriteAsync(context, StatusCodes.Status200OK, Ui.T("Token.Opening"), [], PlainPage.ScriptThatKeeps(pass.Key, to));
    }

    private static bool WantsPage(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);

    private async Task RefuseAsync(HttpContext context)
    {
        _refusals.Count(context.Request.Path);
        if (!WantsPage(context))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        // The terminal's owner decides who comes in: a fresh URL is printed there once the last one was used.
        var token = _token.Issue(out var fresh);
        if (fresh)
        {
            await Welcome.WriteAsync(UrlWith(AddressOf(_options, _server), token), token: true);
        }

        var (title, first) = context.Request.Query.ContainsKey("out") ? ("SignOut.Title", "SignOut.Text") : ("Token.Title", "Token.Where");
        await PlainPage.WriteAsync(context, StatusCodes.Status401Unauthorized, Ui.T(title), [Ui.T(first), Ui.T("Token.Fresh")]);
    }
}
