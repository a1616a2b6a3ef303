using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Engine;

/// <summary>A readiness check costs the same number of round trips whatever the number of tables.</summary>
[Collection(SandboxFixture.Collection)]
public sealed class ReadCostTests
{
    [Fact]
    public async Task Check_of_ten_and_of_five_thousand_tables_takes_two_round_trips_at_most()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds);
        using var small = new EngineHarness(sandbox);
        var few = await small.InspectAsync();
        await sandbox.SeedManyTablesAsync(5000, CancellationToken.None);
        using var large = new EngineHarness(sandbox) { Goal = new Core.Model.SetupGoal { Schemas = ["many"] } };
        var many = await large.InspectAsync();
        Assert.Equal(5000, many.Tables.Chosen.Count);
        Assert.InRange(few.Cost.RoundTrips, 1, 2);
        Assert.InRange(many.Cost.RoundTrips, 1, 2);
    }
}
