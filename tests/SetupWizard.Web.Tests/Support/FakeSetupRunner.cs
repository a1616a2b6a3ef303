using System.Runtime.CompilerServices;
using System.Threading.Channels;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Web.Tests.Support;

/// <summary>An engine whose answers a test writes and whose runs a test moves on, event by event.</summary>
public sealed class FakeSetupRunner : ISetupRunner
{
    /// <summary>What a reading finds.</summary>
    public Inspection Inspection { get; set; } = Given.Inspection();

    /// <summary>How the next connection goes; null connects and gives <see cref="Inspection"/>.</summary>
    public ConnectReport? Report { get; set; }

    /// <summary>Stages reported while connecting.</summary>
    public IReadOnlyList<StageResult> Stages { get; set; } = [];

    /// <summary>When set, connecting and reading wait for it.</summary>
    public TaskCompletionSource? Hold { get; set; }

    public Channel<ApplyEvent> Applying { get; set; } = Channel.CreateUnbounded<ApplyEvent>();

    public Channel<ProofEvent> Proving { get; set; } = Channel.CreateUnbounded<ProofEvent>();

    public Channel<LivePulse> Pulses { get; set; } = Channel.CreateUnbounded<LivePulse>();

    public Channel<FeedPulse> Feed { get; set; } = Channel.CreateUnbounded<FeedPulse>();

    public SetupPlan? Undo { get; set; }

    /// <summary>What is recorded as applied.</summary>
    public IReadOnlyList<AuditEntry> Applied { get; set; } = [];

    /// <summary>The columns of tables; null gives each one column.</summary>
    public Func<IReadOnlyList<TableRef>, ColumnReading>? Columns { get; set; }

    /// <summary>When set, reading columns waits for it.</summary>
    public TaskCompletionSource? ColumnsHold { get; set; }

    public int ColumnReadings { get; private set; }

    public int Inspections { get; private set; }

    public int Reconsiderations { get; private set; }

    public int Watchers { get; private set; }

    /// <summary>The password of whoever watches.</summary>
    public string? WatchedBy { get; private set; }

    public SetupTarget? LastTarget { get; private set; }

    public bool StopSeen { get; private set; }

    public async Task<ConnectReport> ConnectAsync(SetupTarget target, SetupGoal goal, IProgress<StageResult>? progress, CancellationToken cancellationToken)
    {
        LastTarget = target;
        foreach (var stage in Stages)
        {
            progress?.Report(stage);
        }

        await HoldAsync(cancellationToken);
        return Report ?? Given.Connected(Inspection with { Goal = goal, Endpoint = target.Endpoint });
    }

    public async Task<Inspection> InspectAsync(SetupTarget target, SetupGoal goal, CancellationToken cancellationToken)
    {
        Inspections++;
        LastTarget = target;
        await HoldAsync(cancellationToken);
        return Inspection with { Goal = goal, Endpoint = target.Endpoint };
    }

    public Task<Inspection> AsAdministratorAsync(SetupTarget target, Inspection inspection, CancellationToken cancellationToken) => Task.FromResult(inspection);

    public Inspection Reconsider(Inspection inspection, SetupGoal goal)
    {
        Reconsiderations++;
        return inspection with { Goal = goal };
    }

    public SetupPlan Plan(Inspection inspection, IReadOnlySet<RequirementId>? only = null)
    {
        var fixes = inspection.Findings.Where(f => only?.Contains(f.Id) ?? f.IsProblem).SelectMany(f => f.Fixes).DistinctBy(c => c.Key).ToList();
        return new SetupPlan
        {
            Goal = inspection.Goal,
            Provider = inspection.Provider.Id,
            Changes = [.. fixes.OfType<SqlChange>().Where(c => c.RunBy is null)],
            HandOff = [.. fixes.OfType<SqlChange>().Where(c => c.RunBy is not null)],
            ConsoleChanges = [.. fixes.OfType<ConsoleChange>()],
            Fingerprint = "f",
        };
    }

    public async IAsyncEnumerable<ApplyEvent> ApplyAsync(SetupTarget target, SetupPlan plan, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        LastTarget = target;
        using var stop = cancellationToken.Register(() => StopSeen = true);
        await foreach (var happened in Applying.Reader.ReadAllAsync(CancellationToken.None))
        {
            yield return happened;
        }
    }

    public IAsyncEnumerable<ApplyEvent> DryRunAsync(SetupTarget target, SetupPlan plan, CancellationToken cancellationToken) => ApplyAsync(target, plan, cancellationToken);

    public Task<SetupPlan> UndoPlanAsync(SetupTarget target, SetupGoal goal, UndoRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(Undo ?? new SetupPlan { Goal = goal, Provider = "amazon-rds", Fingerprint = "u", Undo = UndoRequest.OfGoal });

    public Problem? RecordTrouble { get; set; }

    public Task<Problem?> RecordTroubleAsync(CancellationToken cancellationToken) => Task.FromResult(RecordTrouble);

    public Task<IReadOnlyList<AuditEntry>> AppliedAsync(Inspection inspection, CancellationToken cancellationToken) => Task.FromResult(Applied);

    public async Task<ColumnReading> ReadColumnsAsync(SetupTarget target, IReadOnlyList<TableRef> tables, CancellationToken cancellationToken)
    {
        ColumnReadings++;
        if (ColumnsHold is { } hold)
        {
            await hold.Task.WaitAsync(cancellationToken);
        }

        return Columns?.Invoke(tables) ?? new ColumnReading([.. tables.Select(t => new TableColumns(t, [new TableColumn("id", new PostgresType("int8", "bigint"), ColumnOrigin.Written, 1)]))]);
    }

    public async IAsyncEnumerable<ProofEvent> VerifyAsync(SetupTarget target, SetupGoal goal, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        LastTarget = target;
        await foreach (var stage in Proving.Reader.ReadAllAsync(cancellationToken))
        {
            yield return stage;
        }
    }

    public async IAsyncEnumerable<FeedPulse> FeedAsync(SetupTarget target, SetupGoal goal, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        LastTarget = target;
        using var stop = cancellationToken.Register(() =>
        {
            StopSeen = true;
            Feed.Writer.TryWrite(new FeedPulse(FeedState.Ended, TimeSpan.FromSeconds(3)) { End = FeedEnd.Stopped, Clean = true });
            Feed.Writer.TryComplete();
        });
        await foreach (var pulse in Feed.Reader.ReadAllAsync(CancellationToken.None))
        {
            yield return pulse;
        }
    }

    public async IAsyncEnumerable<LivePulse> WatchAsync(SetupTarget target, SetupGoal goal, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Watchers++;
        WatchedBy = target.Credentials.AdminPassword?.Reveal();
        try
        {
            await foreach (var pulse in Pulses.Reader.ReadAllAsync(cancellationToken))
            {
                yield return pulse;
            }
        }
        finally
        {
            Watchers--;
        }
    }

    /// <summary>Something happens in the run under way.</summary>
    public void Happen(params ApplyEvent[] events)
    {
        foreach (var happened in events)
        {
            Applying.Writer.TryWrite(happened);
            if (happened is ApplyFinished)
            {
                Applying.Writer.Complete();
                Applying = Channel.CreateUnbounded<ApplyEvent>();
            }
        }
    }

    private async Task HoldAsync(CancellationToken cancellationToken)
    {
        if (Hold is { } hold)
        {
            await hold.Task.WaitAsync(cancellationToken);
        }
    }
}
