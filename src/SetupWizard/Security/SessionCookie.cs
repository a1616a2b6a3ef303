using SetupWizard.Sessions;

namespace SetupWizard.Security;

/// <summary>Gives every visitor a session id. The id is a credential: it is never logged and never shown.</summary>
public sealed class SessionCookie
{
    public const string CookieName = "setupwizard-session";

    private readonly RequestDelegate _next;

    public SessionCookie(RequestDelegate next) => _next = next;

    /// <summary>The id of this visitor.</summary>
    public static string IdOf(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Items[CookieName] as string ?? throw new InvalidOperationException("The session cookie is not set up for this request.");
    }

    public Task InvokeAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var id = context.Request.Cookies[CookieName];
        if (id is not { Length: 64 } || !id.All(char.IsAsciiHexDigitLower))
        {
            id = WizardSessionStore.NewId();
            context.Response.Cookies.Append(CookieName, id, new CookieOptions
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Strict,
                Secure = context.Request.IsHttps,
                Path = "/",
            });
        }

        context.Items[CookieName] = id;
        return _next(context);
    }
}
