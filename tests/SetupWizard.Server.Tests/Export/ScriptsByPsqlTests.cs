using System.Globalization;
using SetupWizard.Core.Export;
using SetupWizard.Core.HandOff;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Server.Tests.Field;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Export;

/// <summary>Scripts run by a real psql, as often and as far as somebody likes, wherever they may end up: nothing is done twice, half, or where it was not meant.</summary>
[Collection(SandboxFixture.Families)]
public sealed class ScriptsByPsqlTests(FamilyServers servers) : IClassFixture<FamilyServers>
{
    private const string Tables =
        """
        CREATE TABLE public.orders (id int PRIMARY KEY, v text); CREATE TABLE public.log (v text); CREATE TABLE public."Odd ""T"" \ $check$ :x" (id int PRIMARY KEY);
        CREATE SCHEMA "s S"; CREATE TABLE "s S".invoices (id int PRIMARY KEY)
        """;

    private const string Answers = "yes\n" + EngineHarness.ClickPipesPassword + "\n" + EngineHarness.ClickPipesPassword + "\nyes\n";
    private static readonly CultureInfo s_english = CultureInfo.GetCultureInfo("en");

    [Theory]
    [InlineData(12)]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Script_and_its_undo_may_be_run_twice_and_from_any_half(int major)
    {
        using var source = await MakeAsync(major);
        var before = await source.CatalogAsync();
        var inspection = await source.InspectAsync();
        var plan = source.Plan(inspection);
        var script = SqlScriptExporter.Write(inspection, plan, s_english);
        var undo = UndoScriptExporter.WriteFor(inspection, plan, s_english);

        // From each half of the script to its end, and from each half of the undo.
        var halves = Halves(script).Select(h => (h, undo)).Concat(Halves(undo).Select(h => (script, h))).ToList();
        Assert.True(halves.Count > 5);
        foreach (var (there, back) in halves)
        {
            await RunAsync(source, there, Answers);
            await RunAsync(source, script, Answers);
            Assert.True(source.Plan(await source.InspectAsync()).IsEmpty, EngineHarness.DescribeProblems(await source.InspectAsync()));
            await RunAsync(source, script, "");
            await RunAsync(source, back, "");
            await RunAsync(source, undo, "");
            Assert.Equal(before, await source.CatalogAsync());
            await RunAsync(source, undo, "");
        }
    }

    /// <summary>What the engine does and what its script does are the same, and each is taken back by the other.</summary>
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Undo_by_script_takes_back_what_was_applied(int major)
    {
        using var source = await MakeAsync(major);
        var before = await source.CatalogAsync();
        await source.ApplyAsync();
        var undo = UndoScriptExporter.Write(await source.InspectAsync(), await source.UndoPlanAsync(), s_english);

        await RunAsync(source, undo, "");
        Assert.Equal(before, await source.CatalogAsync());
        await RunAsync(source, undo, "");
        Assert.Empty((await source.UndoPlanAsync()).Changes);
    }

    [Fact]
    public async Task Script_knows_where_and_as_whom_it_is_to_run()
    {
        using var source = await MakeAsync(18);
        var inspection = await source.InspectAsync();
        var plan = source.Plan(inspection);
        var script = SqlScriptExporter.Write(inspection, plan, s_english);
        var before = await source.CatalogAsync();
        await source.SuperuserAsync("CREATE ROLE other_{n} LOGIN PASSWORD 'p'");
        var other = "other_" + source.Database["family_".Length..];

        await RefusedAsync(source, script, "This script is for database " + source.Database, database: "postgres");
        await RefusedAsync(source, UndoScriptExporter.WriteFor(inspection, plan, s_english), "This script is for database " + source.Database, database: "postgres");
        await RefusedAsync(source, script, "no member of it", login: (other, "p"));
        await source.SuperuserAsync("ALTER TABLE public.log RENAME TO log_2");
        await RefusedAsync(source, script, "Not in this database, and nothing was changed: public.log");
        await source.SuperuserAsync("ALTER TABLE public.log_2 RENAME TO log");
        var owner = PlanSql.NamedIn(PlanStatement.Of(plan, null, s_english).Select(static s => s.Sql)).Roles.Last(r => r != inspection.Snapshot!.Server.CurrentUser);
        await source.SuperuserAsync($"ALTER ROLE {PgIdentifier.Quote(owner)} RENAME TO gone_{{n}}");
        await RefusedAsync(source, script, "Not in this database, and nothing was changed: role " + owner);
        await source.SuperuserAsync($"ALTER ROLE gone_{{n}} RENAME TO {PgIdentifier.Quote(owner)}");

        // Another server with a database of the same name, which nobody planned this for.
        var elsewhere = SqlScriptExporter.Write(inspection with { Snapshot = inspection.Snapshot! with { Server = inspection.Snapshot.Server with { SystemIdentifier = "1" } } }, plan, s_english);
        await RefusedAsync(source, elsewhere, "made for another server");

        Assert.Equal(before, await source.CatalogAsync());
    }

