using Npgsql;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Engine;

/// <summary>Executes a plan in one transaction that is rolled back: what the server would refuse, it refuses now.</summary>
internal sealed class DryRun(ApplyRun run, NpgsqlConnection connection)
{
    private const string Savepoint = "setupwizard_alone";

    private readonly StatementRunner _statements = new(run, connection);

    /// <summary>Tries what can be tried, takes all of it back and says what came of it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var tried = Tried();
        var skipped = Enumerable.Range(0, run.Plan.Changes.Count).Except(tried).ToList();

        // Tables are added to a publication that is there.
        var held = tried.FirstOrDefault(i => !run.Plan.Undoing && run.Plan.Changes[i] is { OwnTransaction: true, Phase: ChangePhase.Publication }, -1);
        Problem? problem = null;
        var current = 0;
        NpgsqlTransaction? transaction = null;
        try
        {
            transaction = await ApplySession.BeginAsync(connection, rehearsal: true, cancellationToken).ConfigureAwait(false);
            foreach (var index in tried)
            {
                current = index;
                if (run.Plan.Changes[index].LocksGoFirst() && index != held)
                {
                    // Its locks go with it: those of all such changes together could fill the lock table, for everybody on the server, or keep readers out.
                    await transaction.SaveAsync(Savepoint, cancellationToken).ConfigureAwait(false);
                    await _statements.ExecuteAsync(index, cancellationToken).ConfigureAwait(false);
                    await transaction.RollbackAsync(Savepoint, cancellationToken).ConfigureAwait(false);
                    await transaction.ReleaseAsync(Savepoint, cancellationToken).ConfigureAwait(false);
                }
                else
                {
                    await _statements.ExecuteAsync(index, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (AuditUnavailableException e)
        {
            problem = ApplyRun.Problem("apply-audit", ("reason", e.Message));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            problem = ApplyRun.Problem("apply-cancelled");
        }
        catch (PostgresException e) when (!ApplyProblems.IsConnectionLost(e))
        {
            problem = ApplyProblems.Of(e, run.Plan.Changes[current], run, ApplyRun.Arguments());
            run.Emit(new ChangeFailed(current, problem) { At = run.Now });
        }
        catch (Exception e) when (ApplyProblems.IsConnectionLost(e))
        {
            problem = new Problem("dry-run-connection-lost", ApplyRun.Arguments(), run.Redactor.Message(e));
        }

        await _statements.RollBackAsync(transaction, ChangePhase.Parameters, tried).ConfigureAwait(false);
        if (transaction is not null)
        {
            await transaction.DisposeAsync().ConfigureAwait(false);
        }

        run.EmitSkipped(skipped);
        run.Finish(problem is null ? ApplyOutcome.RolledBack : ApplyOutcome.Failed, problem, null);
    }

    /// <summary>The changes that can be rolled back.</summary>
    private List<int> Tried()
    {
        var changes = run.Plan.Changes;
        var tried = Enumerable.Range(0, changes.Count).Where(i => changes[i].Transactional).ToList();
        if (run.Plan.Undoing)
        {
            // What is taken out or away in parts comes back at once here, and then the publication of many tables, and a user who may read them, cannot be dropped.
            Spare(ChangePhase.Publication, static c => c.Phase == ChangePhase.Publication);
            Spare(ChangePhase.Grants, static c => c.Kind == UndoObstacles.DropUser);
        }

        return tried;

        void Spare(ChangePhase inParts, Func<SqlChange, bool> last)
        {
            if (tried.Count(i => changes[i].OwnTransaction && changes[i].Phase == inParts) > 1 && tried.FindLast(i => last(changes[i])) is var index && last(changes[index]))
            {
                tried.Remove(index);
            }
        }
    }
}
