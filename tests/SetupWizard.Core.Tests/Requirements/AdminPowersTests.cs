using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Source;
using SetupWizard.Core.Tests.Support;

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