    [Fact]
    public async Task User_is_not_made_without_a_password_where_nobody_answers()
    {
        using var source = await MakeAsync(18);
        var inspection = await source.InspectAsync();
        var plan = source.Plan(inspection);
        var before = await source.CatalogAsync();

        await RefusedAsync(source, SqlScriptExporter.Write(inspection, plan, s_english), "Nobody answered", input: "");
        Assert.Equal(before, await source.CatalogAsync());

        // With the verifier nobody is asked.
        var verifier = ScramVerifier.Create(new SecretString(EngineHarness.ClickPipesPassword));
        var script = SqlScriptExporter.Write(inspection, plan, s_english, verifier);
        Assert.DoesNotContain(SecretString.Mask, script, StringComparison.Ordinal);
        await RunAsync(source, script, "");
        Assert.Equal(0, await source.ReadAsync("public.orders"));
    }

    [Theory]
    [InlineData("yes\none password\nanother password\nno\n")] // psql takes neither
    [InlineData("yes\n\n\n\n")] // an empty one is no password, and psql is content with it
    [InlineData("yes\n")]
    public async Task Script_that_ended_at_the_password_asks_for_it_again_and_nobody_logs_in_before(string typed)
    {
        using var source = await MakeAsync(18);
        var inspection = await source.InspectAsync();
        var script = SqlScriptExporter.Write(inspection, source.Plan(inspection), s_english);
        var (code, _) = await PsqlRun.AsAdminAsync(source.Sandbox, script, typed, source.Database);
        Assert.Equal(3, code);
        await using (var superuser = await source.Sandbox.OpenSuperuserAsync(source.Database, CancellationToken.None))
        {
            Assert.False(await superuser.ScalarAsync<bool>($"SELECT rolcanlogin FROM pg_roles WHERE rolname = '{source.Goal.User}'"));
        }

        await RefusedAsync(source, script, "Nobody answered", input: "");
        await RunAsync(source, script, Answers);

        Assert.Equal(0, await source.ReadAsync("public.orders"));
    }

    /// <summary>No transaction is open while a person thinks: sites end those that are idle.</summary>
    [Fact]
    public async Task Password_may_take_longer_than_a_transaction_may_be_idle()
    {
        using var source = await MakeAsync(18);
        await source.SuperuserAsync($"ALTER DATABASE {source.Database} SET idle_in_transaction_session_timeout = '500ms'");
        var inspection = await source.InspectAsync();
        var script = SqlScriptExporter.Write(inspection, source.Plan(inspection), s_english);

        Assert.Equal((0, ""), await PsqlRun.TypedSlowlyAsync(source.Sandbox, script, Answers, TimeSpan.FromSeconds(2), source.Database));

        Assert.Equal(0, await source.ReadAsync("public.orders"));
        Assert.True(source.Plan(await source.InspectAsync()).IsEmpty, EngineHarness.DescribeProblems(await source.InspectAsync()));
    }

    /// <summary>A review is of names. What is made between it and the run is not opened along, and no view is, whenever it was made.</summary>
    [Theory]
    [InlineData(12)]
    [InlineData(18)]
    public async Task Script_opens_what_was_reviewed_and_nothing_that_was_made_since(int major)
    {
        using var source = await MakeAsync(major);
        await source.AdminAsync("CREATE VIEW public.everything AS SELECT * FROM public.orders");
        source.Goal = source.Goal with { Schemas = ["public", "s S"], FutureTables = false };
        var inspection = await source.InspectAsync();
        var script = SqlScriptExporter.Write(inspection, source.Plan(inspection), s_english);
        Assert.DoesNotContain("ALL TABLES IN SCHEMA", script, StringComparison.Ordinal);
        Assert.DoesNotContain("ALTER DEFAULT PRIVILEGES", script, StringComparison.Ordinal);
        await source.AdminAsync("CREATE TABLE public.salaries (id int PRIMARY KEY); CREATE VIEW \"s S\".later AS SELECT 1 AS a");

        await RunAsync(source, script, Answers);

        await using var superuser = await source.Sandbox.OpenSuperuserAsync(source.Database, CancellationToken.None);
        Assert.Equal(
            ["Odd \"T\" \\ $check$ :x", "invoices", "log", "orders"],
            await superuser.ScalarAsync<string[]>($"SELECT array_agg(relname::text ORDER BY relname::text COLLATE \"C\") FROM pg_class WHERE relkind IN ('r', 'v') AND relnamespace IN ('public'::regnamespace, '\"s S\"'::regnamespace) AND has_table_privilege('{source.Goal.User}', oid, 'SELECT')"));
    }

