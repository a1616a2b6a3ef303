using System.Globalization;
using Npgsql;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Reading;
using SetupWizard.Core.Sql;
using SetupWizard.Core.Watching;
using SetupWizard.Core.Wording;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Watching;

/// <summary>A replication client of ours in ClickPipes' place, on real servers.</summary>
[Collection(SandboxFixture.Rules)]
public sealed class WatchOnServersTests
{
    private const long Gigabyte = 1024L * 1024 * 1024;

    /// <summary>On several versions at once: most of it is waiting for twenty seconds to be measured.</summary>
    [Fact]
    public async Task ClickPipes_is_seen_arriving_lagging_and_going_away_and_the_forecast_fits_arithmetic()
    {
        var watched = new[] { 12, 15, 18 }.ToDictionary(major => major, SeeAllAsync);
        await Task.WhenAll(watched.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        Assert.All(watched, w => Assert.True(w.Value.IsCompletedSuccessfully, $"PostgreSQL {w.Key}: {w.Value.Exception?.InnerException}"));
    }

    private static async Task SeeAllAsync(int major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain, major);
        using var engine = new EngineHarness(sandbox);
        await engine.TurnOnLogicalReplicationAsync();
        var applied = await engine.ApplyAsync(await engine.PlanAsync());
        Assert.True(applied.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(applied));
        await using var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        if (major >= PostgresFeatures.SlotWalStatus)
        {
            await superuser.SetAsync("max_slot_wal_keep_size", "2GB");
        }

        // The server's own machine is a region here.
        var goal = engine.Goal with
        {
            Region = "aws:eu-central-1",
            ServiceAge = ServiceAge.New,
        };
        var watch = new SourceWatch(TimeSpan.FromSeconds(3));
        using var stop = new CancellationTokenSource();
        var watching = WatchAsync(engine, goal, watch, stop.Token);
        PipeStatus? Pipe() => watch.Report(goal, 4 * Gigabyte)?.Pipe;
        Task BecomesAsync(PipeState state) => Eventually.TrueAsync(() => Pipe()?.State == state, $"{state} was not seen: {Pipe()?.State}.", TimeSpan.FromSeconds(40));
        await BecomesAsync(PipeState.NotSeen);

        // The log does not grow now, so this is where it stood when it was measured for the first time.
        var from = await LogAsync(superuser);

        var pipe = await FakeClickPipes.ArriveAsync(sandbox, goal.User, goal.Publication);

        // A pulse from before there was a slot may still be the last one.
        await Eventually.TrueAsync(() => Pipe() is { State: PipeState.Connected, Slot: not null }, "Connected with a slot was not seen.", TimeSpan.FromSeconds(40));
        var arrived = Pipe()!;
        Assert.Equal((FakeClickPipes.SlotName, FakeClickPipes.Application, goal.User), (arrived.Slot!.Name, arrived.Sender!.Application, arrived.Sender.User));
        Assert.Equal(arrived.Sender.Visible ? AddressOrigin.NotListed : AddressOrigin.NotVisible, arrived.Origin);

        pipe.StopConfirming();
        await WriteAsync(superuser);
        await BecomesAsync(PipeState.Lagging);
        Assert.InRange(Pipe()!.Slot!.BehindBytes!.Value, 16 * 1024 * 1024, 2 * Gigabyte);

        await ForecastFitsAsync(superuser, watch, goal, major, from);

        await pipe.DisposeAsync();
        await BecomesAsync(PipeState.Gone);
        Assert.Equal(FakeClickPipes.SlotName, Pipe()!.Slot!.Name);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
    }

