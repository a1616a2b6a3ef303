using System.Globalization;
using System.Text.Json;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Export;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Tests.Support;
using SetupWizard.Core.Wording;
using SetupWizard.Sandbox;

namespace SetupWizard.Core.Tests.Field;

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

    [Theory]
    [InlineData("shop-prod.cluster-ro-c9fk2ab7q1xz.eu-central-1.rds.amazonaws.com", Writer)]
    [InlineData("reports.cluster-custom-c9fk2ab7q1xz.eu-central-1.rds.amazonaws.com", "<cluster>.cluster-c9fk2ab7q1xz.eu-central-1.rds.amazonaws.com")]
    [InlineData("shop-prod-1.c9fk2ab7q1xz.eu-central-1.rds.amazonaws.com", "<cluster>.cluster-c9fk2ab7q1xz.eu-central-1.rds.amazonaws.com")]
    public void A_name_that_may_lead_to_a_reader_is_refused_on_a_reader_and_warned_of_on_the_writer(string host, string writer)
    {
        var source = SnapshotBuilder.Rds(170010).Provider(_ => AmazonAurora.Profile).Endpoint(e => e with { Host = host });
        var warned = source.One("SW106");
        Assert.Equal((FindingState.Warning, "reader-name"), (warned.State, warned.Case));
        Assert.Contains(writer + ".", FindingText.For(warned, CultureInfo.GetCultureInfo("en")).Fix, StringComparison.Ordinal);

        // Whatever PostgreSQL 16 and later let a standby do, and although the setting is on.
        var refused = source.Setting("hot_standby_feedback", "on").Server(s => s with { InRecovery = true }).One("SW106");
        Assert.Equal((FindingState.Blocking, "reader"), (refused.State, refused.Case));
        Assert.Contains(writer + ".", FindingText.For(refused, CultureInfo.GetCultureInfo("ko")).Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void The_guides_of_a_reader_lead_to_the_writer()
    {
        var values = GuideArguments.For(AmazonAurora.Profile, new SourceEndpoint { Host = "shop-prod.cluster-ro-c9fk2ab7q1xz.eu-central-1.rds.amazonaws.com", Database = "shop" }, null, null);
        Assert.Equal((Writer, "shop-prod"), (values["host"], values["instance"]));

        // A name that does not say the cluster's stays itself: it works.
        const string instance = "shop-prod-1.c9fk2ab7q1xz.eu-central-1.rds.amazonaws.com";
        Assert.Equal(instance, GuideArguments.For(AmazonAurora.Profile, new SourceEndpoint { Host = instance, Database = "shop" }, null, null)["host"]);
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
