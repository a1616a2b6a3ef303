using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Model;
using SetupWizard.Core.Source;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Engine;

/// <summary>One apply: checks that the plan still fits, executes it phase by phase, and reports truthfully whatever happens.</summary>
internal sealed class PlanApplier
{
    /// <summary>Nobody ever waits behind us longer than this for a lock.</summary>
    public static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(3);

    /// <summary>How often, and how long apart, the server is read again until a reload has come through.</summary>
    private const int ReloadLooks = 25;
    private static readonly TimeSpan s_reloadPause = TimeSpan.FromMilliseconds(200);

    private readonly SetupTarget _target;
    private readonly SetupPlan _plan;
    private readonly SetupRunner _runner;
    private readonly IAuditLog _audit;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ChannelWriter<ApplyEvent> _events;
    private readonly Redactor _redactor;
    private readonly string _run = Guid.NewGuid().ToString("N");
    private readonly HashSet<int> _committed = [];
    private OpenedSource _source = null!;
    private SecretString? _passwordLiteral;

    public PlanApplier(SetupTarget target, SetupPlan plan, SetupRunner runner, IAuditLog audit, TimeProvider time, ILogger logger, ChannelWriter<ApplyEvent> events)
    {
        _target = target;
        _plan = plan;
        _runner = runner;
        _audit = audit;
        _time = time;
        _logger = logger;
        _events = events;
        _redactor = new Redactor(target.Credentials);
    }

    private DateTimeOffset Now => _time.GetUtcNow();

    private SetupGoal GoalAfterwards => _plan.Goal with { ResetPassword = false };

    public async Task RunAsync(bool dryRun, CancellationToken cancellationToken)
    {
        Log.ApplyStarted(_logger, _run, _plan.Changes.Count, IAuditLog.NameOf(_target.Endpoint));
        Emit(new ApplyStarted(_plan.Changes.Count, dryRun) { At = Now });
        if (_plan.Changes.Any(c => c.Statement.HasSecret) && _target.Credentials.ClickPipesPassword is null)
        {
            Finish(ApplyOutcome.Failed, Problem("apply-no-password", ("user", _plan.Goal.User)), null);
            return;
        }

        var opened = await _runner.TryOpenAsync(_target, "apply", cancellationToken).ConfigureAwait(false);
        if (opened.Source is null)
        {
            Finish(ApplyOutcome.Failed, new Problem("apply-unreachable", opened.Failure!.Arguments, opened.Failure.Server), null);
            return;
        }

        await using (opened.ConfigureAwait(false))
        {
            _source = opened.Source;
            await RunAsync(_source.Connection, dryRun, cancellationToken).ConfigureAwait(false);
            await ApplySession.ReleaseAsync(_source.Connection).ConfigureAwait(false);
        }
    }

