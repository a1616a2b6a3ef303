using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Wording;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Engine;

/// <summary>A server that does not notice, or not yet, that the proof's connection has ended.</summary>
[Collection(SandboxFixture.Collection)]
public sealed class ProofLeftoversTests
{
    private const string Slots = "SELECT count(*) FROM pg_replication_slots";

    /// <summary>The server's process stands still (SIGSTOP): it neither sees its client go nor hears that it should end.</summary>
    [Theory]
    [InlineData(SandboxProfile.AmazonRds, 15)]
    [InlineData(SandboxProfile.AzureFlexible, 16)]
    public async Task Slot_of_a_process_that_stands_still_is_named_with_the_statement_that_ends_it(SandboxProfile profile, int major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(profile, major);
        using var engine = await ReadyAsync(sandbox);
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        var held = 0;
        var runner = RunnerOf(engine, RequirementId.ProofChange, () => held = Hold(superuser), hasty: int.MaxValue);
        var left = (await ProveAsync(runner, engine.Target, engine.Goal))[RequirementId.ProofClean];
        Assert.Equal((ProofState.Failed, "proof-left-behind", (RequirementId?)RequirementId.ReplicationSlots), (left.State, left.Problem?.Key, left.Owner));
        var slot = await superuser.ScalarAsync<string>("SELECT slot_name::text FROM pg_replication_slots");
        var parts = FindingText.For(left.Problem!, CultureInfo.GetCultureInfo("en"));
        Assert.All([parts.Title, parts.Why, parts.Consequence, parts.Fix], part => Assert.False(string.IsNullOrWhiteSpace(part) || part.Contains('{', StringComparison.Ordinal), part));
        Assert.Contains(slot, parts.Title, StringComparison.Ordinal);

        // What the message says, as whom it says; the process hears it when it goes on.
        await using (var user = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(sandbox.AdminConnectionString) { Username = engine.Goal.User, Password = EngineHarness.ClickPipesPassword }.ConnectionString))
        {
            await user.OpenAsync();
            Assert.Contains(engine.Goal.User, parts.Fix, StringComparison.Ordinal);
            Assert.True(await user.ScalarAsync<bool>(parts.Fix[parts.Fix.IndexOf("SELECT", StringComparison.Ordinal)..]));
        }

        await superuser.ExecuteAsync(Signal("CONT", held));
        await Eventually.TrueAsync(async () => await superuser.ScalarAsync<long>(Slots) == 0, "The statement of the message did not help.");
        Assert.All((await engine.VerifyAsync()).GroupBy(p => p.Id), stage => Assert.Equal(ProofState.Passed, stage.Last().State));
    }

    /// <summary>A stream is cancelled from beside as it is; here nothing streams yet when the way vanishes, and the server learns nothing of the end.</summary>
    [Theory]
    [InlineData(14)]
    [InlineData(16)]
    public async Task Connection_that_vanishes_on_the_way_is_ended_from_beside(int major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, major);
        await using var relay = new SwallowingRelay(sandbox.Port);
        using var engine = await ReadyAsync(sandbox);
        var target = engine.Target with { Endpoint = engine.Target.Endpoint with { Host = "127.0.0.1", Port = relay.Port, Tls = TlsMode.Disable } };
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await superuser.SetAccessAsync(ServerTricks.UsualRules);
        await superuser.ExecuteAsync("REVOKE EXECUTE ON FUNCTION pg_catalog.pg_logical_emit_message(boolean, text, text) FROM PUBLIC");
        async Task<int> EndedAsync() => (await File.ReadAllTextAsync(sandbox.ServerLogPath)).Split("terminating connection due to administrator command").Length;
        var before = await EndedAsync();

        // By itself the server would wait for the silent client without end: it is told after twenty looks, and then takes the time it needs.
        var proof = await ProveAsync(RunnerOf(engine, RequirementId.ProofSlot, relay.Swallow, hasty: 20), target, engine.Goal);
        Assert.Equal("proof-message-refused", proof[RequirementId.ProofChange].Problem?.Key);
        Assert.Equal(ProofState.Passed, proof[RequirementId.ProofClean].State);
        Assert.Equal(0L, await superuser.ScalarAsync<long>(Slots));
        Assert.Equal(before + 1, await EndedAsync());
    }

    private static async Task<EngineHarness> ReadyAsync(PostgresSandbox sandbox)
    {
        var engine = new EngineHarness(sandbox);
        await engine.TurnOnLogicalReplicationAsync();
        var applied = await engine.ApplyAsync(await engine.PlanAsync());
        Assert.True(applied.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(applied));

        // What comes next may not ask the harness, which would wait for what the service does by itself.
        await sandbox.RefreshAsync(CancellationToken.None);
        return engine;
    }

    /// <summary>An engine on whose clock the first short waits are over twenty times faster, and that does something the moment a stage has passed.</summary>
    private static SetupRunner RunnerOf(EngineHarness engine, RequirementId stage, Action whenPassed, int hasty) =>
        new(new JsonLinesAuditLog(engine.Directory, TimeProvider.System), new HastyClock(hasty), new StageLog($"Proof {stage.Code}: Passed", whenPassed));

    private static async Task<Dictionary<RequirementId, ProofEvent>> ProveAsync(SetupRunner runner, SetupTarget target, SetupGoal goal) =>
        (await runner.VerifyAsync(target, goal, CancellationToken.None).ToListAsync()).GroupBy(p => p.Id).ToDictionary(g => g.Key, g => g.Last());

    /// <summary>Stops the process that holds the slot.</summary>
    private static int Hold(NpgsqlConnection superuser)
    {
        using var ask = new NpgsqlCommand("SELECT active_pid FROM pg_replication_slots", superuser);
        var pid = (int)ask.ExecuteScalar()!;
        using var stop = new NpgsqlCommand(Signal("STOP", pid), superuser);
        stop.ExecuteNonQuery();
        return pid;
    }

    private static string Signal(string signal, int pid) => $"COPY (SELECT 1) TO PROGRAM 'cat > /dev/null; kill -{signal} {pid}'";

    /// <summary>Time goes on by itself: the server on the other side knows no clock of a test, and only the pauses between two looks at it are to be short.</summary>
    private sealed class HastyClock(int hasty) : TimeProvider
    {
        private int _left = hasty;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime < TimeSpan.FromSeconds(1) && Interlocked.Decrement(ref _left) >= 0 ? dueTime / 20 : dueTime, period);
    }

    /// <summary>Does something when a line is logged, before whoever logs it goes on.</summary>
    private sealed class StageLog(string line, Action action) : ILogger<SetupRunner>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (formatter(state, exception) == line)
            {
                action();
            }
        }
    }
}