    /// <summary>A schema that is chosen as a whole is opened as one, but not where that opens a view along.</summary>
    [Fact]
    public async Task View_in_a_schema_keeps_its_tables_from_being_granted_all_at_once()
    {
        using var source = await MakeAsync(18);
        await source.AdminAsync("CREATE VIEW public.everything AS SELECT * FROM public.orders");
        source.Goal = source.Goal with { Schemas = ["public"] };
        var inspection = await source.InspectAsync();

        await RunAsync(source, SqlScriptExporter.Write(inspection, source.Plan(inspection), s_english), Answers);

        await using var superuser = await source.Sandbox.OpenSuperuserAsync(source.Database, CancellationToken.None);
        Assert.False(await superuser.ScalarAsync<bool>($"SELECT has_table_privilege('{source.Goal.User}', 'public.everything', 'SELECT')"));
        Assert.Equal(0, await source.ReadAsync("public.orders"));
    }

    /// <summary>Of a user that was there before, in a schema that was granted as a whole.</summary>
    [Theory]
    [InlineData(Way.Record)]
    [InlineData(Way.Beside)]
    public async Task Undo_by_script_leaves_what_somebody_else_granted_in_the_schema_meanwhile(Way way)
    {
        using var source = await MakeAsync(18);
        var user = source.Goal.User;
        await source.SuperuserAsync($"CREATE USER {user} PASSWORD 'theirs'; CREATE ROLE boss_{{n}}");
        source.Goal = source.Goal with { Schemas = ["public"] };
        var undo = await DoneAsync(source, way);
        await source.SuperuserAsync($"CREATE TABLE public.theirs (id int); ALTER TABLE public.theirs OWNER TO boss_{{n}}; SET ROLE boss_{{n}}; GRANT SELECT ON public.theirs TO {user}");

        await RunAsync(source, undo, "");

        await using (var superuser = await source.Sandbox.OpenSuperuserAsync(source.Database, CancellationToken.None))
        {
            Assert.Equal(["theirs"], await superuser.ScalarAsync<string[]>($"SELECT array_agg(relname::text) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND has_table_privilege('{user}', oid, 'SELECT')"));
        }

        await source.SuperuserAsync($"DROP TABLE public.theirs; DROP OWNED BY {user}; DROP USER {user}; DROP ROLE boss_{{n}}");
    }

    [Fact]
    public async Task Undo_beside_a_plan_takes_the_rest_back_where_tables_are_gone()
    {
        using var source = await MakeAsync(18);
        var inspection = await source.InspectAsync();
        var plan = source.Plan(inspection);
        var undo = UndoScriptExporter.WriteFor(inspection, plan, s_english);
        await RunAsync(source, SqlScriptExporter.Write(inspection, plan, s_english), Answers);

        // One of those that got SELECT together, and one that got an identity.
        await source.SuperuserAsync("DROP TABLE public.orders; DROP TABLE public.log");
        await RunAsync(source, undo, "");

        Assert.Equal(0, await PublicationsAsync(source));
        await using var superuser = await source.Sandbox.OpenSuperuserAsync(source.Database, CancellationToken.None);
        Assert.Equal(0L, await superuser.ScalarAsync<long>($"SELECT count(*) FROM pg_roles WHERE rolname = '{source.Goal.User}'"));
    }

    /// <summary>A user that was there before keeps what it had, single columns included.</summary>
    [Theory]
    [InlineData(12)]
    [InlineData(18)]
    public async Task Undo_beside_a_plan_gives_privileges_on_columns_again(int major)
    {
        using var source = await MakeAsync(major);
        var user = source.Goal.User;
        await source.SuperuserAsync($"CREATE USER {user} PASSWORD 'p'");
        await source.AdminAsync($"GRANT SELECT (v, id) ON public.orders TO {user}; GRANT SELECT (id) ON public.\"Odd \"\"T\"\" \\ $check$ :x\" TO {user} WITH GRANT OPTION");
        var before = await source.CatalogAsync();
        var inspection = await source.InspectAsync();
        var plan = source.Plan(inspection);
        var undo = UndoScriptExporter.WriteFor(inspection, plan, s_english);
        await RunAsync(source, SqlScriptExporter.Write(inspection, plan, s_english), Answers);
        Assert.NotEqual(before, await source.CatalogAsync());

        await RunAsync(source, undo, "");
        Assert.Equal(before, await source.CatalogAsync());

        // Columns that were granted, renamed and dropped since.
        await RunAsync(source, SqlScriptExporter.Write(inspection, plan, s_english), Answers);
        await source.AdminAsync($"ALTER TABLE public.orders RENAME v TO \"of 'then'\"; ALTER TABLE public.orders ADD more int; GRANT SELECT (more) ON public.orders TO {user}; ALTER TABLE public.orders DROP id");
        await RunAsync(source, undo, "");
        await using var superuser = await source.Sandbox.OpenSuperuserAsync(source.Database, CancellationToken.None);
        Assert.Equal("more, of 'then'", await superuser.ScalarAsync<string>(
            $"SELECT string_agg(attname, ', ' ORDER BY attname) FROM pg_attribute WHERE attrelid = 'public.orders'::regclass AND attnum > 0 AND NOT attisdropped AND has_column_privilege('{user}', attrelid, attnum, 'SELECT')"));
        await source.SuperuserAsync($"DROP OWNED BY {user}; DROP USER {user}");
    }

