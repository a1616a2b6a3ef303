using Microsoft.Extensions.Options;
using SetupWizard.Configuration;

namespace SetupWizard.Security;

/// <summary>Gives every visitor a session id. The id is a credential: it is never logged and never shown.</summary>
public sealed class SessionCookie
{
    public const string CookieName = "setupwizard-session";

    private readonly RequestDelegate _next;
    private readonly CookieNames _cookies;
    private readonly SessionSeal _seal;
    private readonly WizardOptions _options;

    public SessionCookie(RequestDelegate next, CookieNames cookies, SessionSeal seal, IOptions<WizardOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _next = next;
        _cookies = cookies;
        _seal = seal;
        _options = options.Value;
    }

    /// <summary>The id of this visitor.</summary>
    public static string IdOf(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Items[CookieName] as string ?? throw new InvalidOperationException("The session cookie is not set up for this request.");
    }

    public Task InvokeAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var name = _cookies.Of(context, CookieName);
        var pass = _options.RequireToken ? context.Request.Cookies[_cookies.Of(context, AccessToken.CookieName)] ?? "" : "";
        if (_seal.Open(context.Request.Cookies[name], pass) is not { } id)
        {
            context.Response.Cookies.Append(name, _seal.Make(pass, out id), _cookies.Options(context));
        }

        context.Items[CookieName] = id;
        return _next(context);
    }
}
