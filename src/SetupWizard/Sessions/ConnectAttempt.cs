using SetupWizard.Core.Connecting;

namespace SetupWizard.Sessions;

/// <summary>One attempt to connect, stage by stage.</summary>
public sealed class ConnectAttempt
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ConnectStage, StageResult> _stages = [];

    private readonly bool _tunnel;

    /// <param name="startedAt">When it began.</param>
    /// <param name="tunnel">Whether there is a tunnel to open first.</param>
    public ConnectAttempt(DateTimeOffset startedAt, bool tunnel = false)
    {
        StartedAt = startedAt;
        _tunnel = tunnel;
    }

    public DateTimeOffset StartedAt { get; }

    /// <summary>How it went; null while it is under way or when it was cancelled.</summary>
    public ConnectReport? Report { get; private set; }

    public bool Cancelled { get; private set; }

    /// <summary>All stages in order, those that have not begun included.</summary>
    public IReadOnlyList<StageResult> Stages
    {
        get
        {
            lock (_gate)
            {
                return
                [
                    .. Enum.GetValues<ConnectStage>().Where(s => _tunnel || s != ConnectStage.Tunnel).Select(s =>
                        Report?.Stages.FirstOrDefault(r => r.Stage == s) ?? _stages.GetValueOrDefault(s) ?? new StageResult(s, StageState.NotStarted, TimeSpan.Zero)),
                ];
            }
        }
    }

    internal void Record(StageResult stage)
    {
        lock (_gate)
        {
            _stages[stage.Stage] = stage;
        }
    }

    internal void Finish(ConnectReport report) => Report = report;

    internal void Cancel() => Cancelled = Report is null;
}
