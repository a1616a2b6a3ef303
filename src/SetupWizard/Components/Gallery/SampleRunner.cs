using Microsoft.Extensions.Logging.Abstractions;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;
using SetupWizard.Sessions;
using SetupWizard.Sessions.Sandboxes;

namespace SetupWizard.Components.Gallery;

/// <summary>An engine that reads a made-up source: the real rules and the real planner, and nothing that leaves this process.</summary>
public sealed class SampleRunner : ISetupRunner
{
    private readonly SetupRunner _rules = new(new NoRecord(), TimeProvider.System, NullLogger<SetupRunner>.Instance);

    /// <summary>What a reading finds; null when the source does not answer.</summary>
    public SourceSnapshot? Snapshot { get; set; } = SampleSource.Ready;

    /// <summary>Why it does not answer.</summary>
    public Finding? Failure { get; init; }

    /// <summary>Why nothing could be recorded; null when it could.</summary>
    public Problem? Trouble { get; init; }

    /// <summary>When set, reading columns waits for it.</summary>
    public TaskCompletionSource? ColumnsHold { get; init; }

    /// <summary>A session that is connected to a source.</summary>
    /// <param name="endpoint">The source.</param>
    /// <param name="goal">What is wanted.</param>
    /// <param name="time">Its clock.</param>
    public async Task<WizardSession> ConnectAsync(SourceEndpoint endpoint, SetupGoal goal, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(goal);
        var session = Session(time);
        await session.ConnectAsync(endpoint, "shop_admin", new SecretString("not a password"));
        await session.SetGoalAsync(goal);
        return session;
    }

    /// <summary>A session in which nothing was done yet.</summary>
    public WizardSession Session(TimeProvider time) => new("gallery", this, new NoSandboxes(), time, NullLogger<WizardSession>.Instance) { TimeZone = TimeZoneInfo.Utc };

    /// <inheritdoc/>
    public async Task<ConnectReport> ConnectAsync(SetupTarget target, SetupGoal goal, IProgress<StageResult>? progress, CancellationToken cancellationToken) => new()
    {
        Stages = [.. Enum.GetValues<ConnectStage>().Select(static s => new StageResult(s, StageState.Passed, TimeSpan.FromMilliseconds(12)))],
        Verdict = new Finding { Id = RequirementId.Reachable, Area = Area.Connect, State = FindingState.Satisfied, Case = "ok" },
        Inspection = await InspectAsync(target, goal, cancellationToken),
    };

    /// <inheritdoc/>
    public Task<Inspection> InspectAsync(SetupTarget target, SetupGoal goal, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        var unread = SetupRunner.Unread(target, goal, Failure);
        return Task.FromResult(Snapshot is { } snapshot ? Reconsider(unread with { Snapshot = snapshot }, goal) : unread);
    }

    /// <inheritdoc/>
    public Inspection Reconsider(Inspection inspection, SetupGoal goal) => _rules.Reconsider(inspection, goal);

    /// <inheritdoc/>
    public SetupPlan Plan(Inspection inspection, IReadOnlySet<RequirementId>? only = null) => _rules.Plan(inspection, only);

    /// <inheritdoc/>
    public Task<Problem?> RecordTroubleAsync(CancellationToken cancellationToken) => Task.FromResult(Trouble);

    /// <inheritdoc/>
    public async Task<ColumnReading> ReadColumnsAsync(SetupTarget target, IReadOnlyList<TableRef> tables, CancellationToken cancellationToken)
    {
        if (ColumnsHold is { } hold)
        {
            await hold.Task.WaitAsync(cancellationToken);
        }

        return Failure is null ? new ColumnReading([.. tables.Where(t => Snapshot?.Tables.Any(k => k.Ref == t) == true).Select(SampleSource.Columns)]) : new ColumnReading([], Failure);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<AuditEntry>> AppliedAsync(Inspection inspection, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<AuditEntry>>([]);

    /// <inheritdoc/>
    public Task<Inspection> AsAdministratorAsync(SetupTarget target, Inspection inspection, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public IAsyncEnumerable<ApplyEvent> ApplyAsync(SetupTarget target, SetupPlan plan, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public IAsyncEnumerable<ApplyEvent> DryRunAsync(SetupTarget target, SetupPlan plan, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task<SetupPlan> UndoPlanAsync(SetupTarget target, SetupGoal goal, UndoRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public IAsyncEnumerable<ProofEvent> VerifyAsync(SetupTarget target, SetupGoal goal, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public IAsyncEnumerable<FeedPulse> FeedAsync(SetupTarget target, SetupGoal goal, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public IAsyncEnumerable<LivePulse> WatchAsync(SetupTarget target, SetupGoal goal, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Judging and planning record nothing.</summary>
    private sealed class NoRecord : IAuditLog
    {
        public Task AppendAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<string?> TroubleAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<AuditRecord> ReadAsync(AuditSource? about, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private sealed class NoSandboxes : ISandboxLauncher
    {
        public IReadOnlyCollection<string> Providers => [];

        public Task<ISandbox> StartAsync(string provider, IProgress<string> progress, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
