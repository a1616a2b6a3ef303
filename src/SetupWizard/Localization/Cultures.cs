using System.Globalization;
using Microsoft.AspNetCore.Localization;
using SetupWizard.Security;

namespace SetupWizard.Localization;

/// <summary>The languages there are, and the endpoint that picks one.</summary>
public static class Cultures
{
    /// <summary>Every language with its own name for itself.</summary>
    public static readonly IReadOnlyList<(string Code, string Name)> All = [("en", "English"), ("ko", "한국어")];

    public static RequestLocalizationOptions Options()
    {
        var options = new RequestLocalizationOptions { ApplyCurrentCultureToResponseHeaders = true }
            .AddSupportedCultures([.. All.Select(c => c.Code)])
            .AddSupportedUICultures([.. All.Select(c => c.Code)])
            .SetDefaultCulture("en");
        options.RequestCultureProviders = [new CookieRequestCultureProvider(), new AcceptLanguageHeaderRequestCultureProvider()];
        return options;
    }

    /// <summary>Remembers a language and goes back to the page.</summary>
    public static IResult Choose(HttpContext context, CookieNames cookies, string? to, string? back)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(cookies);
        if (All.Any(c => c.Code == to))
        {
            var kept = cookies.Options(context);
            kept.MaxAge = TimeSpan.FromDays(365);
            context.Response.Cookies.Append(
                CookieRequestCultureProvider.DefaultCookieName,
                CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(to!)),
                kept);
        }

        // Only a path of our own: a page elsewhere must not use us as a springboard. Control characters are in no path that a page of ours has.
        var local = back is { Length: > 0 } && back[0] == '/' && !back.StartsWith("//", StringComparison.Ordinal) && !back.Contains('\\', StringComparison.Ordinal) && !back.Any(char.IsControl);
        return Results.LocalRedirect(local ? back! : "/");
    }

    /// <summary>The language of this page, two letters.</summary>
    public static string Current => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "ko" ? "ko" : "en";
}
