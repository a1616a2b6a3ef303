using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;

namespace SetupWizard.Core.Tests.Requirements;

public sealed class ParameterFixTests
{
    [Fact]
    public void On_RDS_both_findings_about_replication_ask_for_one_and_the_same_console_change()
    {
        var builder = SnapshotBuilder.Rds().Setting("wal_level", "replica").Setting("rds.logical_replication", "off");

        var first = Assert.IsType<ConsoleChange>(Assert.Single(builder.One("SW201").Fixes));
        var second = Assert.IsType<ConsoleChange>(Assert.Single(builder.One("SW202").Fixes));

        Assert.Equal(first.Key, second.Key);
        Assert.Equal(AmazonRds.ParameterGroupGuide, first.GuideId);
        Assert.Equal(("rds.logical_replication", "1"), (first.Setting, first.Value));
        Assert.Equal(RestartNeed.Restart, first.Restart);
    }

    [Fact]
    public void On_Azure_wal_level_is_changed_in_the_console()
    {
        var change = Assert.IsType<ConsoleChange>(Assert.Single(SnapshotBuilder.Azure().Setting("wal_level", "replica").One("SW201").Fixes));

        Assert.Equal(AzureFlexible.WalLevelGuide, change.GuideId);
        Assert.Equal(RequirementId.WalLevel, change.For);
    }

    [Fact]
    public void On_a_server_of_ones_own_a_superuser_changes_it_outside_a_transaction_and_reloads()
    {
        var changes = SnapshotBuilder.Plain().Setting("wal_level", "replica").One("SW201").Fixes.Cast<SqlChange>().ToList();

        Assert.Equal(["ALTER SYSTEM SET wal_level = 'logical'", "SELECT pg_catalog.pg_reload_conf()"], changes.Select(c => c.Statement.Display));
        Assert.Equal("ALTER SYSTEM RESET wal_level", changes[0].Undo!.Display);
        Assert.All(changes, c => Assert.False(c.Transactional));
        Assert.All(changes, c => Assert.Equal(ChangePhase.Parameters, c.Phase));
        Assert.Equal(RestartNeed.Restart, changes[0].Restart);
        Assert.All(changes, c => Assert.Null(c.RunBy));
    }

    [Fact]
    public void On_a_server_of_ones_own_somebody_else_changes_it_when_the_login_is_no_superuser()
    {
        var changes = SnapshotBuilder.Plain().Role(SnapshotBuilder.Admin, r => r with { Superuser = false }).Setting("wal_level", "replica").One("SW201").Fixes;

        Assert.All(changes.Cast<SqlChange>(), c => Assert.Equal(SnapshotBuilder.Root, c.RunBy));
    }

    [Theory]
    [InlineData("rds")]
    [InlineData("azure")]
    [InlineData("plain")]
    public void A_change_that_waits_for_a_restart_shows_a_guide_that_restarts(string provider)
    {
        var builder = provider switch { "rds" => SnapshotBuilder.Rds(), "azure" => SnapshotBuilder.Azure(), _ => SnapshotBuilder.Plain() };
        var context = builder.Setting("wal_level", "replica", pending: true).Build();

        var change = Assert.IsType<ConsoleChange>(Assert.Single(builder.One("SW201").Fixes));

        Assert.True(context.Provider.Guide(change.GuideId).Restarts);
        Assert.Equal("restart-in-console", change.Kind);
    }

    [Fact]
    public void Slots_in_use_are_named_with_whether_somebody_reads_them()
    {
        var finding = SnapshotBuilder.Plain().Slots(4, active: true).Slots(6).One("SW203");

        Assert.Equal(10, finding.Subjects.Count);
        Assert.Equal(["active", "idle"], finding.Subjects.Select(s => s.Note).Distinct());
        Assert.StartsWith("ALTER SYSTEM SET max_replication_slots = '14'", Assert.IsType<SqlChange>(finding.Fixes[0]).Statement.Display, StringComparison.Ordinal);
    }

