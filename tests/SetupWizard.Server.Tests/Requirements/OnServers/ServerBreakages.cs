using Npgsql;
using Npgsql.Replication;
using NpgsqlTypes;
using SetupWizard.Core.Model;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Requirements.OnServers;

/// <summary>What is wrong with a connection or a server's settings.</summary>
public static class ServerBreakages
{
    private const FindingState Blocking = FindingState.Blocking;
    private const FindingState Warning = FindingState.Warning;
    private const FindingState Advice = FindingState.Advice;
    private const FindingState Pending = FindingState.Pending;
    private const SandboxProfile Rds = SandboxProfile.AmazonRds;
    private const SandboxProfile Azure = SandboxProfile.AzureFlexible;
    private const SandboxProfile Plain = SandboxProfile.Plain;

    public static IReadOnlyList<Breakage> All { get; } = [.. Connect, .. Levels, .. Iam, .. SlotsAndSenders, .. Abandoned, .. Others];

    private static IEnumerable<Breakage> Connect =>
    [
        new("SW104", "mismatch", Warning, Rds, GoalOf(g => g with { Provider = "azure-flexible" })) { Mend = ByGoal(g => g with { Provider = "amazon-rds" }) },
        new("SW104", "unconfirmed", Warning, Plain, GoalOf(g => g with { Provider = "amazon-rds" })) { Mend = ByGoal(g => g with { Provider = "self-managed" }) },
        new("SW106", "standby", Blocking, Plain, BecomeStandbyAsync) { Majors = [15], Mend = PromoteAsync },
        new("SW106", "standby-without-feedback", Blocking, Plain, BecomeStandbyAsync) { Majors = [18], Mend = PromoteAsync },
        new("SW106", "standby-usable", Warning, Plain, async s =>
        {
            await s.SetAsync("hot_standby_feedback", "on");
            await BecomeStandbyAsync(s);
        }) { Majors = [18], Mend = PromoteAsync, Restore = s => s.SetAsync("hot_standby_feedback", null) },
        new("SW107", "off-local", Advice, Plain, EndpointOf(e => e with { Tls = TlsMode.Disable })) { Mend = ByEndpoint(e => e with { Tls = TlsMode.VerifyFull }) },
        new("SW107", "not-verified", Advice, Rds, EndpointOf(e => e with { Tls = TlsMode.Require })) { Mend = ByEndpoint(e => e with { Tls = TlsMode.VerifyFull }) },
        new("SW107", "name-not-checked", Advice, Rds, EndpointOf(e => e with { Tls = TlsMode.VerifyCa })) { Mend = ByEndpoint(e => e with { Tls = TlsMode.VerifyFull }) },
        new("SW502", "local", Advice, Plain, EndpointOf(e => e with { ConsoleHost = null })) { Mend = ByGoal(g => g with { Network = NetworkPath.Ssh }) },
    ];

