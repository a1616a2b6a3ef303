using System.Diagnostics;
using System.Globalization;
using Npgsql;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Engine;

/// <summary>Why a table could not be read; the words of <see cref="ReadingProof"/> are chosen by it.</summary>
internal enum ReadRefusal
{
    /// <summary>USAGE on its schema is missing.</summary>
    Schema,

    /// <summary>SELECT on all of its columns is missing.</summary>
    Select,

    /// <summary>Row security would hide rows, and the session is to fail rather than that.</summary>
    Rows,

    /// <summary>A name in it cannot be handed over as UTF-8.</summary>
    NotText,

    /// <summary>It is not there any more.</summary>
    Gone,

    /// <summary>Another session keeps everybody out of it.</summary>
    Locked,

    /// <summary>Somebody or a time limit cancelled the query.</summary>
    Cancelled,

    /// <summary>The server has no room for its locks.</summary>
    LockTable,

    /// <summary>Something else.</summary>
    Other,
}

/// <summary>A table that could not be read.</summary>
/// <param name="Table">The table.</param>
/// <param name="Why">Why not.</param>
/// <param name="Error">What the server said.</param>
internal sealed record RefusedTable(TableRef Table, ReadRefusal Why, PostgresException Error);

/// <summary>
/// Queries many tables in few round trips, each in a transaction of its own: the server ends one with every Sync, so that neither locks nor what describes
/// columns add up, and each table gets its own answer.
/// See <see href="https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING"/>.
/// </summary>
/// <param name="user">A session of who is to read.</param>
/// <param name="open">Opens another one: some answers cost the session.</param>
/// <param name="columns">How many columns the server has to look at for a table.</param>
/// <param name="byName">Whether each column's name is to be handed over, because in this database there may be some that cannot be.</param>
internal sealed class TableReading(NpgsqlConnection user, Func<CancellationToken, Task<OpenAttempt>> open, Func<TableRef, int> columns, bool byName) : IAsyncDisposable
{
    private const int TablesPerBatch = 500;

    /// <summary>
    /// After so many columns a new session takes over: a server process keeps what it has learnt of a table for as long as it lives, some 300 bytes for each
    /// column (measured on 15: 88 MB after 200 tables of 1,500). For ten thousand wide tables that would be the memory of a small server.
    /// </summary>
    private const int ColumnsPerSession = 200_000;

    /// <summary>Maximum number of errors that end the session before reading is given up.</summary>
    private const int MostLost = 5;

    /// <summary>A table in use by an ALTER is free a moment later, and a great many of them must not add up.</summary>
    private static readonly TimeSpan s_shortLockTimeout = TimeSpan.FromMilliseconds(100);

    /// <summary>Lock timeout when locked tables are retried at the end, and the limit for all retries together.</summary>
    private static readonly TimeSpan s_longLockTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_patienceForLocks = TimeSpan.FromSeconds(20);

    private readonly List<RefusedTable> _refused = [];
    private OpenAttempt? _other;
    private int _lost;
    private int _learnt;

    /// <summary>Tables that could not be read.</summary>
    public IReadOnlyList<RefusedTable> Refused => _refused;

    /// <summary>Tables that were not tried, because the server has no room for locks or the session was lost again and again.</summary>
    public int Untried { get; private set; }

    private NpgsqlConnection Connection => _other?.Connection ?? user;

