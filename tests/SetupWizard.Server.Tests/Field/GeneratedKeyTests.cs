using System.Globalization;
using Npgsql;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Export;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Field;

/// <summary>
/// Generated columns among those that identify rows. From PostgreSQL 18 on a publication that does not send them stops UPDATE and DELETE of the application:
/// whatever the wizard does, both go on as before.
/// </summary>
[Collection(SandboxFixture.Families)]
public sealed class GeneratedKeyTests(GeneratedKeyTests.Server18 server) : IClassFixture<GeneratedKeyTests.Server18>
{
    private const string Other = "\"an \"\"other\"\" one\"";

    private static readonly TableRef s_post = new("field", "post");

    [Fact]
    public async Task Applications_updates_go_on_whatever_columns_are_generated_at_every_level()
    {
        var sandbox = await server.EmptyAsync();
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Schemas = ["field"] } };
        await AdminAsync(
            sandbox,
            """
            CREATE SCHEMA field;
            CREATE TABLE field.post (id int PRIMARY KEY, v text, slug text GENERATED ALWAYS AS (lower(v)) STORED);
            ALTER TABLE field.post REPLICA IDENTITY FULL;
            CREATE TABLE field.gp (id int, v text, g int GENERATED ALWAYS AS (id % 10) STORED, PRIMARY KEY (id, g));
            CREATE TABLE field.virt (id int PRIMARY KEY, v text, slug text GENERATED ALWAYS AS (lower(v)) VIRTUAL);
            ALTER TABLE field.virt REPLICA IDENTITY FULL;
            CREATE TABLE field.plain (id int PRIMARY KEY, v text, slug text GENERATED ALWAYS AS (lower(v)) VIRTUAL);
            CREATE TABLE field.tree (id int, v text, slug text GENERATED ALWAYS AS (lower(v)) VIRTUAL, PRIMARY KEY (id)) PARTITION BY RANGE (id);
            CREATE TABLE field.tree_1 PARTITION OF field.tree FOR VALUES FROM (0) TO (100) PARTITION BY RANGE (id);
            CREATE TABLE field.tree_1_1 PARTITION OF field.tree_1 FOR VALUES FROM (0) TO (100);
            ALTER TABLE field.tree_1_1 REPLICA IDENTITY FULL;
            CREATE TABLE field.base (id int PRIMARY KEY, v text);
            CREATE TABLE field.heir (slug text GENERATED ALWAYS AS (lower(v)) VIRTUAL) INHERITS (field.base);
            ALTER TABLE field.heir REPLICA IDENTITY FULL;
            INSERT INTO field.post (id, v) VALUES (1, 'A'); INSERT INTO field.gp (id, v) VALUES (1, 'A'); INSERT INTO field.virt (id, v) VALUES (1, 'A');
            INSERT INTO field.plain (id, v) VALUES (1, 'A'); INSERT INTO field.tree (id, v) VALUES (1, 'A'); INSERT INTO field.heir (id, v) VALUES (1, 'A')
            """);

        var before = await engine.InspectAsync();
        var plan = engine.Runner.Plan(before);

        Assert.Equal(["field.heir.slug", "field.tree_1_1.slug", "field.virt.slug"], Subjects(before, "stops-updates-virtual"));
        var create = Assert.Single(plan.Changes, c => c.Kind == "create-publication").Statement.Display;
        Assert.Equal("""CREATE PUBLICATION "clickpipes" FOR TABLE "field"."gp", "field"."plain", "field"."post" WITH (publish_via_partition_root = true, publish_generated_columns = stored)""", create);
        Assert.Contains(create, SqlScriptExporter.Write(before, plan, CultureInfo.InvariantCulture), StringComparison.Ordinal);
        await ApplyAsync(engine, plan);

        foreach (var table in new[] { "post", "gp", "virt", "plain", "tree", "base" })
        {
            await AdminAsync(sandbox, $"INSERT INTO field.{table} (id, v) VALUES (2, 'B'); UPDATE field.{table} SET v = v || 'x'; DELETE FROM field.{table} WHERE id = 2");
        }

        var after = await engine.InspectAsync();
        Assert.Equal(["field.base", "field.heir", "field.tree", "field.virt"], after.Findings.Single(f => f is { Id.Code: "SW402", Case: "withheld" }).Subjects.Select(s => s.Name));

        // What a key identifies instead is taken in.
        await AdminAsync(sandbox, (string)after.Findings.Single(f => f is { Id.Code: "SW407", Case: "stops-updates-virtual" }).Arguments["statement"]!);
        Assert.Equal(["field.heir.slug", "field.virt.slug"], Subjects(await engine.InspectAsync(), "stops-updates-virtual"));
    }

    /// <summary>It is for one relation far below a chosen table that the publication sends generated columns.</summary>
    [Theory]
    [InlineData(
        "leaf",
        """
        CREATE TABLE field.top (id int, v text, slug text GENERATED ALWAYS AS (lower(v)) STORED, PRIMARY KEY (id)) PARTITION BY RANGE (id);
        CREATE TABLE field.middle PARTITION OF field.top FOR VALUES FROM (0) TO (100) PARTITION BY RANGE (id);
        CREATE TABLE field.leaf PARTITION OF field.middle FOR VALUES FROM (0) TO (100)
        """)]
    [InlineData("heir", "CREATE TABLE field.top (id int PRIMARY KEY, v text); CREATE TABLE field.heir (slug text GENERATED ALWAYS AS (lower(v)) STORED) INHERITS (field.top)")]
    public async Task Stored_column_of_a_partition_or_an_heir_is_sent_where_its_identity_is_the_whole_row(string below, string sql)
    {
        var sandbox = await server.EmptyAsync();
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Tables = [new("field", "top")] } };
        await AdminAsync(sandbox, $"CREATE SCHEMA field; {sql}; ALTER TABLE field.{below} REPLICA IDENTITY FULL; INSERT INTO field.{below} (id, v) VALUES (1, 'A')");
        string[] traffic = [$"INSERT INTO field.{below} (id, v) VALUES (2, 'B')", $"UPDATE field.{below} SET v = v || 'x'", "UPDATE field.top SET v = v || 'y'", "DELETE FROM field.top WHERE id = 2"];

        await ApplyAsync(engine, await engine.PlanAsync());

        var after = await engine.InspectAsync();
        Assert.True(after.Ready, EngineHarness.DescribeProblems(after));
        await AdminAsync(sandbox, string.Join("; ", traffic));
        await using (var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None))
        {
            // What a partition has goes out in its root's name.
            Assert.Equal(below == "leaf" ? "top" : below, await superuser.ScalarAsync<string>("SELECT string_agg(tablename, ', ') FROM pg_publication_tables WHERE 'slug' = ANY (attnames)"));
        }

        // What the server says where it is not.
        await AdminAsync(sandbox, "ALTER PUBLICATION clickpipes SET (publish_generated_columns = none)");
        Assert.Equal([$"field.{below}.slug"], Subjects(await engine.InspectAsync(), "stops-updates"));
        var refused = await Assert.ThrowsAsync<PostgresException>(() => AdminAsync(sandbox, traffic[1]));
        Assert.Equal("42P10", refused.SqlState);
        await ApplyAsync(engine, await engine.PlanAsync());
        await AdminAsync(sandbox, string.Join("; ", traffic));
    }

    [Fact]
    public async Task Publication_that_is_there_sends_them_before_the_row_identity_is_set()
    {
        var sandbox = await server.EmptyAsync();
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Tables = [s_post], Identities = [new(s_post, IdentityKind.Full)] } };
        await AdminAsync(sandbox, Post + "; CREATE PUBLICATION clickpipes FOR TABLE field.post");

        var plan = await engine.PlanAsync();
        string[] wanted =
        [
            """ALTER PUBLICATION "clickpipes" SET (publish_generated_columns = stored)""",
            """ALTER TABLE "field"."post" REPLICA IDENTITY FULL""",
        ];
        Assert.Equal(wanted, plan.Changes.Where(c => c.Phase == ChangePhase.ReplicaIdentity).Select(c => c.Statement.Display));
        await ApplyAsync(engine, plan);
        await UpdateAsync(sandbox);
        var after = await engine.InspectAsync();
        Assert.True(after.Ready, EngineHarness.DescribeProblems(after));
        Assert.All((await engine.VerifyAsync()).GroupBy(p => p.Id), stage => Assert.Equal(ProofState.Passed, stage.Last().State));

        var undo = await engine.Runner.UndoPlanAsync(engine.Target, engine.Goal, UndoRequest.OfGoal, CancellationToken.None);
        var back = undo.Changes.Select(c => c.Statement.Display).ToList();
        Assert.True(back.FindIndex(s => s.EndsWith("REPLICA IDENTITY DEFAULT", StringComparison.Ordinal)) < back.FindIndex(s => s.EndsWith("(publish_generated_columns = none)", StringComparison.Ordinal)), string.Join("; ", back));
        await ApplyAsync(engine, undo);
        await UpdateAsync(sandbox);
    }

    [Theory]
    [InlineData("CREATE PUBLICATION " + Other + " FOR TABLE field.post", true)]
    [InlineData("CREATE PUBLICATION " + Other + " FOR TABLES IN SCHEMA field", true)]
    [InlineData("CREATE PUBLICATION " + Other + " FOR ALL TABLES", true)]
    [InlineData("CREATE PUBLICATION " + Other + " FOR TABLE field.post WITH (publish = 'insert')", false)]
    [InlineData("CREATE PUBLICATION " + Other + " FOR TABLE field.post WITH (publish_generated_columns = stored)", false)]
    public async Task Identity_that_another_publication_would_make_fail_is_not_set(string publication, bool stops)
    {
        var sandbox = await server.EmptyAsync();
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Tables = [s_post], Identities = [new(s_post, IdentityKind.Full)] } };
        await AdminAsync(sandbox, Post);
        await SuperuserAsync(sandbox, publication);

        var before = await engine.InspectAsync();
        var plan = engine.Runner.Plan(before);
        Assert.Equal(stops, !plan.Changes.Any(c => c.Kind == "identity-full"));
        Assert.Equal(stops ? ["field.post.slug"] : [], Subjects(before, "stops-updates-elsewhere"));
        await ApplyAsync(engine, plan);
        await UpdateAsync(sandbox);
        if (!stops)
        {
            return;
        }

        // It is the server that refuses; and what the finding says to do lets it.
        await AdminAsync(sandbox, "ALTER TABLE field.post REPLICA IDENTITY FULL");
        var refused = await Assert.ThrowsAsync<PostgresException>(() => UpdateAsync(sandbox));
        Assert.Equal("42P10", refused.SqlState);
        await AdminAsync(sandbox, "ALTER TABLE field.post REPLICA IDENTITY DEFAULT");
        await SuperuserAsync(sandbox, (string)before.Findings.Single(f => f is { Id.Code: "SW407", Case: "stops-updates-elsewhere" }).Arguments["statement"]!);
        await ApplyAsync(engine, await engine.PlanAsync());
        await UpdateAsync(sandbox);
        var after = await engine.InspectAsync();
        Assert.True(after.Ready, EngineHarness.DescribeProblems(after));
        Assert.Equal(Core.Model.ReplicaIdentityKind.Full, after.Tables.Chosen.Single().Identity);
    }

    [Fact]
    public async Task Index_over_a_generated_column_is_told_by_its_columns()
    {
        var sandbox = await server.EmptyAsync();
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Tables = [s_post], Identities = [new(s_post, IdentityKind.Index, "by_slug")] } };
        await AdminAsync(
            sandbox,
            """
            CREATE SCHEMA field;
            CREATE TABLE field.post (id int, v text, slug text GENERATED ALWAYS AS (lower(v)) STORED NOT NULL, other int GENERATED ALWAYS AS (id) VIRTUAL);
            CREATE UNIQUE INDEX by_slug ON field.post (slug) INCLUDE (id);
            INSERT INTO field.post (id, v) VALUES (1, 'A');
            CREATE PUBLICATION clickpipes FOR TABLE field.post WITH (publish = 'insert')
            """);

        var plan = await engine.PlanAsync();
        await ApplyAsync(engine, plan);
        await UpdateAsync(sandbox);

        var after = await engine.InspectAsync();
        Assert.Empty(Subjects(after, "stops-updates"));
        Assert.Equal(["field.post.other"], Subjects(after, "not-streamed"));
        Assert.True(after.Ready, EngineHarness.DescribeProblems(after));
    }

    [Fact]
    public async Task Before_18_updates_go_on_and_ClickHouse_misses_the_column_of_the_key()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, 17);
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Schemas = ["field"] } };
        await engine.TurnOnLogicalReplicationAsync();
        await AdminAsync(
            sandbox,
            Post + """
            ; ALTER TABLE field.post REPLICA IDENTITY FULL;
            CREATE TABLE field.gp (id int, v text, g int GENERATED ALWAYS AS (id % 10) STORED, PRIMARY KEY (id, g));
            CREATE PUBLICATION elsewhere FOR TABLE field.post
            """);

        var inspection = await engine.InspectAsync();
        Assert.Equal(["field.gp.g"], Subjects(inspection, "in-key"));
        Assert.Equal(["field.post.slug"], Subjects(inspection, "not-streamed"));
        await ApplyAsync(engine, engine.Runner.Plan(inspection));
        await UpdateAsync(sandbox);
    }

    private const string Post = "CREATE SCHEMA field; CREATE TABLE field.post (id int PRIMARY KEY, v text, slug text GENERATED ALWAYS AS (lower(v)) STORED); INSERT INTO field.post (id, v) VALUES (1, 'A')";

    private static IEnumerable<string> Subjects(Inspection inspection, string situation) =>
        inspection.Findings.Where(f => f.Id == RequirementId.GeneratedColumns && f.Case == situation).SelectMany(f => f.Subjects).Select(s => s.Name).Order(StringComparer.Ordinal);

    private static Task UpdateAsync(PostgresSandbox sandbox) =>
        AdminAsync(sandbox, "INSERT INTO field.post (id, v) VALUES (2, 'B'); UPDATE field.post SET v = v || 'x'; DELETE FROM field.post WHERE id = 2");

    private static async Task ApplyAsync(EngineHarness engine, SetupPlan plan)
    {
        var events = await engine.ApplyAsync(plan);
        Assert.True(events.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(events));
    }

    private static async Task AdminAsync(PostgresSandbox sandbox, string sql)
    {
        await using var admin = new NpgsqlConnection(sandbox.AdminConnectionString);
        await admin.OpenAsync();
        await admin.ExecuteAsync(sql);
    }

    private static async Task SuperuserAsync(PostgresSandbox sandbox, string sql)
    {
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await superuser.ExecuteAsync(sql);
    }

    /// <summary>A server of 18 that is ready but for what each test makes in it.</summary>
    public sealed class Server18 : IAsyncLifetime
    {
        private PostgresSandbox? _sandbox;

        public async Task InitializeAsync()
        {
            _sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, 18);
            using var engine = new EngineHarness(_sandbox);
            await engine.TurnOnLogicalReplicationAsync();
        }

        /// <summary>The server without what the last test left behind.</summary>
        public async Task<PostgresSandbox> EmptyAsync()
        {
            await SuperuserAsync(_sandbox!, "DROP SCHEMA IF EXISTS field CASCADE; DROP PUBLICATION IF EXISTS clickpipes; DROP PUBLICATION IF EXISTS " + Other);
            return _sandbox!;
        }

        public Task DisposeAsync() => _sandbox!.DisposeAsync().AsTask();
    }
}
