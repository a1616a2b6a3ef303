using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Wording;

namespace SetupWizard.Core.Tests.Requirements;

public sealed class PublicationFixTests
{
    private const int PublicationChunk = 1000;

    [Fact]
    public void A_publication_lists_its_tables()
    {
        var change = (SqlChange)SnapshotBuilder.Rds().NoPublication().One("SW401").Fixes[0];

        Assert.Equal("""CREATE PUBLICATION "clickpipes" FOR TABLE "public"."customers", "public"."orders" """.TrimEnd(), change.Statement.Display);
        Assert.Equal("""DROP PUBLICATION "clickpipes" """.TrimEnd(), change.Undo!.Display);
        Assert.False(change.OwnTransaction);
    }

    [Theory]
    [InlineData(130022, true)]
    [InlineData(120022, false)]
    public void A_partitioned_table_is_published_under_its_own_name_from_13(int version, bool viaRoot)
    {
        var statement = SnapshotBuilder.Rds(version).NoTables()
            .Table("public", "events", t => t with { Kind = RelationKind.Partitioned })
            .Table("public", "events_1", t => t with { Root = new("public", "events") })
            .NoPublication().Statements("SW401")[0];

        Assert.Equal(
            viaRoot
                ? """CREATE PUBLICATION "clickpipes" FOR TABLE "public"."events" WITH (publish_via_partition_root = true)"""
                : """CREATE PUBLICATION "clickpipes" FOR TABLE "public"."events_1" """.TrimEnd(),
            statement);
    }

    [Fact]
    public void Many_tables_go_in_a_thousand_at_a_time_each_time_alone()
    {
        var builder = SnapshotBuilder.Rds().NoTables();
        for (var n = 0; n < 2001; n++)
        {
            builder.Table("public", $"t{n:D4}");
        }

        var changes = builder.NoPublication().One("SW401").Fixes.Cast<SqlChange>().ToList();

        Assert.Equal(["create-publication", "publication-add-tables", "publication-add-tables"], changes.Select(c => c.Kind));
        Assert.Equal([1000, 1000, 1], changes.Select(c => (int)c.Arguments["count"]!));
        Assert.All(changes, c => Assert.True(c.OwnTransaction));
        Assert.StartsWith("""ALTER PUBLICATION "clickpipes" ADD TABLE "public"."t1000", """, changes[1].Statement.Display, StringComparison.Ordinal);
        Assert.Contains("c.oid IN ('\"public\".\"t1000\"'::pg_catalog.regclass, ", changes[1].NeededWhen, StringComparison.Ordinal);
    }

    [Fact]
    public void Whole_schemas_are_published_by_who_may_and_listed_and_handed_off_by_who_may_not()
    {
        Assert.Equal(
            ["""CREATE PUBLICATION "clickpipes" FOR TABLES IN SCHEMA "public" """.TrimEnd()],
            SnapshotBuilder.Plain().NoPublication().Goal(g => g with { WholeSchemas = ["public"] }).Statements("SW401"));

        var changes = SnapshotBuilder.Rds().NoPublication().Goal(g => g with { WholeSchemas = ["public"] }).One("SW401").Fixes.Cast<SqlChange>().ToList();
        Assert.Equal("""CREATE PUBLICATION "clickpipes" FOR TABLE "public"."customers", "public"."orders" """.TrimEnd(), changes[0].Statement.Display);
        Assert.Equal("""ALTER PUBLICATION "clickpipes" ADD TABLES IN SCHEMA "public" """.TrimEnd(), changes[1].Statement.Display);
        Assert.Null(changes[0].RunBy);
        Assert.NotNull(changes[1].RunBy);
    }

