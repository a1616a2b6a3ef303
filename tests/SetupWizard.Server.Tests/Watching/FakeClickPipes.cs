using Npgsql;
using Npgsql.Replication;
using Npgsql.Replication.PgOutput;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Watching;

/// <summary>Reads a stream as ClickPipes does: as its user, under its names. Confirms what it has read until told to stop.</summary>
public sealed class FakeClickPipes : IAsyncDisposable
{
    public const string SlotName = "peerflow_slot_shop";
    public const string Application = "peerdb_shop";

    private readonly LogicalReplicationConnection _connection;
    private readonly CancellationTokenSource _stop = new();
    private Task _reading = Task.CompletedTask;
    private volatile bool _confirms = true;

    private FakeClickPipes(LogicalReplicationConnection connection) => _connection = connection;

    /// <summary>Makes the slot and reads the stream at once; in another database than the sandbox's own, with a slot that goes when it does.</summary>
    public static async Task<FakeClickPipes> ArriveAsync(PostgresSandbox sandbox, string user, string publication, string? database = null)
    {
        var pipe = await OpenAsync(sandbox, user, database);
        var slot = await pipe._connection.CreatePgOutputReplicationSlot(SlotName, temporarySlot: database is not null);
        pipe._reading = pipe.ReadAsync(slot, publication);
        return pipe;
    }

    /// <summary>
    /// Makes the slot and copies a table as it was at that moment. Having read the first row it waits to be told to go on, and then reads the rest
    /// and the stream. The server can go no further than the network's buffers reach: a larger table stays under way.
    /// </summary>
    public static async Task<(FakeClickPipes Pipe, Func<Task> GoOnAsync)> ArriveCopyingAsync(PostgresSandbox sandbox, string user, string publication, string table)
    {
        var pipe = await OpenAsync(sandbox, user);
        var slot = await pipe._connection.CreatePgOutputReplicationSlot(SlotName, slotSnapshotInitMode: LogicalSlotSnapshotInitMode.Export);
        var reader = new NpgsqlConnection(Options(sandbox, user));
        await reader.OpenAsync();
        await reader.ExecuteAsync($"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT '{slot.SnapshotName}'");
        var copy = await reader.BeginTextExportAsync($"COPY {table} TO STDOUT");
        await copy.ReadLineAsync();
        return (pipe, GoOnAsync);

        async Task GoOnAsync()
        {
            while (await copy.ReadLineAsync() is not null)
            {
                // A row.
            }

            copy.Dispose();
            await reader.DisposeAsync();
            pipe._reading = pipe.ReadAsync(slot, publication);
        }
    }

    /// <summary>It goes on reading and confirms nothing any more.</summary>
    public void StopConfirming() => _confirms = false;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _connection.DisposeAsync();
        _stop.Dispose();
    }

    private static string Options(PostgresSandbox sandbox, string user, string? database = null) => new NpgsqlConnectionStringBuilder
    {
        Host = sandbox.Host,
        Port = sandbox.Port,
        Database = database ?? sandbox.Database,
        Username = user,
        Password = EngineHarness.ClickPipesPassword,
        SslMode = SslMode.Require,
        ApplicationName = Application,
        Pooling = false,
    }.ConnectionString;

    private static async Task<FakeClickPipes> OpenAsync(PostgresSandbox sandbox, string user, string? database = null)
    {
        var pipe = new FakeClickPipes(new LogicalReplicationConnection(Options(sandbox, user, database)) { WalReceiverStatusInterval = TimeSpan.FromMilliseconds(500) });
        await pipe._connection.Open(CancellationToken.None);
        return pipe;
    }

    private async Task ReadAsync(PgOutputReplicationSlot slot, string publication)
    {
        var options = new PgOutputReplicationOptions(publication, PgOutputProtocolVersion.V1);
        await foreach (var message in _connection.StartReplication(slot, options, _stop.Token))
        {
            if (_confirms)
            {
                _connection.SetReplicationStatus(message.WalEnd);
            }
        }
    }
}
