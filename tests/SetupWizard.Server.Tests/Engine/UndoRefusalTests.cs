using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Npgsql.Replication;
using Npgsql.Replication.PgOutput;
using Npgsql.Replication.PgOutput.Messages;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Export;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Engine;

/// <summary>An undo that would hurt is refused before anything runs, in four parts, and works once what was in the way is gone.</summary>
[Collection(SandboxFixture.Collection)]
public sealed class UndoRefusalTests
{
    [Theory]
    [InlineData(SandboxProfile.AmazonRds, 12)]
    [InlineData(SandboxProfile.AmazonRds, 18)]
    [InlineData(SandboxProfile.AzureFlexible, 18)]
    public async Task Undo_under_a_running_pipe_is_refused_whole_and_works_after_it_is_gone(SandboxProfile profile, int major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(profile, major);
        using var engine = new EngineHarness(sandbox);
        await engine.TurnOnLogicalReplicationAsync();
        var before = await engine.InspectAsync();
        await ApplyAllAsync(engine);
        var prepared = await engine.InspectAsync();

        using var stop = new CancellationTokenSource();
        var pipe = new LogicalReplicationConnection(AsClickPipes(engine));
        try
        {
            await pipe.Open();
            var slot = await pipe.CreatePgOutputReplicationSlot("peerflow_slot_mirror");
            var reading = ReadAllAsync(pipe.StartReplication(slot, new PgOutputReplicationOptions(engine.Goal.Publication, PgOutputProtocolVersion.V1), stop.Token));
            await UntilActiveAsync(sandbox);

            var undo = await engine.Runner.UndoPlanAsync(engine.Target, engine.Goal, UndoRequest.OfGoal, CancellationToken.None);
            Assert.Contains(undo.Obstacles, o => o.Key == "undo-slot-active" && (string)o.Arguments["slots"]! == "peerflow_slot_mirror");
            Assert.Contains(undo.Obstacles, o => o.Key == "undo-user-connected");

            var refused = await engine.ApplyAsync(undo);
            var finished = refused.OfType<ApplyFinished>().Single();
            Assert.Equal((ApplyOutcome.Refused, "undo-slot-active"), (finished.Outcome, finished.Problem!.Key));
            Assert.DoesNotContain(refused, e => e is ChangeStarted);
            Assert.Equal(LastingFacts.Of(prepared.Snapshot!), LastingFacts.Of((await engine.InspectAsync()).Snapshot!));

            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        }
        finally
        {
            await pipe.DisposeAsync();
        }

        await DropSlotAsync(sandbox, "peerflow_slot_mirror");
        var free = await engine.Runner.UndoPlanAsync(engine.Target, engine.Goal, UndoRequest.OfGoal, CancellationToken.None);
        Assert.Empty(free.Obstacles);
        var undone = await engine.ApplyAsync(free);
        Assert.True(undone.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(undone));
        Assert.Empty(SnapshotComparison.Differences(before.Snapshot!, (await engine.InspectAsync()).Snapshot!));
    }