    [Theory]
    [InlineData(SandboxProfile.AmazonRds, 12)]
    [InlineData(SandboxProfile.AmazonRds, 14)]
    [InlineData(SandboxProfile.AzureFlexible, 18)]
    public async Task ClickPipes_is_seen_copying_a_table_and_connected_when_that_is_over(SandboxProfile profile, int major)
    {
        const int Rows = 640;
        await using var sandbox = await SandboxFixture.FreshAsync(profile, major);
        using var engine = new EngineHarness(sandbox);
        await engine.TurnOnLogicalReplicationAsync();
        await using var admin = new NpgsqlConnection(sandbox.AdminConnectionString);
        await admin.OpenAsync();
        await admin.ExecuteAsync($"CREATE TABLE public.large (id int PRIMARY KEY, body text); INSERT INTO public.large SELECT n, repeat('x', 100000) FROM generate_series(1, {Rows}) n");
        await engine.ApplyAsync(await engine.PlanAsync());
        await sandbox.RefreshAsync(CancellationToken.None);
        var watch = new SourceWatch();
        using var stop = new CancellationTokenSource();
        var watching = WatchAsync(engine, engine.Goal, watch, stop.Token);
        WatchReport? Report() => watch.Report(engine.Goal, null);
        Task BecomesAsync(PipeState state) => Eventually.TrueAsync(() => Report()?.Pipe.State == state, $"{state} was not seen: {Report()?.Pipe.State}.", TimeSpan.FromSeconds(30));
        await BecomesAsync(PipeState.NotSeen);

        var (pipe, goOnAsync) = await FakeClickPipes.ArriveCopyingAsync(sandbox, engine.Goal.User, engine.Goal.Publication, "public.large");
        await using (pipe)
        {
            // A pulse from before the first row may still be the last one.
            await Eventually.TrueAsync(() => Report() is { Pipe.State: PipeState.Copying, Pulse.UserSessions.Active: 1 }, "The copy was not seen.", TimeSpan.FromSeconds(30));
            await Eventually.TrueAsync(() => major < PostgresFeatures.ProgressCopy || Report()!.Pulse.Copies.Any(c => c.Rows > 0), "No progress was seen.", TimeSpan.FromSeconds(30));
            var copying = Report()!;
            Assert.Equal((FakeClickPipes.SlotName, 1), (copying.Pipe.Slot?.Name, copying.Pulse.UserSessions.Total));
            Assert.StartsWith(
                $"ClickPipes reads tables: 1 session of {engine.Goal.User}",
                WatchText.Pipe(copying, engine.Goal.User, CultureInfo.GetCultureInfo("en")),
                StringComparison.Ordinal);
            if (major >= PostgresFeatures.ProgressCopy)
            {
                var progress = Assert.Single(copying.Pulse.Copies);
                Assert.Equal("public.large", progress.Table);
                Assert.InRange(progress.Rows!.Value, 1, Rows - 1);
                Assert.InRange(progress.Bytes!.Value, progress.Rows.Value * 100_000, Rows * 100_000);
            }
            else
            {
                Assert.Empty(copying.Pulse.Copies);
            }

            await goOnAsync();
            await BecomesAsync(PipeState.Connected);
            Assert.Empty(Report()!.Pulse.Copies);
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
        }
    }

    [Theory]
    [InlineData(12)]
    [InlineData(18)]
    public async Task Login_that_may_not_see_an_address_says_so_and_one_that_may_checks_it(int major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain, major);
        using var engine = new EngineHarness(sandbox);
        await engine.TurnOnLogicalReplicationAsync();
        await engine.ApplyAsync(await engine.PlanAsync());
        await using var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        await superuser.ExecuteAsync("CREATE ROLE onlooker LOGIN PASSWORD 'onlooker'");
        await using var pipe = await FakeClickPipes.ArriveAsync(sandbox, engine.Goal.User, engine.Goal.Publication);
        var target = engine.Target with { Credentials = new SourceCredentials("onlooker", new SecretString("onlooker")) };
        var region = new SetupGoal
        {
            Region = "aws:eu-central-1",
            ServiceAge = ServiceAge.New,
        };

