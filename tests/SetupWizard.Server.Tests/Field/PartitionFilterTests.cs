using SetupWizard.Core.Model;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Field;

/// <summary>A row filter or column list that the publication has and the server does not apply any more.</summary>
[Collection(SandboxFixture.Families)]
public sealed class PartitionFilterTests(SandboxFixture sandboxes)
{
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task A_partitions_filter_counts_until_its_root_is_published_in_its_place(int major)
    {
        using var source = await AnotherDatabase.MakeAsync(await sandboxes.SharedAsync(SandboxProfile.AmazonRds, major), "filtered");
        await source.AdminAsync(
            """
            CREATE TABLE public.m (id int, d date, v text, PRIMARY KEY (id, d)) PARTITION BY RANGE (d);
            CREATE TABLE public.m1 PARTITION OF public.m FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
            CREATE PUBLICATION filtered FOR TABLE public.m1 (id, d) WHERE (id > 5);
            """);
        source.Goal = new SetupGoal { Publication = "filtered" };

        Assert.Equal(["rows-hidden", "columns-hidden"], await FiltersAsync(source));
        await source.AdminAsync("ALTER PUBLICATION filtered ADD TABLE public.m");
        Assert.Equal(["rows-hidden", "columns-hidden"], await FiltersAsync(source));
        await source.AdminAsync("ALTER PUBLICATION filtered SET (publish_via_partition_root = true)");
        Assert.Equal(["ok"], await FiltersAsync(source));
        await source.AdminAsync("ALTER PUBLICATION filtered SET TABLE public.m1, public.m WHERE (id > 7)");
        Assert.Equal(["rows-hidden"], await FiltersAsync(source));
    }

    private static async Task<List<string>> FiltersAsync(AnotherDatabase source) =>
        [.. (await source.InspectAsync()).Findings.Where(f => f.Id == RequirementId.Filters).Select(f => f.Case)];
}