    private static IEnumerable<Breakage> Levels =>
    [
        new("SW201", "not-logical", Blocking, Plain, s => s.SetAsync("wal_level", "replica", restart: true)),
        new("SW201", "pending", Pending, Plain, async s =>
        {
            await s.SetAsync("wal_level", "replica", restart: true);
            await s.SetAsync("wal_level", "logical");
        }),
        new("SW201", "not-logical", Blocking, Azure, async s =>
        {
            await s.Sandbox.SetParameterAsync("wal_level", "replica", CancellationToken.None);
            await s.Sandbox.RebootAsync(CancellationToken.None);
        }),
        new("SW202", "off", Blocking, Rds, async s =>
        {
            await s.Sandbox.SetParameterAsync("rds.logical_replication", "0", CancellationToken.None);
            await s.Sandbox.RebootAsync(CancellationToken.None);
        }),
        new("SW202", "no-switch", FindingState.Unknown, Plain, GoalOf(g => g with { Provider = "amazon-rds" })) { Mend = ByGoal(g => g with { Provider = "self-managed" }) },
        new("SW206", "low", Advice, Rds, async s =>
        {
            // In the first minute there is no rate.
            await s.Sandbox.SetParameterAsync("max_slot_wal_keep_size", "51200", CancellationToken.None);
            await s.Sandbox.RebootAsync(CancellationToken.None);
        }) { Majors = [13] },
        new("SW206", "low-rate", Advice, Plain, s => MeasuredAsync(s, "51200")) { Majors = [18] },
        new("SW206", "short", Warning, Plain, s => MeasuredAsync(s, "1")) { Majors = [13] },
        new("SW207", "on", Warning, Rds, s => s.Sandbox.SetParameterAsync("idle_replication_slot_timeout", "86400", CancellationToken.None)) { Majors = [18] },
        new("SW207", "on", Warning, Plain, s => s.SetAsync("idle_replication_slot_timeout", "1d")) { Majors = [18] },
        new("SW210", "low", Advice, Azure, WorkersAsync(8, restart: true)),
        new("SW210", "pending", Advice, Azure, async s =>
        {
            await WorkersAsync(8, restart: true)(s);
            await WorkersAsync(16, restart: false)(s);
        }),
    ];

    private static IEnumerable<Breakage> Iam =>
    [
        new("SW212", "off", Blocking, Rds, GoalOf(g => g with { Authentication = LoginMethod.Iam }))
        {
            Majors = [12, 15, 18],
            Restore = s => s.Sandbox.SetParameterAsync("rds.iam_auth_for_replication", "0", CancellationToken.None),
        },
        new("SW212", "absent", FindingState.Unknown, Plain, GoalOf(g => g with { Provider = "amazon-rds", Authentication = LoginMethod.Iam }))
        {
            Mend = ByGoal(g => g with { Provider = "self-managed", Authentication = LoginMethod.Password }),
        },
    ];

    private static IEnumerable<Breakage> SlotsAndSenders =>
    [
        new("SW203", "none-free", Blocking, Plain, async s =>
        {
            await s.SetAsync("max_replication_slots", "1", restart: true);
            await HoldSenderAsync(s, slot: true);
        }) { Majors = [15], Restore = s => s.SetAsync("max_replication_slots", null, restart: true) },
        new("SW203", "idle-slots", Blocking, Plain, s => SlotsAsync(s, 0)) { Restore = NoSlotsAsync },
        new("SW203", "one-left", Warning, Plain, s => SlotsAsync(s, 1)) { Mend = (s, _) => s.SuperuserAsync("SELECT pg_drop_replication_slot('taken_1')"), Restore = NoSlotsAsync },
        new("SW203", "pending", Pending, Plain, async s =>
        {
            await SlotsAsync(s, 0);
            await s.SetAsync("max_replication_slots", "20");
        }) { Majors = [18], Restore = NoSlotsAsync },
        new("SW204", "too-few", Blocking, Plain, s => s.SetAsync("max_wal_senders", "1", restart: true)) { Majors = [15], Restore = s => s.SetAsync("max_wal_senders", null) },
        new("SW204", "none-free", Blocking, Plain, async s =>
        {
            await s.SetAsync("max_wal_senders", "2", restart: true);
            await HoldSenderAsync(s, slot: false);
            await HoldSenderAsync(s, slot: false);
        }) { Majors = [18], Restore = s => s.SetAsync("max_wal_senders", null, restart: true) },
        new("SW204", "pending", Pending, Plain, async s =>
        {
            await s.SetAsync("max_wal_senders", "1", restart: true);
            await s.SetAsync("max_wal_senders", "10");
        }) { Majors = [18], Restore = s => s.SetAsync("max_wal_senders", null) },
        new("SW211", "off", Advice, Plain, StandbyStreamsAsync)
        {
            Majors = [17, 18], Restore = StandbyLeavesAsync,
        },
        new("SW211", "pipe-off", Advice, Plain, async s =>
        {
            await StandbyStreamsAsync(s);
            await s.SetAsync("sync_replication_slots", "on");
            await s.SetAsync("hot_standby_feedback", "on");
        })
        {
            Majors = [18], Mend = ByGoal(g => g with { Pipe = g.Pipe with { FailoverSlots = true } }), Restore = StandbyLeavesAsync,
        },
    ];

