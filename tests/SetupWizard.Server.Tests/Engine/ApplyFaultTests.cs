using Npgsql;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Engine;

/// <summary>What an apply does when the server, another session or another wizard is in its way.</summary>
[Collection(SandboxFixture.Collection)]
public sealed class ApplyFaultTests
{
    [Theory]
    [InlineData(ChangePhase.User)]
    [InlineData(ChangePhase.Grants)]
    [InlineData(ChangePhase.Publication)]
    public async Task Server_killed_between_two_statements_leaves_all_or_nothing_of_the_phase(ChangePhase phase)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds);
        using (var first = new EngineHarness(sandbox))
        {
            await first.TurnOnLogicalReplicationAsync();
        }

        var kill = new HookedAudit();
        using var engine = new EngineHarness(sandbox, inner => kill.Around(inner));
        var plan = await engine.PlanAsync();
        var ofPhase = plan.Changes.Select((c, i) => (c, i)).Where(x => x.c.Phase == phase).Select(x => x.i).ToList();

        // A policy stands alone, because its lock keeps readers out; the others are made as one piece.
        var last = ofPhase[^1];
        var inPhase = plan.Changes[last].Kind == "create-policy" ? [last] : ofPhase;

        // After the last statement of the phase ran and before its commit; the server is back a moment later, as after a crash.
        kill.Before(AuditEvent.Executed, inPhase[^1], async () =>
        {
            await sandbox.KillAsync(CancellationToken.None);
            await sandbox.StartAgainAsync(CancellationToken.None);
        });
        var events = await engine.ApplyAsync(plan);
        var finished = events.OfType<ApplyFinished>().Single();
        Assert.Equal(ApplyOutcome.ConnectionLost, finished.Outcome);
        Assert.Equal(inPhase, events.OfType<OutcomeUnknown>().Single().Indexes);
        Assert.NotNull(finished.After?.Snapshot);
        Assert.All(inPhase, i => Assert.Contains(i, finished.NotInEffect));
        var earlier = Enumerable.Range(0, inPhase[0]).ToList();
        Assert.All(earlier, i => Assert.Contains(i, finished.InEffect));

        var second = await engine.ApplyAsync(await engine.PlanAsync());
        Assert.True(second.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(second));
        Assert.True((await engine.InspectAsync()).Ready);
    }

    [Fact]
    public async Task Plan_made_before_somebody_else_changed_the_database_is_refused_with_what_changed()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds);
        using var engine = new EngineHarness(sandbox);
        await engine.TurnOnLogicalReplicationAsync();
        var plan = await engine.PlanAsync();
        await using (var other = new NpgsqlConnection(sandbox.AdminConnectionString))
        {
            await other.OpenAsync();
            await using var command = new NpgsqlCommand("CREATE PUBLICATION clickpipes FOR TABLE public.orders", other);
            await command.ExecuteNonQueryAsync();
        }

        var events = await engine.ApplyAsync(plan);
        Assert.Equal(ApplyOutcome.Stale, events.OfType<ApplyFinished>().Single().Outcome);
        Assert.Empty(events.OfType<ChangeStarted>());
        var stale = events.OfType<PlanStale>().Single();
        Assert.Contains(stale.Differences, d => d.Id == RequirementId.Publication);
        Assert.Null((await engine.InspectAsync()).Snapshot!.Role(engine.Goal.User));

        var second = await engine.ApplyAsync(stale.Fresh);
        Assert.True(second.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(second));
    }

    [Fact]
    public async Task Table_locked_by_somebody_else_is_given_up_after_the_lock_timeout_and_names_the_holder()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds);
        using var engine = new EngineHarness(sandbox);
        await engine.TurnOnLogicalReplicationAsync();
        await using var other = new NpgsqlConnection(sandbox.AdminConnectionString + ";Application Name=nightly-job");
        await other.OpenAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await using (var command = new NpgsqlCommand("LOCK TABLE public.orders IN ACCESS EXCLUSIVE MODE", other))
        {
            await command.ExecuteNonQueryAsync();
        }

        var plan = await engine.PlanAsync();
        var events = await engine.ApplyAsync(plan);
        var finished = events.OfType<ApplyFinished>().Single();
        Assert.Equal(ApplyOutcome.Failed, finished.Outcome);
        Assert.Equal("apply-locked-by", finished.Problem!.Key);
        Assert.Equal("nightly-job", finished.Problem.Arguments["application"]);
        Assert.Equal(PostgresErrorCodes.LockNotAvailable, finished.Problem.Server!.SqlState);
        var failed = events.OfType<ChangeFailed>().Single();
        var rolledBack = events.OfType<PhaseRolledBack>().Single();
        Assert.Contains(failed.Index, rolledBack.Indexes);
        Assert.All(rolledBack.Indexes, i => Assert.Contains(i, finished.NotInEffect));

        await transaction.RollbackAsync();
        var second = await engine.ApplyAsync(await engine.PlanAsync());
        Assert.True(second.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(second));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Table_whose_row_identity_is_set_stays_readable_while_another_is_waited_for(bool dryRun)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds);
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await superuser.ExecuteAsync($"CREATE TABLE public.busy_1 (at timestamptz); CREATE TABLE public.busy_2 (at timestamptz); ALTER TABLE public.busy_1 OWNER TO {sandbox.AdminUser}; ALTER TABLE public.busy_2 OWNER TO {sandbox.AdminUser}");
        var hook = new HookedAudit();
        using var engine = new EngineHarness(sandbox, inner => hook.Around(inner))
        {
            Goal = new SetupGoal { Tables = [new("public", "busy_1"), new("public", "busy_2")], Identities = [new(new("public", "busy_1"), IdentityKind.Full, OnlyGrows: true), new(new("public", "busy_2"), IdentityKind.Full, OnlyGrows: true)] },
        };
        var plan = engine.Runner.Plan(await engine.InspectAsync());

        // What a backup does: it reads for hours.
        await using var reader = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await reader.ExecuteAsync("BEGIN; LOCK TABLE public.busy_2 IN ACCESS SHARE MODE");
        // The next thing is the wait for the second table: what is locked before it stays so until it is over.
        int IndexOf(string table) => plan.Changes.ToList().FindIndex(c => c.Phase == ChangePhase.ReplicaIdentity && c.Statement.Display.Contains(table, StringComparison.Ordinal));
        Assert.InRange(IndexOf("busy_1"), 0, IndexOf("busy_2") - 1);
        var locked = new List<bool>();
        hook.Before(AuditEvent.Started, IndexOf("busy_2"), async () =>
            locked.Add(await superuser.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'public.busy_1'::regclass AND mode = 'AccessExclusiveLock' AND granted)")));
        var events = await (dryRun ? engine.Runner.DryRunAsync(engine.Target, plan, CancellationToken.None) : engine.Runner.ApplyAsync(engine.Target, plan, CancellationToken.None)).ToListAsync();

        Assert.Equal([false], locked);
        var failed = events.OfType<ChangeFailed>().Single();
        Assert.Equal((IndexOf("busy_2"), PostgresErrorCodes.LockNotAvailable), (failed.Index, failed.Problem.Server!.SqlState));
        Assert.Contains(IndexOf("busy_1"), events.OfType<ChangeExecuted>().Select(e => e.Index));
        Assert.Equal(ApplyOutcome.Failed, events.OfType<ApplyFinished>().Single().Outcome);
        Assert.Equal(dryRun ? "d" : "f", await superuser.ScalarAsync<string>("SELECT relreplident::text FROM pg_class WHERE oid = 'public.busy_1'::regclass"));
    }

    [Fact]
    public async Task Second_wizard_at_the_same_time_executes_nothing_and_says_who_is_first()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds);
        using var setUp = new EngineHarness(sandbox);
        await setUp.TurnOnLogicalReplicationAsync();
        var holding = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var hook = new HookedAudit();
        using var first = new EngineHarness(sandbox, inner => hook.Around(inner));
        using var second = new EngineHarness(sandbox);
        var plan = await second.PlanAsync();
        hook.Before(AuditEvent.Started, 0, async () =>
        {
            holding.SetResult();
            await release.Task;
        });
        var running = first.ApplyAsync(await first.PlanAsync());
        await holding.Task;
        var events = await second.ApplyAsync(plan);
        Assert.Equal(ApplyOutcome.Busy, events.OfType<ApplyFinished>().Single().Outcome);
        Assert.Equal(sandbox.AdminUser, events.OfType<ApplyFinished>().Single().Problem!.Arguments["login"]);
        Assert.Empty(events.OfType<ChangeStarted>());
        release.SetResult();
        Assert.Equal(ApplyOutcome.Completed, (await running).OfType<ApplyFinished>().Single().Outcome);
    }

    [Fact]
    public async Task Audit_that_cannot_be_written_keeps_every_change_from_being_made()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AzureFlexible);
        var hook = new HookedAudit();
        using var engine = new EngineHarness(sandbox, inner => hook.Around(inner));
        hook.Before(AuditEvent.Started, 1, () => throw new IOException("No space left on device"));
        var before = await engine.InspectAsync();
        var events = await engine.ApplyAsync(engine.Runner.Plan(before));
        Assert.Equal("apply-audit", events.OfType<ApplyFinished>().Single().Problem!.Key);
        var unit = events.OfType<PhaseRolledBack>().Single().Indexes;
        Assert.Contains(1, unit);
        Assert.Null((await engine.InspectAsync()).Snapshot!.Role(engine.Goal.User));
    }

    [Fact]
    public async Task Cancelled_apply_rolls_its_phase_back_and_says_what_is_in_effect()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AzureFlexible);
        using var cancel = new CancellationTokenSource();
        var hook = new HookedAudit();
        using var engine = new EngineHarness(sandbox, inner => hook.Around(inner));
        var plan = await engine.PlanAsync();
        var grant = plan.Changes.ToList().FindIndex(c => c.Phase == ChangePhase.Grants);
        hook.Before(AuditEvent.Executed, grant, cancel.CancelAsync);
        var events = await engine.ApplyAsync(plan, cancel.Token);
        var finished = events.OfType<ApplyFinished>().Single();
        Assert.Equal(ApplyOutcome.Cancelled, finished.Outcome);
        Assert.Contains(grant, finished.NotInEffect);
        Assert.NotNull(finished.After!.Snapshot!.Role(engine.Goal.User));
    }

    [Fact]
    public async Task Audit_that_cannot_be_written_ends_a_dry_run_with_its_reason()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AzureFlexible);
        var hook = new HookedAudit();
        using var engine = new EngineHarness(sandbox, inner => hook.Around(inner));
        hook.Before(AuditEvent.Started, 1, () => throw new IOException("No space left on device"));
        var events = await engine.Runner.DryRunAsync(engine.Target, await engine.PlanAsync(), CancellationToken.None).ToListAsync();
        Assert.Equal((ApplyOutcome.Failed, "apply-audit"), (events.OfType<ApplyFinished>().Single().Outcome, events.OfType<ApplyFinished>().Single().Problem!.Key));
        Assert.Null((await engine.InspectAsync()).Snapshot!.Role(engine.Goal.User));
    }

    [Fact]
    public async Task Sessions_that_a_pooler_shares_keep_nothing_of_an_apply()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain);
        await using var bouncer = await PgBouncer.StartAsync(sandbox, "transaction");
        var hook = new HookedAudit();
        using var engine = new EngineHarness(sandbox, inner => hook.Around(inner));
        var target = engine.Target with { Endpoint = engine.Target.Endpoint with { Host = "127.0.0.1", Port = bouncer.Port, Tls = TlsMode.Disable } };
        var plan = engine.Runner.Plan(await engine.Runner.InspectAsync(target, engine.Goal, CancellationToken.None));
        var seen = new List<string>();

        // Between two transactions of the apply the application gets the very session it runs on.
        hook.Before(AuditEvent.InEffect, plan.Changes.ToList().FindIndex(c => c.Kind == "create-user"), async () =>
        {
            var there = new NpgsqlConnectionStringBuilder(sandbox.AdminConnectionString) { Host = "127.0.0.1", Port = bouncer.Port, SslMode = SslMode.Disable, RootCertificate = null, Pooling = false };
            await using var application = new NpgsqlConnection(there.ConnectionString);
            await application.OpenAsync();
            seen.Add(await application.ScalarAsync<string>("SELECT current_setting('lock_timeout') || ' ' || current_setting('statement_timeout') || ' ' || coalesce((SELECT application_name FROM pg_stat_activity WHERE pid = pg_backend_pid()), '')"));
        });
        var events = await engine.Runner.ApplyAsync(target, plan, CancellationToken.None).ToListAsync();

        Assert.True(events.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.RestartPending, EngineHarness.DescribeFailure(events));
        Assert.StartsWith("0 0 ", Assert.Single(seen), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Login_with_a_read_only_default_can_still_apply()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AzureFlexible);
        await using (var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None))
        {
            await using var command = new NpgsqlCommand($"ALTER ROLE {sandbox.AdminUser} SET default_transaction_read_only = on", superuser);
            await command.ExecuteNonQueryAsync();
        }

        using var engine = new EngineHarness(sandbox);
        var events = await engine.ApplyAsync(await engine.PlanAsync());
        Assert.True(events.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(events));
    }

    [Fact]
    public async Task Login_whose_own_time_limits_are_short_can_still_apply_and_is_told_when_they_end_it()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AzureFlexible, 17);
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await superuser.ExecuteAsync($"ALTER ROLE {sandbox.AdminUser} SET idle_in_transaction_session_timeout = '1s'");
        await superuser.ExecuteAsync($"ALTER ROLE {sandbox.AdminUser} SET transaction_timeout = '20s'");
        var hook = new HookedAudit();
        using var engine = new EngineHarness(sandbox, inner => hook.Around(inner));
        var plan = await engine.PlanAsync();
        var inTransaction = plan.Changes.ToList().FindIndex(c => c.Transactional);
        Assert.InRange(inTransaction, 0, plan.Changes.Count - 1);
        hook.Before(AuditEvent.Executed, inTransaction, () => Eventually.TrueAsync(
            async () => await superuser.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'SetupWizard apply' AND state = 'idle in transaction' AND clock_timestamp() - state_change > '1.2s')"),
            "The apply's transaction was not idle for longer than the login's limit."));
        var events = await engine.ApplyAsync(plan);
        Assert.True(events.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(events));

        // Long enough to log in; the reading waits for a lock until its time is up.
        await superuser.ExecuteAsync($"ALTER ROLE {sandbox.AdminUser} SET transaction_timeout = '1s'");
        await superuser.ExecuteAsync("BEGIN; LOCK TABLE pg_catalog.pg_publication IN ACCESS EXCLUSIVE MODE");
        var cut = await engine.InspectAsync();
        await superuser.ExecuteAsync("ROLLBACK");
        Assert.Null(cut.Snapshot);
        Assert.Equal((RequirementId.Reachable, "25P04"), (Assert.Single(cut.Findings).Id, cut.Findings[0].Server?.SqlState));
    }

    [Fact]
    public async Task Undo_of_a_parameter_gives_back_what_somebody_had_set_before_and_takes_effect()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain);
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await superuser.SetAsync("max_slot_wal_keep_size", "10GB");
        using var engine = new EngineHarness(sandbox);
        var plan = engine.Runner.Plan(await engine.InspectAsync(), new HashSet<RequirementId> { RequirementId.WalRetention });
        var applied = await engine.ApplyAsync(plan);
        Assert.True(applied.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(applied));
        await Eventually.TrueAsync(async () => await superuser.ScalarAsync<string>("SHOW max_slot_wal_keep_size") == "200GB", "The new value did not take effect.");

        var undone = await engine.ApplyAsync(await engine.Runner.UndoPlanAsync(engine.Target, engine.Goal, UndoRequest.OfGoal, CancellationToken.None));
        Assert.True(undone.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(undone));
        await Eventually.TrueAsync(async () => await superuser.ScalarAsync<string>("SHOW max_slot_wal_keep_size") == "10GB", "The former value did not come back.");
        Assert.Empty((await engine.Runner.UndoPlanAsync(engine.Target, engine.Goal, UndoRequest.OfGoal, CancellationToken.None)).Changes);
    }

    /// <summary>What is in effect is told even when the connection ends, once or again and again, while it is read how things stand after an undo.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    public async Task Connection_that_breaks_while_an_undo_is_read_back_does_not_keep_it_from_being_reported(int times)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain);
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await superuser.ExecuteAsync("CREATE USER clickpipes_user PASSWORD 'before'");
        var hook = new HookedAudit();
        using var engine = new EngineHarness(sandbox, inner => hook.Around(inner)) { Goal = new SetupGoal { Schemas = ["sales"] } };
        var cuts = -1;
        await using var proxy = new CommitRefusingProxy(
            sandbox.Port,
            sql => Volatile.Read(ref cuts) >= 0 && sql.Contains("pg_catalog.aclexplode(n.nspacl)", StringComparison.Ordinal) && Interlocked.Increment(ref cuts) <= times ? throw new IOException("cut") : false,
            "",
            "");
        var target = engine.Target with { Endpoint = engine.Target.Endpoint with { Port = proxy.Port, Tls = TlsMode.Disable } };
        var only = new HashSet<RequirementId> { RequirementId.SchemaUsage, RequirementId.TableSelect };
        var applied = await engine.Runner.ApplyAsync(target, engine.Runner.Plan(await engine.Runner.InspectAsync(target, engine.Goal, CancellationToken.None), only), CancellationToken.None).ToListAsync();
        Assert.True(applied.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(applied));

        // As long as something is left, it is looked at.
        await superuser.ExecuteAsync("GRANT USAGE ON SCHEMA sales TO clickpipes_user WITH GRANT OPTION");
        var undo = await engine.Runner.UndoPlanAsync(target, engine.Goal, UndoRequest.OfGoal, CancellationToken.None);
        Assert.NotEmpty(undo.LeftAlone);
        hook.Before(AuditEvent.InEffect, undo.Changes.Count - 1, () =>
        {
            Volatile.Write(ref cuts, 0);
            return Task.CompletedTask;
        });

        var events = await engine.Runner.ApplyAsync(target, undo, CancellationToken.None).ToListAsync();

        Assert.InRange(cuts, 1, int.MaxValue);
        var finished = events.OfType<ApplyFinished>().Single();
        Assert.True(finished.Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(events));
        Assert.Equal(undo.Changes.Count, finished.InEffect.Count);
    }
}
