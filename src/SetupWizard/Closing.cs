using Serilog.Core;
using Serilog.Events;

namespace SetupWizard;

/// <summary>
/// The end of the program. Pages notice that their connection is gone and connect anew in the same moment, while connections that exist are being closed: one that got in between
/// would hold the end up until its limit. What breaks in a page that has lost its server is no error either.
/// </summary>
public sealed class Closing : ILogEventFilter
{
    /// <summary>Docker waits ten seconds before it kills, and a sandbox takes a moment after this.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <summary>Where the messages of pages and their connections come from.</summary>
    private static readonly string[] s_pages = ["Microsoft.AspNetCore.Components.", "Microsoft.AspNetCore.SignalR", "Microsoft.AspNetCore.Http.Connections"];

    /// <summary>Asked, not waited for: what is registered with it runs after the connections have been told to close, and that is too late.</summary>
    private CancellationToken _stopping;

    public void BeginsWith(CancellationToken stopping) => _stopping = stopping;

    /// <summary>Refuses pages that connect once the end has begun.</summary>
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        if (_stopping.IsCancellationRequested && context.Request.Path.StartsWithSegments("/_blazor"))
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        }

        return next(context);
    }

    bool ILogEventFilter.IsEnabled(LogEvent logEvent) => !(_stopping.IsCancellationRequested && IsOfPages(logEvent));

    private static bool IsOfPages(LogEvent logEvent) =>
        logEvent.Properties.GetValueOrDefault(Constants.SourceContextPropertyName) is ScalarValue { Value: string category }
        && s_pages.Any(p => category.StartsWith(p, StringComparison.Ordinal));
}
