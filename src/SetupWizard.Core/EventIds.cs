namespace SetupWizard.Core;

/// <summary>
/// Numbers of the engine's log events, 1000 to 4999: 1000 connections, 2000 reading and judging, 3000 applying, 4000 proof and feed. From 5000 on they are the host's.
/// A number is never given to another event.
/// </summary>
internal static class EventIds
{
    public const int ConnectFailed = 1000;
    public const int WatchLost = 1001;

    public const int SnapshotRead = 2000;
    public const int RuleFailed = 2001;

    public const int ApplyStarted = 3000;
    public const int ApplyFinished = 3001;
    public const int StatementFailed = 3002;
    public const int ConnectionLost = 3003;

    public const int ProofStage = 4000;
    public const int FeedStarted = 4001;
    public const int FeedEnded = 4002;
}
