using SetupWizard.Sessions;

namespace SetupWizard.Security;

/// <summary>Gives every visitor a session id. The id is a credential: it is never logged and never shown.</summary>
public sealed class SessionCookie
{
    public const string CookieName = "setupwizard-session";

    private readonly RequestDelegate _next;
    private readonly CookieNames _cookies;

    public SessionCookie(RequestDelegate next, CookieNames cookies)
    {
        _next = next;
        _cookies = cookies;
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
        var id = context.Request.Cookies[_cookies.Of(context, CookieName)];
        if (id is not { Length: 64 } || !id.All(char.IsAsciiHexDigitLower))
        {
            id = WizardSessionStore.NewId();
            context.Response.Cookies.Append(_cookies.Of(context, CookieName), id, _cookies.Options(context));
        }

        context.Items[CookieName] = id;
        return _next(context);
    }
}