    [Fact]
    public void A_whole_schema_is_not_published_for_the_sake_of_an_heir_or_a_partition_in_it_that_would_break()
    {
        var heir = SnapshotBuilder.Plain().NoPublication().Schema("parts", SnapshotBuilder.Admin)
            .Table("parts", "kid", t => t with { Parents = [new("public", "orders")], PrimaryKey = KeyState.None, InPublication = false })
            .Goal(g => g with { WholeSchemas = ["parts"], Tables = [new("public", "orders"), new("public", "customers")] });
        var partition = SnapshotBuilder.Plain().NoPublication().Schema("parts", SnapshotBuilder.Admin)
            .Table("public", "events", t => t with { Kind = RelationKind.Partitioned, InPublication = false })
            .Table("parts", "events_1", t => t with { Root = new("public", "events"), Identity = ReplicaIdentityKind.Nothing, InPublication = false })
            .Goal(g => g with { WholeSchemas = ["parts"], Tables = [new("public", "customers")] });

        Assert.Equal(["""CREATE PUBLICATION "clickpipes" FOR TABLE "public"."customers" """.TrimEnd()], heir.Statements("SW401"));
        Assert.Equal(["""CREATE PUBLICATION "clickpipes" FOR TABLE "public"."customers" """.TrimEnd()], partition.Statements("SW401"));
    }

    [Fact]
    public void Heirs_go_in_with_their_parent_each_by_its_own_name_and_with_the_one_whose_owner_is_out_of_reach_all_do()
    {
        var builder = SnapshotBuilder.Rds().NoPublication().Role(new RoleFact { Name = "far" })
            .Table("public", "kid", t => t with { Parents = [new("public", "orders")], InPublication = false });

        Assert.Equal(["""CREATE PUBLICATION "clickpipes" FOR TABLE "public"."customers", ONLY "public"."orders", ONLY "public"."kid" """.TrimEnd()], builder.Statements("SW401"));

        var changes = builder.Table("public", "kid", t => t with { Parents = [new("public", "orders")], Owner = "far", InPublication = false }).One("SW401").Fixes.Cast<SqlChange>().ToList();
        Assert.Equal(
            [
                ("""CREATE PUBLICATION "clickpipes" FOR TABLE "public"."customers" """.TrimEnd(), null),
                ("""ALTER PUBLICATION "clickpipes" ADD TABLE ONLY "public"."orders", ONLY "public"."kid" """.TrimEnd(), SnapshotBuilder.Root),
            ],
            changes.Select(c => (c.Statement.Display, c.RunBy)));
    }

    [Fact]
    public void Every_table_that_was_added_is_taken_out_alone_and_a_large_family_in_parts()
    {
        var lone = (SqlChange)Assert.Single(SnapshotBuilder.Rds().Table("public", "orders", t => t with { InPublication = false }).One("SW402").Fixes);
        Assert.Equal("""ALTER PUBLICATION "clickpipes" DROP TABLE ONLY "public"."orders" """.TrimEnd(), lone.Undo!.Display);

        var builder = SnapshotBuilder.Rds();
        for (var i = 0; i < PublicationChunk; i++)
        {
            builder.Table("public", "kid_" + i, t => t with { Parents = [new("public", "orders")], InPublication = false });
        }

        var parts = builder.Table("public", "orders", t => t with { InPublication = false }).Judge("SW402").Single(f => f.Case == "missing").Fixes.Cast<SqlChange>().ToList();
        Assert.Equal([PublicationChunk, 1], parts.Select(p => (int)p.Arguments["count"]!));
        Assert.All(parts, p => Assert.True(p.OwnTransaction));
    }

    [Fact]
    public void Before_15_whole_schemas_are_listed()
    {
        Assert.Equal(
            ["""CREATE PUBLICATION "clickpipes" FOR TABLE "public"."customers", "public"."orders" """.TrimEnd()],
            SnapshotBuilder.Plain(140023).NoPublication().Goal(g => g with { WholeSchemas = ["public"] }).Statements("SW401"));
    }

    [Fact]
    public void No_plan_publishes_all_tables()
    {
        Assert.All(
            Scenarios.All.SelectMany(s => s.Source().Judge(s.Code)).SelectMany(f => f.Fixes).OfType<SqlChange>(),
            c => Assert.DoesNotContain("ALL TABLES", c.Kind == "grant-select" ? "" : c.Statement.Display, StringComparison.Ordinal));
    }

