using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Engine;

/// <summary>One apply: checks that the plan still fits, has it executed phase by phase, and reports truthfully whatever happens.</summary>
internal sealed class PlanApplier
{
    private readonly ApplyRun _run;
    private readonly SourceInspector _inspector;
    private readonly UndoReader _undos;
    private readonly IAuditLog _audit;

    public PlanApplier(SetupTarget target, SetupPlan plan, SourceInspector inspector, UndoReader undos, IAuditLog audit, TimeProvider time, ILogger logger, ChannelWriter<ApplyEvent> events)
    {
        _run = new ApplyRun(target, plan, audit, time, logger, events);
        _inspector = inspector;
        _undos = undos;
        _audit = audit;
    }

    public async Task RunAsync(bool dryRun, CancellationToken cancellationToken)
    {
        var changes = _run.Plan.Changes;
        Log.ApplyStarted(_run.Logger, _run.Id, changes.Count, _run.Target.Endpoint.Identity);
        _run.Emit(new ApplyStarted(changes.Count, dryRun) { At = _run.Now });
        if (changes.Any(c => c.Statement.HasSecret) && _run.Target.Credentials.ClickPipesPassword is null)
        {
            _run.Finish(ApplyOutcome.Failed, ApplyRun.Problem("apply-no-password", ("user", _run.Plan.Goal.User)), null);
            return;
        }

        if (!dryRun && await ApplyRun.RecordTroubleAsync(_audit, cancellationToken).ConfigureAwait(false) is { } trouble)
        {
            _run.EmitSkipped([.. Enumerable.Range(0, changes.Count)]);
            _run.Finish(ApplyOutcome.Failed, trouble, null);
            return;
        }

        var opened = await _inspector.TryOpenAsync(_run.Target, "apply", cancellationToken).ConfigureAwait(false);
        if (opened.Source is null)
        {
            _run.Finish(ApplyOutcome.Failed, new Problem("apply-unreachable", opened.Failure!.Arguments, opened.Failure.Server), null);
            return;
        }

        await using (opened.ConfigureAwait(false))
        {
            try
            {
                await RunAsync(opened.Source, dryRun, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                if (_run.Claim is { } claim)
                {
                    await claim.DisposeAsync().ConfigureAwait(false);
                }
            }
        }
    }

    private async Task RunAsync(OpenedSource source, bool dryRun, CancellationToken cancellationToken)
    {
        var readback = new ApplyReadback(_run, _inspector, _undos, source);
        if (!await FitsAsync(source.Connection, readback, dryRun, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        _run.PreparePassword();
        if (dryRun)
        {
            await new DryRun(_run, source.Connection).RunAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        var stopped = await new PlanExecution(_run, source.Connection).ExecuteAsync(cancellationToken).ConfigureAwait(false);
        await readback.ReportAsync(stopped).ConfigureAwait(false);
    }

    /// <summary>
    /// Writes down what became of changes that an earlier run had to leave open. Nobody else applies meanwhile, and the server remembers for some time only.
    /// </summary>
    private async Task SettleAsync(NpgsqlConnection connection, AuditSource about, CancellationToken cancellationToken)
    {
        // Numbers of transactions are a server's own, and a copy of it goes on from the same ones.
        IReadOnlyList<AuditEntry> open = [.. AuditTrail.Open((await _run.ReadRecordAsync(about, cancellationToken).ConfigureAwait(false)).Entries).Where(e => e.Source == about.Name)];
        if (open.Count == 0)
        {
            return;
        }

        var fates = await TransactionFates.ReadAsync(connection, open, cancellationToken).ConfigureAwait(false);
        var settled = open
            .Select(e => (Entry: e, Fate: e.Transaction is { } number ? fates.GetValueOrDefault(number) : TransactionFate.Unknown))
            .Where(static e => e.Fate is TransactionFate.Committed or TransactionFate.Aborted)
            .Select(e => e.Entry with { At = _run.Now, Event = e.Fate == TransactionFate.Committed ? AuditEvent.InEffect : AuditEvent.RolledBack, SqlState = null, Message = null, Milliseconds = null })
            .ToList();
        if (settled.Count > 0)
        {
            await _run.RecordAsync(settled).ConfigureAwait(false);
        }
    }

    /// <summary>Whether there is something to execute: the database is ours for this run and asks for the very plan that was shown. Says why, where not.</summary>
    private async Task<bool> FitsAsync(NpgsqlConnection connection, ApplyReadback readback, bool dryRun, CancellationToken cancellationToken)
    {
        var indexes = Enumerable.Range(0, _run.Plan.Changes.Count).ToList();
        try
        {
            var attempt = await ApplyClaim.TakeAsync(_inspector, _run.Target, connection, cancellationToken).ConfigureAwait(false);
            if (attempt.Claim is null)
            {
                _run.EmitSkipped(indexes);
                _run.Finish(attempt.Outcome, attempt.Problem, null);
                return false;
            }

            _run.Claim = attempt.Claim;

            var fresh = await readback.FreshPlanAsync(cancellationToken).ConfigureAwait(false);
            _run.Server = ServerIdentity.Of(fresh.Inspection.Snapshot);
            if (fresh.Plan.Fingerprint != _run.Plan.Fingerprint)
            {
                _run.Emit(new PlanStale(Planner.Differences(_run.Plan, fresh.Plan), fresh.Plan) { At = _run.Now });
                _run.EmitSkipped(indexes);
                _run.Finish(ApplyOutcome.Stale, ApplyRun.Problem("apply-stale"), fresh.Inspection);
                return false;
            }

            if (fresh.Plan.Obstacles is [var why, ..])
            {
                _run.EmitSkipped(indexes);
                _run.Finish(ApplyOutcome.Refused, why, fresh.Inspection);
                return false;
            }

            if (_run.Plan.Changes.Count == 0)
            {
                _run.Finish(ApplyOutcome.NothingToDo, null, fresh.Inspection);
                return false;
            }

            if (fresh.Inspection.Snapshot is { Server.InRecovery: true } && _run.Plan.Changes.Any(c => c.Transactional))
            {
                _run.EmitSkipped(indexes);
                _run.Finish(ApplyOutcome.Failed, ApplyRun.Problem("apply-read-only"), fresh.Inspection);
                return false;
            }

            if (_run.Plan.Undoing && await UndoObstacles.FirstAsync(connection, _run, cancellationToken).ConfigureAwait(false) is { } obstacle)
            {
                _run.EmitSkipped(indexes);
                _run.Finish(ApplyOutcome.Refused, obstacle, fresh.Inspection);
                return false;
            }

            if (!dryRun)
            {
                await SettleAsync(connection, AuditSource.Of(fresh.Inspection.Endpoint, fresh.Inspection.Snapshot), cancellationToken).ConfigureAwait(false);
            }

            await readback.BeginAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (AuditUnavailableException e)
        {
            _run.EmitSkipped(indexes);
            _run.Finish(ApplyOutcome.Failed, ApplyRun.Problem("apply-audit", ("reason", e.Message)), null);
            return false;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _run.EmitSkipped(indexes);
            _run.Finish(ApplyOutcome.Cancelled, ApplyRun.Problem("apply-cancelled"), null);
            return false;
        }
        catch (Exception e) when (ApplyProblems.IsConnectionLost(e) || e is PostgresException)
        {
            _run.EmitSkipped(indexes);
            _run.Finish(ApplyOutcome.Failed, new Problem("apply-unreachable", ApplyRun.Arguments(), _run.Redactor.Message(e)), null);
            return false;
        }
    }
}
