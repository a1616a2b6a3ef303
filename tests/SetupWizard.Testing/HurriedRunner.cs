using SetupWizard.Core.Audit;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Testing;

/// <summary>An engine that waits for a source no longer than a test can.</summary>
public sealed class HurriedRunner(ISetupRunner inner) : ISetupRunner
{
    private static readonly SourceLimits s_limits = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));

    public Task<ConnectReport> ConnectAsync(SetupTarget target, SetupGoal goal, IProgress<StageResult>? progress, CancellationToken cancellationToken) =>
        inner.ConnectAsync(Hurried(target), goal, progress, cancellationToken);

    public Task<Inspection> InspectAsync(SetupTarget target, SetupGoal goal, CancellationToken cancellationToken) => inner.InspectAsync(Hurried(target), goal, cancellationToken);

    public Task<Inspection> AsAdministratorAsync(SetupTarget target, Inspection inspection, CancellationToken cancellationToken) =>
        inner.AsAdministratorAsync(Hurried(target), inspection, cancellationToken);

    public Inspection Reconsider(Inspection inspection, SetupGoal goal) => inner.Reconsider(inspection, goal);

    public SetupPlan Plan(Inspection inspection, IReadOnlySet<RequirementId>? only = null) => inner.Plan(inspection, only);

    public IAsyncEnumerable<ApplyEvent> ApplyAsync(SetupTarget target, SetupPlan plan, CancellationToken cancellationToken) => inner.ApplyAsync(Hurried(target), plan, cancellationToken);

    public IAsyncEnumerable<ApplyEvent> DryRunAsync(SetupTarget target, SetupPlan plan, CancellationToken cancellationToken) => inner.DryRunAsync(Hurried(target), plan, cancellationToken);

    public Task<SetupPlan> UndoPlanAsync(SetupTarget target, SetupGoal goal, UndoRequest request, CancellationToken cancellationToken) =>
        inner.UndoPlanAsync(Hurried(target), goal, request, cancellationToken);

    public Task<Problem?> RecordTroubleAsync(CancellationToken cancellationToken) => inner.RecordTroubleAsync(cancellationToken);

    public Task<IReadOnlyList<AuditEntry>> AppliedAsync(Inspection inspection, CancellationToken cancellationToken) => inner.AppliedAsync(inspection, cancellationToken);

    public Task<ColumnReading> ReadColumnsAsync(SetupTarget target, IReadOnlyList<TableRef> tables, CancellationToken cancellationToken) =>
        inner.ReadColumnsAsync(Hurried(target), tables, cancellationToken);

    public IAsyncEnumerable<ProofEvent> VerifyAsync(SetupTarget target, SetupGoal goal, CancellationToken cancellationToken) => inner.VerifyAsync(Hurried(target), goal, cancellationToken);

    public IAsyncEnumerable<FeedPulse> FeedAsync(SetupTarget target, SetupGoal goal, CancellationToken cancellationToken) => inner.FeedAsync(Hurried(target), goal, cancellationToken);

    public IAsyncEnumerable<LivePulse> WatchAsync(SetupTarget target, SetupGoal goal, CancellationToken cancellationToken) => inner.WatchAsync(Hurried(target), goal, cancellationToken);

    private static SetupTarget Hurried(SetupTarget target) => target with { Limits = s_limits };
}

/// <summary>A clock that runs ten times as fast as the one on the wall. Nobody moves it: a whole verb runs on it, against a server with a time of its own.</summary>
public sealed class FastClock : TimeProvider
{
    private const int Times = 10;

    private readonly DateTimeOffset _began = System.GetUtcNow();
    private readonly long _start = System.GetTimestamp();

    public override long GetTimestamp() => _start + ((System.GetTimestamp() - _start) * Times);

    public override DateTimeOffset GetUtcNow() => _began + (System.GetElapsedTime(_start) * Times);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => System.CreateTimer(callback, state, Fast(dueTime), Fast(period));

    private static TimeSpan Fast(TimeSpan time) => time > TimeSpan.Zero ? time / Times : time;
}
