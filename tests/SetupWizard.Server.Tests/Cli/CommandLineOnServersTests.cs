using System.Globalization;
using SetupWizard.Core.HandOff;
using SetupWizard.Server.Tests.Field;
using SetupWizard.Server.Tests.Support;
using SetupWizard.Server.Tests.Watching;

namespace SetupWizard.Server.Tests.Cli;

/// <summary>The options of a command line on real databases: which set-up is meant, in which database, with which rights.</summary>
[Collection(SandboxFixture.Families)]
public sealed class CommandLineOnServersTests(FamilyServers servers) : IClassFixture<FamilyServers>
{
    private const string Answers = "yes\n" + EngineHarness.ClickPipesPassword + "\n" + EngineHarness.ClickPipesPassword + "\nyes\n";
    private const string Orders = "CREATE TABLE public.orders (id int PRIMARY KEY, v text)";

    /// <summary>Two pipes of one database, of which one is paused: nobody reads its slot, and it is coming back.</summary>
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Undo_takes_back_the_set_up_that_its_options_name_and_says_which_pipe_may_come_back(int major)
    {
        using var source = await servers.MakeAsync(major, Orders);
        var before = await source.CatalogAsync();
        var (a, b) = ($"--user {source.Goal.User}_a --publication pa --table public.orders", $"--user {source.Goal.User}_b --publication pb --table public.orders");
        Assert.Equal(0, (await RunAsync(source, "apply --yes " + a)).Code);
        Assert.Equal(0, (await RunAsync(source, "apply --yes " + b)).Code);
        var applied = await source.CatalogAsync();
        await source.SuperuserAsync("SELECT pg_create_logical_replication_slot('peerflow_slot_a_{n}', 'pgoutput')");
        try
        {
            var plan = await RunAsync(source, "plan --undo --json " + b);
            Assert.Equal(1, plan.Code);
            Assert.Contains("peerflow_slot_a_", plan.Output, StringComparison.Ordinal);
            Assert.All(plan.Json.GetProperty("changes").EnumerateArray(), c => Assert.DoesNotMatch($"\"(pa|{source.Goal.User}_a)\"", c.GetProperty("sql").GetString()!));
            Assert.Contains(plan.Json.GetProperty("changes").EnumerateArray(), static c => c.GetProperty("sql").GetString() == "DROP PUBLICATION \"pb\"");
            Assert.Equal(1, (await RunAsync(source, "apply --undo --yes " + b)).Code);
            Assert.Equal(applied, await source.CatalogAsync());

            Assert.Equal(0, (await RunAsync(source, "apply --undo --yes --ignore-idle-slots " + b)).Code);

            Assert.Equal(["orders"], await source.NamedAsync("pa"));
            Assert.Empty(await source.NamedAsync("pb"));
            Assert.Equal(0, (await RunAsync(source, "check " + a)).Code);
        }
        finally
        {
            await source.SuperuserAsync("SELECT pg_drop_replication_slot('peerflow_slot_a_{n}')");
        }

        Assert.Equal(0, (await RunAsync(source, "apply --undo --yes " + a)).Code);
        Assert.Equal(before, await source.CatalogAsync());
    }

    [Fact]
    public async Task Undo_script_for_a_pipe_that_reads_is_written_and_what_it_would_hurt_is_said_beside_it()
    {
        using var source = await servers.MakeAsync(18, Orders);
        var goal = $"--user {source.Goal.User} --table public.orders";
        Assert.Equal(0, (await RunAsync(source, "apply --yes " + goal)).Code);
        var quiet = await RunAsync(source, "export --format undo " + goal);
        Assert.Equal((0, ""), (quiet.Code, quiet.Error));

        CliRun said;
        await using (await FakeClickPipes.ArriveAsync(source.Sandbox, source.Goal.User, "clickpipes", source.Database))
        {
            said = await RunAsync(source, "export --format undo " + goal);
            Assert.Equal(3, (await PsqlRun.AsAdminAsync(source.Sandbox, said.Output, "", source.Database)).Code);
        }

        Assert.Equal(1, said.Code);
        Assert.Contains($"A pipe reads this database right now: {FakeClickPipes.SlotName}", said.Error, StringComparison.Ordinal);
    }

    /// <summary>Another database of the server, with the same tables, the same publication and, as everywhere on the server, the same user.</summary>
    [Fact]
    public async Task No_script_changes_another_database_of_the_server()
    {
        using var source = await servers.MakeAsync(18, Orders);
        using var other = await servers.MakeAsync(18, Orders);
        await other.SuperuserAsync("CREATE PUBLICATION clickpipes FOR TABLE public.orders");
        var goal = $"--user {source.Goal.User} --table public.orders";
        var beside = Path.Combine(source.RecordDirectory, "undo.sql");
        var script = await RunAsync(source, $"plan --sql --undo-file {beside} {goal}", script: true);
        await RefusedAsync(script.Output);
        Assert.Equal(0, (await RunAsync(source, "apply --yes " + goal)).Code);

        await RefusedAsync((await RunAsync(source, "export --format undo " + goal)).Output);
        await RefusedAsync((await RunAsync(source, "plan --undo --sql " + goal)).Output);
        await RefusedAsync(await File.ReadAllTextAsync(beside));

        Assert.Equal(0, (await RunAsync(source, "check " + goal)).Code);

        async Task RefusedAsync(string text)
        {
            var catalog = await other.CatalogAsync();
            var (code, error) = await PsqlRun.AsAdminAsync(other.Sandbox, text, Answers, other.Database);
            Assert.Equal(3, code);
            Assert.Contains($"This script is for database {source.Database}. Nothing was changed.", error, StringComparison.Ordinal);
            Assert.Equal(catalog, await other.CatalogAsync());
        }
    }