    /// <summary>Tables are found by their numbers, and what default privileges gave since goes with them.</summary>
    [Theory]
    [InlineData(12)]
    [InlineData(18)]
    public async Task Undo_by_script_finds_tables_that_were_renamed_moved_and_made_since(int major)
    {
        using var source = await MakeAsync(major);
        source.Goal = source.Goal with { Schemas = ["public"] };
        var inspection = await source.InspectAsync();
        var plan = source.Plan(inspection);
        var beside = UndoScriptExporter.WriteFor(inspection, plan, s_english);
        Assert.Contains(plan.Changes.OfType<SqlChange>(), static c => c.Kind == "default-privileges");

        foreach (var ofRecord in new[] { false, true })
        {
            if (ofRecord)
            {
                await source.ApplyAsync();
            }
            else
            {
                await RunAsync(source, SqlScriptExporter.Write(inspection, plan, s_english), Answers);
            }

            var undo = ofRecord ? UndoScriptExporter.Write(await source.InspectAsync(), await source.UndoPlanAsync(), s_english) : beside;
            await source.AdminAsync("ALTER TABLE public.orders RENAME TO \"Orders 'of' then\"; CREATE SCHEMA elsewhere; ALTER TABLE public.log SET SCHEMA elsewhere");
            if (!ofRecord)
            {
                await source.AdminAsync("CREATE TABLE public.later (id int PRIMARY KEY)");
            }

            await RunAsync(source, undo, "");

            await using (var superuser = await source.Sandbox.OpenSuperuserAsync(source.Database, CancellationToken.None))
            {
                Assert.Equal(0L, await superuser.ScalarAsync<long>($"SELECT count(*) FROM pg_roles WHERE rolname = '{source.Goal.User}'"));
            }

            Assert.Equal(0, await PublicationsAsync(source));
            await source.AdminAsync("ALTER TABLE public.\"Orders 'of' then\" RENAME TO orders; ALTER TABLE elsewhere.log SET SCHEMA public; DROP SCHEMA elsewhere; DROP TABLE IF EXISTS public.later");
        }
    }

    /// <summary>A primary key does not do for a publication that sends a table by other columns: the application's UPDATE would fail.</summary>
    [Theory]
    [InlineData("apply", "WHERE (v = 'new')")]
    [InlineData("record", "WHERE (v = 'new')")]
    [InlineData("beside", "WHERE (v = 'new')")]
    [InlineData("apply", "(id)")]
    [InlineData("record", "(id)")]
    [InlineData("beside", "(id)")]
    public async Task Undo_leaves_an_identity_that_a_row_filter_of_somebody_else_needs_and_none_that_a_column_list_cannot_have(string way, string filter)
    {
        using var source = await MakeAsync(18);
        source.Goal = source.Goal with { Tables = [new("public", "orders")], Identities = [new(new("public", "orders"), IdentityKind.Full)] };
        var inspection = await source.InspectAsync();
        var undo = UndoScriptExporter.WriteFor(inspection, source.Plan(inspection), s_english);
        if (way == "beside")
        {
            await RunAsync(source, SqlScriptExporter.Write(inspection, source.Plan(inspection), s_english), Answers);
        }
        else
        {
            await source.ApplyAsync();
        }

        await source.AdminAsync("INSERT INTO public.orders VALUES (1, 'new')");
        undo = way == "record" ? UndoScriptExporter.Write(await source.InspectAsync(), await source.UndoPlanAsync(), s_english) : undo;
        await source.SuperuserAsync($"CREATE PUBLICATION other FOR TABLE public.orders {filter}");

        if (way == "apply")
        {
            Assert.Equal(filter[0] == 'W', (await source.UndoAsync()).LeftAlone.Any(static l => l.Problem.Key == "undo-left-identity"));
        }
        else
        {
            Assert.Equal((0, ""), await PsqlRun.AsAdminAsync(source.Sandbox, undo, "", source.Database, null, "--set", "others_apart=1"));
        }

        await source.AdminAsync("UPDATE public.orders SET v = 'new'; DELETE FROM public.orders");
        await source.SuperuserAsync("DROP PUBLICATION other");
    }

    [Theory]
    [InlineData(Way.Record)]
    [InlineData(Way.Beside)]
    public async Task Undo_by_script_leaves_a_publication_into_which_somebody_has_put_a_table_since(Way way)
    {
        using var source = await MakeAsync(18);
        var undo = await DoneAsync(source, way);
        await source.SuperuserAsync($"CREATE TABLE public.theirs (id int PRIMARY KEY); ALTER PUBLICATION {PgIdentifier.Quote(source.Goal.Publication)} ADD TABLE public.theirs");

        await RunAsync(source, undo, "");
        Assert.Equal(1, await PublicationsAsync(source));

        await source.SuperuserAsync("DROP TABLE public.theirs");
        await RunAsync(source, undo, "");
        Assert.Equal(0, await PublicationsAsync(source));
    }

