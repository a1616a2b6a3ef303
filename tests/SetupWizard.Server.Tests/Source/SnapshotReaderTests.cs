using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Reading;
using SetupWizard.Core.Sql;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Source;

[Collection(SandboxFixture.Collection)]
public sealed class SnapshotReaderTests(SandboxFixture sandboxes)
{
    [Theory]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(18)]
    public async Task A_source_of_every_supported_version_is_read_in_one_round_trip(int major)
    {
        var sandbox = await sandboxes.SharedAsync(SandboxProfile.AmazonRds, major);
        await using var source = await SourceConnector.OpenAsync(sandbox.Target(), "test", CancellationToken.None);

        var reading = await SnapshotReader.ReadAsync(source, new SetupGoal(), CancellationToken.None);

        var snapshot = reading.Snapshot;
        Assert.Empty(snapshot.Unreadable);
        Assert.Equal(1, reading.Cost.RoundTrips);
        Assert.Equal((major, "shop", "shop_admin"), (snapshot.Server.Major, snapshot.Server.Database, snapshot.Server.CurrentUser));
        Assert.Equal("TLSv1.3", snapshot.Server.TlsVersion);
        Assert.False(snapshot.Server.BehindPooler || snapshot.Server.InRecovery || snapshot.Admin.Superuser);
        Assert.True(snapshot.Server.AdminCanCreate);
        Assert.Equal("replica", snapshot.Setting("wal_level"));
        Assert.Equal(major >= PostgresFeatures.IdleSlotTimeout, snapshot.Setting("idle_replication_slot_timeout") is not null);
        Assert.Null(snapshot.Setting("azure.extensions"));
        Assert.True(snapshot.Role("rds_replication")!.AdminMayGrant);
        Assert.Equal(AmazonRds.Id, ProviderDetector.FromSnapshot(snapshot).Provider);
        Assert.Contains(snapshot.Tables, t => t.Ref == new TableRef("public", "orders") && t.PrimaryKey == KeyState.Usable);
        Assert.Equal(["public.tenant_notes"], snapshot.Tables.Where(t => t.RowSecurityHides).Select(t => t.Ref.ToString()));
        Assert.Equal(3, snapshot.Tables.Count(t => t.Root == new TableRef("public", "events")));
        Assert.InRange(snapshot.ReadAt - snapshot.Server.StartedAt, TimeSpan.Zero, TimeSpan.FromHours(2));
    }

    [Fact]
    public async Task The_cost_is_what_passes_the_network()
    {
        var sandbox = await sandboxes.SharedAsync(SandboxProfile.Plain);
        await using var proxy = new Relay(sandbox.Port, TimeSpan.Zero);
        var target = sandbox.Target();
        await using var source = await SourceConnector.OpenAsync(
            target with { Endpoint = target.Endpoint with { Port = proxy.Port, Tls = TlsMode.Disable } }, "test", CancellationToken.None);
        var before = proxy.RoundTrips;

        var reading = await SnapshotReader.ReadAsync(source, new SetupGoal(), CancellationToken.None);
        var afterReading = proxy.RoundTrips;
        await PulseReader.ReadAsync(source, ["wal_level"], "clickpipes_user", identities: true, CancellationToken.None);

        Assert.Equal(reading.Cost.RoundTrips, afterReading - before);
        Assert.Equal(1, proxy.RoundTrips - afterReading);
    }

    [Fact]
    public async Task Five_thousand_tables_cost_no_more_round_trips_than_ten()
    {
        var sandbox = await sandboxes.WithManyTablesAsync();
        await using var source = await SourceConnector.OpenAsync(sandbox.Target(), "test", CancellationToken.None);

        // What a reading takes is what the quickest takes: the others tell what else the machine had to do.
        var quickest = TimeSpan.MaxValue;
        for (var i = 0; i < 5 && quickest > TimeSpan.FromSeconds(2); i++)
        {
            var reading = await SnapshotReader.ReadAsync(source, new SetupGoal(), CancellationToken.None);
            Assert.Equal(1, reading.Cost.RoundTrips);
            Assert.True(reading.Snapshot.Tables.Count > SandboxFixture.ManyTables, "The tables are not there.");
            quickest = reading.Cost.Elapsed < quickest ? reading.Cost.Elapsed : quickest;
        }

        Assert.InRange(quickest, TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task A_login_that_may_read_almost_nothing_still_gets_what_it_may()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain);
        await using (var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None))
        {
            await superuser.ExecuteAsync(
                """
                CREATE ROLE poor LOGIN PASSWORD 'poor-poor';
                REVOKE ALL ON SCHEMA public FROM PUBLIC; REVOKE TEMPORARY ON DATABASE shop FROM PUBLIC;
                REVOKE SELECT ON pg_replication_slots, pg_stat_replication, pg_stat_wal, pg_db_role_setting FROM PUBLIC;
                """);
        }

        var target = sandbox.Target() with { Credentials = new SourceCredentials("poor", new SecretString("poor-poor")) };
        await using var source = await SourceConnector.OpenAsync(target, "test", CancellationToken.None);

        var reading = await SnapshotReader.ReadAsync(source, new SetupGoal(), CancellationToken.None);

        Assert.Equal(["pg_database", "pg_db_role_setting", "pg_replication_slots", "pg_replication_slots readers", "pg_stat_replication", "pg_stat_wal"], reading.Snapshot.Unreadable.Select(u => u.What).Order(StringComparer.Ordinal));
        Assert.All(reading.Snapshot.Unreadable, u => Assert.Equal(Npgsql.PostgresErrorCodes.InsufficientPrivilege, u.Why));
        Assert.Equal(1 + (2 * 6), reading.Cost.RoundTrips);
        Assert.Equal("poor", reading.Snapshot.Admin.Name);
        Assert.NotEmpty(reading.Snapshot.Tables);
        Assert.All(reading.Snapshot.Tables, t => Assert.False(t.AdminMayGrant));
        Assert.Equal("ok", await source.Connection.ScalarAsync<string>("SELECT 'ok'"));
    }

    [Fact]
    public async Task Schemas_and_tables_that_are_dropped_while_they_are_read_cost_nothing_else()
    {
        var sandbox = await sandboxes.SharedAsync(SandboxProfile.AmazonRds);
        using var stop = new CancellationTokenSource();
        var churn = ChurnAsync();
        try
        {
            await using var source = await SourceConnector.OpenAsync(sandbox.Target(), "test", CancellationToken.None);
            for (var i = 0; i < 12; i++)
            {
                var snapshot = (await SnapshotReader.ReadAsync(source, new SetupGoal(), CancellationToken.None)).Snapshot;
                Assert.Empty(snapshot.Unreadable);
                Assert.Contains(snapshot.Tables, t => t.Ref == new TableRef("public", "orders"));
            }
        }
        finally
        {
            await stop.CancelAsync();
            await churn;
        }

        async Task ChurnAsync()
        {
            await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
            while (!stop.IsCancellationRequested)
            {
                await superuser.ExecuteAsync(
                    """
                    DO $$
                    BEGIN
                        FOR i IN 1..20 LOOP
                            EXECUTE format('CREATE SCHEMA passing_%s', i);
                            EXECUTE format('CREATE TABLE passing_%s.t (id int)', i);
                            COMMIT;
                        END LOOP;
                        FOR i IN 1..20 LOOP
                            EXECUTE format('DROP TABLE passing_%s.t', i);
                            EXECUTE format('DROP SCHEMA passing_%s', i);
                            COMMIT;
                        END LOOP;
                    END $$
                    """);
            }
        }
    }

    [Fact]
    public async Task Hidden_roles_and_schemas_still_leave_a_snapshot_that_knows_who_it_is()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain);
        await using (var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None))
        {
            await superuser.ExecuteAsync("CREATE ROLE poor LOGIN PASSWORD 'poor-poor'; REVOKE SELECT ON pg_roles, pg_namespace, pg_class FROM PUBLIC");
        }

        var target = sandbox.Target() with { Credentials = new SourceCredentials("poor", new SecretString("poor-poor")) };
        await using var source = await SourceConnector.OpenAsync(target, "test", CancellationToken.None);

        var snapshot = (await SnapshotReader.ReadAsync(source, new SetupGoal(), CancellationToken.None)).Snapshot;

        Assert.Contains(snapshot.Unreadable, u => u.What == "pg_roles");
        Assert.Contains(snapshot.Unreadable, u => u.What == "pg_class");
        Assert.Equal("poor", snapshot.Admin.Name);
        Assert.Equal("replica", snapshot.Setting("wal_level"));
    }

    [Fact]
    public async Task Functions_of_the_same_name_in_the_users_schema_are_never_run()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain);
        await using (var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None))
        {
            await superuser.ExecuteAsync(
                $"""
                CREATE SCHEMA trap;
                CREATE FUNCTION trap.has_table_privilege(oid, oid, text) RETURNS bool LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION $$trapped$$; END';
                CREATE FUNCTION trap.current_setting(text, bool) RETURNS text LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION $$trapped$$; END';
                CREATE TABLE trap.pg_roles (rolname text);
                CREATE VIEW trap.pg_settings AS SELECT 'trapped' AS name;
                CREATE VIEW trap.pg_stat_activity AS SELECT 'trapped' AS usename;
                CREATE VIEW trap.pg_replication_slots AS SELECT 'trapped' AS slot_name;
                ALTER ROLE {sandbox.AdminUser} SET search_path = trap, pg_catalog;
                """);
        }

        await using var source = await SourceConnector.OpenAsync(sandbox.Target(), "test", CancellationToken.None);

        var reading = await SnapshotReader.ReadAsync(source, new SetupGoal(), CancellationToken.None);

        Assert.Empty(reading.Snapshot.Unreadable);
        Assert.Equal("wal_level", Assert.Single((await PulseReader.ReadAsync(source, ["wal_level"], "clickpipes_user", identities: true, CancellationToken.None)).Settings).Key);
        Assert.Equal("trap, pg_catalog", await source.Connection.ScalarAsync<string>("SHOW search_path"));
    }

    [Fact]
    public async Task A_function_of_another_engine_is_a_marker()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain);
        await using (var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None))
        {
            await superuser.ExecuteAsync("SET allow_system_table_mods = on; CREATE FUNCTION pg_catalog.aurora_version() RETURNS text LANGUAGE sql AS 'SELECT $$17.4$$'");
        }

        await using var source = await SourceConnector.OpenAsync(sandbox.Target(), "test", CancellationToken.None);

        Assert.Equal(["aurora_version"], (await SnapshotReader.ReadAsync(source, new SetupGoal(), CancellationToken.None)).Snapshot.Server.Markers);
    }

    [Fact]
    public async Task A_standby_is_read_like_a_primary_and_says_what_it_is()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain);
        await using (var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None))
        {
            await superuser.ExecuteAsync("SELECT pg_create_physical_replication_slot('kept', true)");
            await superuser.WriteServerFileAsync("standby.signal", " ");
        }

        await sandbox.RebootAsync(CancellationToken.None);
        await using var source = await SourceConnector.OpenAsync(sandbox.Target(), "test", CancellationToken.None);

        var snapshot = (await SnapshotReader.ReadAsync(source, new SetupGoal(), CancellationToken.None)).Snapshot;
        var pulse = await PulseReader.ReadAsync(source, ["wal_level"], "clickpipes_user", identities: true, CancellationToken.None);

        Assert.Empty(snapshot.Unreadable);
        Assert.True(snapshot.Server.InRecovery);
        Assert.Equal("kept", Assert.Single(snapshot.Slots).Name);
        Assert.Equal("kept", Assert.Single(pulse.Slots).Name);
    }

    [Fact]
    public async Task A_pulse_sees_a_parameter_that_waits_for_a_restart_and_then_the_restart()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain);
        string[] watched = ["wal_level", "no_such.setting"];
        LivePulse before;
        await using (var source = await SourceConnector.OpenAsync(sandbox.Target(), "watch", CancellationToken.None))
        {
            before = await PulseReader.ReadAsync(source, watched, "clickpipes_user", identities: true, CancellationToken.None);
            await source.Connection.ExecuteAsync("ALTER SYSTEM SET wal_level = logical");
            await source.Connection.ExecuteAsync("SELECT pg_reload_conf()");
            var pending = before;
            await Eventually.TrueAsync(
                async () => (pending = await PulseReader.ReadAsync(source, watched, "clickpipes_user", identities: true, CancellationToken.None)).PendingRestart.Count > 0,
                "The parameter never waited for a restart.");

            Assert.Equal(["wal_level"], pending.PendingRestart);
            Assert.Equal("replica", pending.Settings["wal_level"]);
            Assert.Equal(before.StartedAt, pending.StartedAt);
            Assert.True(pending.DiffersFrom(before));
            var snapshot = (await SnapshotReader.ReadAsync(source, new SetupGoal(), CancellationToken.None)).Snapshot;
            Assert.True(snapshot.Settings["wal_level"].PendingRestart);
        }

        await sandbox.RebootAsync(CancellationToken.None);
        await using var again = await SourceConnector.OpenAsync(sandbox.Target(), "watch", CancellationToken.None);
        var after = await PulseReader.ReadAsync(again, watched, "clickpipes_user", identities: true, CancellationToken.None);

        Assert.Empty(before.PendingRestart);
        Assert.Null(before.Settings["no_such.setting"]);
        Assert.Equal("logical", after.Settings["wal_level"]);
        Assert.Empty(after.PendingRestart);
        Assert.True(after.StartedAt > before.StartedAt);
    }
}
