using Npgsql;
using Npgsql.Replication;
using Npgsql.Replication.PgOutput;
using SetupWizard.Core.Tests.Support;
using SetupWizard.Sandbox;

namespace SetupWizard.Core.Tests.Watching;

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

    public static async Task<FakeClickPipes> ArriveAsync(PostgresSandbox sandbox, string user, string publication)
    {
        var options = new NpgsqlConnectionStringBuilder
        {
            Host = sandbox.Host,
            Port = sandbox.Port,
            Database = sandbox.Database,
            Username = user,
            Password = EngineHarness.ClickPipesPassword,
            SslMode = SslMode.Require,
            ApplicationName = Application,
        };
        var pipe = new FakeClickPipes(new LogicalReplicationConnection(options.ConnectionString) { WalReceiverStatusInterval = TimeSpan.FromMilliseconds(500) });
        await pipe._connection.Open(CancellationToken.None);
        var slot = await pipe._connection.CreatePgOutputReplicationSlot(SlotName);
        pipe._reading = pipe.ReadAsync(slot, publication);
        return pipe;
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
