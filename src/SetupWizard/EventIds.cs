namespace SetupWizard;

/// <summary>
/// Numbers of the host's log events, 5000 to 8999: 5000 the server and its pages, 6000 sessions, 7000 access, 8000 files it keeps. Up to 4999 they are the engine's.
/// A number is never given to another event.
/// </summary>
internal static class EventIds
{
    public const int Listening = 5000;
    public const int PageFailed = 5001;
    public const int BackgroundWorkFailed = 5002;

    public const int Connected = 6000;
    public const int Forgotten = 6001;

    public const int AccessRefused = 7000;
    public const int MoreRefused = 7001;

    public const int DraftFailed = 8000;
    public const int PlanKeyFailed = 8001;
}