    [Fact]
    public void The_timeout_that_counts_is_the_one_nearest_to_the_user()
    {
        // pg_db_role_setting: user in database, user, database, all roles; the server's value last.
        var builder = SnapshotBuilder.Azure().NoRoleSettings();
        Assert.Equal("1min", builder.One("SW205").Actual);
        Assert.Equal("30s", builder.RoleSetting(new(null, false, "wal_sender_timeout", "30s")).One("SW205").Actual);
        Assert.Equal("40s", builder.RoleSetting(new(null, true, "wal_sender_timeout", "40s")).One("SW205").Actual);
        Assert.Equal(FindingState.Satisfied, builder.RoleSetting(new(SnapshotBuilder.User, false, "wal_sender_timeout", "0")).One("SW205").State);
        var last = builder.RoleSetting(new(SnapshotBuilder.User, true, "wal_sender_timeout", "50s")).One("SW205");
        Assert.Equal("50s", last.Actual);

        var change = Assert.IsType<SqlChange>(Assert.Single(last.Fixes));
        Assert.Equal("""ALTER ROLE "clickpipes_user" IN DATABASE "app" SET wal_sender_timeout TO 0""", change.Statement.Display);
        Assert.Equal("""ALTER ROLE "clickpipes_user" IN DATABASE "app" SET wal_sender_timeout TO '50s'""", change.Undo!.Display);
    }

    [Fact]
    public void A_zero_that_was_attached_to_this_login_does_not_speak_for_the_user()
    {
        var builder = SnapshotBuilder.Azure().NoRoleSettings();

        Assert.Equal(FindingState.Satisfied, builder.Setting("wal_sender_timeout", "0", source: "configuration file").One("SW205").State);
        Assert.Equal("hidden", builder.Setting("wal_sender_timeout", "0", source: "user").One("SW205").Case);
    }

    [Fact]
    public void The_timeout_of_a_user_to_be_made_is_set_right_behind_making_it()
    {
        var finding = SnapshotBuilder.Azure().Untouched().One("SW205");

        Assert.Equal(["create-user", "role-setting"], finding.Fixes.Select(f => f.Kind));
        Assert.Equal(SnapshotBuilder.Azure().Untouched().One("SW301").Fixes[0].Key, finding.Fixes[0].Key);
        Assert.Equal("""ALTER ROLE "clickpipes_user" RESET wal_sender_timeout""", ((SqlChange)finding.Fixes[1]).Undo!.Display);
        Assert.Equal(Area.Access, finding.Area);
    }

    [Fact]
    public void Retention_is_told_in_days_at_the_measured_rate()
    {
        var builder = SnapshotBuilder.Plain().Setting("max_slot_wal_keep_size", "100GB", "102400").WalRate(2_485_513);

        var finding = builder.One("SW206");

        Assert.Equal(FindingState.Warning, SnapshotBuilder.Plain().Setting("max_slot_wal_keep_size", "300GB", "307200").WalRate(2_485_513).One("SW206").State);
        Assert.Equal(0.5, finding.Arguments["days"]);
        Assert.Equal(200.0, finding.Arguments["perDay"]);
        Assert.StartsWith("ALTER SYSTEM SET max_slot_wal_keep_size = '1400GB'", ((SqlChange)finding.Fixes[0]).Statement.Display, StringComparison.Ordinal);
    }

    [Fact]
    public void A_limit_the_provider_fixes_gets_no_change()
    {
        Assert.Empty(SnapshotBuilder.Azure().One("SW206").Fixes);
        var console = Assert.IsType<ConsoleChange>(Assert.Single(SnapshotBuilder.Rds().Setting("max_slot_wal_keep_size", "50GB", "51200").One("SW206").Fixes));
        Assert.Equal(("max_slot_wal_keep_size", "204800"), (console.Setting, console.Value));
    }
}