    private static IEnumerable<Breakage> Abandoned =>
    [
        new("SW208", "idle", Warning, Rds, s => s.SuperuserAsync("SELECT pg_create_logical_replication_slot('former_pipe', 'pgoutput')")) { Majors = [12, 15, 18], Mend = ByStatement },
        new("SW208", "unreserved", Warning, Plain, s => OverrunAsync(s, checkpoint: false)) { Mend = ByStatement, Restore = s => s.SetAsync("max_slot_wal_keep_size", null) },
        new("SW208", "lost", Warning, Plain, s => OverrunAsync(s, checkpoint: true)) { Mend = ByStatement, Restore = s => s.SetAsync("max_slot_wal_keep_size", null) },
    ];

    private static IEnumerable<Breakage> Others =>
    [
        new("SW209", "open", Advice, Azure, s => OpenTransactionAsync(s, TimeSpan.FromMinutes(2))) { Mend = ByStatement },
        new("SW209", "long", Warning, Azure, s => OpenTransactionAsync(s, TimeSpan.FromMinutes(6))) { Mend = ByStatement },
        new("SW209", "hidden", Advice, Plain, async s =>
        {
            await OpenTransactionAsync(s, TimeSpan.Zero);
            await PoorAsync(s);
        }) { Mend = (s, _) => s.SuperuserAsync("GRANT pg_read_all_stats TO poor"), Restore = s => s.SuperuserAsync("DROP ROLE poor") },
    ];

    /// <summary>A login without any rights, and the next reading as it.</summary>
    public static async Task PoorAsync(PreparedSource source)
    {
        await source.SuperuserAsync("CREATE ROLE poor LOGIN PASSWORD 'poor-poor'");
        source.LogInAs("poor", "poor-poor");
    }

    public static Func<PreparedSource, Task> GoalOf(Func<SetupGoal, SetupGoal> change) => s =>
    {
        s.Goal = change(s.Goal);
        return Task.CompletedTask;
    };

    public static Func<PreparedSource, Finding, Task> ByGoal(Func<SetupGoal, SetupGoal> change) => (s, _) => GoalOf(change)(s);

    public static Task ByStatement(PreparedSource source, Finding finding) => source.RunAsync(finding);

    private static Func<PreparedSource, Task> EndpointOf(Func<SourceEndpoint, SourceEndpoint> change) => s =>
    {
        s.Target = s.Target with { Endpoint = change(s.Target.Endpoint) };
        return Task.CompletedTask;
    };

    private static Func<PreparedSource, Finding, Task> ByEndpoint(Func<SourceEndpoint, SourceEndpoint> change) => (s, _) => EndpointOf(change)(s);

    private static async Task BecomeStandbyAsync(PreparedSource source)
    {
        await using (var superuser = await source.Sandbox.OpenSuperuserAsync(null, CancellationToken.None))
        {
            await superuser.WriteServerFileAsync("standby.signal", " ");
        }

        await source.Sandbox.RebootAsync(CancellationToken.None);
    }

    /// <summary>The sentence says: connect to the primary. It is the primary from here on.</summary>
    private static Task PromoteAsync(PreparedSource source, Finding finding) => source.SuperuserAsync("SELECT pg_promote()");

    private static Func<PreparedSource, Task> WorkersAsync(int count, bool restart) => async s =>
    {
        await s.Sandbox.SetParameterAsync("max_worker_processes", count.ToString(System.Globalization.CultureInfo.InvariantCulture), CancellationToken.None);
        if (restart)
        {
            await s.Sandbox.RebootAsync(CancellationToken.None);
        }
    };