        Assert.Equal(AddressOrigin.NotVisible, (await SeeAsync(target, region)).Origin);
        await superuser.ExecuteAsync("GRANT pg_read_all_stats TO onlooker");
        var seen = await SeeAsync(target, region);
        Assert.Equal(AddressOrigin.NotListed, seen.Origin);
        var here = ClickPipesRegions.Find(region.Region)!;
        var local = region with { PublishedAddresses = new PublishedAddresses(DateTimeOffset.UnixEpoch, new Dictionary<string, IReadOnlyList<string>> { [here.Id] = [seen.Address!] }) };
        Assert.Equal(AddressOrigin.Listed, (await SeeAsync(target, local)).Origin);
    }

    [Theory]
    [InlineData(12)]
    [InlineData(18)]
    public async Task What_changed_since_the_set_up_is_found_by_a_fresh_check(int major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain, major);
        using var engine = new EngineHarness(sandbox);
        await engine.TurnOnLogicalReplicationAsync();
        await engine.ApplyAsync(await engine.PlanAsync());
        Assert.True((await engine.InspectAsync()).Ready);
        await using var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        await superuser.ExecuteAsync("CREATE TABLE public.fresh (id int PRIMARY KEY)");
        await superuser.ExecuteAsync("CREATE TABLE public.keyless (id int)");
        await superuser.ExecuteAsync($"ALTER ROLE {engine.Goal.User} VALID UNTIL '2020-01-01'");
        await superuser.ExecuteAsync($"ALTER ROLE {engine.Goal.User} NOREPLICATION");

        var findings = (await engine.InspectAsync()).Findings;

        Finding Of(RequirementId id) => findings.Single(f => f.Id == id && f.State != FindingState.Satisfied);
        Assert.Equal("expired", Of(RequirementId.User).Case);
        Assert.Equal(FindingState.Blocking, Of(RequirementId.ReplicationPrivilege).State);
        Assert.Equal(["public.fresh"], Of(RequirementId.TableSelect).Subjects.Select(s => s.Name));
        Assert.Equal(["public.fresh"], Of(RequirementId.PublicationTables).Subjects.Select(s => s.Name));
        Assert.Contains("public.keyless", Of(RequirementId.ReplicaIdentity).Subjects.Select(s => s.Name));
    }

    [Theory]
    [InlineData(SandboxProfile.AmazonRds, 12)]
    [InlineData(SandboxProfile.AzureFlexible, 18)]
    public async Task Row_identity_that_somebody_else_changes_alone_is_noticed_and_other_tables_are_not(SandboxProfile profile, int major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(profile, major);
        using var engine = new EngineHarness(sandbox);
        await using var admin = new NpgsqlConnection(sandbox.AdminConnectionString);
        await admin.OpenAsync();
        await admin.ExecuteAsync("CREATE TABLE public.two_keys (a int NOT NULL, b int NOT NULL); CREATE UNIQUE INDEX by_a ON public.two_keys (a); CREATE UNIQUE INDEX by_b ON public.two_keys (b)");
        await using var source = await SourceConnector.OpenAsync(engine.Target, "watch", CancellationToken.None);
        Task<LivePulse> ReadAsync(bool identities = true) => PulseReader.ReadAsync(source, ["wal_level"], engine.Goal.User, identities, CancellationToken.None);
        var before = await ReadAsync();
        async Task NoticedAsync(bool noticed, string sql)
        {
            await admin.ExecuteAsync(sql);
            var after = await ReadAsync();
            Assert.True(after.DiffersFrom(before) == noticed, sql);
            before = after;
        }

        await NoticedAsync(true, "ALTER TABLE public.audit_log REPLICA IDENTITY FULL");
        await NoticedAsync(true, "ALTER TABLE public.two_keys REPLICA IDENTITY USING INDEX by_a");
        await NoticedAsync(true, "ALTER TABLE public.two_keys REPLICA IDENTITY USING INDEX by_b");
        await NoticedAsync(true, "ALTER TABLE public.events REPLICA IDENTITY NOTHING");
        await NoticedAsync(true, "ALTER TABLE public.audit_log REPLICA IDENTITY DEFAULT");
        await NoticedAsync(false, "ALTER TABLE public.audit_log REPLICA IDENTITY DEFAULT");
        await NoticedAsync(false, "CREATE TABLE public.fresh (id int NOT NULL); CREATE INDEX ON public.fresh (id)");

        // What is a key, or could be one, is noticed whoever made it.
        await NoticedAsync(true, "CREATE UNIQUE INDEX fresh_key ON public.fresh (id)");
        await NoticedAsync(true, "ALTER TABLE public.fresh ADD PRIMARY KEY USING INDEX fresh_key");
        await NoticedAsync(true, "ALTER TABLE public.fresh DROP CONSTRAINT fresh_key");
        await NoticedAsync(false, "CREATE TEMPORARY TABLE passing (id int); ALTER TABLE passing REPLICA IDENTITY FULL");

        // A pulse that did not look says nothing about it.
        await admin.ExecuteAsync("ALTER TABLE public.audit_log REPLICA IDENTITY FULL");
        Assert.False((await ReadAsync(identities: false)).DiffersFrom(before));

        // The one that looks every two seconds does; a database of this size is looked through each time.
        using var stop = new CancellationTokenSource();
        var first = default(LivePulse);
        await foreach (var pulse in engine.Runner.WatchAsync(engine.Target, engine.Goal, stop.Token))
        {
            if (first is null)
            {
                first = pulse;
                await admin.ExecuteAsync("ALTER TABLE public.audit_log REPLICA IDENTITY DEFAULT");
                continue;
            }

            Assert.True(pulse.DiffersFrom(first));
            break;
        }
    }

    /// <summary>The rate and the time by the test's own reading of the log over the same time: nothing is written at either end of it.</summary>
    private static async Task ForecastFitsAsync(NpgsqlConnection superuser, SourceWatch watch, SetupGoal goal, int major, (DateTime At, long Position) from)
    {
        await Eventually.TrueAsync(() => watch.Report(goal, null)?.Rate.BytesPerSecond is not null, "No rate was measured.", TimeSpan.FromSeconds(60));
        var report = watch.Report(goal, 4 * Gigabyte)!;
        var to = await LogAsync(superuser);
        var rate = (to.Position - from.Position) / (to.At - from.At).TotalSeconds;
        var retained = await superuser.ScalarAsync<long>($"SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::int8 FROM pg_replication_slots WHERE slot_name = '{FakeClickPipes.SlotName}'");

        Within(rate, report.Rate.BytesPerSecond!.Value, "rate");
        var forecast = report.Slots[0].Forecast;
        Assert.Equal(FakeClickPipes.SlotName, report.Slots[0].Slot.Name);
        Within(4 * Gigabyte / rate, forecast.UntilFull!.Value.TotalSeconds, "disk");
        if (major >= PostgresFeatures.SlotWalStatus)
        {
            Assert.Equal(WalForecastKind.SlotLost, forecast.Kind);
            Within(((2 * Gigabyte) - retained) / rate, forecast.Until!.Value.TotalSeconds, "slot");
        }
        else
        {
            Assert.Equal(WalForecastKind.DiskFull, forecast.Kind);
        }
    }

    private static void Within(double expected, double actual, string what) =>
        Assert.True(Math.Abs(actual - expected) <= expected * 0.2, string.Create(CultureInfo.InvariantCulture, $"{what}: {actual} is not within a fifth of {expected}."));

    private static async Task WatchAsync(EngineHarness engine, SetupGoal goal, SourceWatch watch, CancellationToken cancellationToken)
    {
        await foreach (var pulse in engine.Runner.WatchAsync(engine.Target, goal, cancellationToken))
        {
            watch.Add(pulse, goal);
        }
    }

    private static async Task<PipeStatus> SeeAsync(SetupTarget target, SetupGoal goal)
    {
        await using var source = await SourceConnector.OpenAsync(target, "watch", CancellationToken.None);
        var watch = new SourceWatch();
        watch.Add(await PulseReader.ReadAsync(source, ["wal_level"], goal.User, identities: true, CancellationToken.None), goal);
        return watch.Report(goal, null)!.Pipe;
    }

    /// <summary>Where the log ends, and when that is by the server's clock.</summary>
    private static async Task<(DateTime At, long Position)> LogAsync(NpgsqlConnection superuser)
    {
        await using var command = new NpgsqlCommand("SELECT clock_timestamp(), pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::int8", superuser);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetDateTime(0), reader.GetInt64(1));
    }

    /// <summary>Some forty megabytes of log.</summary>
    private static async Task WriteAsync(NpgsqlConnection superuser)
    {
        for (var part = 0; part < 10; part++)
        {
            await superuser.ExecuteAsync("SELECT count(pg_logical_emit_message(true, 'load', repeat('x', 8192))) FROM generate_series(1, 512)");
        }
    }
}
