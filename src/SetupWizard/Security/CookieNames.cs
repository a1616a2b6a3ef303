using System.Globalization;
using Microsoft.Extensions.Options;
using SetupWizard.Configuration;

namespace SetupWizard.Security;

/// <summary>
/// Cookies know no ports: with the port in their names, two wizards of a machine leave each other's alone. Behind https at a public address they are bound to it
/// (<c>__Host-</c>, <see href="https://developer.mozilla.org/docs/Web/HTTP/Headers/Set-Cookie"/>).
/// </summary>
public sealed class CookieNames(IOptions<WizardOptions> options)
{
    /// <summary>The cookie's name as this visitor's browser has it.</summary>
    public string Of(HttpContext context, string name)
    {
        ArgumentNullException.ThrowIfNull(context);
        return options.Value.PublicAddress is { Scheme: "https" }
            ? "__Host-" + name
            : name + "-" + (context.Request.Host.Port ?? (context.Request.IsHttps ? 443 : 80)).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>How it is kept.</summary>
    public CookieOptions Options(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new()
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = context.Request.IsHttps || options.Value.PublicAddress is { Scheme: "https" },
            Path = "/",
        };
    }
}
