using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Tests.Requirements;

public sealed class AccessFixTests
{
    [Fact]
    public void A_table_everybody_may_read_is_not_granted_to_a_user_that_does_not_exist_yet()
    {
        var source = SnapshotBuilder.Rds().Untouched().EachTable(t => t with { PublicCanSelect = t.Ref.Name == "orders" });

        Assert.Equal(["public.customers"], source.One("SW305").Subjects.Select(s => s.Name));
        Assert.Equal(FindingState.Satisfied, source.EachTable(t => t with { PublicCanSelect = true }).One("SW305").State);
    }

    [Fact]
    public void A_user_is_made_with_a_hole_where_the_password_goes()
    {
        var change = Assert.IsType<SqlChange>(Assert.Single(SnapshotBuilder.Rds().Untouched().One("SW301").Fixes));

        Assert.True(change.Statement.HasSecret);
        Assert.Equal("CREATE USER \"clickpipes_user\" PASSWORD '" + SecretString.Mask + "'", change.Statement.Display);
        Assert.Equal("DROP USER \"clickpipes_user\"", change.Undo!.Display);
        Assert.Equal("NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'clickpipes_user')", change.NeededWhen);
    }

    [Fact]
    public void The_password_of_an_existing_user_is_touched_only_when_asked_for()
    {
        var statements = SnapshotBuilder.Rds().Role(SnapshotBuilder.User, r => r with { CanLogin = false, ConnectionLimit = 2 }).Judge("SW301").SelectMany(f => f.Fixes).Cast<SqlChange>();
        var asked = SnapshotBuilder.Rds().Goal(g => g with { ResetPassword = true }).One("SW301").Fixes.Cast<SqlChange>();

        Assert.All(statements, c => Assert.False(c.Statement.HasSecret));
        Assert.True(Assert.Single(asked).Statement.HasSecret);
    }

    [Fact]
    public void What_is_lifted_from_a_user_can_be_put_back()
    {
        var until = new DateTimeOffset(2026, 1, 1, 9, 30, 0, TimeSpan.FromHours(9));
        var changes = SnapshotBuilder.Rds().Role(SnapshotBuilder.User, r => r with { CanLogin = false, ValidUntil = until, ConnectionLimit = 3 })
            .Judge("SW301").SelectMany(f => f.Fixes).Cast<SqlChange>().ToList();

        Assert.Equal(
            [
                """ALTER USER "clickpipes_user" LOGIN""",
                """ALTER USER "clickpipes_user" VALID UNTIL 'infinity'""",
                """ALTER USER "clickpipes_user" CONNECTION LIMIT -1""",
            ],
            changes.Select(c => c.Statement.Display));
        Assert.Equal(
            [
                """ALTER USER "clickpipes_user" NOLOGIN""",
                """ALTER USER "clickpipes_user" VALID UNTIL '2026-01-01 00:30:00.000000+00'""",
                """ALTER USER "clickpipes_user" CONNECTION LIMIT 3""",
            ],
            changes.Select(c => c.Undo!.Display));
    }

    [Fact]
    public void A_password_that_ends_in_the_future_is_fine()
    {
        var builder = SnapshotBuilder.Rds().Role(SnapshotBuilder.User, r => r with { ValidUntil = new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero), ConnectionLimit = 6 });