    [Fact]
    public async Task Undo_by_script_leaves_what_somebody_made_under_the_same_names_after_it_was_written()
    {
        using var source = await MakeAsync(18);
        source.Goal = source.Goal with { Schemas = ["public"] };
        await source.ApplyAsync();
        await source.AdminAsync("CREATE TABLE public.later (id int PRIMARY KEY)");
        var undo = UndoScriptExporter.Write(await source.InspectAsync(), await source.UndoPlanAsync(), s_english);
        var (user, publication) = (source.Goal.User, source.Goal.Publication);
        await source.SuperuserAsync(
            $"DROP PUBLICATION {publication}; DROP OWNED BY {user}; DROP USER {user}; CREATE USER {user} PASSWORD 'theirs'; CREATE PUBLICATION {publication} FOR TABLE public.orders; GRANT SELECT ON public.orders, public.later TO {user}; GRANT SELECT (id) ON public.later TO {user}");

        await RunAsync(source, undo, "");

        Assert.Equal(1, await PublicationsAsync(source));
        await source.LogInAsync(user, "theirs");
        await using var superuser = await source.Sandbox.OpenSuperuserAsync(source.Database, CancellationToken.None);
        Assert.True(await superuser.ScalarAsync<bool>($"SELECT has_table_privilege('{user}', 'public.orders', 'SELECT') AND has_table_privilege('{user}', 'public.later', 'SELECT')"));
        Assert.Equal(1L, await superuser.ScalarAsync<long>("SELECT count(*) FROM pg_attribute WHERE attrelid = 'public.later'::regclass AND attacl IS NOT NULL"));
        await source.SuperuserAsync($"DROP PUBLICATION {publication}; DROP OWNED BY {user}; DROP USER {user}");
    }

    [Fact]
    public async Task Undo_by_script_is_for_the_database_whose_record_it_was_made_of()
    {
        using var source = await MakeAsync(18);
        await source.ApplyAsync();
        var inspection = await source.InspectAsync();
        var undo = UndoScriptExporter.Write(inspection, await source.UndoPlanAsync(), s_english);
        var elsewhere = inspection with { Snapshot = inspection.Snapshot! with { Server = inspection.Snapshot.Server with { SystemIdentifier = "7000000000000000001" } } };

        await RefusedAsync(source, UndoScriptExporter.Write(elsewhere, await source.UndoPlanAsync(), s_english), "another server", input: "");
        await RunAsync(source, undo, "");

        Assert.Equal(0, await PublicationsAsync(source));
    }

