using SetupWizard.Sessions;

namespace SetupWizard.Security;

/// <summary>Gives every visitor a session id. The id is a credential: it is never logged and never shown.</summary>
public sealed class SessionCookie
{
    public const string CookieName = "setupwizard-session";

    private readonly RequestDelegate _next;
    private readonly CookieNames _cookies;
    private readonly SessionSeal _seal;

    public SessionCookie(RequestDelegate next, CookieNames cookies, SessionSeal seal)
    {
        _next = next;
        _cookies = cookies;
        _seal = seal;
    }

    /// <summary>The id of this visitor.</summary>
    public static string IdOf(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Items[CookieName] as string ?? throw new InvalidOperationException("The session cookie is not set up for this request.");
    }

    /// <summary>
    /// What a page fetches beside itself begins no session: its answer may come late, and the id in it would take the place of the one that the page has by then.
    /// </summary>
    private static bool IsAside(HttpRequest request) =>
        request.Path == "/healthz" || request.Path == "/favicon.svg" || request.Headers["Sec-Fetch-Dest"].ToString() is not ("" or "document");

    public Task InvokeAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var name = _cookies.Of(context, CookieName);
        var pass = context.Request.Cookies[_cookies.Of(context, AccessToken.CookieName)] ?? "";
        if (_seal.Open(context.Request.Cookies[name], pass) is not { } id)
        {
            if (IsAside(context.Request))
            {
                // For this request alone. Some of these are open to everybody, so nothing is remembered of them.
                id = WizardSessionStore.NewId();
            }
            else
            {
                context.Response.Cookies.Append(name, _seal.Make(pass, out id), _cookies.Options(context));
            }
        }

        context.Items[CookieName] = id;
        return _next(context);
    }
}
