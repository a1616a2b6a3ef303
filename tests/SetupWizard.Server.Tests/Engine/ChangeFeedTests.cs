using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Engine;

/// <summary>The live change feed on real servers: counts exact, keys only, ends in time, leaves nothing behind.</summary>
[Collection(SandboxFixture.Collection)]
public sealed class ChangeFeedTests
{
    private const string Canary = "canary-value-5821";

    [Theory]
    [InlineData(SandboxProfile.AmazonRds, 12)]
    [InlineData(SandboxProfile.AzureFlexible, 16)]
    [InlineData(SandboxProfile.AmazonRds, 18)]
    public async Task Feed_counts_every_change_and_tells_keys_only(SandboxProfile profile, int major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(profile, major);
        using var engine = await ReadyAsync(sandbox);
        await using var admin = await AdminAsync(sandbox);
        await admin.ExecuteAsync("ALTER TABLE public.products REPLICA IDENTITY FULL");
        await using var feed = FeedWatch.Start(engine);
        await feed.UntilAsync(p => p.State == FeedState.Watching, "The feed did not begin.");
        Assert.Equal("SetupWizard feed", await admin.ScalarAsync<string>("SELECT application_name FROM pg_stat_replication WHERE application_name LIKE 'SetupWizard%'"));
        Assert.Equal(1, await SlotsAsync(admin));

        // A default identity, a primary key under the identity FULL, a key of two columns, a uuid, and a table without any key.
        await admin.ExecuteAsync($"INSERT INTO public.customers (id, email, full_name, country) SELECT 9000 + n, '{Canary}' || n, '{Canary}', 'KR' FROM generate_series(1, 5) n");
        await admin.ExecuteAsync($"UPDATE public.customers SET full_name = '{Canary}!' WHERE id IN (9001, 9002)");
        await admin.ExecuteAsync("UPDATE public.customers SET id = 9900 WHERE id = 9003");
        await admin.ExecuteAsync("DELETE FROM public.customers WHERE id = 9001");
        await admin.ExecuteAsync($"INSERT INTO public.products (id, sku, title, price) VALUES (9101, '{Canary}', '{Canary}', 1); UPDATE public.products SET title = '{Canary}?' WHERE id = 9101; DELETE FROM public.products WHERE id = 9101");
        await admin.ExecuteAsync("INSERT INTO public.order_items (order_id, line, product_id, quantity, unit_price) VALUES (1, 77, 1, 5821, 1)");
        await admin.ExecuteAsync("INSERT INTO public.payments (id, order_id, amount) VALUES ('12345678-1234-1234-1234-123456789abc', 1, 5821)");
        await admin.ExecuteAsync($"INSERT INTO public.audit_log (actor, action) VALUES ('{Canary}', '{Canary}'); UPDATE public.audit_log SET action = '{Canary}2' WHERE actor = '{Canary}'; DELETE FROM public.audit_log WHERE actor = '{Canary}'");
        await admin.ExecuteAsync($"INSERT INTO public.\"Weird \"\"Name\"\" 주문\" (\"Id\", \"select\") VALUES (9201, '{Canary}')");
        await admin.ExecuteAsync("TRUNCATE public.sensor_readings");
        await feed.UntilAsync(p => p.Changes >= 19, "Not every change arrived.");
        var end = await feed.StopAsync();

        Assert.Equal((FeedState.Ended, FeedEnd.Stopped, 19L, true), (end.State, end.End!.Value, end.Changes, end.Clean));
        Assert.Equal((5, 3, 1, 0), CountsOf(end, "customers"));
        Assert.Equal((1, 1, 1, 0), CountsOf(end, "products"));
        Assert.Equal((1, 0, 0, 0), CountsOf(end, "order_items"));
        Assert.Equal((1, 1, 1, 0), CountsOf(end, "audit_log"));
        Assert.Equal((0, 0, 0, 1), CountsOf(end, "sensor_readings"));
        Assert.Equal(19, feed.Pulses.Sum(p => p.LastSecond));
        Assert.Equal(
            [
                "Truncate sensor_readings ", "Insert Weird \"Name\" 주문 Id=9201",
                "Delete audit_log ", "Update audit_log ", "Insert audit_log ",
                "Insert payments id=12345678-1234-1234-1234-123456789abc", "Insert order_items order_id=1,line=77",
                "Delete products id=9101", "Update products id=9101", "Insert products id=9101",
                "Delete customers id=9001", "Update customers id=9900", "Update customers id=9002", "Update customers id=9001",
                "Insert customers id=9005", "Insert customers id=9004", "Insert customers id=9003", "Insert customers id=9002", "Insert customers id=9001",
            ],
            end.Last.Select(o => $"{o.Kind} {o.Table.Name} {string.Join(',', o.Key.Select(k => k.Column + "=" + k.Value))}"));
        Assert.All(end.Last, o => Assert.InRange(TimeProvider.System.GetUtcNow() - o.CommittedAt, TimeSpan.FromSeconds(-5), TimeSpan.FromMinutes(2)));
        Assert.DoesNotContain(Canary, feed.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("5821", feed.Text, StringComparison.Ordinal);
        Assert.Equal(0, await SlotsAsync(admin));
        await Eventually.TrueAsync(async () => await admin.ScalarAsync<long>("SELECT count(*) FROM pg_stat_replication") == 0, "The server still sends.");
    }

    [Fact]
    public async Task Feed_stops_at_its_limit_of_changes_in_the_middle_of_a_large_transaction()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, 15);
        using var engine = await ReadyAsync(sandbox);
        await using var admin = await AdminAsync(sandbox);
        await using var feed = FeedWatch.Start(engine);
        await feed.UntilAsync(p => p.State == FeedState.Watching, "The feed did not begin.");
        await admin.ExecuteAsync($"INSERT INTO public.customers (email, full_name, country) SELECT 'x' || n, repeat('y', 100), 'KR' FROM generate_series(1, {3 * FeedLimits.Changes}) n");
        var end = await feed.EndAsync();
        Assert.Equal((FeedEnd.ChangeLimit, FeedLimits.Changes, true), (end.End!.Value, end.Changes, end.Clean));
        Assert.Equal(FeedLimits.Last, end.Last.Count);
        Assert.Equal(0, await SlotsAsync(admin));
    }

    [Fact]
    public async Task Feed_stops_at_its_limit_of_time()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, 15, writer: true);
        using var engine = await ReadyAsync(sandbox);
        var clock = new LimitByHand();
        var runner = new SetupRunner(new JsonLinesAuditLog(engine.Directory, TimeProvider.System), clock, NullLogger<SetupRunner>.Instance);
        var pulses = new List<FeedPulse>();
        await foreach (var pulse in runner.FeedAsync(engine.Target, engine.Goal, CancellationToken.None))
        {
            pulses.Add(pulse);
            if (pulse.State == FeedState.Watching && pulses.Count(p => p.State == FeedState.Watching) == 2)
            {
                clock.Reach();
            }
        }

        Assert.Equal((FeedState.Ended, FeedEnd.TimeLimit, true), (pulses[^1].State, pulses[^1].End!.Value, pulses[^1].Clean));
        Assert.InRange(pulses.Count(p => p.State == FeedState.Watching), 2, 10);
        await using var admin = await AdminAsync(sandbox);
        Assert.Equal(0, await SlotsAsync(admin));
    }

    [Fact]
    public async Task Feed_names_the_transaction_its_slot_waits_for_and_goes_on_when_that_ends()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AzureFlexible, 16);
        using var engine = await ReadyAsync(sandbox);
        await using var admin = await AdminAsync(sandbox);
        await using var blocker = await AdminAsync(sandbox);
        await blocker.ExecuteAsync("BEGIN; SET LOCAL application_name = 'month end'; INSERT INTO public.audit_log (actor, action) VALUES ('a', 'b')");
        await using var feed = FeedWatch.Start(engine);
        await feed.UntilAsync(p => p.Waiting is { Seconds: >= 1 }, "The feed did not say that it waits.");
        var waiting = feed.Pulses.First(p => p.Waiting is not null).Waiting!;
        Assert.Equal((blocker.ProcessID.ToString(CultureInfo.InvariantCulture), "month end"), (waiting.Pid, waiting.Application));
        const string guards = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'SetupWizard guard'";
        Assert.Equal(1L, await admin.ScalarAsync<long>(guards));
        await blocker.ExecuteAsync("COMMIT");
        await feed.UntilAsync(p => p.State == FeedState.Watching, "The feed did not go on.");
        await Eventually.TrueAsync(async () => await admin.ScalarAsync<long>(guards) == 0, "The guard outlived the wait.");
        Assert.True((await feed.StopAsync()).Clean);
        Assert.Equal(0, await SlotsAsync(admin));
    }

    [Fact]
    public async Task Feed_that_is_stopped_while_its_slot_waits_leaves_nothing()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, 15);
        using var engine = await ReadyAsync(sandbox);
        await using var admin = await AdminAsync(sandbox);
        await using var blocker = await AdminAsync(sandbox);
        await blocker.ExecuteAsync("BEGIN; INSERT INTO public.audit_log (actor, action) VALUES ('a', 'b')");
        await using var feed = FeedWatch.Start(engine);
        await feed.UntilAsync(p => p.State == FeedState.Waiting, "The feed did not say that it waits.");
        var clock = Stopwatch.StartNew();
        var end = await feed.StopAsync();
        Assert.Equal((FeedEnd.Stopped, true), (end.End!.Value, end.Clean));
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(15));
        Assert.Equal(0, await SlotsAsync(admin));
    }

    [Fact]
    public async Task Feed_of_a_killed_process_leaves_no_slot()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, 15, writer: true);
        using var engine = await ReadyAsync(sandbox);
        await using var admin = await AdminAsync(sandbox);
        var before = await ObjectsAsync(admin);
        using var other = Process.Start(new ProcessStartInfo(
            "dotnet",
            [typeof(ChangeFeedTests).Assembly.Location, "feed", sandbox.Port.ToString(CultureInfo.InvariantCulture)])
        { RedirectStandardOutput = true })!;
        try
        {
            while (await other.StandardOutput.ReadLineAsync() is { } line && line != nameof(FeedState.Watching))
            {
                // Not there yet.
            }

            Assert.Equal(1, await SlotsAsync(admin));
        }
        finally
        {
            other.Kill();
        }

        await Eventually.TrueAsync(async () => await SlotsAsync(admin) == 0, "The slot outlived the process.", TimeSpan.FromSeconds(30));
        Assert.Equal(before, await ObjectsAsync(admin));
    }

    [Fact]
    public async Task Feed_of_a_killed_server_ends_with_a_message_and_leaves_no_slot()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, 15);
        using var engine = await ReadyAsync(sandbox);
        await using var feed = FeedWatch.Start(engine);
        await feed.UntilAsync(p => p.State == FeedState.Watching, "The feed did not begin.");
        await sandbox.KillAsync(CancellationToken.None);
        var end = await feed.EndAsync();
        Assert.Equal((FeedEnd.Failed, "feed-lost", (RequirementId?)RequirementId.Reachable), (end.End!.Value, end.Problem!.Key, end.Owner));
        await sandbox.StartAgainAsync(CancellationToken.None);
        await using var admin = await AdminAsync(sandbox);
        Assert.Equal(0, await SlotsAsync(admin));
    }

    [Fact]
    public async Task Feed_that_cannot_begin_says_why_and_who_owns_it()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, 15);
        using var engine = await ReadyAsync(sandbox);
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);

        await superuser.ExecuteAsync("ALTER USER clickpipes_user PASSWORD 'another'");
        Assert.Equal(("proof-login", RequirementId.User), await FailureAsync(engine));
        await engine.ApplyAsync(await engine.PlanAsync());
        await superuser.ExecuteAsync($"ALTER USER clickpipes_user PASSWORD '{EngineHarness.ClickPipesPassword.Replace("'", "''", StringComparison.Ordinal)}'");

        await superuser.ExecuteAsync("SELECT pg_create_physical_replication_slot('taken_' || n) FROM generate_series(1, current_setting('max_replication_slots')::int) n");
        Assert.Equal(("proof-no-slot", RequirementId.ReplicationSlots), await FailureAsync(engine));
        await superuser.ExecuteAsync("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots");

        await using var feed = FeedWatch.Start(engine);
        await feed.UntilAsync(p => p.State == FeedState.Watching, "The feed did not begin.");
        await feed.StopAsync();
        await superuser.ExecuteAsync("DROP PUBLICATION clickpipes");
        await using var without = FeedWatch.Start(engine);
        await without.UntilAsync(p => p.State == FeedState.Watching, "The feed did not begin.");
        await superuser.ExecuteAsync("INSERT INTO public.audit_log (actor, action) VALUES ('a', 'b')");
        var end = await without.EndAsync();
        Assert.Equal(("proof-publication-missing", (RequirementId?)RequirementId.Publication, true), (end.Problem!.Key, end.Owner, end.Clean));
        Assert.Equal(0, await SlotsAsync(superuser));
    }

    private static async Task<(string Key, RequirementId Owner)> FailureAsync(EngineHarness engine)
    {
        await using var feed = FeedWatch.Start(engine);
        var end = await feed.EndAsync();
        Assert.Equal((FeedEnd.Failed, true), (end.End!.Value, end.Clean));
        return (end.Problem!.Key, end.Owner!.Value);
    }

    private static async Task<EngineHarness> ReadyAsync(PostgresSandbox sandbox)
    {
        var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Identities = [new(new("public", "audit_log"), IdentityKind.Full, OnlyGrows: true)] } };
        await engine.TurnOnLogicalReplicationAsync();
        var applied = await engine.ApplyAsync(await engine.PlanAsync());
        Assert.True(applied.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(applied));

        // What comes next may not ask the harness, which would wait for what the service does by itself.
        await sandbox.RefreshAsync(CancellationToken.None);
        return engine;
    }

    private static async Task<NpgsqlConnection> AdminAsync(PostgresSandbox sandbox)
    {
        var admin = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(sandbox.AdminConnectionString) { Pooling = false }.ConnectionString);
        await admin.OpenAsync();
        return admin;
    }

    private static Task<long> SlotsAsync(NpgsqlConnection connection) => connection.ScalarAsync<long>("SELECT count(*) FROM pg_replication_slots");

    /// <summary>Everything a feed could leave behind: slots, publications, relations, roles, functions.</summary>
    private static Task<string> ObjectsAsync(NpgsqlConnection connection) => connection.ScalarAsync<string>("""
        SELECT (SELECT count(*) FROM pg_replication_slots) || ' ' || (SELECT count(*) FROM pg_publication) || ' ' || (SELECT count(*) FROM pg_class)
            || ' ' || (SELECT count(*) FROM pg_roles) || ' ' || (SELECT count(*) FROM pg_proc)
        """);

    private static (long Inserts, long Updates, long Deletes, long Truncates) CountsOf(FeedPulse pulse, string table)
    {
        var counts = pulse.Tables.Single(t => t.Table.Name == table);
        return (counts.Inserts, counts.Updates, counts.Deletes, counts.Truncates);
    }

    /// <summary>A clock on which the longest time a feed may take is over when the test says so; all else goes by the real time, as the server does that is read.</summary>
    private sealed class LimitByHand : TimeProvider
    {
        private Action? _limit;

        public void Reach() => _limit!();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != FeedLimits.Duration)
            {
                return base.CreateTimer(callback, state, dueTime, period);
            }

            _limit = () => callback(state);
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, period);
        }
    }
}
