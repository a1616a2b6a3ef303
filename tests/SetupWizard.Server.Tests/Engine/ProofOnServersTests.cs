using System.Diagnostics;
using System.Globalization;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Engine;

/// <summary>The proof on servers where one thing is wrong: the stage says which, and who owns it; nothing is ever left behind.</summary>
[Collection(SandboxFixture.Collection)]
public sealed class ProofOnServersTests
{
    private const string OurSessions = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'SetupWizard %' OR usename = 'clickpipes_user'";

    [Theory]
    [InlineData(SandboxProfile.AmazonRds, 15)]
    [InlineData(SandboxProfile.AzureFlexible, 16)]
    public async Task Each_broken_stage_has_its_own_message_and_owner(SandboxProfile profile, int major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(profile, major);
        using var engine = await ReadyAsync(sandbox);
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        var password = EngineHarness.ClickPipesPassword.Replace("'", "''", StringComparison.Ordinal);

        async Task BrokenAsync(string breakIt, string mendIt, RequirementId stage, string problem, RequirementId owner)
        {
            await superuser.ExecuteAsync(breakIt);
            var proof = Last(await engine.VerifyAsync());
            var failed = proof.Values.First(p => p.State == ProofState.Failed);
            Assert.Equal((stage, problem, (RequirementId?)owner), (failed.Id, failed.Problem!.Key, failed.Owner));
            Assert.All(proof.Values.Where(p => p.Id.CompareTo(stage) > 0 && p.Id != RequirementId.ProofClean), p => Assert.Equal(ProofState.Skipped, p.State));
            await superuser.ExecuteAsync(mendIt);
            Assert.Equal(0L, await superuser.ScalarAsync<long>("SELECT count(*) FROM pg_replication_slots"));
        }

        await BrokenAsync("ALTER USER clickpipes_user PASSWORD 'another'", $"ALTER USER clickpipes_user PASSWORD '{password}'", RequirementId.ProofLogin, "proof-login", RequirementId.User);
        const string NoLimit = "ALTER USER clickpipes_user CONNECTION LIMIT -1";
        await BrokenAsync("ALTER USER clickpipes_user CONNECTION LIMIT 0", NoLimit, RequirementId.ProofLogin, "proof-limit-user", RequirementId.User);
        var (revoke, grant) = profile == SandboxProfile.AmazonRds
            ? ("REVOKE rds_replication FROM clickpipes_user", "GRANT rds_replication TO clickpipes_user")
            : ("ALTER USER clickpipes_user NOREPLICATION", "ALTER USER clickpipes_user REPLICATION");
        await BrokenAsync(revoke, grant, RequirementId.ProofReplication, "proof-replication", RequirementId.ReplicationPrivilege);
        await BrokenAsync("REVOKE SELECT ON public.orders FROM clickpipes_user", "GRANT SELECT ON public.orders TO clickpipes_user", RequirementId.ProofRead, "proof-read", RequirementId.TableSelect);
        await BrokenAsync("REVOKE USAGE ON SCHEMA public FROM PUBLIC, clickpipes_user", "GRANT USAGE ON SCHEMA public TO PUBLIC, clickpipes_user", RequirementId.ProofRead, "proof-read-schema", RequirementId.SchemaUsage);
        await BrokenAsync("ALTER PUBLICATION clickpipes DROP TABLE public.orders", "ALTER PUBLICATION clickpipes ADD TABLE public.orders", RequirementId.ProofPublication, "proof-publication-tables", RequirementId.PublicationTables);
        await BrokenAsync("ALTER PUBLICATION clickpipes RENAME TO other", "ALTER PUBLICATION other RENAME TO clickpipes", RequirementId.ProofPublication, "proof-publication-missing", RequirementId.Publication);
        await BrokenAsync(
            "SELECT pg_create_physical_replication_slot('taken_' || n) FROM generate_series(1, current_setting('max_replication_slots')::int) n",
            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots",
            RequirementId.ProofSlot,
            "proof-no-slot",
            RequirementId.ReplicationSlots);
        const string sending = "FUNCTION pg_catalog.pg_logical_emit_message(boolean, text, text)";
        await BrokenAsync($"REVOKE EXECUTE ON {sending} FROM PUBLIC", $"GRANT EXECUTE ON {sending} TO PUBLIC", RequirementId.ProofChange, "proof-message-refused", RequirementId.Heartbeat);

        var whole = Last(await engine.VerifyAsync());
        Assert.All(whole.Values, p => Assert.Equal(ProofState.Passed, p.State));
        Assert.InRange((long)whole[RequirementId.ProofChange].Arguments["latency"]!, 0, 60_000);
    }

