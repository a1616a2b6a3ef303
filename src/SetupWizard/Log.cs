using SetupWizard.Sessions;

namespace SetupWizard;

/// <summary>Everything the host logs. No secret, no query string.</summary>
internal static partial class Log
{
    [LoggerMessage(EventIds.Listening, LogLevel.Information, "Listening on {Address}")]
    public static partial void Listening(ILogger logger, string address);

    [LoggerMessage(EventIds.Connected, LogLevel.Information, "Session {Session}: connected {Succeeded} ({Case})")]
    private static partial void ConnectedCore(ILogger logger, string session, bool succeeded, string @case);

    /// <summary>The id is a credential: only its beginning is logged.</summary>
    public static void Connected(ILogger logger, string session, bool succeeded, string @case) => ConnectedCore(logger, Short(session), succeeded, @case);

    [LoggerMessage(EventIds.Forgotten, LogLevel.Information, "Session {Session}: forgotten ({Notice})")]
    private static partial void ForgottenCore(ILogger logger, string session, SessionNotice notice);

    public static void Forgotten(ILogger logger, string session, SessionNotice notice) => ForgottenCore(logger, Short(session), notice);

    [LoggerMessage(EventIds.BackgroundWorkFailed, LogLevel.Error, "Background work failed: {Work}")]
    public static partial void BackgroundWorkFailed(ILogger logger, string work, Exception exception);

    [LoggerMessage(EventIds.AccessRefused, LogLevel.Warning, "Refused a request without access to {Path}")]
    public static partial void AccessRefused(ILogger logger, string path);

    [LoggerMessage(EventIds.MoreRefused, LogLevel.Warning, "Refused {Count} more requests without access since the last line that said so")]
    public static partial void MoreRefused(ILogger logger, long count);

    [LoggerMessage(EventIds.PageFailed, LogLevel.Error, "A page failed; reference {Reference}")]
    public static partial void PageFailed(ILogger logger, string reference, Exception exception);

    [LoggerMessage(EventIds.DraftFailed, LogLevel.Warning, "Drafts: {What} failed")]
    public static partial void DraftFailed(ILogger logger, string what, Exception exception);

    [LoggerMessage(EventIds.PlanKeyFailed, LogLevel.Error, "The key that signs plans cannot be used")]
    public static partial void PlanKeyFailed(ILogger logger, Exception exception);

    private static string Short(string id) => id.Length > 8 ? id[..8] : id;
}
