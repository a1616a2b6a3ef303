using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Reading;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Engine;

/// <summary>The engine: read once, judge purely, apply what was shown, read again, prove it.</summary>
public sealed class SetupRunner : ISetupRunner
{
    /// <summary>Timeout for reconnecting after the connection was lost during an apply, to find out what is in effect.</summary>
    private static readonly TimeSpan s_waitForReturn = TimeSpan.FromSeconds(30);

    private readonly IAuditLog _audit;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <summary>Makes an engine.</summary>
    /// <param name="audit">Where statements are recorded before and after they run.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The logger; it is never given a statement or a secret.</param>
    public SetupRunner(IAuditLog audit, TimeProvider time, ILogger<SetupRunner> logger)
    {
        _audit = audit;
        _time = time;
        _logger = logger;
    }

    /// <inheritdoc/>
    public async Task<ConnectReport> ConnectAsync(SetupTarget target, SetupGoal goal, IProgress<StageResult>? progress, CancellationToken cancellationToken)
    {
        var report = await ConnectionDiagnosis
            .RunAsync(target, (source, ct) => InspectAsync(source, target, goal, ct), progress, _time, cancellationToken)
            .ConfigureAwait(false);
        if (!report.Succeeded)
        {
            Log.ConnectFailed(_logger, target.Endpoint.Identity, report.Verdict.Case);
        }

        return report;
    }

