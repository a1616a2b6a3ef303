namespace SetupWizard.Core.Connecting;

/// <summary>Measures the stages of a connection and reports progress.</summary>
/// <param name="progress">Who listens.</param>
/// <param name="time">The clock.</param>
/// <param name="tunnel">Whether there is a tunnel to open first.</param>
internal sealed class StageTracker(IProgress<StageResult>? progress, TimeProvider time, bool tunnel)
{
    private readonly StageResult[] _stages =
        [.. Enum.GetValues<ConnectStage>().Select(static s => new StageResult(s, StageState.NotStarted, TimeSpan.Zero))];

    private ConnectStage _current = ConnectStage.Resolve;
    private long _started;

    public IReadOnlyList<StageResult> All => [.. _stages.Where(s => tunnel || s.Stage != ConnectStage.Tunnel)];

    public ConnectStage Current => _current;

    public void Start(ConnectStage stage)
    {
        _current = stage;
        _started = time.GetTimestamp();
        Set(new StageResult(stage, StageState.Running, TimeSpan.Zero));
    }

    public void Pass(ConnectStage stage, string? detail) => Set(new StageResult(stage, StageState.Passed, time.GetElapsedTime(_started), detail));

    public void Skip(ConnectStage stage) => Set(new StageResult(stage, StageState.Skipped, TimeSpan.Zero));

    /// <summary>The stage under way failed.</summary>
    public void Fail(string detail) => Set(new StageResult(_current, StageState.Failed, time.GetElapsedTime(_started), detail));

    /// <summary>What came out in the stage under way is a failure of an earlier one.</summary>
    public void Fail(ConnectStage earlier, string detail)
    {
        if (earlier != _current)
        {
            Set(new StageResult(_current, StageState.NotStarted, TimeSpan.Zero));
            _current = earlier;
        }

        Fail(detail);
    }

    private void Set(StageResult stage)
    {
        _stages[(int)stage.Stage] = stage;
        progress?.Report(stage);
    }
}
