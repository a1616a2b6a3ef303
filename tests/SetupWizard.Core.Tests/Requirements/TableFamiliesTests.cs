using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Tests.Requirements;

public sealed class TableFamiliesTests
{
    [Fact]
    public void A_table_that_stands_alone_reaches_nothing_and_belongs_to_itself()
    {
        var (families, tables) = Of(SnapshotBuilder.Rds());

        Assert.Empty(families.Below(tables["orders"]));
        Assert.Empty(families.Above(tables["orders"]));
        Assert.Equal(["orders"], Names(families.Members(tables["orders"])));
        Assert.Equal(["orders"], Names(families.TopsOf(tables["orders"])));
    }

    [Fact]
    public void Heirs_are_found_at_every_level_and_once_each_however_many_ways_lead_to_them()
    {
        var (families, tables) = Of(Diamond());

        Assert.Equal(["base", "left", "right", "tip"], Names(families.Members(tables["base"])));
        Assert.Equal(["left", "tip"], Names(families.Members(tables["left"])));
        Assert.Equal(["base", "left", "right"], Names(families.Above(tables["tip"])).Order());
        Assert.Equal(["base"], Names(families.TopsOf(tables["tip"])));
        Assert.Equal(["base", "left", "right", "tip"], Names(families.Named(tables["base"])));
    }

    [Fact]
    public void A_table_that_inherits_from_two_belongs_to_both()
    {
        var (families, tables) = Of(SnapshotBuilder.Rds().Table("public", "kid", t => t with { Parents = [Ref("customers"), Ref("orders")] }));

        Assert.Equal(["customers", "orders"], Names(families.TopsOf(tables["kid"])));
        Assert.Equal(["kid"], Names(families.Heirs(tables["orders"])));
        Assert.Equal(["kid"], Names(families.Heirs(tables["customers"])));
    }

    [Fact]
    public void Partitions_come_with_their_root_and_those_that_hold_rows_are_read_by_name()
    {
        var (families, tables) = Of(Partitioned());

        Assert.Equal(["events_1", "events_2", "events_2a"], Names(families.Below(tables["events"])));
        Assert.Equal(["events_1", "events_2a"], Names(families.RowsBelow(tables["events"])));
        Assert.Empty(families.Heirs(tables["events"]));
        Assert.Equal(["events"], Names(families.Named(tables["events"])));
        Assert.Equal(["events", "events_1", "events_2a"], Names(families.Readable(tables["events"])));
        Assert.Equal(["events"], Names(families.TopsOf(tables["events_2a"])));
    }

    [Fact]
    public void Whoever_inherits_from_a_chosen_table_counts_under_it_and_otherwise_for_itself()
    {
        Assert.Equal(["base", "customers", "orders"], Names(Diamond().Build().Tables.Chosen));
        Assert.Equal(["base"], Names(Diamond().Goal(g => g with { Tables = [Ref("tip"), Ref("left"), Ref("base")] }).Build().Tables.Chosen));
        Assert.Equal(["left"], Names(Diamond().Goal(g => g with { Tables = [Ref("tip"), Ref("left")] }).Build().Tables.Chosen));
        Assert.Equal(["tip"], Names(Diamond().Goal(g => g with { Tables = [Ref("tip")] }).Build().Tables.Chosen));

        var without = Diamond().Goal(g => g with { Schemas = ["public"], Excluded = [Ref("base")] }).Build().Tables;
        Assert.Equal(["customers", "left", "orders", "right"], Names(without.Chosen));
    }

    [Fact]
    public void A_table_is_left_out_of_its_schema_for_an_heir_whose_rows_cannot_be_identified()
    {
        var tables = Diamond().Table("public", "tip", t => t with { Parents = [Ref("left"), Ref("right")], PrimaryKey = KeyState.None }).NoPublication().Build().Tables;

        Assert.Equal(["customers", "orders"], Names(tables.Chosen));
        Assert.Equal([("base", "identity"), ("left", "identity"), ("right", "identity"), ("tip", "identity")], tables.LeftOut.Select(l => (l.Table.Ref.Name, l.Reason)));
    }

    [Fact]
    public void A_table_that_is_published_is_not_left_out_for_an_heir_made_later()
    {
        var tables = Diamond().Table("public", "later", t => t with { Parents = [Ref("left")], PrimaryKey = KeyState.None, InPublication = false }).Build().Tables;

        Assert.Equal(["base", "customers", "orders"], Names(tables.Chosen));
        Assert.Empty(tables.LeftOut);
    }

    [Fact]
    public void Fifty_thousand_tables_are_looked_through_in_a_moment()
    {
        var builder = SnapshotBuilder.Rds().NoTables();
        for (var i = 0; i < 50_000; i++)
        {
            builder.More(i);
        }

        var context = builder.Table("public", "kid", t => t with { Parents = [Ref("more_7")] }).Build();

        Assert.Equal(50_000, context.Tables.Chosen.Count);
        Assert.Same(context.Families, TableFamilies.Of(context.Snapshot));
        Assert.Equal(["kid"], Names(context.Families.Heirs(context.Tables.Chosen.Single(t => t.Ref == Ref("more_7")))));
    }

    private static SnapshotBuilder Diamond() => SnapshotBuilder.Rds()
        .Table("public", "base")
        .Table("public", "left", t => t with { Parents = [Ref("base")] })
        .Table("public", "right", t => t with { Parents = [Ref("base")] })
        .Table("public", "tip", t => t with { Parents = [Ref("left"), Ref("right")] });

    private static SnapshotBuilder Partitioned() => SnapshotBuilder.Rds()
        .Table("public", "events", t => t with { Kind = RelationKind.Partitioned })
        .Table("public", "events_1", t => t with { Root = Ref("events") })
        .Table("public", "events_2", t => t with { Root = Ref("events"), Kind = RelationKind.Partitioned })
        .Table("public", "events_2a", t => t with { Root = Ref("events") });

    private static (TableFamilies Families, Dictionary<string, TableFact> Tables) Of(SnapshotBuilder builder)
    {
        var snapshot = builder.Build().Snapshot;
        return (TableFamilies.Of(snapshot), snapshot.Tables.ToDictionary(t => t.Ref.Name));
    }

    private static TableRef Ref(string name) => new("public", name);

    private static IEnumerable<string> Names(IEnumerable<TableFact> tables) => tables.Select(t => t.Ref.Name);
}