    /// <summary>The reading waits for a locked table when its session is ended: whether the table may be read cannot be asked any more either.</summary>
    [Fact]
    public async Task Session_that_ends_while_tables_are_read_fails_that_stage_in_words()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, 15);
        using var engine = await ReadyAsync(sandbox);
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await using var other = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await superuser.ExecuteAsync("BEGIN; LOCK TABLE public.orders");
        var proving = engine.VerifyAsync();
        await Eventually.TrueAsync(
            async () => await other.ScalarAsync<long>("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'clickpipes_user' AND wait_event_type = 'Lock'") > 0,
            "No session of the ClickPipes user waited for the table.",
            TimeSpan.FromSeconds(30));
        var proof = Last(await proving);
        await superuser.ExecuteAsync("COMMIT");

        Assert.Equal((ProofState.Failed, "proof-lost"), (proof[RequirementId.ProofRead].State, proof[RequirementId.ProofRead].Problem?.Key));
        Assert.Equal("57P01", proof[RequirementId.ProofRead].Problem!.Server!.SqlState);
        Assert.Equal(ProofState.Skipped, proof[RequirementId.ProofChange].State);
    }

    /// <summary>What the slot waits for can then not be told any more, and the guard takes the session that makes it for one whose program is gone.</summary>
    [Fact]
    public async Task Administrator_s_session_that_ends_while_the_slot_waits_fails_the_proof_in_words()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, 15);
        using var engine = await ReadyAsync(sandbox);
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await superuser.ExecuteAsync("BEGIN; INSERT INTO public.audit_log (actor, action) VALUES ('a', 'b')");
        var seen = new List<ProofEvent>();
        await foreach (var happened in engine.Runner.VerifyAsync(engine.Target, engine.Goal, CancellationToken.None))
        {
            if (happened.State == ProofState.Waiting && seen.All(p => p.State != ProofState.Waiting))
            {
                await superuser.ExecuteAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{sandbox.AdminUser}' AND application_name = 'SetupWizard verify'");
            }

            seen.Add(happened);
        }

        var proof = Last(seen);
        Assert.Equal((ProofState.Failed, "proof-lost"), (proof[RequirementId.ProofSlot].State, proof[RequirementId.ProofSlot].Problem?.Key));
        Assert.Equal((ProofState.Failed, (RequirementId?)RequirementId.Reachable), (proof[RequirementId.ProofClean].State, proof[RequirementId.ProofClean].Owner));
        await Eventually.TrueAsync(async () => await superuser.ScalarAsync<long>("SELECT count(*) FROM pg_replication_slots") == 0, "The slot stayed.", TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData(SandboxProfile.AmazonRds, 15)]
    [InlineData(SandboxProfile.AzureFlexible, 16)]
    public async Task Waiting_slot_names_its_transaction_with_its_age_goes_on_by_itself_and_can_be_stopped(SandboxProfile profile, int major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(profile, major);
        using var engine = await ReadyAsync(sandbox);
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await superuser.ExecuteAsync("BEGIN; SET LOCAL application_name = 'month end'; INSERT INTO public.audit_log (actor, action) VALUES ('a', 'b')");
        var seen = new List<ProofEvent>();
        await foreach (var happened in engine.Runner.VerifyAsync(engine.Target, engine.Goal, CancellationToken.None))
        {
            seen.Add(happened);
            if (happened is { State: ProofState.Waiting } && (int)happened.Arguments["age"]! >= 2)
            {
                await superuser.ExecuteAsync("COMMIT");
            }
        }

        var waiting = seen.First(p => p.State == ProofState.Waiting);
        Assert.Equal((RequirementId.ProofSlot, superuser.ProcessID.ToString(CultureInfo.InvariantCulture), "month end"), (waiting.Id, waiting.Arguments["pid"], waiting.Arguments["application"]));
        Assert.All(Last(seen).Values, p => Assert.Equal(ProofState.Passed, p.State));

        await superuser.ExecuteAsync("BEGIN; INSERT INTO public.audit_log (actor, action) VALUES ('a', 'b')");
        using var stop = new CancellationTokenSource();
        var clock = new Stopwatch();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var happened in engine.Runner.VerifyAsync(engine.Target, engine.Goal, stop.Token))
            {
                if (happened.State == ProofState.Waiting && !stop.IsCancellationRequested)
                {
                    clock.Start();
                    await stop.CancelAsync();
                }
            }
        });
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(15));
        Assert.Equal(0L, await superuser.ScalarAsync<long>("SELECT count(*) FROM pg_replication_slots"));
    }

    /// <summary>The other process goes by SIGKILL while its slot waits for a transaction, and that transaction stays open until the end of the test.</summary>
    [Theory]
    [InlineData(SandboxProfile.AmazonRds, 12)]
    [InlineData(SandboxProfile.AzureFlexible, 18)]
    public async Task Killed_while_its_slot_waits_the_app_leaves_no_slot_and_no_session_though_the_wait_goes_on(SandboxProfile profile, int major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(profile, major);
        using var engine = await ReadyAsync(sandbox);
        await using var blocker = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await blocker.ExecuteAsync("BEGIN; INSERT INTO public.audit_log (actor, action) VALUES ('a', 'b')");
        foreach (var work in new[] { "verify", "feed" })
        {
            using var other = Process.Start(new ProcessStartInfo(
                "dotnet",
                [typeof(ProofOnServersTests).Assembly.Location, work, sandbox.Port.ToString(CultureInfo.InvariantCulture)])
            { RedirectStandardOutput = true })!;
            try
            {
                while (await other.StandardOutput.ReadLineAsync() is { } line && line != nameof(ProofState.Waiting))
                {
                    // Not there yet.
                }

                Assert.Equal(1L, await superuser.ScalarAsync<long>("SELECT count(*) FROM pg_replication_slots WHERE active"));
                Assert.InRange(await superuser.ScalarAsync<long>(OurSessions), 2, 4);
            }
            finally
            {
                other.Kill();
            }

            await Eventually.TrueAsync(
                async () => await superuser.ScalarAsync<long>("SELECT count(*) FROM pg_replication_slots") + await superuser.ScalarAsync<long>(OurSessions) == 0,
                $"The slot or a session of {work} outlived its process.",
                TimeSpan.FromSeconds(30));
            Assert.Equal("idle in transaction", await superuser.ScalarAsync<string>($"SELECT state FROM pg_stat_activity WHERE pid = {blocker.ProcessID}"));
        }
    }

    [Fact]
    public async Task Killed_in_the_middle_the_server_leaves_no_slot()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, 15);
        using var engine = await ReadyAsync(sandbox);
        await using (var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None))
        {
            await superuser.ExecuteAsync("BEGIN; INSERT INTO public.audit_log (actor, action) VALUES ('a', 'b')");
            var seen = new List<ProofEvent>();
            await foreach (var happened in engine.Runner.VerifyAsync(engine.Target, engine.Goal, CancellationToken.None))
            {
                if (happened.State == ProofState.Waiting && seen.All(p => p.State != ProofState.Waiting))
                {
                    await sandbox.KillAsync(CancellationToken.None);
                }

                seen.Add(happened);
            }

            Assert.Equal(ProofState.Failed, Last(seen)[RequirementId.ProofSlot].State);
        }

        await sandbox.StartAgainAsync(CancellationToken.None);
        await using var again = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        Assert.Equal(0L, await again.ScalarAsync<long>("SELECT count(*) FROM pg_replication_slots"));
    }

    private static Dictionary<RequirementId, ProofEvent> Last(IEnumerable<ProofEvent> proof) => proof.GroupBy(p => p.Id).ToDictionary(g => g.Key, g => g.Last());

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
}