    [Fact]
    public void A_table_whose_owner_is_out_of_reach_is_left_to_somebody_with_more_rights()
    {
        var builder = SnapshotBuilder.Rds().Role(new RoleFact { Name = "legacy" })
            .Table("public", "legacy", t => t with { Owner = "legacy" }).NoPublication();

        var changes = builder.One("SW401").Fixes.Cast<SqlChange>().ToList();

        Assert.Equal("""CREATE PUBLICATION "clickpipes" FOR TABLE "public"."customers", "public"."orders" """.TrimEnd(), changes[0].Statement.Display);
        Assert.Equal("""ALTER PUBLICATION "clickpipes" ADD TABLE "public"."legacy" """.TrimEnd(), changes[1].Statement.Display);
        Assert.Equal(SnapshotBuilder.Root, changes[1].RunBy);
        Assert.Contains(builder.Judge("SW108"), f => f.Case == "publication");
    }

    [Fact]
    public void A_table_without_identity_is_never_put_in()
    {
        var create = SnapshotBuilder.Rds().NoPublication().Table("public", "log", t => t with { PrimaryKey = KeyState.None, InPublication = false })
            .Goal(g => g with { Tables = [new("public", "log"), new("public", "orders")] });
        var add = SnapshotBuilder.Rds().Table("public", "log", t => t with { PrimaryKey = KeyState.Deferrable, InPublication = false })
            .Goal(g => g with { Tables = [new("public", "log"), new("public", "orders"), new("public", "customers")] });

        Assert.Equal(["""CREATE PUBLICATION "clickpipes" FOR TABLE "public"."orders" """.TrimEnd()], create.Statements("SW401"));
        Assert.Empty(add.Statements("SW402"));
        Assert.Equal("withheld", add.One("SW402").Case);
        Assert.Equal(FindingState.Blocking, add.One("SW405").State);
    }

    [Fact]
    public void A_table_without_identity_goes_in_once_one_is_chosen_that_this_login_can_set()
    {
        var builder = SnapshotBuilder.Rds().NoPublication().Table("public", "log", t => t with { PrimaryKey = KeyState.None, InPublication = false })
            .Goal(g => g with { Tables = [new("public", "log")], Identities = [new(new("public", "log"), IdentityKind.Full, OnlyGrows: true)] });

        Assert.Equal(["""CREATE PUBLICATION "clickpipes" FOR TABLE "public"."log" """.TrimEnd()], builder.Statements("SW401"));
        var identity = (SqlChange)builder.One("SW405").Fixes[0];
        Assert.True(identity.Phase < ChangePhase.Publication);
    }

    [Fact]
    public void Missing_tables_are_added_and_extra_ones_only_named()
    {
        var findings = SnapshotBuilder.Rds().Table("public", "orders", t => t with { InPublication = false })
            .Goal(g => g with { Tables = [new("public", "orders")] }).Judge("SW402");

        var missing = findings.Single(f => f.Case == "missing");
        Assert.Equal("""ALTER PUBLICATION "clickpipes" ADD TABLE "public"."orders" """.TrimEnd(), ((SqlChange)Assert.Single(missing.Fixes)).Statement.Display);
        var extra = findings.Single(f => f.Case == "extra");
        Assert.Equal(["public.customers"], extra.Subjects.Select(s => s.Name));
        Assert.Empty(extra.Fixes);
        Assert.Equal("""ALTER PUBLICATION "clickpipes" DROP TABLE "public"."customers" """.TrimEnd(), extra.Arguments["statement"]);
    }

