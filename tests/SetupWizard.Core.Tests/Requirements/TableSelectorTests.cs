using SetupWizard.Core.Model;

namespace SetupWizard.Core.Tests.Requirements;

public sealed class TableSelectorTests
{
    [Fact]
    public void A_goal_that_names_nothing_chooses_every_publishable_table_of_public()
    {
        var tables = SnapshotBuilder.Rds()
            .Schema("sales", "sales_owner").Table("sales", "invoices")
            .Table("public", "log", t => t with { PrimaryKey = KeyState.None, InPublication = false })
            .Table("public", "cache", t => t with { Persistence = 'u' })
            .Table("public", "remote", t => t with { Kind = RelationKind.Foreign })
            .Table("public", "open_orders", t => t with { Kind = RelationKind.View })
            .Table("public", "a.b")
            .Build().Tables;

        Assert.Equal(["public.customers", "public.orders"], tables.Chosen.Select(t => t.Ref.ToString()));
        Assert.Equal(["public"], tables.Schemas);
        Assert.Equal(
            [("public.\"a.b\"", "name"), ("public.cache", "kind"), ("public.log", "identity"), ("public.remote", "kind")],
            tables.LeftOut.Select(l => (l.Table.Ref.ToString(), l.Reason)));
    }

    [Fact]
    public void A_table_named_by_itself_is_chosen_whatever_is_wrong_with_it()
    {
        var tables = SnapshotBuilder.Rds()
            .Table("public", "log", t => t with { PrimaryKey = KeyState.None, Persistence = 'u' })
            .Goal(g => g with { Tables = [new("public", "log"), new("public", "gone")] })
            .Build().Tables;

        Assert.Equal(["public.log"], tables.Chosen.Select(t => t.Ref.ToString()));
        Assert.Equal([new TableRef("public", "gone")], tables.Missing);
        Assert.Empty(tables.LeftOut);
    }

    [Fact]
    public void A_table_without_a_key_joins_its_schema_once_an_identity_is_chosen_for_it()
    {
        var tables = SnapshotBuilder.Rds()
            .Table("public", "log", t => t with { PrimaryKey = KeyState.None, InPublication = false })
            .Goal(g => g with { Identities = [new(new("public", "log"), IdentityKind.Full)] })
            .Build().Tables;

        Assert.Contains(tables.Chosen, t => t.Ref.Name == "log");
        Assert.Empty(tables.LeftOut);
    }

    [Fact]
    public void A_published_table_without_a_key_stays_chosen_and_is_named_unless_all_tables_are_published()
    {
        var builder = SnapshotBuilder.Rds().Table("public", "log", t => t with { PrimaryKey = KeyState.None });

        Assert.Contains(builder.Build().Tables.Chosen, t => t.Ref.Name == "log");
        Assert.Equal("no-key", builder.One("SW405").Case);
        Assert.DoesNotContain(builder.Publication(p => p with { AllTables = true }).Build().Tables.Chosen, t => t.Ref.Name == "log");
    }

    [Fact]
    public void A_table_of_an_extension_is_chosen_by_its_own_name_only()
    {
        var source = SnapshotBuilder.Rds().Table("public", "spatial_ref_sys", t => t with { Owner = SnapshotBuilder.Root, Extension = "postgis" });

        Assert.Equal(("public.spatial_ref_sys", "extension"), Assert.Single(source.Build().Tables.LeftOut.Select(l => (l.Table.Ref.ToString(), l.Reason))));
        Assert.Empty(source.Goal(g => g with { Tables = [new("public", "spatial_ref_sys")] }).Build().Tables.LeftOut);
    }

    /// <summary>A schema goes in as a whole, with what an extension has in it: that is no reason to list its tables, unless its rows cannot be told apart.</summary>
    [Theory]
    [InlineData(KeyState.Usable, """CREATE PUBLICATION "clickpipes" FOR TABLES IN SCHEMA "public" """)]
    [InlineData(KeyState.None, """CREATE PUBLICATION "clickpipes" FOR TABLE "public"."customers", "public"."orders" """)]
    public void A_schema_published_as_a_whole_takes_the_tables_of_extensions_along(KeyState key, string statement)
    {
        var source = SnapshotBuilder.Plain().Table("public", "spatial_ref_sys", t => t with { Extension = "postgis", PrimaryKey = key })
            .NoPublication().Goal(g => g with { WholeSchemas = ["public"] });

        Assert.Equal([statement.TrimEnd()], source.Statements("SW401"));
    }

