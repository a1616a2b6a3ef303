using System.Globalization;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Export;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Engine;

/// <summary>Odd names, powerless logins and servers that only read: truthful answers, and nothing lost.</summary>
[Collection(SandboxFixture.Collection)]
public sealed class UnusualSourceTests
{
    [Theory]
    [InlineData("O'Brien \"x\" 주문 📦", "Pub %s {0} \\ ' \"")]
    [InlineData("A2345678901234567890123456789012345678901234567890123456789012X", "UPPER case")]
    public async Task Odd_names_of_user_and_publication_go_the_whole_way(string user, string publication)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AzureFlexible, 16);
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { User = user, Publication = publication } };
        await engine.TurnOnLogicalReplicationAsync();
        var applied = await engine.ApplyAsync(await engine.PlanAsync());
        Assert.True(applied.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(applied));
        var after = await engine.InspectAsync();
        Assert.True(after.Ready, EngineHarness.DescribeProblems(after));
        var proof = await engine.VerifyAsync();
        Assert.All(proof, p => Assert.True(p.State != ProofState.Failed, $"{p.Id} {p.Problem?.Key} {p.Problem?.Server?.Text}"));
        var undone = await engine.ApplyAsync(await engine.Runner.UndoPlanAsync(engine.Target, engine.Goal, UndoRequest.OfGoal, CancellationToken.None));
        Assert.Equal(ApplyOutcome.Completed, undone.OfType<ApplyFinished>().Single().Outcome);
        Assert.Null((await engine.InspectAsync()).Snapshot!.Role(user));
    }

    [Theory]
    [InlineData(SandboxProfile.AmazonRds, 15)]
    [InlineData(SandboxProfile.AzureFlexible, 18)]
    public async Task Login_that_may_do_almost_nothing_gets_a_plan_for_somebody_else(SandboxProfile profile, int major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(profile, major);
        await using (var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None))
        {
            await superuser.ExecuteAsync("CREATE ROLE nobody_special LOGIN PASSWORD 'nobody'");
        }

        using var admin = new EngineHarness(sandbox);
        var target = admin.Target with { Credentials = new SourceCredentials("nobody_special", new SecretString("nobody"), new SecretString("x")) };
        var inspection = await admin.Runner.InspectAsync(target, admin.Goal, CancellationToken.None);
        Assert.NotNull(inspection.Snapshot);
        Assert.Contains(inspection.Findings, f => f.Id == RequirementId.AdminPowers && f.State == FindingState.Warning);
        Assert.Contains(inspection.Findings, f => f.Id == RequirementId.User && f.State == FindingState.Blocking);
        var plan = admin.Runner.Plan(inspection);
        Assert.Contains(plan.HandOff, c => c.Kind == "create-user");
        Assert.DoesNotContain(plan.Changes, c => c.Kind is "create-user" or "create-publication");
    }

    [Fact]
    public async Task Login_with_select_only_reads_the_same_facts_about_the_server_as_the_admin()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds);
        await using (var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None))
        {
            await superuser.ExecuteAsync("CREATE ROLE reader LOGIN PASSWORD 'reader'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader");
        }

        using var admin = new EngineHarness(sandbox);
        var target = admin.Target with { Credentials = new SourceCredentials("reader", new SecretString("reader")) };
        var seen = await admin.Runner.InspectAsync(target, admin.Goal, CancellationToken.None);
        var all = await admin.InspectAsync();
        Assert.Equal(all.Snapshot!.Tables.Select(t => (t.Ref, t.PrimaryKey, t.Identity)), seen.Snapshot!.Tables.Select(t => (t.Ref, t.PrimaryKey, t.Identity)));
        Assert.Equal(all.Snapshot.Setting("wal_level"), seen.Snapshot.Setting("wal_level"));
    }

    [Fact]
    public async Task Standby_is_named_as_one_and_nothing_is_changed_on_it()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, 15);
        using var engine = new EngineHarness(sandbox);
        var whenPrimary = await engine.InspectAsync();
        var script = SqlScriptExporter.Write(whenPrimary, engine.Runner.Plan(whenPrimary), CultureInfo.GetCultureInfo("en"));
        string data;
        await using (var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None))
        {
            data = await superuser.ScalarAsync<string>("SELECT current_setting('data_directory')");
            await superuser.ExecuteAsync("COPY (SELECT '') TO '" + data + "/standby.signal'");
        }

        await sandbox.StopAsync(CancellationToken.None);
        await sandbox.StartAgainAsync(CancellationToken.None);
        var inspection = await engine.InspectAsync();
        Assert.True(inspection.Snapshot!.Server.InRecovery);
        Assert.Contains(inspection.Findings, f => f.Id == RequirementId.Primary && f.State == FindingState.Blocking);
        var events = await engine.ApplyAsync(engine.Runner.Plan(inspection));
        Assert.Contains(events.OfType<ApplyFinished>().Single().Outcome, new[] { ApplyOutcome.Failed, ApplyOutcome.NothingToDo });
        Assert.Empty(events.OfType<PhaseCommitted>());

        // A script that was made when it was none.
        var (code, error) = await PsqlRun.AsAdminAsync(sandbox, script, "");
        Assert.Equal(3, code);
        Assert.Contains("This server is a standby. Nothing was changed.", error, StringComparison.Ordinal);
    }
}
