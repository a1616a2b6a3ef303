using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;
using Npgsql.Replication;
using Npgsql.Replication.PgOutput;
using Npgsql.Replication.PgOutput.Messages;
using SetupWizard.Core.Model;
using SetupWizard.Core.Source;

namespace SetupWizard.Core.Engine;

/// <summary>
/// The proof: does as the ClickPipes user what ClickPipes will do, in the order its engine validates, ending with a change that arrives.
/// Everything made is temporary and belongs to connections that are closed at the end.
/// </summary>
internal sealed class LiveVerifier
{
    /// <summary>How long a change may take to arrive, and a slot to be made, before the stage fails.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>How long before a slow slot is explained.</summary>
    private static readonly TimeSpan s_explainAfter = TimeSpan.FromSeconds(1);

    /// <summary>How often, and how long apart, is looked whether the temporary slot has gone: half a minute in all.</summary>
    private const int CleanLooks = 120;
    private static readonly TimeSpan s_cleanPause = TimeSpan.FromMilliseconds(250);

    private const int TablesPerBatch = 500;

    /// <summary>The first version whose pgoutput passes on logical messages: <see href="https://www.postgresql.org/docs/14/protocol-logical-replication.html"/>.</summary>
    private const int LogicalMessagesInPgOutput = 14;

    private const string MessagePrefix = "setupwizard_proof";

    private readonly SetupTarget _admin;
    private readonly SetupTarget _user;
    private readonly SetupGoal _goal;
    private readonly SetupRunner _runner;
    private readonly TimeProvider _time;
    private readonly ProofReport _report;
    private readonly Redactor _redactor;
    private readonly string _slotName = "setupwizard_proof_" + Guid.NewGuid().ToString("N")[..12];

    public LiveVerifier(SetupTarget target, SetupGoal goal, SetupRunner runner, TimeProvider time, ILogger logger, ChannelWriter<ProofEvent> events)
    {
        _admin = target;
        _user = target with { Credentials = new SourceCredentials(goal.User, target.Credentials.ClickPipesPassword) };
        _goal = goal;
        _runner = runner;
        _time = time;
        _report = new ProofReport(events, logger);
        _redactor = new Redactor(target.Credentials);
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (_user.Credentials.AdminPassword is null)
        {
            _report.Fail(RequirementId.ProofLogin, 0, RequirementId.User, Problem("proof-no-password", ("user", _goal.User)));
            _report.SkipAfter(RequirementId.ProofLogin, andCleaning: true);
            return;
        }

        // What is to be proved comes from the administrator's reading; the proof itself is the user's.
        var admin = await _runner.TryOpenAsync(_admin, "verify", cancellationToken).ConfigureAwait(false);
        await using (admin.ConfigureAwait(false))
        {
            if (admin.Source is null)
            {
                _report.Fail(RequirementId.ProofLogin, 0, RequirementId.Reachable, new Problem("proof-admin-unreachable", admin.Failure!.Arguments, admin.Failure.Server));
                _report.SkipAfter(RequirementId.ProofLogin, andCleaning: true);
                return;
            }

            var inspection = await _runner.InspectAsync(admin.Source, _admin, _goal, cancellationToken).ConfigureAwait(false);
            await ProveAsync(admin.Source.Connection, inspection, cancellationToken).ConfigureAwait(false);
            await CheckCleanAsync(admin.Source.Connection).ConfigureAwait(false);
        }
    }

