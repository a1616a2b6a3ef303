using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;
using SetupWizard.Localization;

namespace SetupWizard.Security;

/// <summary>What is shown when a request broke: a reference to find it in the log, and no detail.</summary>
public static class ErrorPage
{
    public static Task WriteAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var reference = Guid.CreateVersion7().ToString("N", CultureInfo.InvariantCulture)[^8..];
        if (context.Features.Get<IExceptionHandlerFeature>()?.Error is { } error)
        {
            Log.PageFailed(context.RequestServices.GetRequiredService<ILogger<SetupWizardApp>>(), reference, error);
        }

        return PlainPage.WriteAsync(context, StatusCodes.Status500InternalServerError, Ui.T("Error.Title"), [Ui.T("Error.Text"), Ui.T("Error.Reference", ("reference", reference))]);
    }
}