    /// <summary>Reads the tables.</summary>
    /// <param name="tables">Their names.</param>
    /// <param name="alone">Those that are queried without their partitions. What is asked of the reader is the same.</param>
    /// <param name="cancellationToken">Stops at once.</param>
    /// <exception cref="NpgsqlException">The session was lost and could not be opened again.</exception>
    public async Task ReadAsync(IReadOnlyList<TableRef> tables, IReadOnlySet<TableRef> alone, CancellationToken cancellationToken)
    {
        await ReadAsync(tables, alone, s_shortLockTimeout, TablesPerBatch, cancellationToken).ConfigureAwait(false);
        var locked = _refused.Where(r => r.Why == ReadRefusal.Locked).ToList();
        var started = Stopwatch.GetTimestamp();
        foreach (var table in locked.TakeWhile(_ => Stopwatch.GetElapsedTime(started) < s_patienceForLocks))
        {
            _refused.Remove(table);
            await ReadAsync([table.Table], alone, s_longLockTimeout, 1, cancellationToken).ConfigureAwait(false);
        }

        await TellPrivilegesApartAsync(cancellationToken).ConfigureAwait(false);
        await GiveBackLimitsAsync(cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _other?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task ReadAsync(IReadOnlyList<TableRef> tables, IReadOnlySet<TableRef> alone, TimeSpan lockTimeout, int most, CancellationToken cancellationToken)
    {
        for (var at = 0; at < tables.Count;)
        {
            if (_lost >= MostLost || _refused.Exists(r => r.Why == ReadRefusal.LockTable))
            {
                Untried += tables.Count - at;
                return;
            }

            var chunk = Chunk(tables, at, most);
            if (_learnt > ColumnsPerSession - chunk.Sum(columns) && _learnt > 0)
            {
                await OpenAnotherAsync(cancellationToken).ConfigureAwait(false);
            }

            _learnt += chunk.Sum(columns);
            var known = await ReadChunkAsync(chunk, alone, lockTimeout, cancellationToken).ConfigureAwait(false);
            at += known;
            if (!Connection.FullState.HasFlag(System.Data.ConnectionState.Open))
            {
                _lost++;
                await OpenAnotherAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The next batch: bounded by the size of a round trip and by the columns a session may read.</summary>
    private List<TableRef> Chunk(IReadOnlyList<TableRef> tables, int at, int most)
    {
        var chunk = new List<TableRef>();
        for (var sum = 0; at < tables.Count && chunk.Count < most; at++)
        {
            sum += columns(tables[at]);
            if (sum > ColumnsPerSession && chunk.Count > 0)
            {
                break;
            }

            chunk.Add(tables[at]);
        }

        return chunk;
    }

    /// <summary>Reads a batch of tables in one round trip; returns how many have a result, which is all of them unless an error ended the session.</summary>
    private async Task<int> ReadChunkAsync(List<TableRef> tables, IReadOnlySet<TableRef> alone, TimeSpan lockTimeout, CancellationToken cancellationToken)
    {
        var places = new Dictionary<NpgsqlBatchCommand, int>();
        var batch = new NpgsqlBatch(Connection) { Timeout = (int)ProofLimits.Patience.TotalSeconds, EnableErrorBarriers = true };
        await using (batch.ConfigureAwait(false))
        {
            // ClickPipes asks for UTF-8, and sets no limit to what it reads, whatever its user's own is.
            batch.BatchCommands.Add(new NpgsqlBatchCommand("SET client_encoding TO 'UTF8'"));
            batch.BatchCommands.Add(new NpgsqlBatchCommand("SET statement_timeout = 0"));
            batch.BatchCommands.Add(new NpgsqlBatchCommand(string.Create(CultureInfo.InvariantCulture, $"SET lock_timeout = {(int)lockTimeout.TotalMilliseconds}")));
            foreach (var table in tables)
            {
                // Asks for the same as SELECT * of the table, which ClickPipes does, and describes one column instead of all where every name can be handed over.
                var all = $"SELECT * FROM {(alone.Contains(table) ? "ONLY " : "")}{table.Quoted}";
                var command = new NpgsqlBatchCommand(byName ? all + " LIMIT 0" : $"SELECT 1 FROM ({all}) t LIMIT 0");
                places.Add(command, places.Count);
                batch.BatchCommands.Add(command);
            }

            try
            {
                await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                return tables.Count;
            }
            catch (NpgsqlException e) when (Answers(e) is [_, ..] answers && answers.TrueForAll(a => IsAboutTable(a, places)))
            {
                foreach (var answer in answers)
                {
                    _refused.Add(new RefusedTable(tables[places[answer.BatchCommand!]], WhyOf(answer), answer));
                }

                // The driver gives a session up after what it takes for a server in trouble, and knows no more of what came after.
                return Connection.FullState.HasFlag(System.Data.ConnectionState.Open) ? tables.Count : answers.Max(a => places[a.BatchCommand!]) + 1;
            }
        }
    }

    private static List<PostgresException> Answers(NpgsqlException e) => e switch
    {
        PostgresException one => [one],
        { InnerException: AggregateException several } => [.. several.InnerExceptions.OfType<PostgresException>()],
        _ => [],
    };

    private static bool IsAboutTable(PostgresException e, Dictionary<NpgsqlBatchCommand, int> places) =>
        !e.EndsSession() && e.BatchCommand is { } command && places.ContainsKey(command);

    private async Task OpenAnotherAsync(CancellationToken cancellationToken)
    {
        _learnt = 0;
        if (_other is not null)
        {
            await _other.DisposeAsync().ConfigureAwait(false);
        }

        _other = await open(cancellationToken).ConfigureAwait(false);
        if (_other.Connection is null)
        {
            throw new NpgsqlException(_other.Failure?.Server?.Text ?? "The session was lost and could not be opened again.");
        }
    }

    private static ReadRefusal WhyOf(PostgresException e) => e.SqlState switch
    {
        PostgresErrorCodes.InsufficientPrivilege => ReadRefusal.Select,
        _ when ProofQueries.IsNotText(e) => ReadRefusal.NotText,
        PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName => ReadRefusal.Gone,
        PostgresErrorCodes.LockNotAvailable => ReadRefusal.Locked,
        PostgresErrorCodes.QueryCanceled => ReadRefusal.Cancelled,
        PostgresErrorCodes.OutOfMemory => ReadRefusal.LockTable,
        _ => ReadRefusal.Other,
    };

    /// <summary>Whoever goes on with the session has its own limits again.</summary>
    private async Task GiveBackLimitsAsync(CancellationToken cancellationToken)
    {
        if (!Connection.FullState.HasFlag(System.Data.ConnectionState.Open))
        {
            return;
        }

        var batch = new NpgsqlBatch(Connection) { BatchCommands = { new NpgsqlBatchCommand("RESET statement_timeout"), new NpgsqlBatchCommand("RESET lock_timeout") } };
        await using (batch.ConfigureAwait(false))
        {
            await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The server has one code for a privilege on a schema, on a table, and for row security, and says which in its own language.</summary>
    private async Task TellPrivilegesApartAsync(CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT t.place, coalesce(pg_catalog.has_schema_privilege(n.oid, 'USAGE'), true), coalesce(pg_catalog.has_table_privilege(c.oid, 'SELECT'), false), coalesce(c.relrowsecurity, false)
            FROM unnest($1::text[], $2::text[]) WITH ORDINALITY t(s, n, place)
            LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = t.s
            LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = t.n
            """;
        var places = Enumerable.Range(0, _refused.Count).Where(i => _refused[i].Why == ReadRefusal.Select).ToList();
        if (places.Count == 0 || !Connection.FullState.HasFlag(System.Data.ConnectionState.Open))
        {
            return;
        }

        var command = new NpgsqlCommand(Sql, Connection)
        {
            Parameters =
            {
                new() { Value = places.Select(i => _refused[i].Table.Schema).ToArray() },
                new() { Value = places.Select(i => _refused[i].Table.Name).ToArray() },
            },
        };
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    var place = places[(int)reader.GetInt64(0) - 1];
                    var why = !reader.GetBoolean(1) ? ReadRefusal.Schema
                        : !reader.GetBoolean(2) ? ReadRefusal.Select
                        : reader.GetBoolean(3) ? ReadRefusal.Rows
                        : ReadRefusal.Other;
                    _refused[place] = _refused[place] with { Why = why };
                }
            }
        }
    }
}
