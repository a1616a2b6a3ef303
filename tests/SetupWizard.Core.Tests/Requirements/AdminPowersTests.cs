using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Tests.Requirements;

public sealed class AdminPowersTests
{
    [Theory]
    [InlineData(150014, false, Reach.ByMembership)]
    [InlineData(160010, false, Reach.None)]
    [InlineData(160010, true, Reach.ByMembership)]
    public void An_owner_is_within_reach_by_the_rules_of_the_version(int version, bool mayGrant, Reach expected)
    {
        var snapshot = SnapshotBuilder.Rds(version).Role(new RoleFact { Name = "sales_owner", AdminMayGrant = mayGrant }).Build().Snapshot;

        Assert.Equal(expected, AdminPowers.ReachOf(snapshot, "sales_owner"));
        Assert.Equal(expected != Reach.None, AdminPowers.CanBecome(snapshot, "sales_owner"));
        Assert.Equal(expected == Reach.ByMembership, AdminPowers.NeedsMembership(snapshot, "sales_owner"));
    }

    [Fact]
    public void A_superuser_is_out_of_reach_and_so_is_a_role_nobody_read()
    {
        var snapshot = SnapshotBuilder.Rds(150014).Build().Snapshot;

        Assert.Equal(Reach.None, AdminPowers.ReachOf(snapshot, SnapshotBuilder.Root));
        Assert.Equal(Reach.None, AdminPowers.ReachOf(snapshot, "never_seen"));
    }

    [Fact]
    public void The_owner_of_the_database_owns_what_pg_database_owner_owns()
    {
        var direct = SnapshotBuilder.Rds().Role(new RoleFact { Name = "pg_database_owner" }).Build().Snapshot;
        var other = SnapshotBuilder.Rds(150014).Role(new RoleFact { Name = "pg_database_owner" }).Role(new RoleFact { Name = "dba" })
            .Server(s => s with { DatabaseOwner = "dba" }).Build().Snapshot;

        Assert.Equal(Reach.Direct, AdminPowers.ReachOf(direct, "pg_database_owner"));
        Assert.Equal(Reach.ByMembership, AdminPowers.ReachOf(other, "pg_database_owner"));
        Assert.False(AdminPowers.CanGrant(other, "pg_database_owner"));
    }

    [Theory]
    [InlineData(150014, true, false, false)]
    [InlineData(160010, true, false, true)]
    [InlineData(160010, false, false, false)]
    [InlineData(150014, false, true, true)]
    [InlineData(160010, false, true, true)]
    public void Replication_as_an_attribute_is_given_by_the_rules_of_the_version_or_the_provider(int version, bool own, bool providerAllows, bool expected)
    {
        var context = SnapshotBuilder.Azure(version).Role(SnapshotBuilder.Admin, r => r with { Replication = own })
            .Provider(p => p with { AdminsSetReplication = providerAllows }).Build();

        Assert.Equal(expected, AdminPowers.CanGiveReplication(context.Snapshot, context.Provider));
    }

    [Fact]
    public void Replication_by_membership_takes_the_right_to_grant_the_role()
    {
        var may = SnapshotBuilder.Rds().Build();
        var mayNot = SnapshotBuilder.Rds().Role("rds_replication", r => r with { AdminMayGrant = false }).Build();
        var before16 = SnapshotBuilder.Rds(150014).Role("rds_replication", r => r with { AdminMayGrant = false }).Build();

        Assert.True(AdminPowers.CanGiveReplication(may.Snapshot, may.Provider));
        Assert.False(AdminPowers.CanGiveReplication(mayNot.Snapshot, mayNot.Provider));
        Assert.True(AdminPowers.CanGiveReplication(before16.Snapshot, before16.Provider));
    }

    [Fact]
    public void Before_16_only_a_superuser_changes_a_user_that_has_replication()
    {
        var azure = SnapshotBuilder.Azure(150014).Provider(p => p with { AdminsSetReplication = false }).Build();
        var user = azure.Snapshot.Role(SnapshotBuilder.User)!;

        Assert.False(AdminPowers.CanAlterRole(azure.Snapshot, azure.Provider, user));
        Assert.True(AdminPowers.CanConfigureRole(azure.Snapshot, user));
        Assert.True(AdminPowers.CanAlterRole(azure.Snapshot, azure.Provider, user with { Replication = false }));
    }