    /// <inheritdoc/>
    public async Task<Inspection> InspectAsync(SetupTarget target, SetupGoal goal, CancellationToken cancellationToken)
    {
        var attempt = await TryOpenAsync(target, "check", cancellationToken).ConfigureAwait(false);
        await using (attempt.ConfigureAwait(false))
        {
            if (attempt.Source is null)
            {
                return Unread(target, goal, attempt.Failure!);
            }

            try
            {
                return await InspectAsync(attempt.Source, target, goal, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (ConnectionErrors.IsExpected(e))
            {
                return Unread(target, goal, ConnectionDiagnosis.Classify(e, target));
            }
        }
    }

    /// <inheritdoc/>
    public async Task<Inspection> AsAdministratorAsync(SetupTarget target, Inspection inspection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        if (inspection.Snapshot is not { } snapshot)
        {
            return inspection;
        }

        var attempt = await TryOpenAsync(target, "hand-off", cancellationToken).ConfigureAwait(false);
        await using (attempt.ConfigureAwait(false))
        {
            try
            {
                return attempt.Source is { } source && await AdministratorReader.ReadAsync(source, snapshot, inspection.Provider, cancellationToken).ConfigureAwait(false) is { } theirs
                    ? Judge(theirs, inspection.Endpoint, inspection.Goal, inspection.Cost)
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
        inspection.Snapshot is null ? inspection with { Goal = goal } : Judge(inspection.Snapshot, inspection.Endpoint, goal, inspection.Cost);

    /// <inheritdoc/>
    public SetupPlan Plan(Inspection inspection, IReadOnlySet<RequirementId>? only = null) => Planner.Plan(inspection, only);

    /// <inheritdoc/>
    public IAsyncEnumerable<ApplyEvent> ApplyAsync(SetupTarget target, SetupPlan plan, CancellationToken cancellationToken) =>
        StreamAsync<ApplyEvent>((events, ct) => new PlanApplier(target, plan, this, _audit, _time, _logger, events).RunAsync(dryRun: false, ct), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<ApplyEvent> DryRunAsync(SetupTarget target, SetupPlan plan, CancellationToken cancellationToken) =>
        StreamAsync<ApplyEvent>((events, ct) => new PlanApplier(target, plan, this, _audit, _time, _logger, events).RunAsync(dryRun: true, ct), cancellationToken);

    /// <inheritdoc/>
    public async Task<SetupPlan> UndoPlanAsync(SetupTarget target, SetupGoal goal, UndoRequest request, CancellationToken cancellationToken)
    {
        var inspection = await InspectAsync(target, goal, cancellationToken).ConfigureAwait(false);
        var opened = await TryOpenAsync(target, "undo", cancellationToken).ConfigureAwait(false);
        await using (opened.ConfigureAwait(false))
        {
            if (opened.Source is { } source)
            {
                try
                {
                    var plan = await UndoPlanner.PlanAsync(_audit, inspection, request, source.Connection, cancellationToken).ConfigureAwait(false);
                    return plan with { Obstacles = [.. plan.Obstacles, .. await UndoObstacles.FindAsync(source.Connection, plan, _time, cancellationToken).ConfigureAwait(false)] };
                }
                catch (Exception e) when (ConnectionErrors.IsExpected(e))
                {
                    // Everything is looked for again before anything runs.
                }
            }

            return await UndoPlanner.PlanAsync(_audit, inspection, request, connection: null, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The undo plan for a reading, looked at over this session, or over one of its own where this one is gone.</summary>
    internal async Task<SetupPlan> UndoPlanAsync(SetupTarget target, Inspection inspection, UndoRequest request, NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.FullState == System.Data.ConnectionState.Open
            ? await UndoPlanner.PlanAsync(_audit, inspection, request, connection, cancellationToken).ConfigureAwait(false)
            : await UndoPlanAsync(target, inspection, request, cancellationToken).ConfigureAwait(false);

    /// <summary>The undo plan for a reading, looked at over a session of its own; by the record and the reading alone where there is none to be had.</summary>
    internal async Task<SetupPlan> UndoPlanAsync(SetupTarget target, Inspection inspection, UndoRequest request, CancellationToken cancellationToken)
    {
        var opened = await TryOpenAsync(target, "undo", cancellationToken).ConfigureAwait(false);
        await using (opened.ConfigureAwait(false))
        {
            try
            {
                return await UndoPlanner.PlanAsync(_audit, inspection, request, opened.Source?.Connection, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (opened.Source is not null && (ApplyProblems.IsConnectionLost(e) || e is PostgresException or InvalidOperationException))
            {
                return await UndoPlanner.PlanAsync(_audit, inspection, request, connection: null, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public async Task<Problem?> RecordTroubleAsync(CancellationToken cancellationToken) =>
        await _audit.TroubleAsync(cancellationToken).ConfigureAwait(false) is { } reason ? ApplyRun.Problem("apply-audit", ("reason", reason)) : null;

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

        var attempt = await TryOpenAsync(target, "columns", cancellationToken).ConfigureAwait(false);
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
        StreamAsync<ProofEvent>((events, ct) => new LiveVerifier(target, goal, this, _time, _logger, events).RunAsync(ct), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<FeedPulse> FeedAsync(SetupTarget target, SetupGoal goal, CancellationToken cancellationToken) =>
        StreamAsync<FeedPulse>((pulses, ct) => new ChangeFeed(target, goal, this, _time, _logger, pulses).RunAsync(ct), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<LivePulse> WatchAsync(SetupTarget target, SetupGoal goal, CancellationToken cancellationToken) =>
        new LiveMonitor(target, WatchedSettings(goal, target), goal.User, this, _time, _logger).WatchAsync(cancellationToken);

    internal async Task<OpenAttempt> TryOpenAsync(SetupTarget target, string purpose, CancellationToken cancellationToken)
    {
        try
        {
            return new OpenAttempt(await SourceConnector.OpenAsync(target, purpose, cancellationToken).ConfigureAwait(false), null);
        }
        catch (Exception e) when (ConnectionErrors.IsExpected(e) || e is ArgumentException)
        {
            var failure = ConnectionDiagnosis.Classify(e, target);
            Log.ConnectFailed(_logger, target.Endpoint.Identity, failure.Case);
            return new OpenAttempt(null, failure);
        }
    }

    internal async Task<Inspection> InspectAsync(OpenedSource source, SetupTarget target, SetupGoal goal, CancellationToken cancellationToken)
    {
        var (snapshot, cost) = await SnapshotReader.ReadAsync(source, goal, cancellationToken).ConfigureAwait(false);
        Log.SnapshotRead(_logger, target.Endpoint.Identity, snapshot.Tables.Count, cost.RoundTrips, (long)cost.Elapsed.TotalMilliseconds);
        return Judge(snapshot, target.Endpoint, goal, cost);
    }

    /// <summary>Reads the server with retries until it answers or the timeout has passed.</summary>
    internal async Task<Inspection> InspectWhenBackAsync(SetupTarget target, SetupGoal goal)
    {
        var started = _time.GetTimestamp();
        while (true)
        {
            var inspection = await InspectAsync(target, goal, CancellationToken.None).ConfigureAwait(false);
            if (inspection.Snapshot is not null || _time.GetElapsedTime(started) > s_waitForReturn)
            {
                return inspection;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500), _time, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static IReadOnlyList<string> WatchedSettings(SetupGoal goal, SetupTarget target)
    {
        // The provider's own switch, or all of them while the provider is not known: there are few, and one that does not exist costs nothing. Providers share some.
        var provider = ProviderCatalog.Find(goal.Provider ?? ProviderDetector.FromHost(target.Endpoint.ShownHost).Provider);
        var switches = (provider is null ? ProviderCatalog.All : [provider]).Select(p => p.ReplicationSwitch).OfType<string>();
        return ["wal_level", "wal_sender_timeout", "max_replication_slots", "max_wal_senders", .. switches.Distinct(StringComparer.Ordinal)];
    }

    private Inspection Judge(SourceSnapshot snapshot, SourceEndpoint endpoint, SetupGoal goal, ReadCost cost)
    {
        var detection = ProviderDetector.Detect(endpoint.ShownHost, snapshot);
        var provider = (goal.Provider is null ? null : ProviderCatalog.Find(goal.Provider))
            ?? (detection.Provider is null ? null : ProviderCatalog.Find(detection.Provider))
            ?? ProviderCatalog.Default;
        var tables = TableSelector.Resolve(goal, snapshot);
        var context = new RequirementContext(goal, snapshot, provider, detection, endpoint, tables);
        var reached = new Finding { Id = RequirementId.Reachable, Step = WizardStep.Connect, State = FindingState.Satisfied, Case = "ok" };
        return new Inspection
        {
            Goal = goal,
            Endpoint = endpoint,
            Snapshot = snapshot,
            Provider = provider,
            Detection = detection,
            Findings = [reached, .. RequirementEvaluator.Evaluate(RequirementCatalog.All, context, _logger)],
            Tables = tables,
            Cost = cost,
        };
    }

    /// <summary>The inspection of a source that could not be read.</summary>
    /// <param name="target">The source.</param>
    /// <param name="goal">What is wanted.</param>
    /// <param name="failure">Why not; null when nobody came to reading it.</param>
    public static Inspection Unread(SetupTarget target, SetupGoal goal, Finding? failure)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(goal);
        var detection = ProviderDetector.FromHost(target.Endpoint.ShownHost);
        return new Inspection
        {
            Goal = goal,
            Endpoint = target.Endpoint,
            Provider = ProviderCatalog.Find(goal.Provider ?? detection.Provider ?? "") ?? ProviderCatalog.Default,
            Detection = detection,
            Findings = failure is null ? [] : [failure],
        };
    }

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
