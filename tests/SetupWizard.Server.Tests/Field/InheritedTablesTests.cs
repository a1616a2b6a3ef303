using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Watching;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Field;

/// <summary>Tables that inherit (INHERITS) from chosen ones: published with them or not at all, readable, and taken out again whatever was made since.</summary>
[Collection(SandboxFixture.Families)]
public sealed class InheritedTablesTests(FamilyServers servers)
{
    private const string Base = "CREATE TABLE public.base (id int PRIMARY KEY, v text); INSERT INTO public.base VALUES (1, 'b');";
    private const string Keyless = Base + " CREATE TABLE public.kid1 (extra int) INHERITS (public.base); INSERT INTO public.kid1 VALUES (101, 'k', 1);";

    private static readonly string[] s_traffic =
    [
        "INSERT INTO public.base VALUES (2, 'x')", "UPDATE public.kid1 SET v = 'y'", "UPDATE public.base SET v = 'z'", "DELETE FROM public.base WHERE id = 101", "DELETE FROM public.base",
    ];

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task A_child_without_a_key_keeps_its_parent_out_until_it_has_an_identity(int major)
    {
        using var source = (await servers.MakeAsync(major, Keyless)).Choose("public.base");
        await source.AppAsync(s_traffic);
        var before = await source.CatalogAsync();

        var held = await source.ApplyAsync();

        Assert.False(held.Ready);
        Assert.Equal(["public.kid1"], Named(held, "SW405", "no-key"));
        Assert.Empty(await source.NamedAsync());
        await source.AppAsync(s_traffic);

        // FULL without a key is nothing that goes without a word, for a child either.
        foreach (var choice in new[] { "base", "kid1" })
        {
            source.Goal = source.Goal with { Identities = [new(new("public", choice), IdentityKind.Full)] };
            var waiting = await source.ApplyAsync();
            Assert.Equal(["public.kid1"], Named(waiting, "SW405", "full-without-key"));
            Assert.Empty(await source.NamedAsync());
            await source.AppAsync(s_traffic);
            await source.UndoAsync();
            Assert.Equal(before, await source.CatalogAsync());
        }

        // An identity for the child alone: the parent has its key.
        source.Goal = source.Goal with { Identities = [new(new("public", "kid1"), IdentityKind.Full, OnlyGrows: true)] };
        var ready = await source.ApplyAsync();

        Assert.True(ready.Ready, EngineHarness.DescribeProblems(ready));
        Assert.Equal(["base", "kid1"], await source.NamedAsync());
        Assert.Equal(["public.base"], ready.Tables.Chosen.Select(t => t.Ref.ToString()));
        await source.ProveAsync();
        await source.AppAsync(s_traffic);
        Assert.Equal(2, await source.ReadAsync("public.base"));
        Assert.Equal(1, await source.ReadAsync("public.kid1"));

        await source.UndoAsync();
        Assert.Equal(before, await source.CatalogAsync());
        await source.AppAsync(s_traffic);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task A_child_of_somebody_elses_is_handed_over_with_its_parent_and_nothing_stops_half_way(int major)
    {
        using var source = (await servers.MakeAsync(major, Base + " CREATE TABLE public.kid1 (PRIMARY KEY (id)) INHERITS (public.base); CREATE TABLE public.own (id int PRIMARY KEY);")).Choose("public.base", "public.own");
        await source.SuperuserAsync("ALTER TABLE public.kid1 OWNER TO rdsadmin");

        var applied = await source.ApplyAsync();

        Assert.Equal(["own"], await source.NamedAsync());
        var left = source.Plan(applied);
        Assert.Empty(left.Changes);
        var add = left.HandOff.Single(c => c.Kind == "publication-add-tables");
        Assert.Equal("""ALTER PUBLICATION "clickpipes" ADD TABLE ONLY "public"."base", ONLY "public"."kid1" """.TrimEnd(), add.Statement.Display);
        Assert.Contains(applied.Findings, f => f.Id == RequirementId.AdminPowers && f.Case == "publication");

        foreach (var change in left.HandOff)
        {
            await source.SuperuserAsync(change.Statement.Display);
        }

        var ready = await source.InspectAsync();
        Assert.True(ready.Ready, EngineHarness.DescribeProblems(ready));
        Assert.Equal(["base", "kid1", "own"], await source.NamedAsync());
        await source.AppAsync(s_traffic);
    }

    [Theory]
    [InlineData(12)]
    [InlineData(15)]
    [InlineData(18)]
    public async Task What_inherits_later_is_named_and_does_not_stand_in_the_way_of_the_undo(int major)
    {
        using var source = (await servers.MakeAsync(major, Base + " CREATE TABLE public.kid1 (PRIMARY KEY (id)) INHERITS (public.base); CREATE TABLE public.lone (id int PRIMARY KEY); CREATE TABLE public.first (id int PRIMARY KEY); CREATE PUBLICATION clickpipes FOR TABLE public.first;"))
            .Choose("public.base", "public.lone", "public.first");
        var before = await source.CatalogAsync();
        var finished = await source.ApplyAsync();
        Assert.Equal(["base", "first", "kid1", "lone"], await source.NamedAsync());
        var baseline = SetupBaseline.Of(finished, DateTimeOffset.UnixEpoch, proved: true)!;
        Assert.Empty(BaselineReview.Compare(baseline, finished).Differences);

        await source.AdminAsync("CREATE TABLE public.kid3 (PRIMARY KEY (id)) INHERITS (public.base); CREATE TABLE public.lone_kid () INHERITS (public.lone)");
        await source.SuperuserAsync("GRANT ALL ON public.kid3, public.lone_kid TO app_{n}");

        // The one with a key can go in. The other keeps its parent as it is: in, with an application that works.
        var later = await source.InspectAsync();
        Assert.Equal(["public.kid3"], Named(later, "SW402", "heirs-missing"));
        Assert.Equal(["public.lone_kid"], Named(later, "SW402", "withheld"));
        Assert.Equal(["public.lone_kid"], Named(later, "SW405", "no-key"));
        var since = BaselineReview.Compare(baseline, later).Differences.Where(d => d.Case.StartsWith("new-", StringComparison.Ordinal)).ToList();
        Assert.Equal(["public.kid3", "public.lone_kid"], since.SelectMany(d => d.Tables).Select(t => t.ToString()).Order());
        Assert.All(since, d => Assert.Equal(FindingState.Blocking, d.State));
        await source.AppAsync([.. s_traffic, "INSERT INTO public.lone_kid VALUES (1)", "UPDATE public.lone SET id = 2", "UPDATE public.lone_kid SET id = 3", "UPDATE public.kid3 SET v = 'x'"]);

        await source.UndoAsync();
        await source.AdminAsync("DROP TABLE public.kid3, public.lone_kid");
        Assert.Equal(before, await source.CatalogAsync());
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Children_in_other_schemas_and_deeper_ones_come_with_their_own_keys_and_rights(int major)
    {
        using var source = (await servers.MakeAsync(
            major,
            Base + """
             CREATE SCHEMA "odd.less"; CREATE SCHEMA parts; CREATE SCHEMA "Q""s 📦";
            CREATE TABLE parts.kid1 (extra int, PRIMARY KEY (id)) INHERITS (public.base);
            CREATE TABLE "Q""s 📦"."K""id 2" (more text) INHERITS (public.base); ALTER TABLE "Q""s 📦"."K""id 2" REPLICA IDENTITY FULL;
            CREATE TABLE public.deep (PRIMARY KEY (id)) INHERITS (parts.kid1);
            INSERT INTO parts.kid1 VALUES (11, 'a', 1); INSERT INTO "Q""s 📦"."K""id 2" VALUES (21, 'b', 'c'); INSERT INTO public.deep VALUES (31, 'd', 2);
            ALTER TABLE parts.kid1 ENABLE ROW LEVEL SECURITY;
            """)).Choose("public.base");
        await source.SuperuserAsync("CREATE POLICY everything ON parts.kid1 FOR ALL TO app_{n} USING (true)");
        var before = await source.CatalogAsync();

        var ready = await source.ApplyAsync();

        Assert.True(ready.Ready, EngineHarness.DescribeProblems(ready));
        Assert.Equal(["\"Q\"\"s 📦\".\"K\"\"id 2\"", "base", "deep", "parts.kid1"], (await source.NamedAsync()).Order(StringComparer.Ordinal));
        Assert.Equal(["public.deep"], Named(ready, "SW404", "second-level"));
        Assert.Equal(["public.base"], Named(ready, "SW404", "future-children"));
        await source.ProveAsync();
        Assert.Equal(4, await source.ReadAsync("public.base"));
        Assert.Equal(2, await source.ReadAsync("parts.kid1"));
        Assert.Equal(1, await source.ReadAsync("\"Q\"\"s 📦\".\"K\"\"id 2\""));
        Assert.Equal(1, await source.ReadAsync("public.deep"));
        await source.AppAsync("UPDATE public.base SET v = v || '!'", "INSERT INTO parts.kid1 VALUES (12, 'n', 1)", "UPDATE public.deep SET extra = 3", "UPDATE \"Q\"\"s 📦\".\"K\"\"id 2\" SET more = 'm'", "DELETE FROM public.base");

        await source.UndoAsync();
        Assert.Equal(before, await source.CatalogAsync());
    }

    [Theory]
    [InlineData(15, "CREATE UNLOGGED TABLE public.kid1 (PRIMARY KEY (id)) INHERITS (public.base)", "unlogged-heir")]
    [InlineData(18, "CREATE UNLOGGED TABLE public.kid1 (PRIMARY KEY (id)) INHERITS (public.base)", "unlogged-heir")]
    [InlineData(15, "CREATE FOREIGN DATA WRAPPER far; CREATE SERVER far FOREIGN DATA WRAPPER far; CREATE FOREIGN TABLE public.kid1 () INHERITS (public.base) SERVER far", "foreign-heir")]
    [InlineData(18, "CREATE FOREIGN DATA WRAPPER far; CREATE SERVER far FOREIGN DATA WRAPPER far; CREATE FOREIGN TABLE public.kid1 () INHERITS (public.base) SERVER far", "foreign-heir")]
    public async Task A_child_the_server_cannot_publish_keeps_its_parent_out(int major, string child, string situation)
    {
        using var source = (await servers.MakeAsync(major, Base + " CREATE TABLE public.own (id int PRIMARY KEY);")).Choose("public.base", "public.own");
        await source.SuperuserAsync(child);

        // What the server says of it.
        var refusal = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => source.SuperuserAsync("CREATE PUBLICATION tried FOR TABLE public.base"));
        Assert.Equal(Npgsql.PostgresErrorCodes.InvalidParameterValue, refusal.SqlState);

        var applied = await source.ApplyAsync();

        Assert.Equal(["own"], await source.NamedAsync());
        Assert.Equal(["public.kid1"], Named(applied, "SW406", situation));
        Assert.Contains("public.base", Named(applied, "SW402", "withheld"));

        // Chosen with its schema it is left out, and the rest goes on.
        source.Goal = source.Goal with { Tables = [] };
        var bySchema = source.Reconsider(applied);
        Assert.Contains(bySchema.Tables.LeftOut, l => l.Table.Ref.Name == "base" && l.Reason == "kind");
    }

    [Fact]
    public async Task A_temporary_child_of_another_session_is_nobodys_business()
    {
        using var source = (await servers.MakeAsync(15, Base)).Choose("public.base");
        await using var session = await source.Sandbox.OpenSuperuserAsync(source.Database, CancellationToken.None);
        await session.ExecuteAsync("CREATE TEMPORARY TABLE scratch () INHERITS (public.base); INSERT INTO scratch VALUES (7, 't')");

        var ready = await source.ApplyAsync();

        Assert.True(ready.Ready, EngineHarness.DescribeProblems(ready));
        Assert.Equal(["base"], await source.NamedAsync());
        await session.ExecuteAsync("UPDATE scratch SET v = 'u'");
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task A_child_of_two_chosen_tables_keeps_both_out_until_one_is_left(int major)
    {
        using var source = await servers.MakeAsync(major, Base + " CREATE TABLE public.other (id int PRIMARY KEY, v text); CREATE TABLE public.torn (PRIMARY KEY (id)) INHERITS (public.base, public.other); CREATE TABLE public.own (id int PRIMARY KEY);");
        source.Goal = source.Goal with { Schemas = ["public"] };

        var held = await source.ApplyAsync();

        Assert.Equal(["own"], await source.NamedAsync());
        Assert.Equal(["public.torn"], Named(held, "SW404", "two-parents"));

        source.Goal = source.Goal with { Excluded = [new("public", "other")] };
        var ready = await source.ApplyAsync();

        Assert.True(ready.Ready, EngineHarness.DescribeProblems(ready));
        Assert.Equal(["base", "own", "torn"], await source.NamedAsync());
        await source.AppAsync("INSERT INTO public.torn VALUES (1, 'x')", "UPDATE public.other SET v = 'y'", "DELETE FROM public.base");
    }

    [Fact]
    public async Task Chosen_alone_a_child_is_a_table_of_its_own()
    {
        using var source = (await servers.MakeAsync(18, Base + " CREATE TABLE public.kid1 (PRIMARY KEY (id)) INHERITS (public.base); CREATE TABLE public.kid2 () INHERITS (public.base);")).Choose("public.kid1");

        var ready = await source.ApplyAsync();

        Assert.True(ready.Ready, EngineHarness.DescribeProblems(ready));
        Assert.Equal(["kid1"], await source.NamedAsync());
        await source.AppAsync("UPDATE public.base SET v = 'x'", "DELETE FROM public.kid2");
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task A_schema_with_children_is_granted_published_and_undone_as_a_whole(int major)
    {
        using var source = await servers.MakeAsync(major, Base + " CREATE TABLE public.kid1 (PRIMARY KEY (id)) INHERITS (public.base); CREATE TABLE public.own (id int PRIMARY KEY);");
        var before = await source.CatalogAsync();

        var ready = await source.ApplyAsync();

        Assert.True(ready.Ready, EngineHarness.DescribeProblems(ready));
        Assert.Equal(["base", "kid1", "own"], await source.NamedAsync());
        Assert.Equal(["public.base", "public.own"], ready.Tables.Chosen.Select(t => t.Ref.ToString()));

        await source.ProveAsync();
        await source.UndoAsync();
        Assert.Equal(before, await source.CatalogAsync());
    }

    private static IEnumerable<string> Named(Inspection inspection, string code, string situation) =>
        inspection.Findings.Where(f => f.Id.Code == code && f.Case == situation).SelectMany(f => f.Subjects).Select(s => s.Name);
}
