using Npgsql;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Wording;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Field;

/// <summary>What the proof says of tables it cannot read: each with its own reason and where to mend it, and nothing of those it can.</summary>
[Collection(SandboxFixture.Collection)]
public sealed class ReadingProofTests
{
    private static readonly string[] s_asked =
    [
        "open.plain", "open.tree", "open.tree_1", "open.no_columns", "open.view", "open.some_columns", "open.all_columns", "open.nothing", "open.hidden", "open.forced",
        "open.view_of_nothing", "closed.plain", "open.missing",
    ];

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Each_table_is_named_with_its_own_reason_and_owner(int major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, major);
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Schemas = ["closed", "mixed"] } };
        await engine.TurnOnLogicalReplicationAsync();
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await superuser.ExecuteAsync(
            $"""
            SET ROLE "{sandbox.AdminUser}";
            CREATE SCHEMA closed; CREATE TABLE closed.t (id int PRIMARY KEY);
            CREATE SCHEMA mixed;
            CREATE TABLE mixed.fine (id int PRIMARY KEY); CREATE TABLE mixed.cols (id int PRIMARY KEY, secret text); CREATE TABLE mixed.vault (id int PRIMARY KEY);
            CREATE TABLE mixed.busy (id int PRIMARY KEY); CREATE TABLE mixed.refused (id int PRIMARY KEY);
            RESET ROLE
            """);
        var applied = await engine.ApplyAsync(await engine.PlanAsync());
        Assert.True(applied.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(applied));
        await using var breaker = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await breaker.ExecuteAsync(
            """
            REVOKE USAGE ON SCHEMA closed FROM clickpipes_user;
            REVOKE SELECT ON mixed.refused, mixed.cols FROM clickpipes_user; GRANT SELECT (id) ON mixed.cols TO clickpipes_user;
            ALTER TABLE mixed.vault ENABLE ROW LEVEL SECURITY; ALTER USER clickpipes_user SET row_security = off
            """);
        await breaker.ExecuteAsync("BEGIN; LOCK TABLE mixed.busy");

        var read = await ReadAsync(engine);

        Assert.Equal(ProofState.Failed, read.State);
        var failures = read.Others.Prepend(new ProofFailure(read.Problem!, read.Owner)).ToList();
        Assert.Equal(
            [
                ("proof-read-schema", "closed.t", "42501", RequirementId.SchemaUsage),
                ("proof-read", "mixed.cols, mixed.refused", "42501", RequirementId.TableSelect),
                ("proof-read-rows", "mixed.vault", "42501", RequirementId.RoleSettings),
                ("proof-read-locked", "mixed.busy", "55P03", (RequirementId?)null),
            ],
            failures.Select(f => (f.Problem.Key, (string)f.Problem.Arguments["tables"]!, f.Problem.Server!.SqlState!, f.Owner)));
        foreach (var culture in new[] { "en", "ko" })
        {
            Assert.All(failures, f => Assert.DoesNotContain("{", string.Concat(FindingText.For(f.Problem, System.Globalization.CultureInfo.GetCultureInfo(culture)) is var p ? [p.Title, p.Why, p.Consequence, p.Fix] : Array.Empty<string>()), StringComparison.Ordinal));
        }

        // The sentence's own statement names who is in the way.
        var fix = FindingText.For(failures[3].Problem, System.Globalization.CultureInfo.GetCultureInfo("en")).Fix;
        Assert.Equal(breaker.ProcessID, await superuser.ScalarAsync<int>(fix[fix.IndexOf("SELECT", StringComparison.Ordinal)..]));

        await superuser.ExecuteAsync(
            """
            GRANT USAGE ON SCHEMA closed TO clickpipes_user; GRANT SELECT ON ALL TABLES IN SCHEMA mixed TO clickpipes_user;
            ALTER TABLE mixed.vault DISABLE ROW LEVEL SECURITY; ALTER USER clickpipes_user RESET row_security
            """);

        // One that somebody cancels, and one that somebody drops, while the proof waits for it.
        var proving = ReadAsync(engine);
        await WaitsAsync(superuser, "pg_cancel_backend(pid)");
        read = await proving;
        Assert.Equal(("proof-read-cancelled", "mixed.busy", null), (read.Problem!.Key, read.Problem.Arguments["tables"], read.Owner));
        Assert.Empty(read.Others);

        proving = ReadAsync(engine);
        await WaitsAsync(superuser, "true");
        await breaker.ExecuteAsync("DROP TABLE mixed.busy; COMMIT");
        read = await proving;
        Assert.Equal(("proof-read-gone", "mixed.busy", (RequirementId?)RequirementId.TableKind), (read.Problem!.Key, read.Problem.Arguments["tables"], read.Owner));
        Assert.Equal("42P01", read.Problem.Server!.SqlState);
        Assert.Empty(read.Others);
    }

    /// <summary>A server process keeps what it learns of each column: of 200,000 columns some sixty megabytes.</summary>
    [Fact]
    public async Task Wide_tables_are_read_by_several_sessions_so_that_none_learns_all_of_them()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain, 15);
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Schemas = ["wide"] } };
        await engine.TurnOnLogicalReplicationAsync();
        await using (var admin = new NpgsqlConnection(sandbox.AdminConnectionString))
        {
            await admin.OpenAsync();
            await admin.ExecuteAsync(
                """
                CREATE SCHEMA wide;
                DO $$
                DECLARE columns text := (SELECT string_agg('c' || n || ' int', ', ') FROM generate_series(1, 1599) n);
                BEGIN
                    EXECUTE 'CREATE TABLE wide.t (id int PRIMARY KEY, ' || columns || ') PARTITION BY LIST (id)';
                    FOR i IN 1..130 LOOP EXECUTE format('CREATE TABLE wide.t_%s PARTITION OF wide.t FOR VALUES IN (%s)', i, i); END LOOP;
                    CREATE TABLE wide.narrow (id int PRIMARY KEY);
                END $$
                """);
        }

        var applied = await engine.ApplyAsync(await engine.PlanAsync());
        Assert.True(applied.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(applied));
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await superuser.ExecuteAsync("ALTER USER clickpipes_user SET log_min_duration_statement = 0");

        Assert.Equal(ProofState.Passed, (await ReadAsync(engine)).State);

        var log = await superuser.ScalarAsync<string>($"SELECT pg_read_file('{sandbox.ServerLogPath}')");
        var readers = log.Split('\n').Where(l => l.Contains("SELECT 1 FROM (SELECT * FROM", StringComparison.Ordinal)).Select(l => l[l.IndexOf('[', StringComparison.Ordinal)..l.IndexOf(']', StringComparison.Ordinal)]).Distinct();

        // The first for what is narrow, one for the tree as a whole, and two for its partitions, which are read by name, too.
        Assert.Equal(4, readers.Count());
    }

    /// <summary>What the proof sends describes one column, and its server ends the transaction after each: what it asks of the reader is that of SELECT *.</summary>
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Query_that_describes_one_column_asks_for_what_a_whole_row_asks_for(int major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain, major);
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await superuser.ExecuteAsync(
            """
            CREATE USER reader PASSWORD 'reader'; CREATE SCHEMA open; CREATE SCHEMA closed; GRANT USAGE ON SCHEMA open TO reader;
            CREATE TABLE open.plain (id int, v text);
            CREATE TABLE open.tree (id int, v text) PARTITION BY LIST (id); CREATE TABLE open.tree_1 PARTITION OF open.tree FOR VALUES IN (1);
            CREATE TABLE open.no_columns (); CREATE VIEW open.view AS SELECT id, v FROM open.plain;
            CREATE TABLE open.some_columns (id int, v text); CREATE TABLE open.all_columns (id int, v text); CREATE TABLE open.nothing (id int);
            CREATE TABLE open.hidden (id int); ALTER TABLE open.hidden ENABLE ROW LEVEL SECURITY;
            CREATE TABLE open.forced (id int); ALTER TABLE open.forced ENABLE ROW LEVEL SECURITY; ALTER TABLE open.forced FORCE ROW LEVEL SECURITY;
            CREATE VIEW open.view_of_nothing AS SELECT * FROM open.nothing; CREATE TABLE closed.plain (id int);
            GRANT SELECT ON open.plain, open.tree, open.no_columns, open.view, open.hidden, open.forced, open.view_of_nothing, closed.plain TO reader;
            GRANT SELECT (id) ON open.some_columns TO reader; GRANT SELECT (id, v) ON open.all_columns TO reader
            """);
        await using var reader = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(sandbox.AdminConnectionString) { Username = "reader", Password = "reader", Pooling = false }.ConnectionString);
        await reader.OpenAsync();
        var seen = new HashSet<string?>();
        foreach (var setting in new[] { "on", "off" })
        {
            await reader.ExecuteAsync("SET row_security = " + setting);
            foreach (var table in s_asked)
            {
                var whole = await RefusalAsync(reader, $"SELECT * FROM {table} LIMIT 0");
                Assert.Equal((table, whole), (table, await RefusalAsync(reader, $"SELECT 1 FROM (SELECT * FROM {table}) t LIMIT 0")));
                Assert.Equal((table, whole), (table, await RefusalAsync(reader, $"SELECT 1 FROM (SELECT * FROM ONLY {table}) t LIMIT 0")));
                seen.Add(whole);
            }
        }

        Assert.Equal([null, "42501", "42P01"], seen.Order(StringComparer.Ordinal));
    }

    private static async Task<string?> RefusalAsync(NpgsqlConnection reader, string sql)
    {
        try
        {
            await reader.ExecuteAsync(sql);
            return null;
        }
        catch (PostgresException e)
        {
            return e.SqlState;
        }
    }

    private static async Task<ProofEvent> ReadAsync(EngineHarness engine) => (await engine.VerifyAsync()).Last(p => p.Id == RequirementId.ProofRead);

    /// <summary>Waits until the proof waits for a table for good, and does something to its session.</summary>
    private static Task WaitsAsync(NpgsqlConnection superuser, string action) => Eventually.TrueAsync(
        async () => await superuser.ScalarAsync<long>(
            $"SELECT count({action}) FROM pg_stat_activity WHERE usename = 'clickpipes_user' AND wait_event_type = 'Lock' AND clock_timestamp() - query_start > interval '300 ms'") > 0,
        "No session of the ClickPipes user waited for the table.",
        TimeSpan.FromSeconds(30));
}
