using SetupWizard.Core.Model;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Field;

/// <summary>Whoever owns a table may name it in no statement without USAGE on its schema.</summary>
[Collection(SandboxFixture.Collection)]
public sealed class SchemaEntryTests
{
    private static readonly SetupGoal s_goal = new() { Tables = [new("shut", "t"), new("public", "orders")] };

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Own_table_in_a_schema_of_somebody_out_of_reach_waits_for_a_way_in_and_nothing_else_does(int major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, major);
        using var engine = new EngineHarness(sandbox) { Goal = s_goal };
        await engine.TurnOnLogicalReplicationAsync();
        await using var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        await superuser.ExecuteAsync("CREATE SCHEMA shut; CREATE TABLE shut.t (id int PRIMARY KEY); ALTER TABLE shut.t OWNER TO shop_admin");
        var before = await engine.InspectAsync();
        var plan = engine.Runner.Plan(before);

        Assert.Contains("GRANT USAGE ON SCHEMA \"shut\" TO \"shop_admin\"", plan.HandOff.Select(c => c.Statement.Display));
        Assert.Equal(["grant-select-tables", "publication-add-tables"], plan.Waiting.Select(w => w.Change.Kind));
        Assert.Contains(plan.Changes, c => c.Kind == "create-publication" && c.Statement.Display.Contains("\"orders\"", StringComparison.Ordinal));
        await engine.AssertAppliesAsync(engine.Target, plan);

        await superuser.RunHandOffAsync(plan.HandOff);
        var rest = await engine.PlanAsync();
        Assert.Empty(rest.Waiting);
        await engine.AssertAppliesAsync(engine.Target, rest);
        var after = await engine.InspectAsync();
        Assert.True(after.Ready, EngineHarness.DescribeProblems(after));
        Assert.True(engine.Runner.Plan(after).IsEmpty);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Own_table_in_a_schema_whose_owner_can_be_joined_is_reached_so(int major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, major);
        using var engine = new EngineHarness(sandbox) { Goal = s_goal };
        await engine.TurnOnLogicalReplicationAsync();
        await using var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        var reach = major >= 16 ? "GRANT keeper TO shop_admin WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;" : "";
        await superuser.ExecuteAsync($"CREATE ROLE keeper; {reach} CREATE SCHEMA shut AUTHORIZATION keeper; CREATE TABLE shut.t (id int PRIMARY KEY); ALTER TABLE shut.t OWNER TO shop_admin");
        var before = await engine.InspectAsync();

        var plan = engine.Runner.Plan(before);
        Assert.Empty(plan.HandOff);
        await engine.AssertAppliesAsync(engine.Target, plan);

        var after = await engine.InspectAsync();
        Assert.True(after.Ready, EngineHarness.DescribeProblems(after));
        await engine.AssertAppliesAsync(engine.Target, await engine.Runner.UndoPlanAsync(engine.Target, engine.Goal, UndoRequest.OfGoal, CancellationToken.None));
        Assert.Empty(SnapshotComparison.Differences(before.Snapshot!, (await engine.InspectAsync()).Snapshot!));
    }
}
