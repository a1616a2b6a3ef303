using System.Globalization;
using Npgsql;
using Npgsql.Replication;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Wording;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Field;

/// <summary>A slot that waits for somebody's transaction: the verdict is that transaction, whatever ended the wait, and it is waited for as long as is said.</summary>
[Collection(SandboxFixture.Collection)]
public sealed class SlotWaitTests
{
    private static readonly Dictionary<string, string> s_prepared = new(StringComparer.Ordinal) { ["max_prepared_transactions"] = "5" };

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Transaction_that_stays_open_is_the_verdict_wherever_it_is_and_whatever_kind(int major)
    {
        await using var sandbox = await PostgresSandbox.StartAsync(
            new SandboxOptions { Copied = true, Profile = SandboxProfile.Plain, Major = major, Writer = false, ExtraSettings = s_prepared }, progress: null, CancellationToken.None);
        await ReadyAsync(sandbox);

        // In another database, by somebody who does nothing but hold it open.
        await using (var other = await sandbox.OpenSuperuserAsync("postgres", CancellationToken.None))
        {
            await other.ExecuteAsync("BEGIN; SET LOCAL application_name = 'month end'; SELECT txid_current()");
            var slot = await ProveAsync(sandbox);
            Assert.Equal((ProofState.Failed, "proof-slot-waits", (RequirementId?)RequirementId.OpenTransactions), (slot.State, slot.Problem?.Key, slot.Owner));
            var pid = other.ProcessID.ToString(CultureInfo.InvariantCulture);
            Assert.Equal((pid, "month end", "postgres", $"SELECT pg_catalog.pg_terminate_backend({pid})"), (slot.Problem!.Arguments["pid"], slot.Problem.Arguments["application"], slot.Problem.Arguments["database"], slot.Problem.Arguments["statement"]));
            Assert.StartsWith($"pid {pid} (", (string)slot.Problem.Arguments["transaction"]!, StringComparison.Ordinal);
            Assert.EndsWith(" UTC", (string)slot.Problem.Arguments["since"]!, StringComparison.Ordinal);
            Assert.InRange((int)slot.Problem.Arguments["seconds"]!, 60, 600);
            Assert.Null(slot.Problem.Server);
            var words = FindingText.For(slot.Problem, CultureInfo.GetCultureInfo("en"));
            Assert.Contains("would wait", words.Consequence, StringComparison.Ordinal);
            Assert.Contains("only read", words.Why, StringComparison.Ordinal);
        }

        // A prepared one has no session to be ended.
        await using (var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None))
        {
            await superuser.ExecuteAsync("BEGIN; SELECT txid_current(); PREPARE TRANSACTION 'it''s late'");
            var slot = await ProveAsync(sandbox);
            Assert.Equal(("proof-slot-waits", "prepared", "ROLLBACK PREPARED 'it''s late'"), (slot.Problem?.Key, slot.Problem?.Arguments["pid"], slot.Problem?.Arguments["statement"]));
            await superuser.ExecuteAsync("ROLLBACK PREPARED 'it''s late'");

            // What only reads is not waited for: a report, and the snapshot that another tool exports for its first copy.
            await using var reader = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
            await reader.ExecuteAsync("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class");
            await using var copying = new LogicalReplicationConnection(sandbox.AdminConnectionString);
            await copying.Open();
            await copying.CreatePgOutputReplicationSlot("another_tool", temporarySlot: true, slotSnapshotInitMode: LogicalSlotSnapshotInitMode.Export);
            using var engine = new EngineHarness(sandbox);
            Assert.Equal(ProofState.Passed, (await engine.VerifyAsync()).Last(p => p.Id == RequirementId.ProofSlot).State);

            // The one that is waited for is named, and not the one that is older.
            await superuser.ExecuteAsync("BEGIN; SELECT txid_current()");
            slot = await ProveAsync(sandbox);
            Assert.Equal(superuser.ProcessID.ToString(CultureInfo.InvariantCulture), slot.Problem?.Arguments["pid"]);
        }
    }

    [Fact]
    public async Task Standby_that_hears_nothing_of_its_primary_is_told_as_that()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain, 18);
        await ReadyAsync(sandbox);
        await using (var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None))
        {
            await superuser.ExecuteAsync("ALTER SYSTEM SET hot_standby_feedback = on");
            await superuser.WriteServerFileAsync("standby.signal", " ");
        }

        await sandbox.RebootAsync(CancellationToken.None);
        var slot = await ProveAsync(sandbox);

        Assert.Equal(("proof-slot-standby", (RequirementId?)RequirementId.Primary), (slot.Problem?.Key, slot.Owner));
    }

    /// <summary>The driver's own limit is half a minute, unless the session was opened with another.</summary>
    [Fact]
    [Trait("Speed", "Long")]
    public async Task Wait_of_more_than_half_a_minute_goes_on()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, 15);
        using var engine = new EngineHarness(sandbox);
        await ReadyAsync(sandbox);
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await superuser.ExecuteAsync("BEGIN; SELECT txid_current()");
        var events = new List<ProofEvent>();
        var held = true;
        await foreach (var happened in engine.Runner.VerifyAsync(engine.Target, engine.Goal, CancellationToken.None))
        {
            events.Add(happened);
            if (held && happened.State == ProofState.Waiting && happened.Elapsed > TimeSpan.FromSeconds(36))
            {
                held = false;
                await superuser.ExecuteAsync("COMMIT");
            }
        }

        Assert.False(held);
        Assert.All(events.GroupBy(p => p.Id), g => Assert.Equal(ProofState.Passed, g.Last().State));
    }

    /// <summary>Runs a proof whose slot has something to wait for, on a clock that stands until it does, and gives the last word on the slot.</summary>
    private static async Task<ProofEvent> ProveAsync(PostgresSandbox sandbox)
    {
        var clock = new SteppedClock();
        using var engine = new EngineHarness(sandbox, time: clock);
        var proving = engine.VerifyAsync();
        await using var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        await Eventually.TrueAsync(
            async () => proving.IsCompleted || await WaitsAsync(superuser),
            "the slot waits for nothing",
            TimeSpan.FromSeconds(30));
        clock.SkipPauses(TimeSpan.FromSeconds(1));
        return (await proving).Last(p => p.Id == RequirementId.ProofSlot);
    }

    /// <summary>For a transaction, or on a standby for a word of the primary.</summary>
    private static async Task<bool> WaitsAsync(NpgsqlConnection superuser)
    {
        await using var command = new NpgsqlCommand(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE backend_type = 'walsender' AND query LIKE 'CREATE_REPLICATION_SLOT%' AND lower(wait_event) IN ('transactionid', 'walsenderwaitforwal'))",
            superuser);
        return (bool)(await command.ExecuteScalarAsync())!;
    }

    private static async Task ReadyAsync(PostgresSandbox sandbox)
    {
        using var engine = new EngineHarness(sandbox);
        await engine.TurnOnLogicalReplicationAsync();
        var applied = await engine.ApplyAsync(await engine.PlanAsync());
        Assert.True(applied.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(applied));
    }
}