    /// <summary>Members of such a role get in otherwise: from 16 on by the memberships that are inherited, of which the administrator may have some already.</summary>
    [Theory]
    [InlineData(150014, "rds_iam", "", "", Reach.None)]
    [InlineData(150014, "team rds_ad", "", "", Reach.None)]
    [InlineData(150014, "team", "", "", Reach.ByMembership)]
    [InlineData(150014, "rds_iam", "", "rds_iam", Reach.ByMembership)]
    [InlineData(160010, "rds_iam", "rds_iam", "sales rds_iam", Reach.None)]
    [InlineData(160010, "rds_superuser rds_iam", "rds_superuser", "sales rds_superuser rds_iam", Reach.ByMembership)]
    public void No_owner_is_joined_that_would_change_how_the_login_proves_who_it_is(int version, string memberOf, string inheritsFrom, string adminMemberOf, Reach expected)
    {
        var snapshot = SnapshotBuilder.Rds(version)
            .Role(new RoleFact { Name = "sales", AdminMayGrant = true, MemberOf = memberOf.Split(' '), InheritsFrom = inheritsFrom.Split(' ') })
            .Role(SnapshotBuilder.Admin, r => r with { MemberOf = adminMemberOf.Split(' ') }).Build().Snapshot;

        Assert.Equal(expected, AdminPowers.ReachOf(snapshot, "sales"));
    }

    [Theory]
    [InlineData(Reach.None, "host +team all reject")]
    [InlineData(Reach.None, "host +sales all reject", "host all all scram-sha-256")]
    [InlineData(Reach.None, "hostnossl +team all reject", "host all all scram-sha-256")]
    [InlineData(Reach.None, "local +team - peer", "local all - scram-sha-256")]
    [InlineData(Reach.None, "hostssl +team all ldap", "host all all scram-sha-256")]
    [InlineData(Reach.None, "host all 10.0.0.0/255.0.0.0 scram-sha-256", "host +team all reject")]
    [InlineData(Reach.None, "hostssl all all scram-sha-256", "host +team all reject")]
    [InlineData(Reach.None, "host +team all scram-sha-256")]
    [InlineData(Reach.None, "host +team all scram-sha-256", "host /^shop all reject", "host all all scram-sha-256")]
    [InlineData(Reach.ByMembership, "host +stranger all reject", "host all all scram-sha-256")]
    [InlineData(Reach.ByMembership, "host all all scram-sha-256", "host +team all reject")]
    [InlineData(Reach.ByMembership, "host shop_admin all scram-sha-256", "host +team all reject")]
    [InlineData(Reach.ByMembership, "host +dba all scram-sha-256", "host +team all reject")]
    [InlineData(Reach.ByMembership, "hostssl all 0.0.0.0/0.0.0.0 scram-sha-256", "hostssl +team 10.1.0.0/255.255.0.0 reject")]
    [InlineData(Reach.ByMembership, "host +team 10.1.0.0/255.255.0.0 scram-sha-256", "host stranger all reject", "host all all scram-sha-256")]
    public void No_owner_is_joined_that_a_line_of_pg_hba_conf_may_tell_apart(Reach expected, params string[] lines)
    {
        var builder = SnapshotBuilder.Plain(150014)
            .Role(SnapshotBuilder.Admin, r => r with { Superuser = false, MemberOf = ["dba"] })
            .Role(new RoleFact { Name = "sales", MemberOf = ["team"] })
            .Access([.. lines.Select(Line)]);

        Assert.Equal(expected, AdminPowers.ReachOf(builder.Build().Snapshot, "sales"));
    }

    /// <summary>What the administrator joins its own members join, too, and a line for the administrator's name is none for theirs.</summary>
    [Fact]
    public void Members_of_the_login_count_as_the_login_does()
    {
        var builder = SnapshotBuilder.Plain(150014)
            .Role(SnapshotBuilder.Admin, r => r with { Superuser = false, HasMembers = true })
            .Role(new RoleFact { Name = "sales", MemberOf = ["team"] })
            .Access(Line("host shop_admin all scram-sha-256"), Line("host +team all reject"));

        Assert.Equal(Reach.None, AdminPowers.ReachOf(builder.Build().Snapshot, "sales"));
    }

