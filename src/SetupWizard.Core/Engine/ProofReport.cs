using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Engine;

/// <summary>Emits the events of a proof's stages.</summary>
internal sealed class ProofReport(ChannelWriter<ProofEvent> events, ILogger logger, Redactor redactor)
{
    private static readonly RequirementId[] s_stages =
    [
        RequirementId.ProofLogin, RequirementId.ProofReplication, RequirementId.ProofRead, RequirementId.ProofPublication,
        RequirementId.ProofSlot, RequirementId.ProofChange, RequirementId.ProofClean,
    ];

    public static Dictionary<string, object?> Arguments(params (string Name, object? Value)[] arguments) =>
        arguments.ToDictionary(a => a.Name, a => a.Value, StringComparer.Ordinal);

    public static Problem Problem(string key, params (string Name, object? Value)[] arguments) => new(key, Arguments(arguments));

    /// <summary>A problem with what the server said about it; our own patience running out is not its word.</summary>
    public Problem Problem(string key, Exception e, params (string Name, object? Value)[] arguments) =>
        new(key, Arguments(arguments), e is OperationCanceledException ? null : redactor.Message(e));

    public long Begin(RequirementId stage)
    {
        Emit(new ProofEvent(stage, ProofState.Running, TimeSpan.Zero));
        return Stopwatch.GetTimestamp();
    }

    public void Pass(RequirementId stage, long started, params (string Name, object? Value)[] arguments) => PassAs(null, stage, started, arguments);

    /// <summary>Proved, in a way that has words of its own.</summary>
    public void PassAs(string? situation, RequirementId stage, long started, params (string Name, object? Value)[] arguments) =>
        Emit(new ProofEvent(stage, ProofState.Passed, Stopwatch.GetElapsedTime(started)) { Case = situation, Arguments = Arguments(arguments) });

    /// <summary>
    /// Whether what ended a stage says nothing of the source: the way to it broke, nothing was answered in time, or it is being stopped or started. What ClickPipes would meet is not known then.
    /// </summary>
    public static bool IsLost(Exception e) => e is not PostgresException { SqlState: not (PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow) };

    /// <summary>Fails a stage for a reason of its own, unless nothing was learnt of that.</summary>
    public void FailBy(Exception e, RequirementId stage, long started, RequirementId owner, string key, params (string Name, object? Value)[] arguments) =>
        Fail(stage, started, IsLost(e) ? RequirementId.Reachable : owner, IsLost(e) ? Problem("proof-lost", e) : Problem(key, e, arguments));

    public void Fail(RequirementId stage, long started, RequirementId owner, Problem problem) => Fail(stage, started, [new ProofFailure(problem, owner)]);

    /// <summary>A stage that failed for one reason or several, the weightiest first.</summary>
    public void Fail(RequirementId stage, long started, IReadOnlyList<ProofFailure> reasons) =>
        Emit(new ProofEvent(stage, ProofState.Failed, started == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(started))
        {
            Problem = reasons[0].Problem,
            Owner = reasons[0].Owner,
            Arguments = reasons[0].Problem.Arguments,
            Others = [.. reasons.Skip(1)],
        });

    /// <summary>The stages after this one are not tried. Looking for leftovers is, unless nothing was begun.</summary>
    public void SkipAfter(RequirementId stage, bool andCleaning = false)
    {
        foreach (var later in s_stages.Where(s => s.CompareTo(stage) > 0 && (andCleaning || s != RequirementId.ProofClean)))
        {
            Emit(new ProofEvent(later, ProofState.Skipped, TimeSpan.Zero));
        }
    }

    public void Emit(ProofEvent e)
    {
        Log.ProofStage(logger, e.Id.Code, e.State.ToString());
        events.TryWrite(e);
    }
}