    private async Task RunAsync(NpgsqlConnection connection, bool dryRun, CancellationToken cancellationToken)
    {
        var indexes = Enumerable.Range(0, _plan.Changes.Count).ToList();
        try
        {
            if (await ApplySession.ClaimAsync(connection, cancellationToken).ConfigureAwait(false) is { } busy)
            {
                Emit(new ChangesSkipped(indexes) { At = Now });
                Finish(ApplyOutcome.Busy, busy, null);
                return;
            }

            var fresh = await FreshPlanAsync(cancellationToken).ConfigureAwait(false);
            if (fresh.Plan.Fingerprint != _plan.Fingerprint)
            {
                Emit(new PlanStale(Planner.Differences(_plan, fresh.Plan), fresh.Plan) { At = Now });
                Emit(new ChangesSkipped(indexes) { At = Now });
                Finish(ApplyOutcome.Stale, Problem("apply-stale"), fresh.Inspection);
                return;
            }

            if (_plan.Changes.Count == 0)
            {
                Finish(ApplyOutcome.NothingToDo, null, fresh.Inspection);
                return;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Emit(new ChangesSkipped(indexes) { At = Now });
            Finish(ApplyOutcome.Cancelled, Problem("apply-cancelled"), null);
            return;
        }
        catch (Exception e) when (ApplyProblems.IsConnectionLost(e) || e is PostgresException)
        {
            Emit(new ChangesSkipped(indexes) { At = Now });
            Finish(ApplyOutcome.Failed, new Problem("apply-unreachable", Arguments(), _redactor.Message(e)), null);
            return;
        }

        PreparePassword();
        if (dryRun)
        {
            await DryRunAsync(connection, cancellationToken).ConfigureAwait(false);
            return;
        }

        var stopped = await ExecuteAsync(connection, cancellationToken).ConfigureAwait(false);
        await ReportAsync(stopped).ConfigureAwait(false);
    }

    /// <summary>Why execution ended before its end: the outcome to report and the problem that explains it.</summary>
    private sealed record Stop(ApplyOutcome Outcome, Problem? Problem);

    private async Task<Stop?> ExecuteAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var units = Units().ToList();
        for (var u = 0; u < units.Count; u++)
        {
            var stop = await ExecuteUnitAsync(connection, units[u], cancellationToken).ConfigureAwait(false);
            if (stop is not null)
            {
                var skipped = units.Skip(u + 1).SelectMany(x => x).ToList();
                if (skipped.Count > 0)
                {
                    Emit(new ChangesSkipped(skipped) { At = Now });
                }

                return stop;
            }
        }

        return null;
    }

    /// <summary>What is committed together: the transactional changes of a phase in one piece, all others one by one.</summary>
    private IEnumerable<List<int>> Units()
    {
        List<int> unit = [];
        for (var i = 0; i < _plan.Changes.Count; i++)
        {
            var change = _plan.Changes[i];
            var alone = change.OwnTransaction || !change.Transactional;
            if (unit.Count > 0 && (alone || _plan.Changes[unit[0]].Phase != change.Phase || IsAlone(unit[0])))
            {
                yield return unit;
                unit = [];
            }

            unit.Add(i);
        }

        if (unit.Count > 0)
        {
            yield return unit;
        }

        bool IsAlone(int index) => _plan.Changes[index].OwnTransaction || !_plan.Changes[index].Transactional;
    }

