using SetupWizard.Core.Export;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Field;

/// <summary>Partitions that hold rows are read by their own names: from their own schemas, past their own row security, those that are made later too.</summary>
[Collection(SandboxFixture.Families)]
public sealed class LeafPartitionsTests(FamilyServers servers)
{
    private const string Tree =
        """
        CREATE SCHEMA core; CREATE SCHEMA parts; CREATE SCHEMA deep;
        CREATE TABLE core.m (id int NOT NULL, d date NOT NULL, v text, PRIMARY KEY (id, d)) PARTITION BY RANGE (d);
        CREATE TABLE parts.m25 PARTITION OF core.m FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
        CREATE TABLE core.m26 PARTITION OF core.m FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
        CREATE TABLE parts.m27 PARTITION OF core.m FOR VALUES FROM ('2027-01-01') TO ('2028-01-01') PARTITION BY RANGE (d);
        CREATE TABLE deep.m27a PARTITION OF parts.m27 FOR VALUES FROM ('2027-01-01') TO ('2027-07-01');
        INSERT INTO core.m VALUES (1, '2025-05-05', 'a'), (2, '2026-05-05', 'b'), (3, '2027-05-05', 'c');
        ALTER TABLE core.m26 ENABLE ROW LEVEL SECURITY; ALTER TABLE deep.m27a ENABLE ROW LEVEL SECURITY;
        """;

    private const string LaterLeaf = "CREATE TABLE parts.m28 PARTITION OF core.m FOR VALUES FROM ('2028-01-01') TO ('2029-01-01'); INSERT INTO core.m VALUES (4, '2028-05-05', 'd')";

    [Theory]
    [InlineData(12, "core.m")]
    [InlineData(13, "core.m")]
    [InlineData(15, "core.m")]
    [InlineData(18, "core.m")]
    [InlineData(15, "deep.m27a")]
    public async Task Every_row_of_every_leaf_is_read_by_its_own_name(int major, string named)
    {
        using var source = (await servers.MakeAsync(major, Tree)).Choose(named);
        await source.SuperuserAsync("CREATE POLICY app ON core.m26 FOR ALL TO app_{n} USING (true); CREATE POLICY app ON deep.m27a FOR ALL TO app_{n} USING (true)");
        var before = await source.CatalogAsync();

        var ready = await source.ApplyAsync();

        Assert.True(ready.Ready, EngineHarness.DescribeProblems(ready));
        if (major >= 14)
        {
            await source.ProveAsync();
        }

        foreach (var leaf in new[] { "parts.m25", "core.m26", "deep.m27a" })
        {
            Assert.Equal(1, await source.ReadAsync(leaf));
        }

        await source.AppAsync("UPDATE core.m SET v = 'x'", "INSERT INTO core.m VALUES (9, '2026-01-02', 'n')", "DELETE FROM core.m", "UPDATE core.m26 SET v = 'y'");
        await source.UndoAsync();
        Assert.Equal(before, await source.CatalogAsync());
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task What_keeps_a_leaf_from_being_read_is_found_by_the_reading_and_by_the_proof(int major)
    {
        using var source = (await servers.MakeAsync(major, Tree)).Choose("core.m");
        await source.ApplyAsync();
        await source.AdminAsync("REVOKE USAGE ON SCHEMA deep FROM pipes_{n}; CREATE TABLE parts.m29 PARTITION OF core.m FOR VALUES FROM ('2029-01-01') TO ('2030-01-01'); ALTER TABLE parts.m25 ENABLE ROW LEVEL SECURITY");

        var broken = await source.InspectAsync();

        Assert.Equal(["deep"], Named(broken, "SW304"));
        Assert.Equal(["parts.m29"], Named(broken, "SW305"));
        Assert.Equal(["parts.m25"], Named(broken, "SW307"));
        Assert.Contains(TableFamilies.ReadByName(broken), t => t.Ref == new TableRef("deep", "m27a"));
        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(source.ProveAsync);

        var mended = await source.ApplyAsync();
        Assert.True(mended.Ready, EngineHarness.DescribeProblems(mended));
        await source.ProveAsync();
        Assert.Equal(1, await source.ReadAsync("parts.m25"));
        Assert.Equal(0, await source.ReadAsync("parts.m29"));
    }

    [Fact]
    public async Task Leaves_made_later_are_readable_where_their_tables_schema_was_chosen()
    {
        using var source = await servers.MakeAsync(18, Tree);
        source.Goal = source.Goal with { Schemas = ["core"] };

        var ready = await source.ApplyAsync();
        Assert.True(ready.Ready, EngineHarness.DescribeProblems(ready));
        await source.AdminAsync(LaterLeaf);

        Assert.Equal(1, await source.ReadAsync("parts.m28"));
        Assert.DoesNotContain((await source.InspectAsync()).Findings, f => f.IsProblem);
    }

    [Fact]
    public async Task Of_a_table_chosen_by_itself_the_grant_for_leaves_made_later_is_said_before_and_exported()
    {
        using var source = (await servers.MakeAsync(18, Tree)).Choose("core.m");
        var before = await source.InspectAsync();

        var finding = Assert.Single(before.Findings, f => f.Id == RequirementId.DefaultPrivileges);
        Assert.Equal(("later-members", FindingState.Advice), (finding.Case, finding.State));
        var later = LaterMembers.Of(before);
        Assert.All(later, l => Assert.Equal((LaterNeed.Select, new TableRef("core", "m")), (l.Need, l.Table)));
        Assert.Equal(["core", "deep", "parts"], later.Select(l => l.Statement.Split('"')[1]));
        var script = SqlScriptExporter.Write(before, source.Plan(before), System.Globalization.CultureInfo.GetCultureInfo("en"));
        Assert.All(later, l => Assert.Contains("-- " + l.Statement + ";", script, StringComparison.Ordinal));

        await source.ApplyAsync();
        await source.AdminAsync(LaterLeaf);
        Assert.Equal(["parts.m28"], Named(await source.InspectAsync(), "SW305"));
        await source.AdminAsync(later.Single(l => l.Statement.Contains("\"parts\"", StringComparison.Ordinal)).Statement.Replace(LaterMembers.Partition, "m28", StringComparison.Ordinal));
        Assert.Equal(1, await source.ReadAsync("parts.m28"));
        Assert.True((await source.InspectAsync()).Ready);
    }

    [Fact]
    public async Task A_leaf_whose_name_ClickPipes_would_take_apart_keeps_its_table_out()
    {
        using var source = (await servers.MakeAsync(18, "CREATE TABLE public.m (id int PRIMARY KEY) PARTITION BY RANGE (id); CREATE TABLE public.\"m.1\" PARTITION OF public.m FOR VALUES FROM (1) TO (9)")).Choose("public.m");

        var held = await source.InspectAsync();

        Assert.Equal(["public.\"m.1\""], Named(held, "SW409"));
        Assert.DoesNotContain(source.Plan(held).Changes, c => c.Kind == "create-publication");
    }

    private static IEnumerable<string> Named(Inspection inspection, string code) => inspection.Findings.Where(f => f.Id.Code == code && f.IsProblem).SelectMany(f => f.Subjects).Select(s => s.Name);
}
