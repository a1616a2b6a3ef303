using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Server.Tests.Field;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Audit;

/// <summary>An undo is of one set-up: it takes back what that one made, and nothing that another one uses or somebody else has made since.</summary>
[Collection(SandboxFixture.Families)]
public sealed class UndoOfSetUpsTests(FamilyServers servers) : IClassFixture<FamilyServers>
{
    private const string Tables =
        """
        CREATE TABLE public.orders (id int PRIMARY KEY, v text); CREATE TABLE public.log (v text); CREATE TABLE public.customers (id int PRIMARY KEY);
        CREATE SCHEMA sales; CREATE TABLE sales.invoices (id int PRIMARY KEY); CREATE TABLE sales.lines (id int PRIMARY KEY)
        """;

    /// <summary>Every order, made in every order, is for <see cref="Together.SetUpsInEveryOrderTests"/>.</summary>
    public static TheoryData<int, string> Orders { get; } = new TheoryData<int, string> { { 15, "cba" }, { 18, "abc" }, { 18, "bca" } };

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Three_set_ups_of_a_database_are_taken_back_in_any_order_each_by_itself(int major, string order)
    {
        using var source = await servers.MakeAsync(major, Tables);
        var before = await source.CatalogAsync();
        var goals = Goals(source);
        foreach (var name in "abc")
        {
            source.Goal = goals[name];
            await source.ApplyAsync();
        }

        foreach (var (place, name) in order.Index())
        {
            source.Goal = goals[name];
            await source.UndoAsync();

            Assert.Empty((await source.UndoPlanAsync()).Changes);
            foreach (var other in order[(place + 1)..])
            {
                source.Goal = goals[other];
                var inspection = await source.InspectAsync();
                Assert.True(source.Plan(inspection).IsEmpty && inspection.Ready, $"{other} after the undo of {name}: {EngineHarness.DescribeProblems(inspection)}");
            }
        }

        Assert.Equal(before, await source.CatalogAsync());
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Everything_at_once_takes_everybodys_back(int major)
    {
        using var source = await servers.MakeAsync(major, Tables);
        var before = await source.CatalogAsync();
        var goals = Goals(source);
        foreach (var goal in goals.Values)
        {
            source.Goal = goal;
            await source.ApplyAsync();
        }

        await source.UndoAsync(new UndoRequest(All: true));

        Assert.Equal(before, await source.CatalogAsync());
    }

    [Fact]
    public async Task User_of_two_publications_stays_for_the_other_and_that_is_said()
    {
        using var source = await servers.MakeAsync(18, Tables);
        var goals = Goals(source);
        foreach (var name in "ac")
        {
            source.Goal = goals[name];
            await source.ApplyAsync();
        }

        source.Goal = goals['a'];
        var undo = await source.UndoAsync();

        var user = Assert.Single(undo.LeftAlone, static l => l.Change.Kind == "undo-create-user");
        Assert.Equal(("undo-left-shared", $"{goals['c'].User} / {goals['c'].Publication}"), (user.Problem.Key, (string)user.Problem.Arguments["setups"]!));
        Assert.DoesNotContain(undo.Changes, static c => c.Kind == "undo-create-user");
    }

    /// <summary>The record has nothing of its user and its publication; what was done for it besides is needed all the same.</summary>
    [Fact]
    public async Task Set_up_that_found_its_user_and_publication_ready_keeps_what_it_needs()
    {
        using var source = await servers.MakeAsync(15, Tables, "CREATE ROLE boss_{n}");
        await source.SuperuserAsync(
            """
            CREATE TABLE public.theirs (v text); ALTER TABLE public.theirs OWNER TO boss_{n};
            CREATE USER ready_{n} PASSWORD 'x'; ALTER USER ready_{n} SET wal_sender_timeout = 0; GRANT rds_replication TO ready_{n}; GRANT USAGE ON SCHEMA public TO ready_{n}; GRANT SELECT ON public.theirs TO ready_{n};
            CREATE PUBLICATION ready FOR TABLE public.theirs; ALTER PUBLICATION ready OWNER TO shop_admin
            """);
        var own = source.Goal;
        var ready = new SetupGoal
        {
            User = "ready_" + source.Database["family_".Length..],
            Publication = "ready",
            Tables = [new("public", "theirs")],
            Identities = [new(new("public", "theirs"), IdentityKind.Full, OnlyGrows: true)],
        };
        source.Goal = ready;
        var plan = source.Plan(await source.InspectAsync());
        Assert.Equal(["take-membership", "identity-full"], plan.Changes.Select(static c => c.Kind));
        Assert.Equal(ApplyOutcome.Completed, (await source.FinishAsync(plan)).Outcome);
        source.Goal = Goals(source)['b'] with { User = own.User };
        await source.ApplyAsync();

        await source.UndoAsync();

        source.Goal = ready;
        Assert.True(source.Plan(await source.InspectAsync()).IsEmpty, EngineHarness.DescribeProblems(await source.InspectAsync()));

        // The publication stays, and needs the identity.
        var undo = await source.UndoAsync();
        Assert.Equal(["undo-take-membership"], undo.Changes.Select(static c => c.Kind));
        Assert.Equal("undo-left-identity", Assert.Single(undo.LeftAlone).Problem.Key);
        await source.SuperuserAsync("DROP PUBLICATION ready; DROP OWNED BY ready_{n}; DROP USER ready_{n}; DROP OWNED BY boss_{n}; DROP ROLE boss_{n}");
    }

    /// <summary>What was begun and given up, or removed by hand, keeps nothing from being taken back.</summary>
    [Fact]
    public async Task Set_up_whose_user_and_publication_are_gone_is_not_in_effect()
    {
        using var source = await servers.MakeAsync(15, Tables, "CREATE ROLE boss_{n}");
        await source.SuperuserAsync("CREATE TABLE public.theirs (id int PRIMARY KEY); ALTER TABLE public.theirs OWNER TO boss_{n}");
        var before = await source.CatalogAsync();
        var own = source.Goal;
        source.Goal = own with { User = own.User + "_given_up", Publication = "given_up", Tables = [new("public", "theirs")] };
        await source.ApplyAsync();
        await source.SuperuserAsync($"DROP PUBLICATION given_up; DROP OWNED BY {source.Goal.User}; DROP USER {source.Goal.User}");
        Assert.NotEqual(before, await source.CatalogAsync());
        source.Goal = Goals(source)['b'] with { User = own.User };
        await source.ApplyAsync();

        Assert.Contains("undo-take-membership", (await source.UndoAsync()).Changes.Select(static c => c.Kind));

        Assert.Equal(before, await source.CatalogAsync());
        await source.SuperuserAsync("DROP OWNED BY boss_{n}; DROP ROLE boss_{n}");
    }

    [Fact]
    public async Task Record_that_knows_nothing_of_a_set_up_does_not_say_that_there_is_nothing()
    {
        using var source = await servers.MakeAsync(18, Tables);
        await source.ApplyAsync();
        using var elsewhere = new EngineHarness(source.Sandbox);

        Assert.Equal("undo-no-record", (await source.UndoPlanAsync(runner: elsewhere.Runner)).Unrecorded?.Key);
        var user = source.Goal.User;
        source.Goal = source.Goal with { User = "somebody" };
        var other = (await source.UndoPlanAsync()).Unrecorded;
        Assert.Equal(("undo-other-setups", user + " / clickpipes"), (other?.Key, (string)other!.Arguments["setups"]!));
    }

    [Fact]
    public async Task Database_that_was_made_anew_is_not_the_one_on_record_and_that_is_said()
    {
        using var source = await servers.MakeAsync(18, Tables);
        await source.ApplyAsync();
        await using (var superuser = await source.Sandbox.OpenSuperuserAsync(null, CancellationToken.None))
        {
            await superuser.ExecuteAsync($"DROP DATABASE {source.Database}");
            await superuser.ExecuteAsync($"CREATE DATABASE {source.Database} OWNER {source.Sandbox.AdminUser}");
        }

        var undo = await source.UndoPlanAsync();

        Assert.Equal("undo-other-database", undo.Unrecorded?.Key);
        Assert.Empty(undo.Changes);

        // What is applied to the new one is taken back, and that this is not all of it is said.
        await source.AdminAsync("CREATE TABLE public.orders (id int PRIMARY KEY)");
        await source.ApplyAsync();
        undo = await source.UndoPlanAsync();
        Assert.Equal("undo-partly-other-database", undo.Unrecorded?.Key);
        Assert.Contains(undo.Changes, static c => c.Statement.Display.StartsWith("DROP PUBLICATION ", StringComparison.Ordinal));
        await source.UndoAsync();
        await source.SuperuserAsync($"DROP USER {source.Goal.User}");
    }

    /// <summary>The server says which database it is, whatever way leads to it.</summary>
    [Fact]
    public async Task Database_is_known_by_its_own_account_and_not_by_its_address()
    {
        using var source = await servers.MakeAsync(18, Tables);
        await source.ApplyAsync();
        await using var relay = new Relay(source.Sandbox.Port, TimeSpan.Zero);

        var undo = await source.UndoPlanAsync(by: source.Target with { Endpoint = source.Target.Endpoint with { Port = relay.Port } });

        Assert.Null(undo.Unrecorded);
        Assert.Equal((await source.UndoPlanAsync()).Fingerprint, undo.Fingerprint);
        await source.UndoAsync();
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task What_somebody_made_later_under_the_same_names_is_theirs(int major)
    {
        using var source = await servers.MakeAsync(major, Tables);
        source.Goal = Goals(source)['a'];
        await source.ApplyAsync();
        var (user, publication) = (source.Goal.User, source.Goal.Publication);
        await source.SuperuserAsync(
            $"DROP PUBLICATION {publication}; DROP OWNED BY {user}; DROP USER {user}; CREATE USER {user} PASSWORD 'theirs'; CREATE PUBLICATION {publication} FOR TABLE public.customers; GRANT SELECT ON public.orders TO {user}");

        var undo = await source.UndoAsync();

        Assert.Equal(
            ["undo-create-publication undo-left-another", "undo-create-user undo-left-another"],
            undo.LeftAlone.Select(static l => l.Change.Kind + " " + l.Problem.Key).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(undo.Changes, static c => c.Phase is ChangePhase.User or ChangePhase.Grants or ChangePhase.Publication);
        Assert.Equal(["customers"], await source.NamedAsync(publication));

        // What is made again with the wizard has a line of its own, and goes.
        await source.SuperuserAsync($"DROP PUBLICATION {publication}; DROP OWNED BY {user}; DROP USER {user}");
        await source.ApplyAsync();
        Assert.Empty((await source.UndoAsync()).LeftAlone);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task What_was_renamed_is_left_and_said(int major)
    {
        using var source = await servers.MakeAsync(major, Tables);
        source.Goal = Goals(source)['a'];
        await source.ApplyAsync();
        var (user, publication) = (source.Goal.User, source.Goal.Publication);
        await source.SuperuserAsync($"ALTER USER {user} RENAME TO {user}_2; ALTER PUBLICATION {publication} RENAME TO {publication}_2");

        var undo = await source.UndoPlanAsync();

        Assert.Equal([publication + "_2", user + "_2"], undo.LeftAlone.Where(static l => l.Problem.Key == "undo-left-renamed").Select(static l => (string)l.Problem.Arguments["now"]!).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(undo.Changes, static c => c.Phase is ChangePhase.User or ChangePhase.Grants or ChangePhase.Publication);
    }

    /// <summary>A script takes back what the record still has; the next apply and its undo go on from what is there.</summary>
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Undo_after_an_undo_by_script_and_another_apply_takes_the_rest_back(int major)
    {
        using var source = await servers.MakeAsync(major, Tables);
        var before = await source.CatalogAsync();
        source.Goal = Goals(source)['b'];
        await source.ApplyAsync();
        foreach (var change in (await source.UndoPlanAsync()).Changes)
        {
            await source.AdminAsync(change.Statement.Display);
        }

        source.Goal = source.Goal with { Schemas = ["public"], Tables = [new("public", "orders")] };
        await source.ApplyAsync();
        await source.UndoAsync();

        Assert.Equal(before, await source.CatalogAsync());
        Assert.Empty((await source.UndoPlanAsync()).Changes);
    }

    [Fact]
    public async Task Slot_of_ClickPipes_that_nobody_reads_is_in_use_unless_somebody_says_otherwise()
    {
        using var source = await servers.MakeAsync(18, Tables);
        await source.ApplyAsync();
        await source.SuperuserAsync("SELECT pg_create_logical_replication_slot('peerflow_slot_paused', 'pgoutput')");
        try
        {
            var refused = await source.UndoPlanAsync();
            Assert.Equal(("undo-slot-idle", "peerflow_slot_paused"), (Assert.Single(refused.Obstacles).Key, (string)refused.Obstacles[0].Arguments["slots"]!));
            var finished = await source.FinishAsync(refused);
            Assert.Equal((ApplyOutcome.Refused, "undo-slot-idle"), (finished.Outcome, finished.Problem?.Key));

            await source.UndoAsync(new UndoRequest(IdleSlotsUnused: true));
        }
        finally
        {
            await source.SuperuserAsync("SELECT pg_drop_replication_slot('peerflow_slot_paused')");
        }
    }

    [Fact]
    public async Task Changed_record_is_said_and_nothing_of_it_is_run()
    {
        using var source = await servers.MakeAsync(18, Tables);
        source.Goal = Goals(source)['a'];
        await source.ApplyAsync();
        var file = Path.Combine(source.RecordDirectory, "audit.jsonl");
        var lines = await File.ReadAllLinesAsync(file);
        var at = Array.FindIndex(lines, static l => l.Contains("DROP PUBLICATION", StringComparison.Ordinal));
        lines[at] = lines[at].Replace("DROP PUBLICATION", "DROP TABLE public.orders --", StringComparison.Ordinal);
        await File.WriteAllLinesAsync(file, lines);

        var undo = await source.UndoPlanAsync();

        Assert.Empty(undo.Changes);
        Assert.Equal(("undo-record-changed", at + 1), (Assert.Single(undo.Obstacles).Key, (int)undo.Obstacles[0].Arguments["line"]!));
        Assert.Equal(ApplyOutcome.Refused, (await source.FinishAsync(undo)).Outcome);
    }

    /// <summary>Set-ups with a user or a publication in common, and one with a schema as a whole.</summary>
    private static Dictionary<char, SetupGoal> Goals(FamilySource source)
    {
        var user = source.Goal.User;
        return new()
        {
            ['a'] = new() { User = user, Publication = "pa", Tables = [new("public", "orders"), new("public", "log")], Identities = [new(new("public", "log"), IdentityKind.Full, OnlyGrows: true)] },
            ['b'] = new() { User = user + "_b", Publication = "pb", Schemas = ["sales"], WholeSchemas = [] },
            ['c'] = new() { User = user, Publication = "pc", Tables = [new("public", "customers"), new("public", "orders")] },
        };
    }
}
