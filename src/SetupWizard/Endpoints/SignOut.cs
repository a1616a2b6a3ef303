using SetupWizard.Security;
using SetupWizard.Sessions;

namespace SetupWizard.Endpoints;

/// <summary>Ends the session and takes the pass back: this browser needs a new URL from then on, or gets a new pass where none is asked for.</summary>
public static class SignOut
{
    public const string Path = "/sign-out";

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost(Path, PostAsync);

    private static async Task<IResult> PostAsync(HttpContext context, WizardSessionStore store, AccessToken token, SessionSeal seal, CookieNames cookies)
    {
        var pass = context.Request.Cookies[cookies.Of(context, AccessToken.CookieName)] ?? "";
        token.Revoke(pass);
        foreach (var name in (string[])[AccessToken.CookieName, SessionCookie.CookieName])
        {
            context.Response.Cookies.Delete(cookies.Of(context, name), cookies.Options(context));
        }

        foreach (var id in seal.MadeFor(pass))
        {
            await store.CloseAsync(id);
        }

        return Results.NoContent();
    }
}