    /// <summary>The server lets a session go a moment after its client: one of a proof that has just ended is still there when the undo looks for the first time.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Undo_waits_a_moment_for_a_session_of_the_wizard_s_own_to_go_and_is_refused_when_it_stays(bool goes)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AzureFlexible);
        using var engine = new EngineHarness(sandbox);
        await engine.TurnOnLogicalReplicationAsync();
        await ApplyAllAsync(engine);
        await using var session = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(AsClickPipes(engine)) { ApplicationName = "SetupWizard verify", Pooling = false }.ConnectionString);
        await session.OpenAsync();
        var clock = goes ? new ClockOfWaits(1, session.Close) : new ClockOfWaits(10, () => { });
        var runner = new SetupRunner(new JsonLinesAuditLog(engine.Directory, TimeProvider.System), clock, NullLogger<SetupRunner>.Instance);

        var undo = await runner.UndoPlanAsync(engine.Target, engine.Goal, UndoRequest.OfGoal, CancellationToken.None);
        Assert.Equal(goes ? [] : ["undo-user-connected"], undo.Obstacles.Select(o => o.Key));
        Assert.InRange(clock.Waits, 1, 30);
        var finished = (await runner.ApplyAsync(engine.Target, undo, CancellationToken.None).ToListAsync()).OfType<ApplyFinished>().Single();
        Assert.Equal((goes ? ApplyOutcome.Completed : ApplyOutcome.Refused, goes ? null : "undo-user-connected"), (finished.Outcome, finished.Problem?.Key));
    }

    [Fact]
    public async Task Undo_is_refused_while_the_user_owns_something_or_somebody_else_granted_to_it()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AzureFlexible);
        using var engine = new EngineHarness(sandbox);
        await engine.TurnOnLogicalReplicationAsync();
        await ApplyAllAsync(engine);
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);

        await superuser.ExecuteAsync("CREATE TABLE public.theirs (id int PRIMARY KEY); ALTER TABLE public.theirs OWNER TO clickpipes_user");
        var owning = await engine.Runner.UndoPlanAsync(engine.Target, engine.Goal, UndoRequest.OfGoal, CancellationToken.None);
        Assert.Contains("theirs", (string)owning.Obstacles.Single(o => o.Key == "undo-user-owns").Arguments["objects"]!, StringComparison.Ordinal);

        await superuser.ExecuteAsync("DROP TABLE public.theirs; CREATE SCHEMA elsewhere; GRANT USAGE ON SCHEMA elsewhere TO clickpipes_user");
        var granted = await engine.Runner.UndoPlanAsync(engine.Target, engine.Goal, UndoRequest.OfGoal, CancellationToken.None);
        Assert.Empty(granted.Obstacles);
        var prepared = LastingFacts.Of((await engine.InspectAsync()).Snapshot!);
        var refused = await engine.ApplyAsync(granted);
        var finished = refused.OfType<ApplyFinished>().Single();
        Assert.Equal((ApplyOutcome.Refused, "undo-user-in-use"), (finished.Outcome, finished.Problem!.Key));
        Assert.Contains("elsewhere", (string)finished.Problem.Arguments["objects"]!, StringComparison.Ordinal);
        Assert.DoesNotContain(refused, e => e is ChangeStarted);
        Assert.Equal(prepared, LastingFacts.Of((await engine.InspectAsync()).Snapshot!));

        await superuser.ExecuteAsync("DROP SCHEMA elsewhere");
        var undone = await engine.ApplyAsync(granted);
        Assert.True(undone.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(undone));
    }

    [Fact]
    public async Task Undo_of_logical_decoding_is_refused_while_a_logical_slot_would_keep_the_server_from_starting()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain);
        using var engine = new EngineHarness(sandbox);
        await ApplyAllAsync(engine, ApplyOutcome.RestartPending);
        await sandbox.RebootAsync(CancellationToken.None);
        await using (var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None))
        {
            await superuser.ExecuteAsync("SELECT pg_create_logical_replication_slot('left_behind', 'pgoutput')");
        }

        var undo = await engine.Runner.UndoPlanAsync(engine.Target, engine.Goal, UndoRequest.OfGoal, CancellationToken.None);
        Assert.Equal(["undo-slots-left"], undo.Obstacles.Select(o => o.Key));
        Assert.Equal(ApplyOutcome.Refused, (await engine.ApplyAsync(undo)).OfType<ApplyFinished>().Single().Outcome);
        await DropSlotAsync(sandbox, "left_behind");
        Assert.Equal(ApplyOutcome.RestartPending, (await engine.ApplyAsync(undo)).OfType<ApplyFinished>().Single().Outcome);
    }

    /// <summary>A server with one of these slots would stay down after its next restart.</summary>
    [Fact]
    public async Task Undo_script_finds_the_slots_that_a_server_would_not_start_with()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain);
        await using (var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None))
        {
            await superuser.ExecuteAsync("ALTER SYSTEM SET wal_level = 'logical'");
        }

        await sandbox.RebootAsync(CancellationToken.None);
        using var engine = new EngineHarness(sandbox);
        await using var connection = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await connection.ExecuteAsync("SELECT pg_create_logical_replication_slot('left_behind', 'test_decoding'), pg_create_physical_replication_slot('physical')");
        var inspection = await engine.InspectAsync();
        foreach (var (back, expected) in new[]
        {
            ("ALTER SYSTEM RESET wal_level", "left_behind"),
            ("ALTER SYSTEM SET wal_level = 'replica'", "left_behind"),
            ("ALTER SYSTEM SET wal_level = 'logical'", ""),
            ("ALTER SYSTEM SET max_replication_slots = '1'", "left_behind, physical"),
            ("ALTER SYSTEM SET max_replication_slots = '2'", ""),
            ("ALTER SYSTEM RESET max_replication_slots", ""),
            ("ALTER SYSTEM RESET max_wal_senders", ""),
        })
        {
            var change = new SqlChange
            {
                For = back.Contains("wal_level", StringComparison.Ordinal) ? RequirementId.WalLevel : RequirementId.ReplicationSlots,
                Kind = "undo-alter-system",
                Phase = ChangePhase.Parameters,
                Transactional = false,
                Statement = new SqlText(back),
            };
            var plan = new SetupPlan { Goal = engine.Goal, Provider = "self-managed", Fingerprint = "u", Undo = UndoRequest.OfGoal, Changes = [change] };

            var script = await PsqlRun.AsAdminAsync(sandbox, UndoScriptExporter.Write(inspection, plan, CultureInfo.InvariantCulture), "");

            Assert.Equal((back, expected.Length == 0 ? 0 : 3), (back, script.Code));
            Assert.Contains(expected, script.Error, StringComparison.Ordinal);
        }
    }

    private static async Task ApplyAllAsync(EngineHarness engine, ApplyOutcome outcome = ApplyOutcome.Completed)
    {
        var applied = await engine.ApplyAsync(await engine.PlanAsync());
        Assert.True(applied.OfType<ApplyFinished>().Single().Outcome == outcome, EngineHarness.DescribeFailure(applied));
    }

    private static async Task ReadAllAsync(IAsyncEnumerable<PgOutputReplicationMessage> changes)
    {
        await foreach (var _ in changes)
        {
            // Of no interest here.
        }
    }

    private static string AsClickPipes(EngineHarness engine) => new NpgsqlConnectionStringBuilder(engine.Sandbox.AdminConnectionString)
    {
        Username = engine.Goal.User,
        Password = EngineHarness.ClickPipesPassword,
        ApplicationName = "peerdb",
    }.ConnectionString;

    private static async Task UntilActiveAsync(PostgresSandbox sandbox)
    {
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await Eventually.TrueAsync(async () => await CountAsync(superuser, "pg_replication_slots WHERE active") > 0, "The slot was never active.", TimeSpan.FromSeconds(20));
    }

    /// <summary>A walsender ends a moment after its connection.</summary>
    private static async Task DropSlotAsync(PostgresSandbox sandbox, string slot)
    {
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await Eventually.TrueAsync(
            async () => await CountAsync(superuser, "pg_stat_activity WHERE usename = 'clickpipes_user'") == 0 && await CountAsync(superuser, "pg_replication_slots WHERE active") == 0,
            "The slot's reader did not go.",
            TimeSpan.FromSeconds(20));
        await superuser.ExecuteAsync($"SELECT pg_drop_replication_slot('{slot}')");
    }

    private static async Task<long> CountAsync(NpgsqlConnection connection, string from)
    {
        await using var command = new NpgsqlCommand("SELECT count(*) FROM " + from, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>A clock that does something when the engine waits for the first time, and on which its waits are over so many times faster. One that stands
    /// would not do: everything else in an undo of a real server takes the time it takes.</summary>
    private sealed class ClockOfWaits(int faster, Action first) : TimeProvider
    {
        public int Waits { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != TimeSpan.FromMilliseconds(100))
            {
                return base.CreateTimer(callback, state, dueTime, period);
            }

            if (++Waits == 1)
            {
                first();
            }

            return base.CreateTimer(callback, state, dueTime / faster, period);
        }
    }
}
