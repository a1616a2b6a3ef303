using Npgsql;
using Npgsql.Replication;
using Npgsql.Replication.PgOutput;
using SetupWizard.Core.Model;
using SetupWizard.Core.Source;
using SetupWizard.Core.Tests.Support;
using SetupWizard.Sandbox;

namespace SetupWizard.Core.Tests.Engine;

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
            var changes = pipe.StartReplication(slot, new PgOutputReplicationOptions(engine.Goal.Publication, PgOutputProtocolVersion.V1), stop.Token).GetAsyncEnumerator();
            var reading = changes.MoveNextAsync().AsTask();
            await UntilActiveAsync(sandbox);

            var undo = await engine.Runner.UndoPlanAsync(engine.Target, engine.Goal, CancellationToken.None);
            Assert.Contains(undo.Obstacles, o => o.Key == "undo-slot-active" && (string)o.Arguments["slots"]! == "peerflow_slot_mirror");
            Assert.Contains(undo.Obstacles, o => o.Key == "undo-user-connected");

            var refused = await engine.ApplyAsync(undo);
            var finished = refused.OfType<ApplyFinished>().Single();
            Assert.Equal((ApplyOutcome.Refused, "undo-slot-active"), (finished.Outcome, finished.Problem!.Key));
            Assert.DoesNotContain(refused, e => e is ChangeStarted);
            Assert.Equal(LastingFacts.Of(prepared.Snapshot!), LastingFacts.Of((await engine.InspectAsync()).Snapshot!));

            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
            await changes.DisposeAsync();
        }
        finally
        {
            await pipe.DisposeAsync();
        }

        await DropSlotAsync(sandbox, "peerflow_slot_mirror");
        var free = await engine.Runner.UndoPlanAsync(engine.Target, engine.Goal, CancellationToken.None);
        Assert.Empty(free.Obstacles);
        var undone = await engine.ApplyAsync(free);
        Assert.True(undone.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(undone));
        Assert.Empty(SnapshotComparison.Differences(before.Snapshot!, (await engine.InspectAsync()).Snapshot!));
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
        var owning = await engine.Runner.UndoPlanAsync(engine.Target, engine.Goal, CancellationToken.None);
        Assert.Contains("theirs", (string)owning.Obstacles.Single(o => o.Key == "undo-user-owns").Arguments["objects"]!, StringComparison.Ordinal);

        await superuser.ExecuteAsync("DROP TABLE public.theirs; CREATE SCHEMA elsewhere; GRANT USAGE ON SCHEMA elsewhere TO clickpipes_user");
        var granted = await engine.Runner.UndoPlanAsync(engine.Target, engine.Goal, CancellationToken.None);
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
        await ApplyAllAsync(engine);
        await sandbox.RebootAsync(CancellationToken.None);
        await using (var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None))
        {
            await superuser.ExecuteAsync("SELECT pg_create_logical_replication_slot('left_behind', 'pgoutput')");
        }

        var undo = await engine.Runner.UndoPlanAsync(engine.Target, engine.Goal, CancellationToken.None);
        Assert.Equal(["undo-slots-left"], undo.Obstacles.Select(o => o.Key));
        Assert.Equal(ApplyOutcome.Refused, (await engine.ApplyAsync(undo)).OfType<ApplyFinished>().Single().Outcome);
        await DropSlotAsync(sandbox, "left_behind");
        Assert.Equal(ApplyOutcome.Completed, (await engine.ApplyAsync(undo)).OfType<ApplyFinished>().Single().Outcome);
    }

    private static async Task ApplyAllAsync(EngineHarness engine)
    {
        var applied = await engine.ApplyAsync(await engine.PlanAsync());
        Assert.True(applied.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(applied));
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
}
