using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Tests.Requirements;

public sealed class TableQueryTests
{
    private static readonly TableRef[] s_tables = [new("public", "orders"), new("public", "Orders"), new("sales", "orders_2025"), new("sales", "orders_2026"), new("hr", "people")];

    [Theory]
    [InlineData("", "public.orders,public.\"Orders\",sales.orders_2025,sales.orders_2026,hr.people")]
    [InlineData("ORDERS_", "sales.orders_2025,sales.orders_2026")]
    [InlineData("orders_*", "sales.orders_2025,sales.orders_2026")]
    [InlineData("orders_202?", "sales.orders_2025,sales.orders_2026")]
    [InlineData("hr.*", "hr.people")]
    [InlineData("rders*", "")]
    [InlineData("people, *_2025", "sales.orders_2025,hr.people")]
    public void Filter_takes_parts_patterns_and_several(string filter, string expected) =>
        Assert.Equal(expected, string.Join(',', s_tables.Where(TableQuery.Filter(filter))));

    [Theory]
    [InlineData("orders", "public.orders", "")]
    [InlineData("ORDERS", "public.\"Orders\",public.orders", "")]
    [InlineData("\"public\".\"Orders\"", "public.\"Orders\"", "")]
    [InlineData("sales.orders_2025\nhr.people; people\t", "hr.people,sales.orders_2025", "")]
    [InlineData("sales.*\r\nnobody,nobody", "sales.orders_2025,sales.orders_2026", "nobody")]
    [InlineData("x_*", "", "x_*")]
    public void List_finds_names_however_they_are_written_and_tells_the_unknown(string text, string found, string unknown)
    {
        var named = TableQuery.Named(text, s_tables);
        Assert.Equal((found, unknown), (string.Join(',', named.Found), string.Join(',', named.Unknown)));
    }

    [Fact]
    public void Weight_counts_what_comes_along_and_not_the_root_twice()
    {
        var root = new TableFact { Ref = new("public", "events"), Owner = "a", Kind = RelationKind.Partitioned, EstimatedRows = 900 };
        var part = new TableFact { Ref = new("public", "events_1"), Owner = "a", Root = root.Ref, EstimatedRows = 40, EstimatedBytes = 10 };
        var alone = new TableFact { Ref = new("public", "new"), Owner = "a", EstimatedRows = -1, EstimatedBytes = 5 };
        var inspection = new Inspection
        {
            Goal = new SetupGoal(),
            Endpoint = new SourceEndpoint { Host = "db", Database = "shop" },
            Provider = AmazonRds.Profile,
            Detection = new ProviderDetection(AmazonRds.Id, DetectionSource.Server, "x"),
            Findings = [],
            Snapshot = new SourceSnapshot { ReadAt = DateTimeOffset.UnixEpoch, Server = new ServerFacts { VersionNumber = 160000, VersionText = "PostgreSQL 16", Database = "shop", CurrentUser = "a" }, Tables = [root, part, alone] },
            Tables = new TableSelection { Chosen = [root, alone] },
        };
        Assert.Equal(new TableWeight(40, 15, 1), TableWeight.Of(inspection));
        Assert.Equal(default, TableWeight.Of(null));
    }
}