    /// <summary>Who may do nothing gets what somebody else can run as it stands, and is told the way to them.</summary>
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Login_without_rights_gets_a_whole_script_for_the_administrator_and_the_way_to_one(int major)
    {
        using var source = await servers.MakeAsync(major, Orders);
        await source.SuperuserAsync("CREATE ROLE dev_{n} LOGIN PASSWORD 'developer'");
        var dev = ("dev_" + source.Database["family_".Length..], "developer");
        var goal = $"--user {source.Goal.User} --table public.orders";

        var plan = await RunAsync(source, "plan " + goal, dev);
        Assert.Equal(1, plan.Code);
        Assert.Contains("Next: SetupWizard export --format plan", plan.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Contains("CREATE PUBLICATION", plan.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("GRANT CREATE ON DATABASE", plan.Output, StringComparison.Ordinal);
        Assert.Contains("Next: ", (await RunAsync(source, "check " + goal, dev)).Output, StringComparison.Ordinal);

        var script = await RunAsync(source, "plan --sql " + goal, dev, script: true);
        Assert.DoesNotContain("GRANT CREATE ON DATABASE", script.Output, StringComparison.Ordinal);
        Assert.Equal((0, ""), await PsqlRun.AsAdminAsync(source.Sandbox, script.Output, Answers, source.Database));
        Assert.Equal((0, ""), await PsqlRun.AsAdminAsync(source.Sandbox, script.Output, "", source.Database));

        await source.Sandbox.RefreshAsync(CancellationToken.None);
        Assert.Equal(0, (await RunAsync(source, "check " + goal, dev)).Code);
        await source.SuperuserAsync("DROP OWNED BY dev_{n}; DROP ROLE dev_{n}");
    }

    [Fact]
    public async Task Tables_of_the_future_are_left_out_of_plan_and_script_where_that_is_asked_for()
    {
        using var source = await servers.MakeAsync(18, Orders);
        var goal = $"--user {source.Goal.User} --schema public";
        Assert.Contains("ALTER DEFAULT PRIVILEGES", (await RunAsync(source, "plan " + goal)).Output, StringComparison.Ordinal);

        foreach (var verb in new[] { "plan", "plan --json", "plan --sql", "export --format sql" })
        {
            var run = await RunAsync(source, $"{verb} --no-future-tables {goal}", script: true);
            Assert.DoesNotContain("ALTER DEFAULT PRIVILEGES", run.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("ALL TABLES IN SCHEMA", run.Output, StringComparison.Ordinal);
        }

        Assert.Equal(0, (await RunAsync(source, $"apply --yes --no-future-tables {goal}")).Code);
        Assert.Equal(0, (await RunAsync(source, $"check --no-future-tables {goal}")).Code);
        await source.AdminAsync("CREATE TABLE public.later (id int PRIMARY KEY)");
        await using var superuser = await source.Sandbox.OpenSuperuserAsync(source.Database, CancellationToken.None);
        Assert.False(await superuser.ScalarAsync<bool>($"SELECT has_table_privilege('{source.Goal.User}', 'public.later', 'SELECT')"));
    }

    /// <param name="source">The database.</param>
    /// <param name="line">The verb and its options, without the source.</param>
    /// <param name="login">Who runs it, when it is not the administrator.</param>
    /// <param name="script">The password of the ClickPipes user is not known here: psql asks for it.</param>
    private static Task<CliRun> RunAsync(FamilySource source, string line, (string User, string Password)? login = null, bool script = false)
    {
        var (user, password) = login ?? (source.Sandbox.AdminUser, source.Sandbox.AdminPassword);
        var variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["SETUPWIZARD_ADMIN_PASSWORD"] = password };
        if (!script)
        {
            variables["SETUPWIZARD_CLICKPIPES_PASSWORD"] = EngineHarness.ClickPipesPassword;
        }

        var url = string.Create(CultureInfo.InvariantCulture, $"postgres://{user}@{source.Sandbox.Host}:{source.Sandbox.Port}/{source.Database}?sslmode=verify-full");
        return CliRun.RunAsync(source.Runner(), $"{line} --ca-file {source.Sandbox.CaCertificatePath} --url {url}", new PlanKeys(source.RecordDirectory, TimeProvider.System), variables);
    }
}
