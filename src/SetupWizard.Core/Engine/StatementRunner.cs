using System.Diagnostics;
using Npgsql;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Engine;

/// <summary>Runs one statement of a plan, and takes a transaction of them back; the audit has both before and after.</summary>
internal sealed class StatementRunner(ApplyRun run, NpgsqlConnection connection)
{
    /// <summary>Runs a change; it is in effect when its transaction is committed.</summary>
    public async Task ExecuteAsync(int index, CancellationToken cancellationToken)
    {
        var change = run.Plan.Changes[index];
        PostgresNotice? refusal = null;
        void OnNotice(object sender, NpgsqlNoticeEventArgs e)
        {
            run.Emit(new ChangeNotice(index, run.Redactor.Message(e.Notice)) { At = run.Now });
            refusal ??= e.Notice.SqlState == ApplyProblems.PrivilegeNotGranted ? e.Notice : null;
        }

        run.Emit(new ChangeStarted(index, change) { At = run.Now });
        await run.RecordAsync(index, AuditEvent.Started).ConfigureAwait(false);
        var started = Stopwatch.GetTimestamp();
        connection.Notice += OnNotice;
        try
        {
            var command = new NpgsqlCommand(change.Statement.Execute(run.PasswordLiteral), connection) { CommandTimeout = ApplySession.CommandSeconds };
            await using (command.ConfigureAwait(false))
            {
                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }

            if (refusal is not null && !run.Plan.Undoing)
            {
                throw new PostgresException(refusal.MessageText, refusal.Severity, refusal.InvariantSeverity, refusal.SqlState, refusal.Detail, refusal.Hint);
            }
        }
        catch (PostgresException e)
        {
            await run.RecordAsync(index, AuditEvent.Failed, e, Stopwatch.GetElapsedTime(started)).ConfigureAwait(false);
            throw;
        }
        finally
        {
            connection.Notice -= OnNotice;
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        await run.RecordAsync(index, AuditEvent.Executed, elapsed: elapsed).ConfigureAwait(false);
        run.Emit(new ChangeExecuted(index, elapsed) { At = run.Now });
    }

    /// <summary>Rolls back, if there is anything to roll back.</summary>
    public async Task RollBackAsync(NpgsqlTransaction? transaction, ChangePhase phase, IReadOnlyList<int> unit)
    {
        if (transaction is null)
        {
            return;
        }

        try
        {
            await transaction.RollbackAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (ConnectionErrors.IsOfEndedSession(e))
        {
            // The server rolls back by itself when the connection is gone.
            Log.ConnectionLost(run.Logger, run.Id);
        }

        await TakenBackAsync(phase, unit, null).ConfigureAwait(false);
    }

    /// <summary>Records and tells that the server has taken changes back.</summary>
    /// <param name="phase">Their phase.</param>
    /// <param name="unit">Their places in the plan.</param>
    /// <param name="why">What the server said to it, when it did so by itself.</param>
    public async Task TakenBackAsync(ChangePhase phase, IReadOnlyList<int> unit, PostgresException? why)
    {
        foreach (var index in unit)
        {
            try
            {
                await run.RecordAsync(index, AuditEvent.RolledBack, why).ConfigureAwait(false);
            }
            catch (AuditUnavailableException)
            {
                // Nothing is in effect, so nothing is lost with this line.
                break;
            }
        }

        run.Emit(new PhaseRolledBack(phase, unit) { At = run.Now });
    }
}
