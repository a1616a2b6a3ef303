using Npgsql;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Engine;

/// <summary>
/// A role that is joined may change how this login gets in, by rules that nobody could read. So it logs in anew as soon as it has joined, while the session
/// it has can still take that back. See <see href="https://www.postgresql.org/docs/current/auth-pg-hba-conf.html"/>.
/// </summary>
internal static class LoginTrial
{
    /// <summary>Tries it after these changes were committed; says why the run ends where the server refused.</summary>
    public static async Task<Stop?> AfterAsync(ApplyRun run, NpgsqlConnection connection, IReadOnlyList<int> committed)
    {
        var joined = run.Plan.Undoing ? [] : committed.Where(i => run.Plan.Changes[i] is { Kind: OwnerChanges.Kind, Undo: not null }).ToList();
        if (joined.Count == 0 || await RefusalAsync(run.Target).ConfigureAwait(false) is not { } refusal)
        {
            return null;
        }

        var undone = await TakeBackAsync(run, connection, joined).ConfigureAwait(false);
        var admin = run.Target.Credentials.AdminUser;
        var problem = new Problem(
            undone ? "apply-locked-out" : "apply-locked-out-still",
            ApplyRun.Arguments(
                ("admin", admin),
                ("owners", string.Join(", ", joined.Select(i => run.Plan.Changes[i].Arguments["owner"]))),
                ("statement", $"GRANT EXECUTE ON FUNCTION pg_catalog.pg_hba_file_rules() TO {PgIdentifier.Quote(admin)}"),
                ("undo", string.Join("; ", joined.Select(i => run.Plan.Changes[i].Undo!.Display)))),
            run.Redactor.Message(refusal));
        run.Emit(new ChangeFailed(joined[0], problem) { At = run.Now });
        return new Stop(ApplyOutcome.Failed, problem);
    }

    /// <summary>The server's refusal to let this login in; null when it does, or when something else is the matter: no connection free, no answer.</summary>
    private static async Task<PostgresException?> RefusalAsync(SetupTarget target)
    {
        try
        {
            await (await SourceConnector.OpenAsync(target, "log-in", CancellationToken.None).ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
            return null;
        }
        catch (PostgresException e) when (e.SqlState.StartsWith("28", StringComparison.Ordinal))
        {
            return e;
        }
        catch (Exception e) when (ConnectionErrors.IsExpected(e))
        {
            return null;
        }
    }

    private static async Task<bool> TakeBackAsync(ApplyRun run, NpgsqlConnection connection, List<int> joined)
    {
        try
        {
            var transaction = await ApplySession.BeginAsync(connection, rehearsal: false, CancellationToken.None).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                foreach (var index in Enumerable.Reverse(joined))
                {
                    var command = new NpgsqlCommand(run.Plan.Changes[index].Undo!.Display, connection, transaction) { CommandTimeout = ApplySession.CommandSeconds };
                    await using (command.ConfigureAwait(false))
                    {
                        await command.ExecuteNonQueryAsync(CancellationToken.None).ConfigureAwait(false);
                    }
                }

                await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (ConnectionErrors.IsOfEndedSession(e))
        {
            return false;
        }

        run.Committed.ExceptWith(joined);
        run.Emit(new PhaseRolledBack(run.Plan.Changes[joined[0]].Phase, joined) { At = run.Now });
        foreach (var index in joined)
        {
            await run.RecordTakenBackAsync(index).ConfigureAwait(false);
        }

        return true;
    }
}