        Assert.Equal(FindingState.Satisfied, builder.One("SW301").State);
    }

    [Fact]
    public void Replication_is_given_the_way_of_the_provider()
    {
        Assert.Equal(["""GRANT rds_replication TO "clickpipes_user" """.TrimEnd()], SnapshotBuilder.Rds().Untouched().Statements("SW302"));
        Assert.Equal(["""ALTER USER "clickpipes_user" WITH REPLICATION"""], SnapshotBuilder.Azure().Untouched().Statements("SW302"));
    }

    [Fact]
    public void An_Azure_admin_without_replication_takes_it_first_where_the_service_lets_it()
    {
        var builder = SnapshotBuilder.Azure().Untouched().Role(SnapshotBuilder.Admin, r => r with { Replication = false });
        var refused = builder.Provider(p => p with { AdminsSetReplication = false }).One("SW302").Fixes.Cast<SqlChange>().ToList();
        var allowed = builder.Provider(p => p with { AdminsSetReplication = true }).One("SW302").Fixes.Cast<SqlChange>().ToList();

        Assert.NotNull(Assert.Single(refused).RunBy);
        Assert.Equal(["""ALTER ROLE "shop_admin" REPLICATION""", """ALTER USER "clickpipes_user" WITH REPLICATION"""], allowed.Select(c => c.Statement.Display));
        Assert.Equal([ChangePhase.AdminRights, ChangePhase.User], allowed.Select(c => c.Phase));
        Assert.All(allowed, c => Assert.Null(c.RunBy));
    }

    [Fact]
    public void Rights_that_everybody_has_are_not_granted_again_even_before_the_user_exists()
    {
        var builder = SnapshotBuilder.Rds().Schema("public", SnapshotBuilder.Admin, s => s with { PublicHasUsage = true }).Untouched();

        Assert.Equal(FindingState.Satisfied, builder.One("SW303").State);
        Assert.Equal(FindingState.Satisfied, builder.One("SW304").State);
        Assert.Equal(FindingState.Satisfied, builder.One("SW310").State);
    }

    [Fact]
    public void Rights_that_not_everybody_has_are_granted_before_the_user_exists()
    {
        var builder = SnapshotBuilder.Rds().Server(s => s with { PublicCanConnect = false }).Untouched();

        Assert.Equal(["""GRANT CONNECT ON DATABASE "app" TO "clickpipes_user" """.TrimEnd()], builder.Statements("SW303"));
        Assert.Equal(["""GRANT USAGE ON SCHEMA "public" TO "clickpipes_user" """.TrimEnd()], builder.Statements("SW304"));
        Assert.Equal(["""GRANT SELECT ON ALL TABLES IN SCHEMA "public" TO "clickpipes_user" """.TrimEnd()], builder.Statements("SW305"));
    }

    [Fact]
    public void Taking_back_takes_only_what_was_missing_before()
    {
        var fresh = (SqlChange)SnapshotBuilder.Rds().Untouched().One("SW305").Fixes[0];
        var later = (SqlChange)SnapshotBuilder.Rds().Table("public", "orders", t => t with { UserCanSelect = false }).One("SW305").Fixes[0];

        Assert.Equal("""REVOKE SELECT ON ALL TABLES IN SCHEMA "public" FROM "clickpipes_user" """.TrimEnd(), fresh.Undo!.Display);
        Assert.Equal("""REVOKE SELECT ON "public"."orders" FROM "clickpipes_user" """.TrimEnd(), later.Undo!.Display);
    }

    [Fact]
    public void A_schema_with_anything_left_out_is_granted_table_by_table()
    {
        Assert.Equal(
            ["""GRANT SELECT ON "public"."customers", "public"."orders" TO "clickpipes_user" """.TrimEnd()],
            SnapshotBuilder.Rds().Table("public", "log", t => t with { PrimaryKey = KeyState.None }).Untouched().Statements("SW305"));
        Assert.Equal(
            ["""GRANT SELECT ON "public"."customers", "public"."orders" TO "clickpipes_user" """.TrimEnd()],
            SnapshotBuilder.Rds().Table("public", "report", t => t with { Kind = RelationKind.View }).Untouched().Statements("SW305"));
    }

    [Fact]
    public void Partitions_are_granted_with_their_table()
    {
        var finding = SnapshotBuilder.Rds()
            .Table("public", "events", t => t with { Kind = RelationKind.Partitioned })
            .Table("parts", "events_1", t => t with { Root = new("public", "events"), UserCanSelect = false })
            .One("SW305");

        Assert.Equal(["parts.events_1"], finding.Subjects.Select(s => s.Name));
    }

    [Fact]
    public void Many_tables_are_granted_in_statements_of_a_thousand()
    {
        var builder = SnapshotBuilder.Rds().NoTables();
        for (var n = 0; n < 2100; n++)
        {
            builder.Table("public", $"t{n:D4}");
        }

        var changes = builder.Table("public", "log", t => t with { PrimaryKey = KeyState.None }).Untouched().One("SW305").Fixes.Cast<SqlChange>().ToList();

        Assert.Equal([1000, 1000, 100], changes.Select(c => (int)c.Arguments["count"]!));
    }

    [Fact]
    public void An_owner_within_reach_is_joined_once_for_all_rules()
    {
        var builder = SnapshotBuilder.Rds().Role(new RoleFact { Name = "sales_owner", AdminMayGrant = true })
            .Schema("sales", "sales_owner")
            .Table("sales", "invoices", t => t with { Owner = "sales_owner", AdminMayGrant = false, RowSecurityHides = true })
            .Goal(g => g with { Schemas = ["sales"] }).Untouched();

        var memberships = builder.JudgeAll().SelectMany(f => f.Fixes).OfType<SqlChange>().Where(c => c.Kind == "take-membership").ToList();

        Assert.True(memberships.Count >= 5);
        var change = Assert.Single(memberships.DistinctBy(c => c.Key));
        Assert.Equal("""GRANT "sales_owner" TO "shop_admin" WITH INHERIT TRUE, SET TRUE""", change.Statement.Display);
        Assert.Equal("""REVOKE "sales_owner" FROM "shop_admin" """.TrimEnd(), change.Undo!.Display);
        Assert.Equal(ChangePhase.AdminRights, change.Phase);
    }

    [Fact]
    public void Before_16_membership_has_no_options()
    {
        var builder = SnapshotBuilder.Rds(150014).Role(new RoleFact { Name = "sales_owner" })
            .Table("public", "invoices", t => t with { Owner = "sales_owner", AdminMayGrant = false, UserCanSelect = false });

        Assert.Equal("""GRANT "sales_owner" TO "shop_admin" """.TrimEnd(), builder.Statements("SW305")[0]);
    }

    [Fact]
    public void What_only_its_owner_can_grant_is_prepared_for_the_owner()
    {
        var changes = SnapshotBuilder.Rds().Role(new RoleFact { Name = "platform_owner" })
            .Schema("platform", "platform_owner")
            .Table("platform", "tenants", t => t with { Owner = "platform_owner", AdminMayGrant = false })
            .Goal(g => g with { Schemas = ["platform", "public"] }).Untouched()
            .JudgeAll().Where(f => f.Id.Code is "SW304" or "SW305" or "SW306").SelectMany(f => f.Fixes).Cast<SqlChange>().ToList();

        Assert.Equal(
            [
                """GRANT USAGE ON SCHEMA "platform" TO "clickpipes_user" """.TrimEnd(),
                """GRANT SELECT ON "platform"."tenants" TO "clickpipes_user" """.TrimEnd(),
                """ALTER DEFAULT PRIVILEGES FOR ROLE "platform_owner" IN SCHEMA "platform" GRANT SELECT ON TABLES TO "clickpipes_user" """.TrimEnd(),
            ],
            changes.Where(c => c.RunBy == "platform_owner").Select(c => c.Statement.Display));
        Assert.Equal(3, changes.Count(c => c.RunBy is null));
    }

    [Fact]
    public void Default_privileges_are_set_for_each_owner_and_schema_that_lacks_them()
    {
        var builder = SnapshotBuilder.Rds().Role(new RoleFact { Name = "app", AdminInherits = true }).Table("public", "extra", t => t with { Owner = "app" });

        Assert.Equal(
            ["""ALTER DEFAULT PRIVILEGES FOR ROLE "app" IN SCHEMA "public" GRANT SELECT ON TABLES TO "clickpipes_user" """.TrimEnd()],
            builder.Statements("SW306"));
        Assert.Equal(FindingState.Satisfied, builder.Default("app", null).One("SW306").State);
    }

    [Fact]
    public void A_user_that_reads_everything_needs_no_default_privileges()
    {
        var builder = SnapshotBuilder.Rds().NoDefaults().Role(new RoleFact { Name = "pg_read_all_data", UserIsMember = true });

        Assert.Equal(FindingState.Satisfied, builder.One("SW306").State);
    }

    [Fact]
    public void Row_security_gets_a_policy_where_bypassing_cannot_be_given()
    {
        var change = Assert.IsType<SqlChange>(Assert.Single(SnapshotBuilder.Rds().Table("public", "notes", t => t with { RowSecurityHides = true }).One("SW307").Fixes));

        Assert.Equal("""CREATE POLICY "clickpipes_read_clickpipes_user" ON "public"."notes" FOR SELECT TO "clickpipes_user" USING (true)""", change.Statement.Display);
        Assert.Equal("""DROP POLICY "clickpipes_read_clickpipes_user" ON "public"."notes" """.TrimEnd(), change.Undo!.Display);
        Assert.Contains("polrelid = '\"public\".\"notes\"'::pg_catalog.regclass", change.NeededWhen, StringComparison.Ordinal);
    }

    [Fact]
    public void A_policy_of_a_long_user_name_is_cut_between_characters()
    {
        var user = string.Concat(Enumerable.Repeat("\U0001F4E6", 15));
        var statement = SnapshotBuilder.Rds().Goal(g => g with { User = user }).Table("public", "notes", t => t with { RowSecurityHides = true }).Statements("SW307")[0];

        var name = statement.Split('"')[1];
        Assert.True(PgIdentifier.IsValid(name));
        Assert.Equal("clickpipes_read_" + string.Concat(Enumerable.Repeat("\U0001F4E6", 11)), name);
    }

    [Fact]
    public void Nobody_takes_powers_from_an_administrator()
    {
        Assert.Empty(SnapshotBuilder.Plain().Role(SnapshotBuilder.User, r => r with { Superuser = true, CreateRole = true }).One("SW308").Fixes);
        Assert.Empty(SnapshotBuilder.Rds().Goal(g => g with { User = SnapshotBuilder.Admin }).One("SW308").Fixes);
    }

    [Fact]
    public void Rights_a_user_has_beyond_need_are_named_and_can_be_taken_away()
    {
        var finding = SnapshotBuilder.Rds().Role(SnapshotBuilder.User, r => r with { CreateDb = true, CreateRole = true }).One("SW308");

        Assert.Equal("CREATEROLE, CREATEDB", finding.Arguments["powers"]);
        Assert.Equal("""ALTER USER "clickpipes_user" NOCREATEROLE NOCREATEDB""", ((SqlChange)finding.Fixes[0]).Statement.Display);
        Assert.False(finding.IsProblem);
    }

    [Theory]
    [InlineData(160010, "pg_catalog.pg_logical_emit_message(boolean, text, text)")]
    [InlineData(170008, "pg_catalog.pg_logical_emit_message(boolean, text, text, boolean)")]
    public void The_heartbeat_function_is_named_as_the_version_has_it(int version, string function)
    {
        var change = (SqlChange)SnapshotBuilder.Plain(version).Server(s => s with { UserCanEmitMessage = false }).One("SW310").Fixes[0];

        Assert.Equal($"GRANT EXECUTE ON FUNCTION {function} TO \"clickpipes_user\"", change.Statement.Display);
        Assert.Null(change.RunBy);
    }
}
