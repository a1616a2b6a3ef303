using System.Globalization;
using Npgsql;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Reading;
using SetupWizard.Core.Wording;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Field;

/// <summary>How an apply and a dry run behave towards what else is going on, and what they say when they are over.</summary>
[Collection(SandboxFixture.Families)]
public sealed class ApplyMannersTests
{
    /// <summary>The server itself ends an autovacuum that is in the way of a lock, once it has looked for deadlocks: a rehearsal has to wait that long, as an apply does.</summary>
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Dry_run_waits_until_the_server_has_ended_an_autovacuum_that_is_in_its_way(int major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain, major);
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await superuser.ExecuteAsync("ALTER SYSTEM SET autovacuum_naptime = '1s'");
        await superuser.SetAsync("deadlock_timeout", "1500ms");
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Tables = [new("public", "churned")] } };
        await superuser.ExecuteAsync(
            """
            CREATE TABLE public.churned (id int PRIMARY KEY, v text) WITH (autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1);
            INSERT INTO public.churned SELECT n, repeat('x', 1000) FROM generate_series(1, 20000) n; DELETE FROM public.churned WHERE id % 2 = 0
            """);
        var plan = await engine.PlanAsync();
        const string AtWork = "SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid WHERE a.backend_type = 'autovacuum worker' AND l.relation = 'public.churned'::regclass AND l.mode = 'ShareUpdateExclusiveLock' AND l.granted)";
        await Eventually.TrueAsync(() => superuser.ScalarAsync<bool>(AtWork), "No autovacuum came.", TimeSpan.FromSeconds(30));

        var events = await engine.Runner.DryRunAsync(engine.Target, plan, CancellationToken.None).ToListAsync();

        Assert.True(events.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.RolledBack, EngineHarness.DescribeFailure(events));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Parameter_that_waits_for_a_restart_is_not_said_to_be_in_effect(int major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain, major);
        using var engine = new EngineHarness(sandbox);
        var plan = engine.Runner.Plan(await engine.InspectAsync(), new HashSet<RequirementId> { RequirementId.WalLevel });

        var applied = (await engine.ApplyAsync(plan)).OfType<ApplyFinished>().Single();
        Assert.Equal((ApplyOutcome.RestartPending, "apply-restart-pending", "wal_level"), (applied.Outcome, applied.Problem?.Key, applied.Problem?.Arguments["settings"]));
        Assert.Equal(["alter-system"], applied.Waiting.Select(i => plan.Changes[i].Kind));
        Assert.Equal(["reload-configuration"], applied.InEffect.Select(i => plan.Changes[i].Kind));
        Assert.Equal("1 parameter waits for a restart of the server: wal_level.", FindingText.For(applied.Problem!, CultureInfo.GetCultureInfo("en")).Title);

        // Taken back before the restart there is nothing to wait for, and after it there is.
        var undone = (await engine.ApplyAsync(await engine.Runner.UndoPlanAsync(engine.Target, engine.Goal, UndoRequest.OfGoal, CancellationToken.None))).OfType<ApplyFinished>().Single();
        Assert.Equal(ApplyOutcome.Completed, undone.Outcome);
        await engine.ApplyAsync(engine.Runner.Plan(await engine.InspectAsync(), new HashSet<RequirementId> { RequirementId.WalLevel }));
        await sandbox.RebootAsync(CancellationToken.None);
        undone = (await engine.ApplyAsync(await engine.Runner.UndoPlanAsync(engine.Target, engine.Goal, UndoRequest.OfGoal, CancellationToken.None))).OfType<ApplyFinished>().Single();
        Assert.Equal((ApplyOutcome.RestartPending, 1), (undone.Outcome, undone.Waiting.Count));
    }

    [Fact]
    public async Task Lock_of_an_apply_behind_a_pooler_keeps_others_away_and_stays_with_no_session()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain);
        await using var bouncer = await PgBouncer.StartAsync(sandbox, "transaction");
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        var hook = new HookedAudit();
        using var engine = new EngineHarness(sandbox, inner => hook.Around(inner));
        using var another = new EngineHarness(sandbox);
        var target = engine.Target with { Endpoint = engine.Target.Endpoint with { Host = "127.0.0.1", Port = bouncer.Port, Tls = TlsMode.Disable } };
        var there = new NpgsqlConnectionStringBuilder(sandbox.AdminConnectionString) { Host = "127.0.0.1", Port = bouncer.Port, SslMode = SslMode.Disable, RootCertificate = null, Pooling = false };
        await using var application = new NpgsqlConnection(there.ConnectionString);
        await application.OpenAsync();
        var plan = engine.Runner.Plan(await engine.Runner.InspectAsync(target, engine.Goal, CancellationToken.None));
        var others = new List<ApplyOutcome>();
        hook.Before(AuditEvent.InEffect, plan.Changes.ToList().FindIndex(c => c.Kind == "create-user"), async () =>
        {
            // Two other wizards come, by the pooler and past it; and the application takes the session that was the apply's and keeps it.
            foreach (var way in new[] { target, another.Target })
            {
                var events = await another.Runner.ApplyAsync(way, plan, CancellationToken.None).ToListAsync();
                others.Add(events.OfType<ApplyFinished>().Single().Outcome);
            }

            await application.ExecuteAsync("BEGIN; SELECT 1");
        });

        var events = await engine.Runner.ApplyAsync(target, plan, CancellationToken.None).ToListAsync();

        Assert.True(events.OfType<ApplyFinished>().Single().Done, EngineHarness.DescribeFailure(events));
        Assert.Equal([ApplyOutcome.Busy, ApplyOutcome.Busy], others);
        Assert.Equal(0, await superuser.ScalarAsync<long>("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"));
        await application.ExecuteAsync("COMMIT");
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Key_that_is_added_or_dropped_alone_is_seen_by_the_pulse_and_one_of_a_temporary_table_is_not(int major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain, major);
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await superuser.ExecuteAsync("CREATE TABLE public.keyless (id int NOT NULL, code text NOT NULL)");
        await using var source = await SourceConnector.OpenAsync(EngineHarness.TargetOf(sandbox), "watch", CancellationToken.None);
        var before = await PulseAsync();

        await superuser.ExecuteAsync("CREATE TEMPORARY TABLE scratch (id int PRIMARY KEY); CREATE INDEX ON public.keyless (code)");
        var same = await PulseAsync();
        Assert.False(same.DiffersFrom(before));

        await superuser.ExecuteAsync("ALTER TABLE public.keyless ADD PRIMARY KEY (id)");
        var keyed = await PulseAsync();
        Assert.True(keyed.DiffersFrom(same));

        await superuser.ExecuteAsync("CREATE UNIQUE INDEX keyless_code ON public.keyless (code)");
        var indexed = await PulseAsync();
        Assert.True(indexed.DiffersFrom(keyed));

        await superuser.ExecuteAsync("DROP INDEX public.keyless_code");
        Assert.True((await PulseAsync()).DiffersFrom(indexed));

        async Task<LivePulse> PulseAsync() => await PulseReader.ReadAsync(source, ["wal_level"], SetupGoal.DefaultUser, identities: true, CancellationToken.None);
    }
}