    [Fact]
    public void Somebody_elses_publication_takes_its_owners_rights_too()
    {
        var builder = SnapshotBuilder.Rds().Role(new RoleFact { Name = "replicator", AdminMayGrant = true })
            .Publication(p => p with { Owner = "replicator" }).Table("public", "orders", t => t with { InPublication = false });

        Assert.Equal("""GRANT "replicator" TO "shop_admin" WITH INHERIT TRUE, SET TRUE""", builder.Statements("SW402")[0]);

        builder.Role(new RoleFact { Name = "replicator" });
        Assert.All(builder.One("SW402").Fixes.Cast<SqlChange>(), c => Assert.NotNull(c.RunBy));

        // Where nobody can log in as its owner, a publication of one's own is the way out.
        Assert.Equal(("missing-by-others", "clickpipes_2"), (builder.One("SW402").Case, builder.One("SW402").Arguments["own"]));
        Assert.Contains("(--publication clickpipes_2)", FindingText.For(builder.One("SW402"), CultureInfo.GetCultureInfo("en")).Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Operations_are_completed_truncate_stays_as_it_was_and_undo_restores()
    {
        var change = (SqlChange)SnapshotBuilder.Rds().Publication(p => p with { Delete = false, Truncate = false }).One("SW403").Fixes[0];

        Assert.Equal("""ALTER PUBLICATION "clickpipes" SET (publish = 'insert, update, delete')""", change.Statement.Display);
        Assert.Equal("""ALTER PUBLICATION "clickpipes" SET (publish = 'insert, update')""", change.Undo!.Display);
    }

    [Fact]
    public void Operations_that_would_break_the_application_are_not_turned_on()
    {
        var finding = SnapshotBuilder.Rds().Publication(p => p with { Update = false, Delete = false })
            .Table("public", "log", t => t with { PrimaryKey = KeyState.None }).One("SW403");

        Assert.Empty(finding.Fixes);
        Assert.Equal(["public.log"], finding.Subjects.Select(s => s.Name));
    }

    [Fact]
    public void Partitions_are_published_as_their_root_and_undo_restores()
    {
        var change = (SqlChange)SnapshotBuilder.Rds().Table("public", "events", t => t with { Kind = RelationKind.Partitioned }).One("SW404").Fixes[0];

        Assert.Equal("""ALTER PUBLICATION "clickpipes" SET (publish_via_partition_root = true)""", change.Statement.Display);
        Assert.Equal("""ALTER PUBLICATION "clickpipes" SET (publish_via_partition_root = false)""", change.Undo!.Display);
    }

    [Fact]
    public void Who_may_not_create_asks_the_owner_of_the_database_first()
    {
        var changes = SnapshotBuilder.Rds().NoPublication()
            .Server(s => s with { AdminCanCreate = false, DatabaseOwner = SnapshotBuilder.Root }).One("SW401").Fixes.Cast<SqlChange>().ToList();

        Assert.Equal("""GRANT CREATE ON DATABASE "app" TO "shop_admin" """.TrimEnd(), changes[0].Statement.Display);
        Assert.Equal(SnapshotBuilder.Root, changes[0].RunBy);
        Assert.Equal("create-publication", changes[1].Kind);
        Assert.Null(changes[1].RunBy);
        Assert.Equal(changes[0].Makes, changes[1].Needs);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Tables_that_all_belong_to_one_owner_out_of_reach_are_published_by_that_owner(bool mayCreate)
    {
        var changes = SnapshotBuilder.Rds().NoTables().Role(new RoleFact { Name = "legacy", MayCreate = mayCreate })
            .Table("public", "one", t => t with { Owner = "legacy" }).Table("public", "two", t => t with { Owner = "legacy" })
            .NoPublication().One("SW401").Fixes.Cast<SqlChange>().ToList();

        Assert.Equal(mayCreate ? [] : ["""GRANT CREATE ON DATABASE "app" TO "legacy" """.TrimEnd()], changes.SkipLast(1).Select(c => c.Statement.Display));
        Assert.All(changes.SkipLast(1), c => Assert.Null(c.RunBy));
        Assert.Equal(("""CREATE PUBLICATION "clickpipes" FOR TABLE "public"."one", "public"."two" """.TrimEnd(), "legacy"), (changes[^1].Statement.Display, changes[^1].RunBy));
    }

    [Fact]
    public void Its_owner_adds_its_own_tables_to_a_publication_out_of_reach()
    {
        var changes = SnapshotBuilder.Rds().Role(new RoleFact { Name = "legacy" }).Role(new RoleFact { Name = "other" })
            .Publication(p => p with { Owner = "legacy" })
            .Table("public", "one", t => t with { Owner = "legacy", InPublication = false })
            .Table("public", "two", t => t with { Owner = "other", InPublication = false })
            .Judge("SW402").Single(f => f.Case == "missing-by-others").Fixes.Cast<SqlChange>();

        Assert.Equal(["legacy", SnapshotBuilder.Root], changes.Select(c => c.RunBy));
    }

    [Fact]
    public void Full_is_set_on_every_partition_that_holds_rows_and_undone_to_what_was()
    {
        var builder = SnapshotBuilder.Rds()
            .Table("public", "events", t => t with { Kind = RelationKind.Partitioned, PrimaryKey = KeyState.None })
            .Table("public", "branch", t => t with { Kind = RelationKind.Partitioned, Root = new("public", "events"), PrimaryKey = KeyState.None })
            .Table("public", "leaf_1", t => t with { Root = new("public", "events"), PrimaryKey = KeyState.None, Identity = ReplicaIdentityKind.Nothing })
            .Table("public", "leaf_2", t => t with { Root = new("public", "events"), PrimaryKey = KeyState.None, Identity = ReplicaIdentityKind.Full })
            .Goal(g => g with { Tables = [new("public", "events")], Identities = [new(new("public", "events"), IdentityKind.Full, OnlyGrows: true)] });

        var changes = builder.Judge("SW405").Single(f => f.Case == "chosen-full-grows").Fixes.Cast<SqlChange>().ToList();

        Assert.Equal(
            ["""ALTER TABLE "public"."events" REPLICA IDENTITY FULL""", """ALTER TABLE "public"."leaf_1" REPLICA IDENTITY FULL"""],
            changes.Select(c => c.Statement.Display));
        Assert.Equal(
            ["""ALTER TABLE "public"."events" REPLICA IDENTITY DEFAULT""", """ALTER TABLE "public"."leaf_1" REPLICA IDENTITY NOTHING"""],
            changes.Select(c => c.Undo!.Display));
    }

    [Fact]
    public void A_chosen_index_is_used_by_name()
    {
        var statement = SnapshotBuilder.Rds().Table("public", "log", t => t with { PrimaryKey = KeyState.None, CandidateIndex = "log_key" })
            .Goal(g => g with { Tables = [new("public", "log")], Identities = [new(new("public", "log"), IdentityKind.Index, "log_key")] }).Statements("SW405")[0];

        Assert.Equal("""ALTER TABLE "public"."log" REPLICA IDENTITY USING INDEX "log_key" """.TrimEnd(), statement);
    }

    [Fact]
    public void The_example_in_the_finding_uses_an_index_that_could_serve()
    {
        var builder = SnapshotBuilder.Rds().Table("public", "log", t => t with { PrimaryKey = KeyState.None, CandidateIndex = "log_key" })
            .Goal(g => g with { Tables = [new("public", "log")] });

        Assert.Equal("""ALTER TABLE "public"."log" REPLICA IDENTITY USING INDEX "log_key" """.TrimEnd(), builder.One("SW405").Arguments["statement"]);
        Assert.Empty(builder.One("SW405").Fixes);
    }

    [Fact]
    public void The_example_in_the_finding_names_the_partition_at_fault_and_the_key_it_has()
    {
        var finding = SnapshotBuilder.Rds().Table("public", "events", t => t with { Kind = RelationKind.Partitioned })
            .Table("public", "events_1", t => t with { Root = new("public", "events"), Identity = ReplicaIdentityKind.Nothing })
            .Goal(g => g with { Tables = [new("public", "events")] }).One("SW405");

        Assert.Equal("identity-nothing", finding.Case);
        Assert.Equal("""ALTER TABLE "public"."events_1" REPLICA IDENTITY DEFAULT""", finding.Arguments["statement"]);
    }
}
