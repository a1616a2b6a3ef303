using System.Globalization;
using System.Text.Json;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Export;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Wording;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Field;

/// <summary>
/// Amazon Aurora: a server with everything Amazon RDS has and one function more. Told to be RDS, people were led to the parameter group of an
/// instance, and every export named the wrong type.
/// </summary>
[Collection(SandboxFixture.Collection)]
public sealed class AuroraTests
{
    private const string Writer = "shop-prod.cluster-c9fk2ab7q1xz.eu-central-1.rds.amazonaws.com";

    [Fact]
    public async Task It_is_told_from_RDS_guided_to_its_cluster_and_set_up_as_RDS_is()
    {
        await using var sandbox = await AuroraAsync();
        using var engine = new EngineHarness(sandbox);
        var target = engine.Target with { Endpoint = engine.Target.Endpoint with { ConsoleHost = Writer } };
        var before = await engine.Runner.InspectAsync(target, new SetupGoal(), CancellationToken.None);

        Assert.Equal(new ProviderDetection(AmazonAurora.Id, DetectionSource.Server, "aurora_version"), before.Detection);
        Assert.Equal(FindingState.Satisfied, before.One(RequirementId.ProviderMatch).State);
        Assert.Equal(FindingState.Satisfied, before.One(RequirementId.Primary).State);
        var guides = before.Findings.SelectMany(f => f.Fixes).OfType<ConsoleChange>().Select(c => c.GuideId).Distinct().ToList();
        Assert.Equal([AmazonAurora.ParameterGroupGuide], guides);
        var values = GuideArguments.For(before.Provider, target.Endpoint, before.Snapshot, null);
        Assert.Equal(("shop-prod", "aurora-postgresql15", "shop-prod-clickpipes"), (values["instance"], values["family"], values["group"]));

        await sandbox.SetParameterAsync("rds.logical_replication", "1", CancellationToken.None);
        await sandbox.RebootAsync(CancellationToken.None);
        await sandbox.RefreshAsync(CancellationToken.None);
        var plan = engine.Runner.Plan(await engine.Runner.InspectAsync(target, new SetupGoal(), CancellationToken.None));
        var applied = await engine.Runner.ApplyAsync(target, plan, CancellationToken.None).ToListAsync();
        Assert.True(applied.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(applied));
        Assert.Contains(plan.Changes, c => c.Kind == "grant-replication-role");
        await sandbox.RefreshAsync(CancellationToken.None);
        var after = await engine.Runner.InspectAsync(target, new SetupGoal(), CancellationToken.None);
        Assert.True(after.Ready, EngineHarness.DescribeProblems(after));
        Assert.All(await engine.Runner.VerifyAsync(target, new SetupGoal(), CancellationToken.None).Where(e => e.State != ProofState.Running).ToListAsync(), e => Assert.Equal(ProofState.Passed, e.State));

        var input = await ExportReader.GatherAsync(engine.Runner, target, after, ExportFormat.Api, CancellationToken.None);
        var postgres = JsonDocument.Parse(ApiExporter.Write(input)).RootElement.GetProperty("source").GetProperty("postgres");
        Assert.Equal(("aurorapostgres", Writer), (postgres.GetProperty("type").GetString(), postgres.GetProperty("host").GetString()));

        // Somebody who chose Amazon RDS is told so, and keeps being told.
        var chosen = await engine.Runner.InspectAsync(target, new SetupGoal { Provider = AmazonRds.Id }, CancellationToken.None);
        var mismatch = chosen.One(RequirementId.ProviderMatch);
        Assert.Equal((FindingState.Warning, "mismatch"), (mismatch.State, mismatch.Case));
        Assert.Equal("Amazon RDS for PostgreSQL is chosen; the server looks like Amazon Aurora PostgreSQL.", FindingText.For(mismatch, CultureInfo.GetCultureInfo("en")).Title);
    }

    /// <summary>A sandbox in the clothes of RDS with what tells Aurora from it.</summary>
    private static async Task<PostgresSandbox> AuroraAsync()
    {
        var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, 15);
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await superuser.ExecuteAsync("SET allow_system_table_mods = on; CREATE FUNCTION pg_catalog.aurora_version() RETURNS text LANGUAGE sql AS 'SELECT $$15.4.2$$'");
        return sandbox;
    }
}

file static class Findings
{
    public static Finding One(this Inspection inspection, RequirementId id) => Assert.Single(inspection.Findings, f => f.Id == id);
}