    private async Task<Stop?> ExecuteUnitAsync(NpgsqlConnection connection, List<int> unit, CancellationToken cancellationToken)
    {
        var phase = _plan.Changes[unit[0]].Phase;
        var transactional = _plan.Changes[unit[0]].Transactional;
        var current = unit[0];
        NpgsqlTransaction? transaction = null;
        try
        {
            await ApplySession.PrepareAsync(connection, LockTimeout, cancellationToken).ConfigureAwait(false);
            transaction = transactional ? await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false) : null;
            foreach (var index in unit)
            {
                current = index;
                await ExecuteChangeAsync(connection, index, cancellationToken).ConfigureAwait(false);
            }

            if (transaction is not null)
            {
                cancellationToken.ThrowIfCancellationRequested();

                // From here on it is all or nothing at the server: a commit is never cancelled, only waited for.
                await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            }

            await CommittedAsync(phase, unit).ConfigureAwait(false);
            return null;
        }
        catch (AuditUnavailableException e)
        {
            await RollBackAsync(transaction, phase, unit).ConfigureAwait(false);
            return new Stop(ApplyOutcome.Failed, Problem("apply-audit", ("reason", e.Message)));
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested && (e is OperationCanceledException || e is PostgresException { SqlState: PostgresErrorCodes.QueryCanceled }))
        {
            await RollBackAsync(transaction, phase, unit).ConfigureAwait(false);
            return new Stop(ApplyOutcome.Cancelled, Problem("apply-cancelled"));
        }
        catch (Exception e) when (ApplyProblems.IsConnectionLost(e))
        {
            Log.ConnectionLost(_logger, _run);
            var problem = new Problem("apply-connection-lost", Arguments(("sql", _plan.Changes[current].Statement.Display)), _redactor.Message(e));
            Emit(new OutcomeUnknown(unit, problem) { At = Now });
            foreach (var index in unit)
            {
                await AuditAsync(index, AuditEvent.OutcomeUnknown, null, null).ConfigureAwait(false);
            }

            return new Stop(ApplyOutcome.ConnectionLost, problem);
        }
        catch (PostgresException e)
        {
            var change = _plan.Changes[current];
            Log.StatementFailed(_logger, _run, change.Kind, change.For.Code, e.SqlState);
            await RollBackAsync(transaction, phase, unit).ConfigureAwait(false);
            var holder = e.SqlState == PostgresErrorCodes.LockNotAvailable
                ? await ApplySession.FindLockHolderAsync(connection, change).ConfigureAwait(false)
                : Arguments();
            var problem = ApplyProblems.Of(e, change, _redactor, holder);
            Emit(new ChangeFailed(current, problem) { At = Now });
            return new Stop(ApplyOutcome.Failed, problem);
        }
        finally
        {
            if (transaction is not null)
            {
                await transaction.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task ExecuteChangeAsync(NpgsqlConnection connection, int index, CancellationToken cancellationToken)
    {
        var change = _plan.Changes[index];
        PostgresNotice? refusal = null;
        void OnNotice(object sender, NpgsqlNoticeEventArgs e)
        {
            Emit(new ChangeNotice(index, _redactor.Message(e.Notice)) { At = Now });
            refusal ??= e.Notice.SqlState == ApplyProblems.PrivilegeNotGranted ? e.Notice : null;
        }

        Emit(new ChangeStarted(index, change) { At = Now });
        await AuditAsync(index, AuditEvent.Started, null, null).ConfigureAwait(false);
        var started = Stopwatch.GetTimestamp();
        connection.Notice += OnNotice;
        try
        {
            var command = new NpgsqlCommand(change.Statement.Execute(_passwordLiteral), connection) { CommandTimeout = ApplySession.CommandSeconds };
            await using (command.ConfigureAwait(false))
            {
                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }

            if (refusal is not null && !_plan.Undoing)
            {
                throw new PostgresException(refusal.MessageText, refusal.Severity, refusal.InvariantSeverity, refusal.SqlState, refusal.Detail, refusal.Hint);
            }
        }
        catch (PostgresException e)
        {
            await AuditAsync(index, AuditEvent.Failed, e, Stopwatch.GetElapsedTime(started)).ConfigureAwait(false);
            throw;
        }
        finally
        {
            connection.Notice -= OnNotice;
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        await AuditAsync(index, AuditEvent.Executed, null, elapsed).ConfigureAwait(false);
        Emit(new ChangeExecuted(index, elapsed) { At = Now });
    }

    private async Task DryRunAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // Row identity takes the strongest locks, so it is tried last and held for the shortest time.
        var tried = Enumerable.Range(0, _plan.Changes.Count)
            .Where(i => _plan.Changes[i].Transactional)
            .OrderBy(i => _plan.Changes[i].Phase == ChangePhase.ReplicaIdentity)
            .ToList();
        var skipped = Enumerable.Range(0, _plan.Changes.Count).Except(tried).ToList();
        Problem? problem = null;
        var current = 0;
        NpgsqlTransaction? transaction = null;
        try
        {
            await ApplySession.PrepareAsync(connection, TimeSpan.FromSeconds(1), cancellationToken).ConfigureAwait(false);
            transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            foreach (var index in tried)
            {
                current = index;
                await ExecuteChangeAsync(connection, index, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            problem = Problem("apply-cancelled");
        }
        catch (PostgresException e) when (!ApplyProblems.IsConnectionLost(e))
        {
            problem = ApplyProblems.Of(e, _plan.Changes[current], _redactor, Arguments());
            Emit(new ChangeFailed(current, problem) { At = Now });
        }
        catch (Exception e) when (ApplyProblems.IsConnectionLost(e))
        {
            problem = new Problem("dry-run-connection-lost", Arguments(), _redactor.Message(e));
        }

        await RollBackAsync(transaction, ChangePhase.Parameters, tried).ConfigureAwait(false);
        if (transaction is not null)
        {
            await transaction.DisposeAsync().ConfigureAwait(false);
        }

        if (skipped.Count > 0)
        {
            Emit(new ChangesSkipped(skipped) { At = Now });
        }

        Finish(problem is null ? ApplyOutcome.RolledBack : ApplyOutcome.Failed, problem, null);
    }

    /// <summary>Reads again and says which changes are in effect: success is never inferred from the absence of an error.</summary>
    private async Task ReportAsync(Stop? stop)
    {
        var after = stop?.Outcome == ApplyOutcome.ConnectionLost
            ? await _runner.InspectWhenBackAsync(_target, GoalAfterwards).ConfigureAwait(false)
            : await InspectAgainAsync().ConfigureAwait(false);
        if (after.Snapshot is null)
        {
            Finish(stop?.Outcome ?? ApplyOutcome.ConnectionLost, stop?.Problem ?? Problem("apply-not-read-back"), after);
            return;
        }

        var (inEffect, missing) = await CompareAsync(after).ConfigureAwait(false);
        for (var look = 0; look < ReloadLooks && stop is null && missing.Count > 0 && _plan.Changes.Any(c => c.Kind == "reload-configuration"); look++)
        {
            // The server answers before its processes have read the files again.
            await Task.Delay(s_reloadPause, _time, CancellationToken.None).ConfigureAwait(false);
            after = await InspectAgainAsync().ConfigureAwait(false);
            if (after.Snapshot is null)
            {
                break;
            }

            (inEffect, missing) = await CompareAsync(after).ConfigureAwait(false);
        }

        if (stop?.Outcome == ApplyOutcome.ConnectionLost && !_plan.Undoing)
        {
            // Whatever the second reading found in effect belongs to the undo, too.
            foreach (var index in inEffect.Where(i => !_committed.Contains(i)))
            {
                await AuditAsync(index, AuditEvent.InEffect, null, null).ConfigureAwait(false);
            }
        }

        var outcome = stop?.Outcome ?? (missing.Count == 0 ? ApplyOutcome.Completed : ApplyOutcome.NotInEffect);
        var problem = stop?.Problem ?? (missing.Count == 0 ? null : Problem("apply-not-in-effect", ("count", missing.Count)));
        Finish(outcome, problem, after, inEffect, missing);
    }

    /// <summary>Which changes are in effect, and which a plan for the facts of now would hold again.</summary>
    private async Task<(List<int> InEffect, List<int> Missing)> CompareAsync(Inspection after)
    {
        var left = (await PlanForAsync(after, CancellationToken.None).ConfigureAwait(false)).Changes.Select(c => c.Key).ToHashSet(StringComparer.Ordinal);
        var inEffect = new List<int>();
        var missing = new List<int>();
        for (var i = 0; i < _plan.Changes.Count; i++)
        {
            (left.Contains(_plan.Changes[i].Key) ? missing : inEffect).Add(i);
        }

        return (inEffect, missing);
    }

    private async Task<Inspection> InspectAgainAsync()
    {
        try
        {
            return await _runner.InspectAsync(_source, _target, GoalAfterwards, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (ApplyProblems.IsConnectionLost(e) || e is PostgresException)
        {
            return await _runner.InspectWhenBackAsync(_target, GoalAfterwards).ConfigureAwait(false);
        }
    }

    private async Task<(SetupPlan Plan, Inspection Inspection)> FreshPlanAsync(CancellationToken cancellationToken)
    {
        var inspection = await _runner.InspectAsync(_source, _target, _plan.Goal, cancellationToken).ConfigureAwait(false);
        return (await PlanForAsync(inspection, cancellationToken).ConfigureAwait(false), inspection);
    }

    /// <summary>The plan of the same kind for the facts of now.</summary>
    private async Task<SetupPlan> PlanForAsync(Inspection inspection, CancellationToken cancellationToken) =>
        _plan.Undoing ? await _runner.UndoPlanAsync(inspection, cancellationToken).ConfigureAwait(false) : Planner.Plan(inspection, _plan.Only);

    private void PreparePassword()
    {
        if (_target.Credentials.ClickPipesPassword is { } password && _plan.Changes.Any(c => c.Statement.HasSecret))
        {
            _passwordLiteral = _plan.Goal.SendPasswordAsText ? password : ScramVerifier.Create(password);
            _redactor.Add(_passwordLiteral);
        }
    }

    private async Task CommittedAsync(ChangePhase phase, List<int> unit)
    {
        foreach (var index in unit)
        {
            _committed.Add(index);
            await AuditAsync(index, AuditEvent.InEffect, null, null).ConfigureAwait(false);
        }

        Emit(new PhaseCommitted(phase, unit) { At = Now });
    }

    private async Task RollBackAsync(NpgsqlTransaction? transaction, ChangePhase phase, IReadOnlyList<int> unit)
    {
        if (transaction is null)
        {
            return;
        }

        try
        {
            await transaction.RollbackAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException or IOException)
        {
            // The server rolls back by itself when the connection is gone.
            Log.ConnectionLost(_logger, _run);
        }

        foreach (var index in unit)
        {
            try
            {
                await AuditAsync(index, AuditEvent.RolledBack, null, null).ConfigureAwait(false);
            }
            catch (AuditUnavailableException)
            {
                // Nothing is in effect, so nothing is lost with this line.
                break;
            }
        }

        Emit(new PhaseRolledBack(phase, unit) { At = Now });
    }

    private async Task AuditAsync(int index, AuditEvent what, PostgresException? error, TimeSpan? elapsed)
    {
        var change = _plan.Changes[index];
        var message = error is null ? null : _redactor.Message(error);
        var entry = new AuditEntry
        {
            At = Now,
            Run = _run,
            Index = index,
            Event = what,
            Source = IAuditLog.NameOf(_target.Endpoint),
            Login = _target.Credentials.AdminUser,
            Code = change.For.Code,
            Kind = change.Kind,
            Phase = change.Phase.ToString(),
            Sql = change.Statement.Display,
            Undo = change.Undo?.Display,
            Transactional = change.Transactional,
            Alone = change.OwnTransaction,
            Undoing = _plan.Undoing,
            Arguments = change.Arguments.ToDictionary(a => a.Key, a => Convert.ToString(a.Value, CultureInfo.InvariantCulture) ?? "", StringComparer.Ordinal),
            SqlState = message?.SqlState,
            Message = message?.Text,
            Milliseconds = elapsed?.TotalMilliseconds,
        };
        try
        {
            await _audit.AppendAsync(entry, CancellationToken.None).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new AuditUnavailableException(e.Message, e);
        }
    }

    private void Finish(ApplyOutcome outcome, Problem? problem, Inspection? after, IReadOnlyList<int>? inEffect = null, IReadOnlyList<int>? missing = null)
    {
        Log.ApplyFinished(_logger, _run, outcome.ToString());
        Emit(new ApplyFinished(outcome, problem, inEffect ?? [], missing ?? [], after) { At = Now });
    }

    private void Emit(ApplyEvent e) => _events.TryWrite(e);

    private static Problem Problem(string key, params (string Name, object? Value)[] arguments) => new(key, Arguments(arguments));

    private static Dictionary<string, object?> Arguments(params (string Name, object? Value)[] arguments) =>
        arguments.ToDictionary(a => a.Name, a => a.Value, StringComparer.Ordinal);

    /// <summary>The audit could not be written: what it does not record does not happen.</summary>
    private sealed class AuditUnavailableException(string message, Exception inner) : Exception(message, inner);
}
