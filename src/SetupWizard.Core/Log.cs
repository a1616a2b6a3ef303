using Microsoft.Extensions.Logging;
using SetupWizard.Core.Model;

namespace SetupWizard.Core;

/// <summary>Every log message of the engine. None takes a statement, a password or an exception text that could hold one.</summary>
internal static partial class Log
{
    [LoggerMessage(EventIds.ConnectFailed, LogLevel.Information, "Could not open {Source}: {Case}")]
    public static partial void ConnectFailed(ILogger logger, string source, string @case);

    [LoggerMessage(EventIds.WatchLost, LogLevel.Debug, "Lost sight of {Source}")]
    public static partial void WatchLost(ILogger logger, string source);

    [LoggerMessage(EventIds.SnapshotRead, LogLevel.Debug, "Read {Source}: {Tables} tables, {RoundTrips} round trips, {Milliseconds} ms")]
    public static partial void SnapshotRead(ILogger logger, string source, int tables, int roundTrips, long milliseconds);

    [LoggerMessage(EventIds.RuleFailed, LogLevel.Error, "Requirement {Code} could not be judged")]
    public static partial void RuleFailed(ILogger logger, string code, Exception exception);

    [LoggerMessage(EventIds.ApplyStarted, LogLevel.Information, "Run {Run} applies {Count} changes to {Source}")]
    public static partial void ApplyStarted(ILogger logger, string run, int count, string source);

    [LoggerMessage(EventIds.ApplyFinished, LogLevel.Information, "Run {Run} ended: {Outcome}")]
    public static partial void ApplyFinished(ILogger logger, string run, string outcome);

    [LoggerMessage(EventIds.StatementFailed, LogLevel.Warning, "Run {Run}: {Kind} for {Code} failed with SQLSTATE {SqlState}")]
    public static partial void StatementFailed(ILogger logger, string run, string kind, string code, string? sqlState);

    [LoggerMessage(EventIds.ConnectionLost, LogLevel.Warning, "Run {Run}: the connection was lost")]
    public static partial void ConnectionLost(ILogger logger, string run);

    [LoggerMessage(EventIds.ProofStage, LogLevel.Debug, "Proof {Code}: {State}")]
    public static partial void ProofStage(ILogger logger, string code, string state);

    [LoggerMessage(EventIds.FeedStarted, LogLevel.Information, "Watching changes of {Source} through {Slot}")]
    public static partial void FeedStarted(ILogger logger, string source, string slot);

    [LoggerMessage(EventIds.FeedEnded, LogLevel.Information, "Watched changes of {Source}: {End}, {Changes} changes, {Seconds} s, clean: {Clean}")]
    public static partial void FeedEnded(ILogger logger, string source, FeedEnd end, long changes, long seconds, bool clean);
}
