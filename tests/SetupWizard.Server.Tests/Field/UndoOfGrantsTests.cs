using System.Globalization;
using SetupWizard.Core.Export;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Field;

/// <summary>An undo gives the user exactly the privileges that were there before, and takes none that came since from somebody else.</summary>
[Collection(SandboxFixture.Families)]
public sealed class UndoOfGrantsTests(SandboxFixture sandboxes)
{
    [Theory]
    [InlineData(15, false, false)]
    [InlineData(18, false, false)]
    [InlineData(15, true, false)]
    [InlineData(18, true, false)]
    [InlineData(12, false, true)]
    [InlineData(18, false, true)]
    [InlineData(15, true, true)]
    public async Task Columns_that_were_granted_before_are_readable_after_the_undo(int major, bool wholeSchema, bool byScript)
    {
        await using var source = await AtAsync(major);
        await source.CreateUserAsync();
        await source.Admin.ExecuteAsync($"""
            CREATE TABLE {source.Schema}.t (id int PRIMARY KEY, "Na""me" text, ssn text);
            CREATE TABLE {source.Schema}.plain (id int PRIMARY KEY);
            GRANT USAGE ON SCHEMA {source.Schema} TO {source.User};
            GRANT SELECT (id, "Na""me"), UPDATE (ssn) ON {source.Schema}.t TO {source.User};
            GRANT SELECT ("Na""me") ON {source.Schema}.t TO {source.User} WITH GRANT OPTION
            """);

        // What another role granted with its grant option, the owner's REVOKE leaves.
        await source.Superuser.ExecuteAsync($"""
            CREATE ROLE {source.Schema}_grantor; GRANT USAGE ON SCHEMA {source.Schema} TO {source.Schema}_grantor; GRANT SELECT (id) ON {source.Schema}.t TO {source.Schema}_grantor WITH GRANT OPTION;
            SET ROLE {source.Schema}_grantor; GRANT SELECT (id) ON {source.Schema}.t TO {source.User}; RESET ROLE
            """);
        source.Goal = wholeSchema ? source.Goal : source.Goal with { Schemas = [], Tables = [new(source.Schema, "t"), new(source.Schema, "plain")] };
        var before = await source.PrivilegesAsync();

        await source.ApplyAsync();
        Assert.Contains($"table {source.Schema}.t SELECT by {source.Sandbox.AdminUser}", await source.PrivilegesAsync());
        if (byScript)
        {
            var script = UndoScriptExporter.Write(await source.InspectAsync(), await source.UndoPlanAsync(), CultureInfo.GetCultureInfo("en"));
            Assert.Equal((0, ""), await PsqlRun.AsAdminAsync(source.Sandbox, script, ""));
            await source.Sandbox.RefreshAsync(CancellationToken.None);
        }
        else
        {
            await source.UndoAsync();
        }

        Assert.Equal(before, await source.PrivilegesAsync());
        Assert.Empty((await source.UndoPlanAsync()).Changes);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task What_the_finding_the_plan_and_the_script_say_of_granted_columns_is_what_is_done(int major)
    {
        await using var source = await AtAsync(major);
        await source.CreateUserAsync();
        await source.Admin.ExecuteAsync($"""
            CREATE TABLE {source.Schema}.t (id int PRIMARY KEY, name text, ssn text); CREATE TABLE {source.Schema}.plain (id int PRIMARY KEY);
            GRANT SELECT (id, name) ON {source.Schema}.t TO {source.User}
            """);
        const string Table = "t";

        var inspection = await source.InspectAsync();
        var opened = Assert.Single(inspection.Findings, f => f.Id == RequirementId.TableSelect && f.Case == "columns");
        Assert.Equal((FindingState.Blocking, $"{source.Schema}.t (id, name)"), (opened.State, (string)opened.Arguments["columns"]!));
        Assert.Equal([$"{source.Schema}.plain"], Assert.Single(inspection.Findings, f => f.Id == RequirementId.TableSelect && f.Case == "missing").Subjects.Select(s => s.Name));
        var revoke = $"REVOKE SELECT ON \"{source.Schema}\".\"{Table}\" FROM {source.User}";
        var again = $"GRANT SELECT (\"id\", \"name\") ON \"{source.Schema}\".\"{Table}\" TO {source.User}";
        Assert.Contains(opened.Fixes.OfType<SqlChange>(), c => c.Undo?.Display == revoke + "; " + again);

        await source.ApplyAsync();
        var undo = await source.UndoPlanAsync();
        var at = undo.Changes.ToList().FindIndex(c => c.Statement.Display == revoke);
        Assert.Equal(again, undo.Changes[at + 1].Statement.Display);
        var script = UndoScriptExporter.Write(inspection, undo, CultureInfo.GetCultureInfo("en"));

        // A script finds the table by its number, and reads what there is on its columns when it runs.
        Assert.DoesNotContain(again, script, StringComparison.Ordinal);
        var read = script.IndexOf("'GRANT SELECT (%I) ON '", StringComparison.Ordinal);
        var revoked = script.IndexOf($"EXECUTE 'REVOKE SELECT ON ' || found_table.name || ' FROM {source.User}'", StringComparison.Ordinal);
        Assert.True(read > 0 && revoked > read, script);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Rights_to_write_that_were_taken_away_come_back_as_they_were(int major)
    {
        await using var source = await AtAsync(major);
        await source.CreateUserAsync();
        await source.Admin.ExecuteAsync($"""
            CREATE TABLE {source.Schema}.a (id int PRIMARY KEY, v text); CREATE TABLE {source.Schema}.b (id int PRIMARY KEY); CREATE TABLE {source.Schema}.c (id int PRIMARY KEY, v text);
            GRANT INSERT, TRUNCATE ON {source.Schema}.a TO {source.User}; GRANT DELETE ON {source.Schema}.a TO {source.User} WITH GRANT OPTION;
            GRANT INSERT ON {source.Schema}.b TO {source.User};
            GRANT UPDATE ON {source.Schema}.c TO {source.User}; GRANT UPDATE (v), INSERT (id) ON {source.Schema}.c TO {source.User}
            """);
        var before = await source.PrivilegesAsync();

        await source.ApplyAsync(RequirementId.LeastPrivilege);
        Assert.DoesNotContain(await source.PrivilegesAsync(), p => p.StartsWith("table ", StringComparison.Ordinal));
        await source.UndoAsync();

        Assert.Equal(before, await source.PrivilegesAsync());
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Membership_that_was_taken_away_comes_back_with_its_options(int major)
    {
        await using var source = await AtAsync(major);
        await source.CreateUserAsync();
        await source.Admin.ExecuteAsync($"GRANT rds_iam TO {source.User} WITH ADMIN OPTION");
        var before = await source.PrivilegesAsync();

        await source.ApplyAsync(RequirementId.User);
        Assert.DoesNotContain(await source.PrivilegesAsync(), p => p.StartsWith("member ", StringComparison.Ordinal));
        await source.UndoAsync();

        Assert.Equal(before, await source.PrivilegesAsync());
    }

    [Fact]
    public async Task Options_of_a_membership_of_the_administrator_come_back_as_they_were()
    {
        await using var source = await AtAsync(18);
        await source.Admin.ExecuteAsync($"CREATE ROLE {source.Schema}_owner; GRANT {source.Schema}_owner TO CURRENT_USER WITH INHERIT FALSE, SET FALSE; CREATE TABLE {source.Schema}.t (id int PRIMARY KEY)");
        await source.Superuser.ExecuteAsync($"ALTER TABLE {source.Schema}.t OWNER TO {source.Schema}_owner");
        var before = await source.PrivilegesAsync();

        await source.ApplyAsync(RequirementId.User, RequirementId.TableSelect);
        Assert.NotEqual(before, await source.PrivilegesAsync());
        await source.UndoAsync();

        Assert.Equal(before, await source.PrivilegesAsync());
    }

    [Theory]
    [InlineData(15, false)]
    [InlineData(18, true)]
    public async Task Tables_dropped_and_made_since_do_not_keep_an_undo_from_taking_everything_back(int major, bool view)
    {
        await using var source = await AtAsync(major);
        await source.Admin.ExecuteAsync($"CREATE TABLE {source.Schema}.stays (id int PRIMARY KEY); CREATE TABLE {source.Schema}.goes (id int PRIMARY KEY)" + (view ? $"; CREATE VIEW {source.Schema}.seen AS SELECT 1 AS one" : ""));
        await source.ApplyAsync();
        await source.Admin.ExecuteAsync($"DROP TABLE {source.Schema}.goes; CREATE TABLE {source.Schema}.since (id int PRIMARY KEY)");
        Assert.Contains($"table {source.Schema}.since SELECT by {source.Sandbox.AdminUser}", await source.PrivilegesAsync());

        var undo = await source.UndoAsync();

        Assert.Empty(undo.LeftAlone);
        Assert.DoesNotContain(await source.PrivilegesAsync(), static p => !p.StartsWith("membership ", StringComparison.Ordinal));
        Assert.False(await source.Superuser.ScalarAsync<bool>($"SELECT EXISTS (SELECT FROM pg_publication WHERE pubname = '{source.Goal.Publication}')"));
        Assert.Empty((await source.UndoPlanAsync()).Changes);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Privileges_somebody_granted_or_changed_since_are_left_and_said(int major)
    {
        await using var source = await AtAsync(major);
        await source.CreateUserAsync();
        await source.Admin.ExecuteAsync($"CREATE TABLE {source.Schema}.t (id int PRIMARY KEY, v text); CREATE TABLE {source.Schema}.more (id int PRIMARY KEY)");

        // On the schema as a whole, and nothing on tables that are made later: what they get by that would be taken back with it.
        await source.ApplyAsync(RequirementId.SchemaUsage, RequirementId.TableSelect, RequirementId.WalSenderTimeout, RequirementId.ReplicationPrivilege, RequirementId.Publication);

        // Another team lets the same user see more, and hand one table on.
        await source.Admin.ExecuteAsync($"""
            CREATE TABLE {source.Schema}.theirs (id int PRIMARY KEY); GRANT SELECT ON {source.Schema}.theirs TO {source.User};
            GRANT SELECT ON {source.Schema}.more TO {source.User} WITH GRANT OPTION; GRANT SELECT (v) ON {source.Schema}.t TO {source.User};
            GRANT USAGE ON SCHEMA {source.Schema} TO {source.User} WITH GRANT OPTION; ALTER ROLE {source.User} SET wal_sender_timeout = '45s'
            """);
        var undo = await source.UndoAsync();

        var left = await source.PrivilegesAsync();
        Assert.Contains($"table {source.Schema}.theirs SELECT by {source.Sandbox.AdminUser}", left);
        Assert.Contains($"table {source.Schema}.more SELECT WITH GRANT OPTION by {source.Sandbox.AdminUser}", left);
        Assert.Contains($"column {source.Schema}.t.v SELECT by {source.Sandbox.AdminUser}", left);
        Assert.Contains($"schema {source.Schema} USAGE WITH GRANT OPTION by {source.Sandbox.AdminUser}", left);
        Assert.Contains(left, p => p.StartsWith("setting ", StringComparison.Ordinal) && p.Contains("45s", StringComparison.Ordinal));
        Assert.DoesNotContain(left, p => p.StartsWith($"table {source.Schema}.t ", StringComparison.Ordinal));
        Assert.Equal(
            ["undo-left-changed", "undo-left-changed", "undo-left-tables"],
            undo.LeftAlone.Select(l => l.Problem.Key).Order(StringComparer.Ordinal));
        var tables = (string)undo.LeftAlone.Single(l => l.Problem.Key == "undo-left-tables").Problem.Arguments["tables"]!;
        Assert.Contains($"{source.Schema}.more (SELECT WITH GRANT OPTION)", tables, StringComparison.Ordinal);
        Assert.Contains($"{source.Schema}.theirs (SELECT)", tables, StringComparison.Ordinal);
    }

    /// <summary>PostgreSQL records the role that holds the grant option as grantor, when whoever grants is a member of it and not the owner.</summary>
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task What_was_granted_by_a_role_the_administrator_is_a_member_of_is_taken_back(int major)
    {
        await using var source = await AtAsync(major);
        var grantor = await HandOnAsync(source);
        await source.ApplyAsync(RequirementId.User, RequirementId.TableSelect);
        Assert.Contains($"table {source.Schema}.t SELECT by {grantor}", await source.PrivilegesAsync());

        // Who acts as the owner takes nothing of it back.
        await source.Superuser.ExecuteAsync($"ALTER ROLE {PgIdentifier.Quote(source.Sandbox.AdminUser)} SUPERUSER");
        try
        {
            var asOwner = await source.UndoPlanAsync();
            Assert.Contains($"{source.Schema}.t (SELECT by {grantor})", (string)Assert.Single(asOwner.LeftAlone, static l => l.Problem.Key == "undo-left-tables").Problem.Arguments["tables"]!, StringComparison.Ordinal);
        }
        finally
        {
            await source.Superuser.ExecuteAsync($"ALTER ROLE {PgIdentifier.Quote(source.Sandbox.AdminUser)} NOSUPERUSER");
        }

        var undo = await source.UndoAsync();

        Assert.Empty(undo.LeftAlone);
        Assert.Empty(NotOfTheAdministrator(await source.PrivilegesAsync()));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Columns_granted_by_a_role_the_administrator_is_a_member_of_are_readable_after_the_undo(int major)
    {
        await using var source = await AtAsync(major);
        await source.CreateUserAsync();
        var grantor = await HandOnAsync(source);
        await source.Superuser.ExecuteAsync($"SET ROLE {grantor}; GRANT SELECT (id, v) ON {source.Schema}.t TO {source.User}; RESET ROLE; GRANT SELECT (v) ON {source.Schema}.t TO {source.User}");
        var before = await source.PrivilegesAsync();

        var plan = await source.PlanAsync(RequirementId.TableSelect);
        await source.RunAsync(plan);
        var undo = await source.UndoAsync();

        Assert.Equal(before, await source.PrivilegesAsync());
        Assert.Equal(plan.Changes.Single(static c => c.For == RequirementId.TableSelect).Undo?.Display, string.Join("; ", undo.Changes.Select(static c => c.Statement.Display)));
    }

    /// <summary>GRANT ON ALL TABLES IN SCHEMA reaches tables that needed nothing, too.</summary>
    [Theory]
    [InlineData(12)]
    [InlineData(18)]
    public async Task Everything_a_grant_on_a_whole_schema_reached_is_taken_back(int major)
    {
        await using var source = await AtAsync(major);
        await source.Admin.ExecuteAsync($"""
            CREATE TABLE {source.Schema}.t (id int PRIMARY KEY); CREATE TABLE {source.Schema}.open (id int PRIMARY KEY); GRANT SELECT ON {source.Schema}.open TO PUBLIC;
            CREATE TABLE {source.Schema}.parted (id int PRIMARY KEY) PARTITION BY RANGE (id); CREATE TABLE {source.Schema}.part PARTITION OF {source.Schema}.parted FOR VALUES FROM (0) TO (9)
            """);
        await source.ApplyAsync();
        Assert.Contains($"table {source.Schema}.open SELECT by {source.Sandbox.AdminUser}", await source.PrivilegesAsync());
        Assert.Contains($"table {source.Schema}.parted SELECT by {source.Sandbox.AdminUser}", await source.PrivilegesAsync());

        var undo = await source.UndoAsync();

        Assert.Empty(undo.LeftAlone);
        Assert.Contains(undo.Changes, c => c.Statement.Display.StartsWith($"REVOKE SELECT ON ALL TABLES IN SCHEMA \"{source.Schema}\" ", StringComparison.Ordinal));
        Assert.Empty(NotOfTheAdministrator(await source.PrivilegesAsync()));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Tables_that_a_second_run_granted_are_not_taken_for_somebody_elses(int major)
    {
        await using var source = await AtAsync(major);
        source.Goal = source.Goal with { FutureTables = false };
        await source.Admin.ExecuteAsync($"CREATE TABLE {source.Schema}.t (id int PRIMARY KEY)");
        await source.ApplyAsync();
        await source.Admin.ExecuteAsync($"CREATE TABLE {source.Schema}.second (id int PRIMARY KEY)");
        await source.ApplyAsync();

        var undo = await source.UndoAsync();

        Assert.Empty(undo.LeftAlone);
        Assert.Empty(NotOfTheAdministrator(await source.PrivilegesAsync()));
    }

    /// <summary>What was left of another change, or of a default privilege, is not taken by the short form for a whole schema.</summary>
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Tables_made_since_that_somebody_lets_the_user_hand_on_stay_so(int major)
    {
        await using var source = await AtAsync(major);
        await source.CreateUserAsync();
        await source.Admin.ExecuteAsync($"CREATE TABLE {source.Schema}.t (id int PRIMARY KEY)");
        await source.ApplyAsync();
        await source.Admin.ExecuteAsync($"CREATE TABLE {source.Schema}.since (id int PRIMARY KEY); CREATE TABLE {source.Schema}.handed (id int PRIMARY KEY); GRANT SELECT ON {source.Schema}.handed TO {source.User} WITH GRANT OPTION");

        var undo = await source.UndoAsync();

        Assert.Equal([$"table {source.Schema}.handed SELECT WITH GRANT OPTION by {source.Sandbox.AdminUser}"], (await source.PrivilegesAsync()).Where(static p => p.StartsWith("table ", StringComparison.Ordinal)));
        Assert.Contains(undo.LeftAlone, l => l.Problem.Key == "undo-left-tables" && (string)l.Problem.Arguments["tables"]! == $"{source.Schema}.handed (SELECT WITH GRANT OPTION)");
    }

    /// <summary>What was taken away from a role that is gone cannot be given back to it.</summary>
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Nothing_is_given_back_to_a_user_that_is_gone(int major)
    {
        await using var source = await AtAsync(major);
        await source.CreateUserAsync();
        await source.Admin.ExecuteAsync($"""
            CREATE TABLE {source.Schema}.t (id int PRIMARY KEY); GRANT INSERT ON {source.Schema}.t TO {source.User};
            GRANT rds_iam TO {source.User}; ALTER ROLE {source.User} SET statement_timeout = '1s'
            """);
        await source.ApplyAsync(RequirementId.User, RequirementId.RoleSettings, RequirementId.LeastPrivilege);
        Assert.Equal(3, (await source.UndoPlanAsync()).Changes.Count);

        // As long as it is there, what somebody sets again is theirs.
        await source.Admin.ExecuteAsync($"ALTER ROLE {source.User} SET statement_timeout = '7s'");
        var set = Assert.Single((await source.UndoPlanAsync()).LeftAlone).Problem;
        Assert.Equal(("undo-left-set", "7s"), (set.Key, (string)set.Arguments["now"]!));
        await source.Superuser.ExecuteAsync($"DROP OWNED BY {source.User}; DROP ROLE {source.User}");

        var undo = await source.UndoPlanAsync();

        Assert.Empty(undo.Changes);
        Assert.Empty(undo.LeftAlone);
    }

    [Theory]
    [InlineData(15, true)]
    [InlineData(18, true)]
    [InlineData(18, false)]
    public async Task Renamed_tables_keep_what_they_had_and_lose_what_the_wizard_granted(int major, bool wholeSchema)
    {
        await using var source = await AtAsync(major);
        await source.CreateUserAsync();
        await source.Admin.ExecuteAsync($"""
            CREATE TABLE {source.Schema}.had (id int PRIMARY KEY); GRANT SELECT ON {source.Schema}.had TO {source.User};
            CREATE TABLE {source.Schema}.t (id int PRIMARY KEY); CREATE TABLE {source.Schema}.u (id int PRIMARY KEY)
            """);
        source.Goal = wholeSchema ? source.Goal : source.Goal with { Schemas = [], Tables = [new(source.Schema, "had"), new(source.Schema, "t"), new(source.Schema, "u")] };
        var before = await source.PrivilegesAsync();
        await source.ApplyAsync();

        // The names change places.
        await source.Admin.ExecuteAsync($"ALTER TABLE {source.Schema}.t RENAME TO away; ALTER TABLE {source.Schema}.had RENAME TO t; ALTER TABLE {source.Schema}.u RENAME TO had");
        var undo = await source.UndoAsync();

        Assert.Empty(undo.LeftAlone);
        Assert.Equal(before.Select(p => p.Replace($"{source.Schema}.had ", $"{source.Schema}.t ", StringComparison.Ordinal)), await source.PrivilegesAsync());
        Assert.False(await source.Superuser.ScalarAsync<bool>($"SELECT EXISTS (SELECT FROM pg_publication WHERE pubname = '{source.Goal.Publication}')"));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Table_made_anew_under_an_old_name_is_not_the_one_that_was_granted(int major)
    {
        await using var source = await AtAsync(major);
        await source.CreateUserAsync();
        await source.Admin.ExecuteAsync($"CREATE TABLE {source.Schema}.t (id int PRIMARY KEY); CREATE TABLE {source.Schema}.u (id int PRIMARY KEY)");
        source.Goal = source.Goal with { FutureTables = false };
        await source.ApplyAsync();
        await source.Admin.ExecuteAsync($"DROP TABLE {source.Schema}.t; CREATE TABLE {source.Schema}.t (id int PRIMARY KEY); GRANT SELECT ON {source.Schema}.t TO {source.User}");

        await source.UndoAsync();

        Assert.Equal([$"table {source.Schema}.t SELECT by {source.Sandbox.AdminUser}"], (await source.PrivilegesAsync()).Where(static p => p.StartsWith("table ", StringComparison.Ordinal)));
    }

    private Task<UndoSource> AtAsync(int major) => UndoSource.AtAsync(sandboxes.SharedAsync(SandboxProfile.AmazonRds, major));

    /// <summary>A table of the superuser's that a role of the administrator's may hand on; returns the role.</summary>
    private static async Task<string> HandOnAsync(UndoSource source)
    {
        var grantor = source.Schema + "_grantor";
        await source.Superuser.ExecuteAsync($"""
            CREATE ROLE {grantor}; GRANT USAGE ON SCHEMA {source.Schema} TO {grantor}; GRANT {grantor} TO {PgIdentifier.Quote(source.Sandbox.AdminUser)};
            CREATE TABLE {source.Schema}.t (id int PRIMARY KEY, v text); GRANT SELECT ON {source.Schema}.t TO {grantor} WITH GRANT OPTION
            """);
        return grantor;
    }

    private static IEnumerable<string> NotOfTheAdministrator(IEnumerable<string> privileges) => privileges.Where(static p => !p.StartsWith("membership ", StringComparison.Ordinal));
}