    [Fact]
    public async Task Password_can_be_set_again_by_the_same_script()
    {
        using var source = await MakeAsync(18);
        var inspection = await source.InspectAsync();
        var script = SqlScriptExporter.Write(inspection, source.Plan(inspection), s_english);
        await RunAsync(source, script, "yes\nfirst password\nfirst password\nyes\n");

        var (code, error) = await PsqlRun.AsAdminAsync(source.Sandbox, script, Answers, source.Database, null, "--set", "set_password=1");

        Assert.Equal((0, ""), (code, error));
        Assert.Equal(0, await source.ReadAsync("public.orders"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Undo_script_takes_nothing_from_a_pipe_that_may_come_back(bool unused)
    {
        using var source = await MakeAsync(18);
        await source.ApplyAsync();
        await source.SuperuserAsync("SELECT pg_create_logical_replication_slot('peerflow_slot_paused_{n}', 'pgoutput')");
        try
        {
            var applied = await source.CatalogAsync();
            var script = UndoScriptExporter.Write(await source.InspectAsync(), await source.UndoPlanAsync(new UndoRequest(IdleSlotsUnused: unused)), s_english);
            if (unused)
            {
                await RunAsync(source, script, "");
            }
            else
            {
                await RefusedAsync(source, script, "peerflow_slot_paused");
                Assert.Equal(applied, await source.CatalogAsync());
            }
        }
        finally
        {
            await source.SuperuserAsync("SELECT pg_drop_replication_slot('peerflow_slot_paused_{n}')");
        }
    }

    /// <summary>What keeps the user keeps everything: nothing is taken back before that is known.</summary>
    [Fact]
    public async Task Undo_script_that_cannot_drop_the_user_changes_nothing()
    {
        using var source = await MakeAsync(18);
        await source.ApplyAsync();
        await source.SuperuserAsync($"CREATE TABLE public.theirs (id int); GRANT INSERT ON public.theirs TO {source.Goal.User}");
        var applied = await source.CatalogAsync();
        var script = UndoScriptExporter.Write(await source.InspectAsync(), await source.UndoPlanAsync(), s_english);

        await RefusedAsync(source, script, "theirs");

        Assert.Equal(applied, await source.CatalogAsync());
    }

    /// <summary>Between its writing and its run somebody makes what it was to make: neither it nor what takes it back touches that.</summary>
    [Theory]
    [InlineData(12, "user")]
    [InlineData(18, "user")]
    [InlineData(18, "publication")]
    public async Task Script_stops_at_what_somebody_else_made_under_its_names_and_so_does_its_undo(int major, string what)
    {
        using var source = await MakeAsync(major);
        var inspection = await source.InspectAsync();
        var plan = source.Plan(inspection);
        var (user, publication) = (source.Goal.User, source.Goal.Publication);
        await source.SuperuserAsync(what == "user" ? $"CREATE USER {user} PASSWORD 'theirs'; GRANT SELECT ON public.orders TO {user}" : $"CREATE PUBLICATION {publication} FOR TABLE public.orders");
        var before = await source.CatalogAsync();

        await RefusedAsync(source, SqlScriptExporter.Write(inspection, plan, s_english), $"{what} {(what == "user" ? user : publication)}");
        await RefusedAsync(source, UndoScriptExporter.WriteFor(inspection, plan, s_english), "was not made by the script", input: "");

        Assert.Equal(before, await source.CatalogAsync());
        await source.SuperuserAsync(what == "user" ? $"DROP OWNED BY {user}; DROP USER {user}" : $"DROP PUBLICATION {publication}");
    }

    /// <summary>The file beside the plan is for its script. Where the same plan was applied by the engine, somebody has to say so.</summary>
    [Fact]
    public async Task Undo_beside_a_plan_takes_back_what_the_engine_applied_once_that_is_said()
    {
        using var source = await MakeAsync(18);
        var before = await source.CatalogAsync();
        var inspection = await source.InspectAsync();
        var undo = UndoScriptExporter.WriteFor(inspection, source.Plan(inspection), s_english);
        await source.ApplyAsync();

        await RefusedAsync(source, undo, "psql -v same_plan=1 -f …", input: "");
        foreach (var no in new[] { "0", "off", "", "perhaps" })
        {
            // Its value says so, not that somebody names it.
            var (code, error) = await PsqlRun.AsAdminAsync(source.Sandbox, undo, "", source.Database, null, "--set", "same_plan=" + no);
            Assert.True(code == 3 && error.Contains("psql -v same_plan=1 -f …", StringComparison.Ordinal), $"{no}: {code}: {error}");
        }

        Assert.Equal((0, ""), await PsqlRun.AsAdminAsync(source.Sandbox, undo, "", source.Database, null, "--set", "same_plan=1"));

        Assert.Equal(before, await source.CatalogAsync());
    }

    /// <summary>A publication that was weighed when the plan was made is in nobody's way, nor is one whose column list is not in force.</summary>
    [Fact]
    public async Task Script_sets_an_identity_beside_publications_that_it_goes_with()
    {
        using var source = await servers.MakeAsync(18, "CREATE TABLE public.m (id int NOT NULL, d date NOT NULL, v text) PARTITION BY RANGE (d); CREATE TABLE public.m1 PARTITION OF public.m FOR VALUES FROM ('2026-01-01') TO ('2027-01-01'); CREATE TABLE public.t (id int PRIMARY KEY, k int NOT NULL UNIQUE, v text)");
        await source.SuperuserAsync("CREATE PUBLICATION rooted FOR TABLE public.m, public.m1 (id, d) WITH (publish_via_partition_root); CREATE PUBLICATION filtered FOR TABLE public.t WHERE (k > 0)");
        source.Goal = source.Goal with
        {
            Schemas = ["public"],
            Identities = [new(new("public", "m"), IdentityKind.Full, OnlyGrows: true), new(new("public", "t"), IdentityKind.Index, "t_k_key")],
        };
        var inspection = await source.InspectAsync();
        var script = SqlScriptExporter.Write(inspection, source.Plan(inspection), s_english);
        Assert.Contains("ALTER TABLE \"public\".\"m\" REPLICA IDENTITY FULL", script, StringComparison.Ordinal);
        Assert.Equal(2, script.Split("FROM (:stops_updates)").Length - 1);

        await RunAsync(source, script, Answers);
        await RunAsync(source, script, "");

        Assert.True(source.Plan(await source.InspectAsync()).IsEmpty, EngineHarness.DescribeProblems(await source.InspectAsync()));
        await source.AdminAsync("INSERT INTO public.m VALUES (1, '2026-02-01', 'a'); UPDATE public.m SET v = 'b'; INSERT INTO public.t VALUES (1, 1, 'a'); UPDATE public.t SET v = 'b'; DELETE FROM public.t");
        await source.SuperuserAsync("DROP PUBLICATION rooted; DROP PUBLICATION filtered");
    }

    /// <summary>A second set-up with the same user: nothing in the catalog says that it logs in as this one.</summary>
    [Theory]
    [InlineData(Way.Record)]
    [InlineData(Way.Beside)]
    public async Task Undo_script_does_not_drop_a_user_that_a_publication_made_since_may_need(Way way)
    {
        using var source = await MakeAsync(18);
        await source.SuperuserAsync("CREATE PUBLICATION long_there FOR TABLE public.orders");
        var undo = await DoneAsync(source, way);
        await source.SuperuserAsync("CREATE PUBLICATION second FOR TABLE public.orders");
        var applied = await source.CatalogAsync();

        await RefusedAsync(source, undo, "-v others_apart=1 -f … – second", input: "");
        Assert.Equal(applied, await source.CatalogAsync());

        Assert.Equal((0, ""), await PsqlRun.AsAdminAsync(source.Sandbox, undo, "", source.Database, null, "--set", "others_apart=1"));
        Assert.Equal(2, await PublicationsAsync(source));
        await using var superuser = await source.Sandbox.OpenSuperuserAsync(source.Database, CancellationToken.None);
        Assert.Equal(0L, await superuser.ScalarAsync<long>($"SELECT count(*) FROM pg_roles WHERE rolname = '{source.Goal.User}'"));
        await source.SuperuserAsync("DROP PUBLICATION second; DROP PUBLICATION long_there");
    }

    /// <summary>With a column list no FULL goes. The list came after the script was written, and the application must not learn of it by its UPDATE.</summary>
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Script_sets_no_identity_that_a_publication_made_since_cannot_have(int major)
    {
        using var source = await MakeAsync(major);
        source.Goal = source.Goal with { Tables = [new("public", "orders")], Identities = [new(new("public", "orders"), IdentityKind.Full)] };
        var inspection = await source.InspectAsync();
        var script = SqlScriptExporter.Write(inspection, source.Plan(inspection), s_english);
        await source.AdminAsync("INSERT INTO public.orders VALUES (1, 'new')");
        await source.SuperuserAsync("CREATE PUBLICATION other FOR TABLE public.orders (id)");

        await RefusedAsync(source, script, "A publication that was made or changed since");

        await source.AdminAsync("UPDATE public.orders SET v = 'newer'");
        await source.SuperuserAsync("DROP PUBLICATION other");
        await RunAsync(source, script, Answers);
        await source.AdminAsync("UPDATE public.orders SET v = 'newest'; DELETE FROM public.orders");
    }

    [Fact]
    public async Task Undo_script_looks_for_the_rights_it_needs_before_anything_is_gone()
    {
        using var source = await MakeAsync(18);
        await source.ApplyAsync();
        var undo = UndoScriptExporter.Write(await source.InspectAsync(), await source.UndoPlanAsync(), s_english);
        await source.SuperuserAsync("CREATE ROLE owner_{n}; ALTER PUBLICATION " + PgIdentifier.Quote(source.Goal.Publication) + " OWNER TO owner_{n}");
        var applied = await source.CatalogAsync();
        try
        {
            await RefusedAsync(source, undo, source.Goal.Publication + " (owner_", input: "");
            Assert.Equal(applied, await source.CatalogAsync());
        }
        finally
        {
            await source.SuperuserAsync("DROP PUBLICATION " + PgIdentifier.Quote(source.Goal.Publication) + "; DROP ROLE owner_{n}");
        }
    }

    /// <summary>PostgreSQL's own message is about one object, and not about what was changed.</summary>
    [Fact]
    public async Task Undo_script_says_what_the_user_is_needed_for()
    {
        using var source = await MakeAsync(18);
        await source.ApplyAsync();
        var undo = UndoScriptExporter.Write(await source.InspectAsync(), await source.UndoPlanAsync(), s_english);
        await source.SuperuserAsync($"CREATE POLICY only_it ON public.orders TO {source.Goal.User} USING (true)");
        var applied = await source.CatalogAsync();

        await RefusedAsync(source, undo, "The user cannot be dropped, because it is needed elsewhere; nothing was changed. Take that away, then run this script again. target of policy only_it on table", input: "");

        Assert.Equal(applied, await source.CatalogAsync());
        await source.SuperuserAsync("DROP POLICY only_it ON public.orders");
        await RunAsync(source, undo, "");
    }

    [Fact]
    public async Task Undo_script_says_what_it_left_and_nothing_where_nothing_is()
    {
        using var source = await MakeAsync(18);
        await source.ApplyAsync();
        var undo = UndoScriptExporter.Write(await source.InspectAsync(), await source.UndoPlanAsync(), s_english);
        await source.SuperuserAsync($"CREATE TABLE public.theirs (id int PRIMARY KEY); ALTER PUBLICATION {PgIdentifier.Quote(source.Goal.Publication)} ADD TABLE public.theirs");

        var (code, notices) = await PsqlRun.WithNoticesAsync(source.Sandbox, undo, "", source.Database);
        Assert.Equal(0, code);
        Assert.Contains("Left as it is", notices, StringComparison.Ordinal);
        Assert.Contains("publication " + source.Goal.Publication, notices, StringComparison.Ordinal);
        Assert.DoesNotContain("user " + source.Goal.User, notices, StringComparison.Ordinal);

        await source.SuperuserAsync("DROP TABLE public.theirs");
        Assert.Equal((0, ""), await PsqlRun.WithNoticesAsync(source.Sandbox, undo, "", source.Database));
    }

    /// <summary>Names that a plan file brings: they are refused there, and would do nothing here either.</summary>
    [Theory]
    [InlineData("u\n\\! touch {0} #")]
    [InlineData("u\r\\! touch {0} #")]
    [InlineData("u\n`touch {0}`")]
    [InlineData("u' \"q\" \\! touch {0}")]
    [InlineData("u :name :'name' :\"name\" $check$")]
    public async Task No_name_is_a_command_for_psql(string name)
    {
        using var source = await MakeAsync(18);
        var file = Path.Combine(Path.GetTempPath(), "setupwizard-" + Guid.NewGuid().ToString("N")[..8]);
        var user = string.Format(CultureInfo.InvariantCulture, name, file);
        var inspection = await source.InspectAsync();
        var plan = source.Plan(inspection);
        var (quoted, odd) = (PgIdentifier.Quote(source.Goal.User), PgIdentifier.Quote(user));
        var hostile = plan with
        {
            Goal = plan.Goal with { User = user },
            Changes = [.. plan.Changes.Select(c => c with
            {
                Statement = new SqlText(c.Statement.Template.Replace(quoted, odd, StringComparison.Ordinal)),
                NeededWhen = c.NeededWhen?.Replace(PgLiteral.Quote(source.Goal.User), PgLiteral.Quote(user), StringComparison.Ordinal),
            })],
        };

        await RunAsync(source, SqlScriptExporter.Write(inspection with { Goal = hostile.Goal }, hostile, s_english), Answers);

        Assert.False(File.Exists(file));
        await source.LogInAsync(user, EngineHarness.ClickPipesPassword);
        await source.LogInAsync(source.Sandbox.AdminUser, source.Sandbox.AdminPassword);
        await source.SuperuserAsync($"DROP PUBLICATION clickpipes; DROP OWNED BY {odd}; DROP USER {odd}");
    }

    /// <summary>Where a script that takes back comes from: the record of what was applied, or the plan whose script was run.</summary>
    public enum Way
    {
        Record,
        Beside,
    }

    /// <summary>Makes what is planned, and writes what takes it back.</summary>
    private static async Task<string> DoneAsync(FamilySource source, Way way)
    {
        var inspection = await source.InspectAsync();
        var plan = source.Plan(inspection);
        if (way == Way.Beside)
        {
            await RunAsync(source, SqlScriptExporter.Write(inspection, plan, s_english), Answers);
            return UndoScriptExporter.WriteFor(inspection, plan, s_english);
        }

        await source.ApplyAsync();
        return UndoScriptExporter.Write(await source.InspectAsync(), await source.UndoPlanAsync(), s_english);
    }

    private async Task<FamilySource> MakeAsync(int major)
    {
        var source = await servers.MakeAsync(major, Tables);
        source.Goal = source.Goal with { Identities = [new(new("public", "log"), IdentityKind.Full, OnlyGrows: true)] };
        return source;
    }

    /// <summary>The script up to each of its ends of a transaction.</summary>
    private static IEnumerable<string> Halves(string script)
    {
        for (var at = script.IndexOf("COMMIT;", StringComparison.Ordinal); at >= 0; at = script.IndexOf("COMMIT;", at + 1, StringComparison.Ordinal))
        {
            var half = script[..(at + "COMMIT;\n".Length)];

            // Not between a user and its password.
            yield return half.Contains("CREATE USER", StringComparison.Ordinal) && !half.Contains("\\password", StringComparison.Ordinal) ? script : half;
        }
    }

    private static async Task RunAsync(FamilySource source, string script, string input)
    {
        var (code, error) = await PsqlRun.AsAdminAsync(source.Sandbox, script, input, source.Database);
        Assert.True((code, error) == (0, ""), $"{code}: {error}\n{script}");
    }

    private static async Task<long> PublicationsAsync(FamilySource source)
    {
        await using var superuser = await source.Sandbox.OpenSuperuserAsync(source.Database, CancellationToken.None);
        return await superuser.ScalarAsync<long>("SELECT count(*) FROM pg_publication");
    }

    private static async Task RefusedAsync(FamilySource source, string script, string why, string? database = null, (string User, string Password)? login = null, string input = Answers)
    {
        var (code, error) = await PsqlRun.AsAdminAsync(source.Sandbox, script, input, database ?? source.Database, login);
        Assert.True(code == 3 && error.Contains(why, StringComparison.Ordinal), $"{code}: {error}");
    }
}