    [Theory]
    [InlineData("samerole")]
    [InlineData("samegroup")]
    public void A_line_for_the_role_of_the_database_s_name_counts(string database)
    {
        var builder = SnapshotBuilder.Plain(150014).Role(SnapshotBuilder.Admin, r => r with { Superuser = false }).Role(new RoleFact { Name = "sales" })
            .Access(Line("host all all reject") with { Databases = [database] }, Line("host all all scram-sha-256"));

        Assert.Equal(Reach.None, AdminPowers.ReachOf(builder.Build().Snapshot, "sales"));
    }

    /// <summary>Before 16 the login's own INHERIT decides whether a membership is of use without SET ROLE; from 16 on the membership does.</summary>
    [Theory]
    [InlineData(150014, true, Reach.ByMembership)]
    [InlineData(150014, false, Reach.None)]
    [InlineData(160010, false, Reach.ByMembership)]
    public void No_owner_is_joined_by_a_login_that_would_not_inherit(int version, bool inherits, Reach expected)
    {
        var snapshot = SnapshotBuilder.Rds(version)
            .Role(new RoleFact { Name = "sales", AdminMayGrant = true })
            .Role(SnapshotBuilder.Admin, r => r with { Inherits = inherits }).Build().Snapshot;

        Assert.Equal(expected, AdminPowers.ReachOf(snapshot, "sales"));
    }

    [Theory]
    [InlineData("p", true)]
    [InlineData("p\U0010FFE9", false)]
    public void No_role_is_granted_whose_name_cannot_be_written(string name, bool expected)
    {
        var snapshot = SnapshotBuilder.Rds(150014).Role(new RoleFact { Name = name, AdminMayGrant = true }).Build().Snapshot;

        Assert.Equal(expected, AdminPowers.CanGrant(snapshot, name));
    }

    [Theory]
    [InlineData(150014)]
    [InlineData(180001)]
    public void A_circle_is_not_tried(int version)
    {
        var snapshot = SnapshotBuilder.Rds(version).Role(new RoleFact { Name = "sales", AdminMayGrant = true, MemberOf = ["between", SnapshotBuilder.Admin] }).Build().Snapshot;

        Assert.Equal(Reach.None, AdminPowers.ReachOf(snapshot, "sales"));
    }

    [Fact]
    public void Roles_of_the_service_itself_are_not_joined_by_the_right_to_make_roles()
    {
        var before16 = SnapshotBuilder.Rds(150014).Role("rds_superuser", r => r with { AdminInherits = false }).Build().Snapshot;
        var handedOn = SnapshotBuilder.Rds(150014).Role("rds_superuser", r => r with { AdminInherits = false, AdminMayGrant = true }).Build().Snapshot;

        Assert.Equal(Reach.None, AdminPowers.ReachOf(before16, "rds_superuser"));
        Assert.Equal(Reach.ByMembership, AdminPowers.ReachOf(handedOn, "rds_superuser"));
    }

    /// <summary>A line: type, user, address or network with mask, method.</summary>
    private static AccessRuleFact Line(string text)
    {
        var words = text.Split(' ');
        var network = words[2].Split('/');
        return new AccessRuleFact
        {
            Line = 0,
            Type = words[0],
            Databases = ["all"],
            Users = [words[1]],
            Address = words[0] == "local" ? null : network[0],
            Netmask = network.Length > 1 ? network[1] : null,
            Method = words[3],
        };
    }

    [Fact]
    public void What_nobody_needs_any_more_is_not_missing()
    {
        var finding = SnapshotBuilder.Rds().Role(SnapshotBuilder.Admin, r => r with { CreateRole = false }).One("SW108");

        Assert.Equal(FindingState.Satisfied, finding.State);
    }

    [Fact]
    public void Missing_powers_name_who_has_them_and_the_statement()
    {
        var finding = SnapshotBuilder.Rds().Untouched().Role(SnapshotBuilder.Admin, r => r with { CreateRole = false }).Judge("SW108").First(f => f.Case == "roles");

        Assert.Equal(SnapshotBuilder.Root, finding.Arguments["who"]);
        Assert.Contains(finding.Fixes.OfType<SqlChange>(), c => c is { Kind: "create-user", RunBy: SnapshotBuilder.Root });
    }
}
