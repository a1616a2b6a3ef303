using SetupWizard.Core.Model;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Requirements.OnServers;

/// <summary>A source that is set up right is never told otherwise.</summary>
[Collection(SandboxFixture.Rules)]
public sealed class NoFalseRedTests
{
    [Theory]
    [MemberData(nameof(EveryServer.Ends), MemberType = typeof(EveryServer))]
    public Task A_prepared_source_has_nothing_above_advice_and_everything_was_seen(SandboxProfile profile, int major) => HoldsAsync(profile, major);

    [Theory]
    [Trait("Speed", "Long")]
    [MemberData(nameof(EveryServer.Between), MemberType = typeof(EveryServer))]
    public Task A_prepared_source_has_nothing_above_advice_and_everything_was_seen_on_every_other_server(SandboxProfile profile, int major) => HoldsAsync(profile, major);

    private static async Task HoldsAsync(SandboxProfile profile, int major)
    {
        await using var source = await PreparedSource.StartAsync(profile, major);

        var inspection = await source.InspectAsync();

        Assert.All(inspection.Findings, f => Assert.True(f.State is FindingState.Satisfied or FindingState.NotApplicable or FindingState.Advice, f.Id + " " + f.Case));
        Assert.Empty(inspection.Snapshot!.Unreadable);
        Assert.Equal(1, inspection.Cost.RoundTrips);
        await new Doubt().CompareAsync(source, inspection, prove: true);
    }

    [Fact]
    public async Task A_login_that_may_only_read_is_told_the_truth_about_a_prepared_source()
    {
        await using var source = await PreparedSource.StartAsync(SandboxProfile.AmazonRds, 16);
        var asAdmin = await source.InspectAsync();
        await source.SuperuserAsync("CREATE ROLE reader LOGIN PASSWORD 'reader-reader'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader; GRANT USAGE ON SCHEMA public TO reader");
        source.LogInAs("reader", "reader-reader");

        var asReader = await source.InspectAsync();

        Assert.Equal(asAdmin.Findings.Select(f => (f.Id, f.Case, f.State)), asReader.Findings.Select(f => (f.Id, f.Case, f.State)));
        Assert.Equal(1, asReader.Cost.RoundTrips);
    }

    [Fact]
    public async Task Membership_that_came_by_another_role_lets_the_user_replicate_as_well()
    {
        await using var source = await PreparedSource.StartAsync(SandboxProfile.AmazonRds, 16);
        await source.AdminAsync("REVOKE rds_replication FROM clickpipes_user; CREATE ROLE pipes; GRANT rds_replication TO pipes; GRANT pipes TO clickpipes_user");

        var inspection = await source.InspectAsync();

        Assert.Equal(FindingState.Satisfied, inspection.Findings.Single(f => f.Id == RequirementId.ReplicationPrivilege).State);
    }
}
