using System.Collections.Immutable;
using SetupWizard.Core.Connecting;

namespace SetupWizard.Sessions.Runs;

/// <summary>One attempt to connect, stage by stage.</summary>
/// <param name="Id">Tells it from every other one of the session: what comes in late is of another.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Tunnel">Whether there is a tunnel to open first.</param>
public sealed record ConnectAttempt(long Id, DateTimeOffset StartedAt, bool Tunnel = false)
{
    private readonly ImmutableDictionary<ConnectStage, StageResult> _stages = ImmutableDictionary<ConnectStage, StageResult>.Empty;

    /// <summary>How it went; null while it is under way or when it was cancelled.</summary>
    public ConnectReport? Report { get; init; }

    public bool Cancelled { get; init; }

    /// <summary>Whether it ended at the server's certificate.</summary>
    public bool CertificateRefused => Report is { Succeeded: false, Verdict.Case: var why } && (why.StartsWith("certificate-", StringComparison.Ordinal) || why.StartsWith("ca-", StringComparison.Ordinal));

    /// <summary>All stages in order, those that have not begun included.</summary>
    public IReadOnlyList<StageResult> Stages =>
    [
        .. Enum.GetValues<ConnectStage>().Where(s => Tunnel || s != ConnectStage.Tunnel).Select(s =>
            Report?.Stages.FirstOrDefault(r => r.Stage == s) ?? _stages.GetValueOrDefault(s) ?? new StageResult(s, StageState.NotStarted, TimeSpan.Zero)),
    ];

    /// <summary>With what a stage came to.</summary>
    internal ConnectAttempt With(StageResult stage) => new(this, _stages.SetItem(stage.Stage, stage));

    private ConnectAttempt(ConnectAttempt before, ImmutableDictionary<ConnectStage, StageResult> stages)
        : this(before) => _stages = stages;
}