    private async Task ProveAsync(NpgsqlConnection admin, Inspection inspection, CancellationToken cancellationToken)
    {
        var started = _report.Begin(RequirementId.ProofLogin);
        var login = await _runner.TryOpenAsync(_user, "verify", cancellationToken).ConfigureAwait(false);
        await using (login.ConfigureAwait(false))
        {
            if (login.Connection is not { } user)
            {
                _report.Fail(RequirementId.ProofLogin, started, RequirementId.User, new Problem("proof-login", With(login.Failure!.Arguments, ("user", _goal.User)), login.Failure.Server));
                _report.SkipAfter(RequirementId.ProofLogin);
                return;
            }

            var tls = await TlsOfAsync(user, cancellationToken).ConfigureAwait(false);
            _report.Pass(RequirementId.ProofLogin, started, ("user", _goal.User), ("tls", tls ?? "–"));
            if (await ProveReplicationAsync(cancellationToken).ConfigureAwait(false) is not { } replication)
            {
                _report.SkipAfter(RequirementId.ProofReplication);
                return;
            }

            await using (replication.ConfigureAwait(false))
            {
                if (!await ProveReadAsync(user, inspection, cancellationToken).ConfigureAwait(false))
                {
                    _report.SkipAfter(RequirementId.ProofRead);
                }
                else if (!await ProvePublicationAsync(user, inspection, cancellationToken).ConfigureAwait(false))
                {
                    _report.SkipAfter(RequirementId.ProofPublication);
                }
                else if (await ProveSlotAsync(admin, replication, cancellationToken).ConfigureAwait(false) is not { } slot)
                {
                    _report.SkipAfter(RequirementId.ProofSlot);
                }
                else
                {
                    await ProveChangeAsync(admin, replication, slot, inspection, cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    private async Task<LogicalReplicationConnection?> ProveReplicationAsync(CancellationToken cancellationToken)
    {
        var started = _report.Begin(RequirementId.ProofReplication);
        LogicalReplicationConnection? replication = null;
        try
        {
            // Creating a slot waits for transactions under way; unlike statement_timeout, lock_timeout bounds that wait.
            var options = string.Create(CultureInfo.InvariantCulture, $"-c lock_timeout={(int)Patience.TotalMilliseconds}");
            using var ca = await CaFile.CreateAsync(_user.Endpoint, cancellationToken).ConfigureAwait(false);
            replication = new LogicalReplicationConnection(SourceConnector.BuildConnectionString(_user, asUser: null, ca) + ";Options=" + options);
            await replication.Open(cancellationToken).WaitAsync(SourceConnector.OpenTimeout, _time, cancellationToken).ConfigureAwait(false);

            // The server gives up first, and says why.
            replication.CommandTimeout = Patience + TimeSpan.FromSeconds(15);
            var system = await replication.IdentifySystem(cancellationToken).ConfigureAwait(false);
            _report.Pass(RequirementId.ProofReplication, started, ("position", system.XLogPos.ToString()));
            return replication;
        }
        catch (Exception e) when (IsFailure(e, cancellationToken))
        {
            if (replication is not null)
            {
                await replication.DisposeAsync().ConfigureAwait(false);
            }

            var full = e is PostgresException { SqlState: PostgresErrorCodes.TooManyConnections };
            _report.Fail(
                RequirementId.ProofReplication,
                started,
                full ? RequirementId.WalSenders : RequirementId.ReplicationPrivilege,
                Problem(full ? "proof-no-wal-sender" : "proof-replication", e, ("user", _goal.User)));
            return null;
        }
    }

    private async Task<bool> ProveReadAsync(NpgsqlConnection user, Inspection inspection, CancellationToken cancellationToken)
    {
        var started = _report.Begin(RequirementId.ProofRead);
        var tables = inspection.Tables.Chosen.Select(t => t.Ref).ToList();
        try
        {
            foreach (var chunk in tables.Chunk(TablesPerBatch))
            {
                var batch = new NpgsqlBatch(user) { Timeout = 60 };
                await using (batch.ConfigureAwait(false))
                {
                    foreach (var table in chunk)
                    {
                        batch.BatchCommands.Add(new NpgsqlBatchCommand($"SELECT * FROM {table.Quoted} LIMIT 0"));
                    }

                    await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                }
            }

            _report.Pass(RequirementId.ProofRead, started, ("count", tables.Count));
            return true;
        }
        catch (Exception e) when (IsFailure(e, cancellationToken))
        {
            var unreadable = await UnreadableAsync(user, tables, cancellationToken).ConfigureAwait(false);
            var owner = e is PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } p && p.MessageText.Contains("schema", StringComparison.Ordinal)
                ? RequirementId.SchemaUsage
                : RequirementId.TableSelect;
            _report.Fail(
                RequirementId.ProofRead,
                started,
                owner,
                Problem("proof-read", e, ("user", _goal.User), ("count", unreadable.Count), ("tables", string.Join(", ", unreadable.Take(8))), ("total", tables.Count)));
            return false;
        }
    }

    private static async Task<List<string>> UnreadableAsync(NpgsqlConnection user, List<TableRef> tables, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT t.s, t.n
            FROM unnest($1::text[], $2::text[]) t(s, n)
            LEFT JOIN pg_catalog.pg_namespace ns ON ns.nspname = t.s
            LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = ns.oid AND c.relname = t.n
            WHERE c.oid IS NULL OR NOT pg_catalog.has_schema_privilege(ns.oid, 'USAGE') OR NOT pg_catalog.has_table_privilege(c.oid, 'SELECT')
            """;
        var command = new NpgsqlCommand(Sql, user)
        {
            Parameters = { new() { Value = tables.Select(t => t.Schema).ToArray() }, new() { Value = tables.Select(t => t.Name).ToArray() } },
        };
        await using (command.ConfigureAwait(false))
        {
            return [.. (await RowsAsync(command, cancellationToken).ConfigureAwait(false)).Select(r => r.ToString())];
        }
    }

    private async Task<bool> ProvePublicationAsync(NpgsqlConnection user, Inspection inspection, CancellationToken cancellationToken)
    {
        var started = _report.Begin(RequirementId.ProofPublication);
        try
        {
            if (await ScalarAsync(user, "SELECT 1 FROM pg_catalog.pg_publication WHERE pubname = $1", _goal.Publication, cancellationToken).ConfigureAwait(false) is null)
            {
                _report.Fail(RequirementId.ProofPublication, started, RequirementId.Publication, Problem("proof-publication-missing", ("publication", _goal.Publication)));
                return false;
            }

            var command = new NpgsqlCommand("SELECT schemaname::text, tablename::text FROM pg_catalog.pg_publication_tables WHERE pubname = $1", user) { Parameters = { new() { Value = _goal.Publication } } };
            HashSet<TableRef> published;
            await using (command.ConfigureAwait(false))
            {
                published = [.. await RowsAsync(command, cancellationToken).ConfigureAwait(false)];
            }

            // A root is listed by itself with publish_via_partition_root, by its leaves without; only the first is what ClickPipes looks for.
            var missing = inspection.Tables.Chosen.Where(t => !published.Contains(t.Ref)).Select(t => t.Ref).ToList();
            if (missing.Count > 0)
            {
                _report.Fail(
                    RequirementId.ProofPublication,
                    started,
                    RequirementId.PublicationTables,
                    Problem("proof-publication-tables", ("publication", _goal.Publication), ("count", missing.Count), ("tables", string.Join(", ", missing.Take(8)))));
                return false;
            }

            _report.Pass(RequirementId.ProofPublication, started, ("publication", _goal.Publication), ("count", inspection.Tables.Chosen.Count));
            return true;
        }
        catch (Exception e) when (IsFailure(e, cancellationToken))
        {
            _report.Fail(RequirementId.ProofPublication, started, RequirementId.Publication, Problem("proof-failed", e));
            return false;
        }
    }

    private async Task<PgOutputReplicationSlot?> ProveSlotAsync(NpgsqlConnection admin, LogicalReplicationConnection replication, CancellationToken cancellationToken)
    {
        var started = _report.Begin(RequirementId.ProofSlot);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            var creation = replication.CreatePgOutputReplicationSlot(
                _slotName,
                temporarySlot: true,
                slotSnapshotInitMode: LogicalSlotSnapshotInitMode.NoExport,
                cancellationToken: limit.Token);
            while (await Task.WhenAny(creation, Task.Delay(s_explainAfter, _time, limit.Token)).ConfigureAwait(false) != creation)
            {
                await ExplainWaitAsync(admin, started, limit.Token).ConfigureAwait(false);
            }

            var slot = await creation.ConfigureAwait(false);
            _report.Pass(RequirementId.ProofSlot, started, ("slot", slot.Name), ("position", slot.ConsistentPoint.ToString()));
            return slot;
        }
        catch (Exception e) when (IsFailure(e, cancellationToken))
        {
            var (key, owner) = (e as PostgresException)?.SqlState switch
            {
                PostgresErrorCodes.ObjectNotInPrerequisiteState => ("proof-wal-level", RequirementId.WalLevel),
                PostgresErrorCodes.ConfigurationLimitExceeded => ("proof-no-slot", RequirementId.ReplicationSlots),
                PostgresErrorCodes.InsufficientPrivilege => ("proof-replication", RequirementId.ReplicationPrivilege),
                PostgresErrorCodes.LockNotAvailable => ("proof-slot-waits", RequirementId.ReplicationSlots),
                _ => (e is OperationCanceledException ? "proof-slot-waits" : "proof-failed", RequirementId.ReplicationSlots),
            };
            var blocker = key == "proof-slot-waits" ? await SlotBlocker.FindAsync(admin, CancellationToken.None).ConfigureAwait(false) : null;
            _report.Fail(
                RequirementId.ProofSlot,
                started,
                owner,
                Problem(key, e, ("user", _goal.User), ("seconds", (int)Patience.TotalSeconds), ("pid", blocker?.Pid ?? "?"), ("application", blocker?.Application ?? "?"), ("age", blocker?.Seconds ?? 0)));
            return null;
        }
    }

    private async Task ProveChangeAsync(NpgsqlConnection admin, LogicalReplicationConnection replication, PgOutputReplicationSlot slot, Inspection inspection, CancellationToken cancellationToken)
    {
        var started = _report.Begin(RequirementId.ProofChange);
        var canSend = inspection.Snapshot!.Server is { Major: >= LogicalMessagesInPgOutput, InRecovery: false };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            var options = new PgOutputReplicationOptions(InReplicationCommand(_goal.Publication), PgOutputProtocolVersion.V1, messages: canSend ? true : null);
            var content = Guid.NewGuid().ToString("N");
            var sent = Stopwatch.GetTimestamp();
            var sending = canSend ? SendAsync(admin, content, limit.Token) : Task.CompletedTask;
            await foreach (var message in replication.StartReplication(slot, options, limit.Token).ConfigureAwait(false))
            {
                replication.SetReplicationStatus(message.WalEnd);
                if (canSend ? await IsOursAsync(message, content, limit.Token).ConfigureAwait(false) : message is CommitMessage)
                {
                    await sending.ConfigureAwait(false);
                    var latency = Stopwatch.GetElapsedTime(sent);
                    _report.Pass(RequirementId.ProofChange, started, ("latency", (long)latency.TotalMilliseconds), ("how", canSend ? "message" : "traffic"));
                    return;
                }
            }
        }
        catch (Exception e) when (IsFailure(e, cancellationToken))
        {
            if (!canSend && e is OperationCanceledException)
            {
                // Before PostgreSQL 14 only a row can be sent, and no table is touched without being asked: no traffic, no proof.
                _report.Emit(new ProofEvent(RequirementId.ProofChange, ProofState.Skipped, Stopwatch.GetElapsedTime(started)) { Case = "no-traffic" });
                return;
            }

            var missing = e is PostgresException { SqlState: PostgresErrorCodes.UndefinedObject };
            _report.Fail(
                RequirementId.ProofChange,
                started,
                missing ? RequirementId.Publication : RequirementId.PublicationOperations,
                Problem(missing ? "proof-publication-missing" : e is OperationCanceledException ? "proof-no-change" : "proof-failed", e, ("publication", _goal.Publication), ("seconds", (int)Patience.TotalSeconds)));
        }
    }

    /// <summary>Npgsql puts the name between quotes of both kinds and doubles neither.</summary>
    private static string InReplicationCommand(string publication) =>
        publication.Replace("\"", "\"\"", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal);

    private static async Task SendAsync(NpgsqlConnection admin, string content, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand("SELECT pg_catalog.pg_logical_emit_message(true, $1, $2)", admin) { Parameters = { new() { Value = MessagePrefix }, new() { Value = content } } };
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<bool> IsOursAsync(PgOutputReplicationMessage message, string content, CancellationToken cancellationToken)
    {
        if (message is not LogicalDecodingMessage { Prefix: MessagePrefix } ours)
        {
            return false;
        }

        using var buffer = new MemoryStream();
        await ours.Data.CopyToAsync(buffer, cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(buffer.ToArray()) == content;
    }

    private async Task CheckCleanAsync(NpgsqlConnection admin)
    {
        var started = _report.Begin(RequirementId.ProofClean);
        try
        {
            // The server drops a temporary slot when its connection ends; that takes it a moment, and a busy one a longer one.
            for (var attempt = 0; ; attempt++)
            {
                var left = await ScalarAsync(admin, "SELECT slot_name::text FROM pg_catalog.pg_replication_slots WHERE slot_name = $1", _slotName, CancellationToken.None).ConfigureAwait(false);
                if (left is null)
                {
                    _report.Pass(RequirementId.ProofClean, started);
                    return;
                }

                if (attempt == CleanLooks)
                {
                    _report.Fail(RequirementId.ProofClean, started, RequirementId.ReplicationSlots, Problem("proof-left-behind", ("slot", _slotName)));
                    return;
                }

                await Task.Delay(s_cleanPause, _time, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is NpgsqlException or IOException or InvalidOperationException)
        {
            _report.Fail(RequirementId.ProofClean, started, RequirementId.Reachable, Problem("proof-failed", e));
        }
    }

    private async Task ExplainWaitAsync(NpgsqlConnection admin, long started, CancellationToken cancellationToken)
    {
        if (await SlotBlocker.FindAsync(admin, cancellationToken).ConfigureAwait(false) is { } blocker)
        {
            _report.Emit(new ProofEvent(RequirementId.ProofSlot, ProofState.Waiting, Stopwatch.GetElapsedTime(started))
            {
                Arguments = ProofReport.Arguments(("pid", blocker.Pid), ("application", blocker.Application), ("age", blocker.Seconds)),
            });
        }
    }

    private static async Task<string?> TlsOfAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand("SELECT version FROM pg_catalog.pg_stat_ssl WHERE pid = pg_catalog.pg_backend_pid() AND ssl", connection);
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) as string;
        }
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, string parameter, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = parameter } } };
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<List<TableRef>> RowsAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var rows = new List<TableRef>();
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                rows.Add(new TableRef(reader.GetString(0), reader.GetString(1)));
            }
        }

        return rows;
    }

    /// <summary>What a server or a network did, or our own patience running out; a cancelled proof is neither.</summary>
    private static bool IsFailure(Exception e, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested && e is NpgsqlException or IOException or TimeoutException or OperationCanceledException;

    private Problem Problem(string key, Exception e, params (string Name, object? Value)[] arguments) =>
        new(key, ProofReport.Arguments(arguments), e is OperationCanceledException ? null : _redactor.Message(e));

    private static Problem Problem(string key, params (string Name, object? Value)[] arguments) => new(key, ProofReport.Arguments(arguments));

    private static Dictionary<string, object?> With(IReadOnlyDictionary<string, object?> arguments, params (string Name, object? Value)[] more)
    {
        var all = new Dictionary<string, object?>(arguments, StringComparer.Ordinal);
        foreach (var (name, value) in more)
        {
            all[name] = value;
        }

        return all;
    }
}
