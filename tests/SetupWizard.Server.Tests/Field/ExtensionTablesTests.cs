using SetupWizard.Core.Model;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Field;

/// <summary>A schema with an extension's table in it, of an owner that nobody can be, as PostGIS has one in public on every managed service.</summary>
[Collection(SandboxFixture.Families)]
public sealed class ExtensionTablesTests
{
    private static readonly TableRef s_table = new("public", "spatial_ref_sys");

    [Theory]
    [InlineData(SandboxProfile.AmazonRds, 15, "rdsadmin")]
    [InlineData(SandboxProfile.AmazonRds, 18, "rdsadmin")]
    [InlineData(SandboxProfile.AzureFlexible, 16, "azuresu")]
    [InlineData(SandboxProfile.AzureFlexible, 18, "azuresu")]
    public async Task Table_of_an_extension_keeps_nobody_from_setting_up_its_schema(SandboxProfile profile, int major, string owner)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(profile, major);
        using var engine = new EngineHarness(sandbox);
        await engine.TurnOnLogicalReplicationAsync();
        await using var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        await superuser.ExecuteAsync(
            """
            CREATE TABLE public.spatial_ref_sys (srid int PRIMARY KEY, srtext text);
            GRANT SELECT ON public.spatial_ref_sys TO PUBLIC;
            ALTER EXTENSION plpgsql ADD TABLE public.spatial_ref_sys;
            """);

        Assert.Equal(owner, await superuser.ScalarAsync<string>("SELECT relowner::regrole::text FROM pg_class WHERE oid = 'public.spatial_ref_sys'::regclass"));

        // By its name it is chosen, and everybody may read it: also who does not exist yet.
        var named = await engine.Runner.InspectAsync(engine.Target, new SetupGoal { Tables = [s_table] }, CancellationToken.None);
        Assert.Equal(s_table, Assert.Single(named.Tables.Chosen).Ref);
        Assert.Equal(FindingState.Satisfied, named.Findings.Single(f => f.Id == RequirementId.TableSelect).State);

        var before = await engine.InspectAsync();
        var left = before.Findings.Single(f => f.Id == RequirementId.TableKind && f.Case == "extension");
        Assert.Equal(("public.spatial_ref_sys", "plpgsql"), (left.Subjects[0].Name, left.Subjects[0].Note));
        var plan = engine.Runner.Plan(before);
        Assert.Empty(plan.HandOff);
        Assert.DoesNotContain(plan.Changes, c => c.Statement.Display.Contains("spatial_ref_sys", StringComparison.Ordinal) || c.Statement.Display.Contains(owner, StringComparison.Ordinal));

        await engine.AssertAppliesAsync(engine.Target, plan);
        var prepared = await engine.InspectAsync();
        Assert.True(prepared.Ready, EngineHarness.DescribeProblems(prepared));
        Assert.True(engine.Runner.Plan(prepared).IsEmpty);
    }
}
