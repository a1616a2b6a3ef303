using Npgsql;
using SetupWizard.Core.Audit;
using SetupWizard.Core.HandOff;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Engine;

/// <summary>Why an execution ended before its end: the outcome to report and the problem that explains it.</summary>
internal sealed record Stop(ApplyOutcome Outcome, Problem? Problem);

/// <summary>Executes a plan's changes for good: what belongs together in one transaction, the rest one by one.</summary>
internal sealed class PlanExecution
{
    /// <summary>lock_timeout of changes: no other session queues behind one of our lock requests for longer.</summary>
    public static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(PlanImpact.LockSeconds);

    private readonly ApplyRun _run;
    private readonly NpgsqlConnection _connection;
    private readonly StatementRunner _statements;

    public PlanExecution(ApplyRun run, NpgsqlConnection connection)
    {
        _run = run;
        _connection = connection;
        _statements = new StatementRunner(run, connection);
    }

    /// <summary>Executes all changes, or those before the first that stops it; null when none did.</summary>
    public async Task<Stop?> ExecuteAsync(CancellationToken cancellationToken)
    {
        var units = Units().ToList();
        for (var u = 0; u < units.Count; u++)
        {
            var stop = await ExecuteUnitAsync(units[u], cancellationToken).ConfigureAwait(false);
            if (stop is not null)
            {
                var skipped = units.Skip(u + 1).SelectMany(x => x).ToList();
                _run.EmitSkipped(skipped);
                return stop;
            }
        }

        return null;
    }

    /// <summary>What is committed together: the transactional changes of a phase in one piece, those with too many or too strong locks and all others one by one.</summary>
    private IEnumerable<List<int>> Units()
    {
        List<int> unit = [];
        for (var i = 0; i < _run.Plan.Changes.Count; i++)
        {
            if (unit.Count > 0 && (IsAlone(i) || IsAlone(unit[0]) || _run.Plan.Changes[unit[0]].Phase != _run.Plan.Changes[i].Phase))
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

        bool IsAlone(int index) => _run.Plan.Changes[index].LocksGoFirst() || !_run.Plan.Changes[index].Transactional;
    }

    private async Task<Stop?> ExecuteUnitAsync(List<int> unit, CancellationToken cancellationToken)
    {
        var phase = _run.Plan.Changes[unit[0]].Phase;
        var transactional = _run.Plan.Changes[unit[0]].Transactional;
        var current = unit[0];
        var committing = false;
        NpgsqlTransaction? transaction = null;
        try
        {
            if (_run.Claim is { } claim && !await claim.StandsAsync(cancellationToken).ConfigureAwait(false))
            {
                _run.EmitSkipped(unit);
                return new Stop(ApplyOutcome.Failed, ApplyRun.Problem("apply-claim-lost"));
            }

            transaction = transactional ? await ApplySession.BeginAsync(_connection, rehearsal: false, cancellationToken).ConfigureAwait(false) : null;
            foreach (var index in unit)
            {
                current = index;
                await _statements.ExecuteAsync(index, cancellationToken).ConfigureAwait(false);
            }

            if (transaction is not null)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var facts = await CommitFacts.ReadAsync(_connection, unit.Select(i => _run.Plan.Changes[i]), cancellationToken).ConfigureAwait(false);
                await _run.RecordCommittingAsync(unit, facts).ConfigureAwait(false);

                // From here on it is all or nothing at the server: a commit is never cancelled, only waited for.
                committing = true;
                await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
                await transaction.DisposeAsync().ConfigureAwait(false);
                transaction = null;
            }

            await CommittedAsync(phase, unit).ConfigureAwait(false);
            return await LoginTrial.AfterAsync(_run, _connection, unit).ConfigureAwait(false);
        }
        catch (AuditUnavailableException e)
        {
            await _statements.RollBackAsync(transaction, phase, unit).ConfigureAwait(false);
            return new Stop(ApplyOutcome.Failed, ApplyRun.Problem("apply-audit", ("reason", e.Message)));
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested && (e is OperationCanceledException || e is PostgresException { SqlState: PostgresErrorCodes.QueryCanceled }))
        {
            await _statements.RollBackAsync(transaction, phase, unit).ConfigureAwait(false);
            return new Stop(ApplyOutcome.Cancelled, ApplyRun.Problem("apply-cancelled"));
        }
        catch (Exception e) when (ApplyProblems.IsConnectionLost(e) || (e is InvalidOperationException && _connection.FullState != System.Data.ConnectionState.Open))
        {
            Log.ConnectionLost(_run.Logger, _run.Id);
            var problem = new Problem("apply-connection-lost", ApplyRun.Arguments(("sql", _run.Plan.Changes[current].Statement.Display)), _run.Redactor.Message(e));
            _run.Emit(new OutcomeUnknown(unit, problem) { At = _run.Now });
            foreach (var index in unit)
            {
                await _run.TryRecordAsync(index, AuditEvent.OutcomeUnknown).ConfigureAwait(false);
            }

            return new Stop(ApplyOutcome.ConnectionLost, problem);
        }
        catch (PostgresException e) when (committing)
        {
            // A refused COMMIT has taken everything back already.
            Log.StatementFailed(_run.Logger, _run.Id, "commit", _run.Plan.Changes[unit[0]].For.Code, e.SqlState);
            await _statements.TakenBackAsync(phase, unit, e).ConfigureAwait(false);
            var (problem, guilty) = ApplyProblems.OfCommit(e, unit, _run);
            _run.Emit(guilty is { } index ? new ChangeFailed(index, problem) { At = _run.Now } : new CommitRefused(phase, unit, problem) { At = _run.Now });
            return new Stop(ApplyOutcome.Failed, problem);
        }
        catch (PostgresException e)
        {
            var change = _run.Plan.Changes[current];
            Log.StatementFailed(_run.Logger, _run.Id, change.Kind, change.For.Code, e.SqlState);
            await _statements.RollBackAsync(transaction, phase, unit).ConfigureAwait(false);
            var holder = e.SqlState == PostgresErrorCodes.LockNotAvailable
                ? await ApplySession.FindLockHolderAsync(_connection, change).ConfigureAwait(false)
                : ApplyRun.Arguments();
            var problem = ApplyProblems.Of(e, change, _run, holder);
            _run.Emit(new ChangeFailed(current, problem) { At = _run.Now });
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

    private async Task CommittedAsync(ChangePhase phase, List<int> unit)
    {
        // It is committed, whether or not that can still be recorded.
        _run.Committed.UnionWith(unit);
        _run.Emit(new PhaseCommitted(phase, unit) { At = _run.Now });
        foreach (var index in unit)
        {
            await _run.RecordAsync(index, AuditEvent.InEffect).ConfigureAwait(false);
        }
    }
}
