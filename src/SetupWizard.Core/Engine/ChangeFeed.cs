using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;
using Npgsql.Replication;
using Npgsql.Replication.PgOutput;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Engine;

/// <summary>
/// Watches changes of the chosen tables arrive, as the ClickPipes user, through a temporary slot that the server drops with the connection.
/// Values never leave the connection's buffer: counts, and the keys of the last changes.
/// </summary>
internal sealed class ChangeFeed
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private readonly SetupTarget _admin;
    private readonly SetupTarget _user;
    private readonly SetupGoal _goal;
    private readonly SourceInspector _inspector;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ChannelWriter<FeedPulse> _pulses;
    private readonly Redactor _redactor;
    private readonly string _slotName = TemporarySlot.NewName("feed");
    private FeedTally? _tally;
    private SlotBlocker? _blocker;
    private bool _inRecovery;
    private long _slotSince;
    private long _started;

    public ChangeFeed(SetupTarget target, SetupGoal goal, SourceInspector inspector, TimeProvider time, ILogger logger, ChannelWriter<FeedPulse> pulses)
    {
        _admin = target;
        _user = target with { Credentials = new SourceCredentials(goal.User, target.Credentials.ClickPipesPassword) };
        _goal = goal;
        _inspector = inspector;
        _time = time;
        _logger = logger;
        _pulses = pulses;
        _redactor = new Redactor(target.Credentials);
    }

    private TimeSpan Elapsed => _tally is null ? TimeSpan.Zero : _time.GetElapsedTime(_started);

    /// <summary>Watches until cancelled, or until a limit. The last pulse says why it ended and whether the slot has gone; it is sent after a cancellation too.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Emit(new FeedPulse(FeedState.Opening, TimeSpan.Zero));
        if (_user.Credentials.AdminPassword is null)
        {
            Finish(Failed(RequirementId.User, ProofReport.Problem("proof-no-password", ("user", _goal.User))) with { Clean = true });
            return;
        }

        var admin = await _inspector.TryOpenAsync(_admin, "feed", cancellationToken).ConfigureAwait(false);
        await using (admin.ConfigureAwait(false))
        {
            if (admin.Source is null)
            {
                var problem = new Problem("proof-admin-unreachable", admin.Failure!.Arguments, admin.Failure.Server);
                Finish(Failed(RequirementId.Reachable, problem) with { Clean = true });
                return;
            }

            var end = await WatchAsync(admin.Source, cancellationToken).ConfigureAwait(false);
            Finish(end with { Clean = await IsCleanAsync(admin.Source.Connection).ConfigureAwait(false) });
        }
    }

    private async Task<FeedPulse> WatchAsync(OpenedSource admin, CancellationToken cancellationToken)
    {
        var stage = Stage.Session;
        using var time = new CancellationTokenSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, time.Token);
        try
        {
            var inspection = await _inspector.InspectAsync(admin, _admin, _goal, cancellationToken).ConfigureAwait(false);
            var tally = new FeedTally(TableFamilies.TakenUnder(inspection), await PrimaryKeysAsync(admin.Connection, cancellationToken).ConfigureAwait(false));
            var session = await ReplicationSession.OpenAsync(_user, "feed", TemporarySlot.SessionOptions, TemporarySlot.CommandLimit, _time, cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                var connection = session.Connection;
                (stage, _slotSince, _inRecovery) = (Stage.Slot, _time.GetTimestamp(), inspection.Snapshot!.Server.InRecovery);
                var slot = await TemporarySlot.CreateAsync(session, _slotName, admin.Connection, () => ExplainAsync(admin.Connection, connection.ProcessID, cancellationToken), _time, cancellationToken).ConfigureAwait(false);
                stage = Stage.Stream;
                (_tally, _started) = (tally, _time.GetTimestamp());
                using var timer = _time.CreateTimer(static t => ((CancellationTokenSource)t!).Cancel(), time, FeedLimits.Duration, Timeout.InfiniteTimeSpan);
                Log.FeedStarted(_logger, _admin.Endpoint.Identity, _slotName);
                return await ReadAsync(connection, slot, stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Ended(FeedEnd.Stopped);
        }
        catch (OperationCanceledException) when (time.IsCancellationRequested)
        {
            return Ended(FeedEnd.TimeLimit);
        }
        catch (Exception e) when (ConnectionErrors.IsOfEndedSession(e) || e is OperationCanceledException)
        {
            // Whatever a connection says when it is cut off in the middle of a row, it was we who cut it.
            return cancellationToken.IsCancellationRequested ? Ended(FeedEnd.Stopped)
                : time.IsCancellationRequested ? Ended(FeedEnd.TimeLimit)
                : ExplainFailure(stage, e);
        }
    }

    private async Task<FeedPulse> ReadAsync(LogicalReplicationConnection connection, PgOutputReplicationSlot slot, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var telling = TellAsync(connection, over.Token);
        try
        {
            // One transaction after the other, each when it is committed, values as text.
            var options = new PgOutputReplicationOptions(TemporarySlot.InReplicationCommand(_goal.Publication), PgOutputProtocolVersion.V1);
            await foreach (var message in connection.StartReplication(slot, options, cancellationToken).ConfigureAwait(false))
            {
                await _tally!.TakeAsync(message, cancellationToken).ConfigureAwait(false);
                if (_tally.Received >= FeedLimits.Changes)
                {
                    return Ended(FeedEnd.ChangeLimit);
                }
            }

            return Failed(RequirementId.Reachable, ProofReport.Problem("feed-lost"));
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            await telling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Tells every second what was counted, and the server that it need not keep what was read.</summary>
    private async Task TellAsync(LogicalReplicationConnection connection, CancellationToken cancellationToken)
    {
        Emit(_tally!.Pulse(FeedState.Watching, Elapsed));
        using var timer = new PeriodicTimer(s_second, _time);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            if (connection.LastReceivedLsn > default(NpgsqlTypes.NpgsqlLogSequenceNumber))
            {
                connection.SetReplicationStatus(connection.LastReceivedLsn);
            }

            Emit(_tally.Pulse(FeedState.Watching, Elapsed));
        }
    }

    private async Task ExplainAsync(NpgsqlConnection admin, int waiting, CancellationToken cancellationToken)
    {
        _blocker = await SlotBlocker.FindAsync(admin, waiting, _blocker, cancellationToken).ConfigureAwait(false);
        if (_blocker is not null)
        {
            Emit(new FeedPulse(FeedState.Waiting, TimeSpan.Zero) { Waiting = _blocker.Wait });
        }
    }

    private FeedPulse ExplainFailure(Stage stage, Exception e)
    {
        if (stage == Stage.Slot)
        {
            var (problem, mends) = TemporarySlot.Failure(e, _goal.User, _blocker, _inRecovery, _time.GetElapsedTime(_slotSince), _redactor);
            return Failed(mends, problem);
        }

        var limit = stage == Stage.Session ? ConnectionLimit.ProblemOf(e) : null;
        var (key, owner) = (stage, (e as PostgresException)?.SqlState) switch
        {
            (Stage.Session, _) when limit is not null => (limit, ProofLimits.OwnerOf(limit)),
            (Stage.Session, PostgresErrorCodes.InvalidPassword) => ("proof-login", RequirementId.User),
            (Stage.Session, not null) when !ProofReport.IsLost(e) => ("proof-replication", RequirementId.ReplicationPrivilege),
            (_, not null) when ProofQueries.IsNotText((PostgresException)e) => ("proof-not-text", RequirementId.Encoding),
            (_, PostgresErrorCodes.UndefinedObject) => ("proof-publication-missing", RequirementId.Publication),
            _ => ("feed-lost", RequirementId.Reachable),
        };
        var arguments = ProofReport.Arguments([.. ProofLimits.Arguments(_user, _goal), ("publication", _goal.Publication), ("what", _goal.Publication)]);
        return Failed(owner, new Problem(key, arguments, e is OperationCanceledException ? null : _redactor.Message(e)));
    }

    /// <summary>Asks the catalog; over a new session when the server threw the first one out.</summary>
    private async Task<bool> IsCleanAsync(NpgsqlConnection admin)
    {
        try
        {
            return await TemporarySlot.HasGoneAsync(admin, _user, _slotName, _time).ConfigureAwait(false);
        }
        catch (Exception e) when (ConnectionErrors.IsOfEndedSession(e))
        {
            var again = await _inspector.TryOpenAsync(_admin, "feed", CancellationToken.None).ConfigureAwait(false);
            await using (again.ConfigureAwait(false))
            {
                try
                {
                    return again.Source is { } source && await TemporarySlot.HasGoneAsync(source.Connection, _user, _slotName, _time).ConfigureAwait(false);
                }
                catch (Exception e2) when (ConnectionErrors.IsOfEndedSession(e2))
                {
                    return false;
                }
            }
        }
    }

    /// <summary>The primary keys of tables whose identity is FULL, where the stream does not tell them.</summary>
    private static async Task<Dictionary<TableRef, IReadOnlySet<string>>> PrimaryKeysAsync(NpgsqlConnection admin, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT n.nspname::text, c.relname::text, a.attname::text
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary
            JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
            WHERE c.relreplident = 'f'
            """;
        var keys = new Dictionary<TableRef, IReadOnlySet<string>>();
        var command = new NpgsqlCommand(Sql, admin);
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    var table = new TableRef(reader.GetString(0), reader.GetString(1));
                    if (!keys.TryGetValue(table, out var columns))
                    {
                        keys[table] = columns = new HashSet<string>(StringComparer.Ordinal);
                    }

                    ((HashSet<string>)columns).Add(reader.GetString(2));
                }
            }
        }

        return keys;
    }

    private FeedPulse Ended(FeedEnd end) => (_tally?.Pulse(FeedState.Ended, Elapsed) ?? new FeedPulse(FeedState.Ended, TimeSpan.Zero)) with { End = end };

    private FeedPulse Failed(RequirementId? owner, Problem problem) => Ended(FeedEnd.Failed) with { Owner = owner, Problem = problem };

    private void Finish(FeedPulse end)
    {
        Log.FeedEnded(_logger, _admin.Endpoint.Identity, end.End!.Value, end.Changes, (long)end.Elapsed.TotalSeconds, end.Clean);
        Emit(end);
    }

    private void Emit(FeedPulse pulse) => _pulses.TryWrite(pulse);

    private enum Stage
    {
        Session,
        Slot,
        Stream,
    }
}
