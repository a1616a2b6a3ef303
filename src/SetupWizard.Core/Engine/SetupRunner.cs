using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Reading;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Engine;

/// <summary>The engine: read once, judge purely, apply what was shown, read again, prove it. A front for what does these; none of it knows this class.</summary>
public sealed class SetupRunner : ISetupRunner
{
    private readonly IAuditLog _audit;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SourceInspector _inspector;
    private readonly UndoReader _undos;

    /// <summary>Makes an engine.</summary>
    /// <param name="audit">Where statements are recorded before and after they run.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The logger; it is never given a statement or a secret.</param>
    public SetupRunner(IAuditLog audit, TimeProvider time, ILogger<SetupRunner> logger)
    {
        _audit = audit;
        _time = time;
        _logger = logger;
        _inspector = new SourceInspector(time, logger);
        _undos = new UndoReader(_inspector, audit, time);
    }

    /// <inheritdoc/>
    public async Task<ConnectReport> ConnectAsync(SetupTarget target, SetupGoal goal, IProgress<StageResult>? progress, CancellationToken cancellationToken)
    {
        var report = await ConnectionDiagnosis
            .RunAsync(target, (source, ct) => _inspector.InspectAsync(source, target, goal, ct), progress, _time, cancellationToken)
            .ConfigureAwait(false);
        if (!report.Succeeded)
        {
            Log.ConnectFailed(_logger, target.Endpoint.Identity, report.Verdict.Case);
        }

        return report;
    }

    /// <inheritdoc/>
    public Task<Inspection> InspectAsync(SetupTarget target, SetupGoal goal, CancellationToken cancellationToken) => _inspector.InspectAsync(target, goal, cancellationToken);

    /// <inheritdoc/>
    public async Task<Inspection> AsAdministratorAsync(SetupTarget target, Inspection inspection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        if (inspection.Snapshot is not { } snapshot)
        {
            return inspection;
        }

        var attempt = await _inspector.TryOpenAsync(target, "hand-off", cancellationToken).ConfigureAwait(false);
        await using (attempt.ConfigureAwait(false))
        {
            try
            {
                return attempt.Source is { } source && await AdministratorReader.ReadAsync(source, snapshot, inspection.Provider, cancellationToken).ConfigureAwait(false) is { } theirs
                    ? _inspector.Judge(theirs, inspection.Endpoint, inspection.Goal, inspection.Cost)
                    : inspection;
            }
            catch (Exception e) when (ConnectionErrors.IsExpected(e))
            {
                return inspection;
            }
        }
    }

    /// <inheritdoc/>
    public Inspection Reconsider(Inspection inspection, SetupGoal goal) =>
        inspection.Snapshot is null ? inspection with { Goal = goal } : _inspector.Judge(inspection.Snapshot, inspection.Endpoint, goal, inspection.Cost);

    /// <inheritdoc/>
    public SetupPlan Plan(Inspection inspection, IReadOnlySet<RequirementId>? only = null) => Planner.Plan(inspection, only);

    /// <inheritdoc/>
    public IAsyncEnumerable<ApplyEvent> ApplyAsync(SetupTarget target, SetupPlan plan, CancellationToken cancellationToken) =>
        StreamAsync<ApplyEvent>((events, ct) => new PlanApplier(target, plan, _inspector, _undos, _audit, _time, _logger, events).RunAsync(dryRun: false, ct), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<ApplyEvent> DryRunAsync(SetupTarget target, SetupPlan plan, CancellationToken cancellationToken) =>
        StreamAsync<ApplyEvent>((events, ct) => new PlanApplier(target, plan, _inspector, _undos, _audit, _time, _logger, events).RunAsync(dryRun: true, ct), cancellationToken);

    /// <inheritdoc/>
    public Task<SetupPlan> UndoPlanAsync(SetupTarget target, SetupGoal goal, UndoRequest request, CancellationToken cancellationToken) => _undos.PlanAsync(target, goal, request, cancellationToken);

    /// <inheritdoc/>
    public Task<Problem?> RecordTroubleAsync(CancellationToken cancellationToken) => ApplyRun.RecordTroubleAsync(_audit, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AuditEntry>> AppliedAsync(Inspection inspection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        var record = await _audit.ReadAsync(AuditSource.Of(inspection.Endpoint, inspection.Snapshot), cancellationToken).ConfigureAwait(false);
        return AuditTrail.Of([.. record.Entries.Where(static e => e.Event == AuditEvent.InEffect)], new Dictionary<string, TransactionFate>(StringComparer.Ordinal)).Standing;
    }

    /// <inheritdoc/>
    public async Task<ColumnReading> ReadColumnsAsync(SetupTarget target, IReadOnlyList<TableRef> tables, CancellationToken cancellationToken)
    {
        if (tables.Count == 0)
        {
            return new ColumnReading([]);
        }

        var attempt = await _inspector.TryOpenAsync(target, "columns", cancellationToken).ConfigureAwait(false);
        await using (attempt.ConfigureAwait(false))
        {
            if (attempt.Source is null)
            {
                return new ColumnReading([], attempt.Failure);
            }

            try
            {
                return new ColumnReading(await ColumnReader.ReadAsync(attempt.Source, tables, cancellationToken).ConfigureAwait(false));
            }
            catch (Exception e) when (ConnectionErrors.IsExpected(e))
            {
                return new ColumnReading([], ConnectionDiagnosis.Classify(e, target));
            }
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ProofEvent> VerifyAsync(SetupTarget target, SetupGoal goal, CancellationToken cancellationToken) =>
        StreamAsync<ProofEvent>((events, ct) => new LiveVerifier(target, goal, _inspector, _time, _logger, events).RunAsync(ct), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<FeedPulse> FeedAsync(SetupTarget target, SetupGoal goal, CancellationToken cancellationToken) =>
        StreamAsync<FeedPulse>((pulses, ct) => new ChangeFeed(target, goal, _inspector, _time, _logger, pulses).RunAsync(ct), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<LivePulse> WatchAsync(SetupTarget target, SetupGoal goal, CancellationToken cancellationToken) =>
        new LiveMonitor(target, SourceInspector.WatchedSettings(goal, target), goal.User, _inspector, _time, _logger).WatchAsync(cancellationToken);

    /// <summary>The inspection of a source that could not be read.</summary>
    /// <param name="target">The source.</param>
    /// <param name="goal">What is wanted.</param>
    /// <param name="failure">Why not; null when nobody came to reading it.</param>
    public static Inspection Unread(SetupTarget target, SetupGoal goal, Finding? failure) => SourceInspector.Unread(target, goal, failure);

    /// <summary>Runs work that reports through a channel; leaving the stream early cancels the work and waits for its end.</summary>
    private static async IAsyncEnumerable<T> StreamAsync<T>(Func<ChannelWriter<T>, CancellationToken, Task> work, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateUnbounded<T>(new UnboundedChannelOptions { SingleReader = true });
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = RunAsync();
        try
        {
            // The work itself ends the stream: what happened before a cancellation is still told.
            await foreach (var item in channel.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                yield return item;
            }

            await running.ConfigureAwait(false);
        }
        finally
        {
            await leaving.CancelAsync().ConfigureAwait(false);
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task RunAsync()
        {
            try
            {
                await work(channel.Writer, leaving.Token).ConfigureAwait(false);
            }
            finally
            {
                channel.Writer.Complete();
            }
        }
    }
}