    [Fact]
    public void An_excluded_table_is_left_out_and_said_so()
    {
        var tables = SnapshotBuilder.Rds().Goal(g => g with { Schemas = ["public"], Excluded = [new("public", "orders")] }).Build().Tables;

        Assert.Equal(["public.customers"], tables.Chosen.Select(t => t.Ref.ToString()));
        Assert.Equal("excluded", Assert.Single(tables.LeftOut).Reason);
    }

    [Fact]
    public void From_13_a_partitioned_table_stands_for_its_partitions()
    {
        var bySchema = Partitioned(160010).Build().Tables;
        var byLeaf = Partitioned(160010).Goal(g => g with { Tables = [new("public", "events_1")] }).Build().Tables;

        Assert.Equal(["public.customers", "public.events", "public.orders"], bySchema.Chosen.Select(t => t.Ref.ToString()));
        Assert.Equal(["public.events"], byLeaf.Chosen.Select(t => t.Ref.ToString()));
        Assert.Empty(bySchema.LeftOut);
    }

    [Fact]
    public void On_12_the_partitions_stand_for_their_table()
    {
        var bySchema = Partitioned(120022).Build().Tables;
        var byRoot = Partitioned(120022).Goal(g => g with { Tables = [new("public", "events")] }).Build().Tables;
        var byLeaf = Partitioned(120022).Goal(g => g with { Tables = [new("public", "events_2")] }).Build().Tables;

        Assert.Equal(["public.customers", "public.events_1", "public.events_2", "public.orders"], bySchema.Chosen.Select(t => t.Ref.ToString()));
        Assert.Equal(["public.events_1", "public.events_2"], byRoot.Chosen.Select(t => t.Ref.ToString()));
        Assert.Equal(["public.events_2"], byLeaf.Chosen.Select(t => t.Ref.ToString()));
        Assert.Empty(bySchema.LeftOut);
    }

    [Fact]
    public void A_partition_without_identity_keeps_its_table_out()
    {
        var tables = Partitioned(160010).Table("public", "events_2", t => t with { Root = new("public", "events"), Identity = ReplicaIdentityKind.Nothing }).NoPublication().Build().Tables;

        var left = Assert.Single(tables.LeftOut);
        Assert.Equal(("public.events", "identity"), (left.Table.Ref.ToString(), left.Reason));
    }

    [Fact]
    public void A_schema_that_does_not_exist_is_named()
    {
        var tables = SnapshotBuilder.Rds().Goal(g => g with { Schemas = ["public", "Sales"] }).Build().Tables;

        Assert.Equal(["Sales"], tables.MissingSchemas);
    }

    [Fact]
    public void A_schema_published_as_a_whole_takes_tables_without_a_key_along_so_they_stay_chosen()
    {
        var builder = SnapshotBuilder.Plain().NoPublication()
            .Table("public", "log", t => t with { PrimaryKey = KeyState.None, InPublication = false })
            .Goal(g => g with { WholeSchemas = ["public"] });

        Assert.Contains(builder.Build().Tables.Chosen, t => t.Ref.Name == "log");
        Assert.Equal(FindingState.Blocking, builder.One("SW405").State);
        Assert.Equal("""CREATE PUBLICATION "clickpipes" FOR TABLE "public"."customers", "public"."orders" """.TrimEnd(), Assert.Single(builder.Statements("SW401")));
    }

    private static SnapshotBuilder Partitioned(int version) => SnapshotBuilder.Rds(version)
        .Table("public", "events", t => t with { Kind = RelationKind.Partitioned })
        .Table("public", "events_1", t => t with { Root = new("public", "events") })
        .Table("public", "events_2", t => t with { Root = new("public", "events") });
}