    /// <summary>The rate at which WAL is written is known after a minute.</summary>
    private static async Task MeasuredAsync(PreparedSource source, string megabytes)
    {
        await source.SetAsync("max_slot_wal_keep_size", megabytes);
        await source.SuperuserAsync("SELECT pg_logical_emit_message(false, 'load', repeat('x', 1000000))");
        await Eventually.TrueAsync(async () => (await source.InspectAsync()).Snapshot!.WalBytesPerSecond > 0, "No rate was measured.", TimeSpan.FromSeconds(90));
    }

    /// <summary>Idle slots that hold nothing, up to so many below the limit.</summary>
    private static Task SlotsAsync(PreparedSource source, int free) =>
        source.SuperuserAsync($"SELECT pg_create_physical_replication_slot('taken_' || n) FROM generate_series(1, current_setting('max_replication_slots')::int - {free}) n");

    private static async Task NoSlotsAsync(PreparedSource source)
    {
        await source.SuperuserAsync("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots");
        await source.SetAsync("max_replication_slots", null, restart: true);
    }

    /// <summary>A replication connection, with a slot of its own or without.</summary>
    private static async Task HoldSenderAsync(PreparedSource source, bool slot)
    {
        var connection = new LogicalReplicationConnection(source.Sandbox.AdminConnectionString);
        await connection.Open();
        source.Hold(connection);
        if (slot)
        {
            await connection.CreatePgOutputReplicationSlot("held", temporarySlot: true);
        }
    }

    /// <summary>What a standby does, as far as the primary can see.</summary>
    private static async Task StandbyStreamsAsync(PreparedSource source)
    {
        await source.SuperuserAsync("SELECT pg_create_physical_replication_slot('standby')");
        var connection = new PhysicalReplicationConnection(source.Sandbox.AdminConnectionString);
        await connection.Open();
        source.Hold(connection);
        var position = (await connection.IdentifySystem()).XLogPos;
        _ = ReceiveAsync(connection, position);
        await Eventually.TrueAsync(async () => (await source.InspectAsync()).Snapshot!.Standbys > 0, "Nothing streams.");
    }

    private static async Task StandbyLeavesAsync(PreparedSource source)
    {
        await source.SetAsync("sync_replication_slots", null);
        await source.SetAsync("hot_standby_feedback", null);
        await source.SuperuserAsync("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active_pid IS NOT NULL");
        await Eventually.TrueAsync(async () => !(await source.InspectAsync()).Snapshot!.Slots[0].Active, "The standby is still there.");
        await source.SuperuserAsync("SELECT pg_drop_replication_slot('standby')");
    }

    private static async Task ReceiveAsync(PhysicalReplicationConnection connection, NpgsqlLogSequenceNumber position)
    {
        try
        {
            await foreach (var message in connection.StartReplication(new PhysicalReplicationSlot("standby"), position, CancellationToken.None))
            {
                connection.SetReplicationStatus(message.WalEnd);
            }
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The test ended it.
        }
    }

    /// <summary>A slot that is behind by more than may be kept; after a checkpoint what it needs is gone.</summary>
    private static async Task OverrunAsync(PreparedSource source, bool checkpoint)
    {
        await source.SetAsync("max_slot_wal_keep_size", "1");
        await source.SuperuserAsync("CHECKPOINT");
        await source.SuperuserAsync("SELECT pg_create_physical_replication_slot('behind', true)");
        for (var i = 0; i < 4; i++)
        {
            await source.SuperuserAsync("SELECT pg_logical_emit_message(false, 'fill', 'x'); SELECT pg_switch_wal()");
        }

        if (checkpoint)
        {
            await source.SuperuserAsync("CHECKPOINT");
        }
    }

    /// <summary>A transaction that has changed something, judged as if it had been open for so long.</summary>
    private static async Task OpenTransactionAsync(PreparedSource source, TimeSpan age)
    {
        source.Later = age;
        var connection = await source.Sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        source.Hold(connection);
        await connection.ExecuteAsync("BEGIN; CREATE TABLE public.never_committed (id int)");
    }
}
