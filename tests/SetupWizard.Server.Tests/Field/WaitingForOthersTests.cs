using System.Globalization;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Export;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Field;

/// <summary>The usual owner of an application's tables may make no users: what needs the user waits for whoever makes it, and the rest is done.</summary>
[Collection(SandboxFixture.Families)]
public sealed class WaitingForOthersTests
{
    [Theory]
    [InlineData(15, true)]
    [InlineData(18, true)]
    [InlineData(18, false)]
    public async Task Owner_of_the_tables_does_what_it_can_and_the_rest_when_others_have_done_theirs(int major, bool mayPublish)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, major);
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Schemas = ["app"] } };
        await engine.TurnOnLogicalReplicationAsync();
        await using var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        await superuser.ExecuteAsync(
            $"""
            CREATE ROLE app_owner LOGIN PASSWORD '{TwoLogins.Password}';
            CREATE SCHEMA app AUTHORIZATION app_owner;
            CREATE TABLE app.t (id int PRIMARY KEY);
            ALTER TABLE app.t OWNER TO app_owner;
            """);
        if (mayPublish)
        {
            await superuser.ExecuteAsync("GRANT CREATE ON DATABASE shop TO app_owner");
        }

        var owner = engine.As("app_owner");
        var before = await engine.Runner.InspectAsync(owner, engine.Goal, CancellationToken.None);
        var plan = engine.Runner.Plan(before);

        Assert.Equal(mayPublish ? ["create-publication"] : [], plan.Changes.Select(c => c.Kind));
        Assert.Contains(plan.HandOff, c => c.Kind == "create-user");
        Assert.All(plan.HandOff, c => Assert.NotNull(c.RunBy));
        string[] waiting = ["grant-usage", "grant-select", "default-privileges"];
        Assert.Equal(mayPublish ? waiting : [.. waiting, "create-publication"], plan.Waiting.Select(w => w.Change.Kind));
        Assert.All(plan.Waiting, w => Assert.Equal(w.Change.Kind == "create-publication" ? "grant-create" : "create-user", Assert.Single(w.For).Kind));
        AssertScript(SqlScriptExporter.Write(before, plan, CultureInfo.GetCultureInfo("en")), mayPublish);

        if (mayPublish)
        {
            await engine.AssertAppliesAsync(owner, plan);
            Assert.Equal(["create-publication"], (await engine.Runner.AppliedAsync(await engine.Runner.InspectAsync(owner, engine.Goal, CancellationToken.None), CancellationToken.None)).Select(a => a.Kind));
        }

        await superuser.RunHandOffAsync(plan.HandOff.Select(c => c.RunBy == "rds_superuser" ? c with { RunBy = "rdsadmin" } : c));
        await engine.SettleAsync();
        var rest = engine.Runner.Plan(await engine.Runner.InspectAsync(owner, engine.Goal, CancellationToken.None));
        Assert.Empty(rest.HandOff);
        Assert.Empty(rest.Waiting);
        Assert.Equal(plan.Waiting.Select(w => w.Change.Key), rest.Changes.Select(c => c.Key));
        await engine.AssertAppliesAsync(owner, rest);

        var prepared = await engine.Runner.InspectAsync(owner, engine.Goal, CancellationToken.None);
        Assert.True(prepared.Ready, EngineHarness.DescribeProblems(prepared));
        Assert.True(engine.Runner.Plan(prepared).IsEmpty);

        await engine.AssertAppliesAsync(owner, await engine.Runner.UndoPlanAsync(owner, engine.Goal, UndoRequest.OfGoal, CancellationToken.None));
        await superuser.UndoHandOffAsync(plan.HandOff.Select(c => c with { RunBy = "rdsadmin" }).Where(c => c.Kind != "role-setting"));
        await engine.SettleAsync();
        Assert.Empty(SnapshotComparison.Differences(before.Snapshot!, (await engine.Runner.InspectAsync(owner, engine.Goal, CancellationToken.None)).Snapshot!));
    }

    /// <summary>More tables than one statement names: the second one of their owner waits for the first, which waits for somebody else.</summary>
    [Fact]
    public async Task Tables_to_add_wait_for_the_publication_that_waits_for_others()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, 18);
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Schemas = ["app"] } };
        await engine.TurnOnLogicalReplicationAsync();
        await using var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        await superuser.ExecuteAsync(
            $"""
            CREATE ROLE app_owner LOGIN PASSWORD '{TwoLogins.Password}';
            CREATE SCHEMA app AUTHORIZATION app_owner;
            CREATE USER clickpipes_user PASSWORD {PgLiteral.Quote(EngineHarness.ClickPipesPassword)};
            SET ROLE app_owner;
            DO $$ BEGIN FOR n IN 1..1001 LOOP EXECUTE format('CREATE TABLE app.t%s (id int PRIMARY KEY)', n); END LOOP; END $$;
            RESET ROLE
            """);
        var owner = engine.As("app_owner");
        var plan = engine.Runner.Plan(await engine.Runner.InspectAsync(owner, engine.Goal, CancellationToken.None));
        string[] waiting = ["create-publication", "publication-add-tables"];
        Assert.Equal(waiting, plan.Waiting.Select(w => w.Change.Kind));
        Assert.All(plan.Waiting, w => Assert.Null(w.Change.RunBy));
        Assert.Equal(["grant-create", "create-publication"], plan.Waiting.Select(w => Assert.Single(w.For).Kind));

        // The rest is done, and of these nothing; a second run has nothing to do before others have done their part.
        await engine.AssertAppliesAsync(owner, plan);
        Assert.Equal(0L, await superuser.ScalarAsync<long>("SELECT count(*) FROM pg_publication"));
        Assert.True(await superuser.ScalarAsync<bool>("SELECT has_table_privilege('clickpipes_user', 'app.t1', 'SELECT')"));
        var still = engine.Runner.Plan(await engine.Runner.InspectAsync(owner, engine.Goal, CancellationToken.None));
        Assert.Empty(still.Changes);
        Assert.Equal(waiting, still.Waiting.Select(w => w.Change.Kind));
        var idle = (await engine.Runner.ApplyAsync(owner, still, CancellationToken.None).ToListAsync()).OfType<ApplyFinished>().Single();
        Assert.Equal((ApplyOutcome.NothingToDo, null), (idle.Outcome, idle.Problem?.Key));

        await superuser.RunHandOffAsync(still.HandOff.Select(c => c.RunBy == "rds_superuser" ? c with { RunBy = "rdsadmin" } : c));
        await engine.SettleAsync();
        var rest = engine.Runner.Plan(await engine.Runner.InspectAsync(owner, engine.Goal, CancellationToken.None));
        Assert.Equal(waiting, rest.Changes.Select(c => c.Kind));
        await engine.AssertAppliesAsync(owner, rest);
        Assert.Equal(1001L, await superuser.ScalarAsync<long>("SELECT count(*) FROM pg_publication_rel"));
        var prepared = await engine.Runner.InspectAsync(owner, engine.Goal, CancellationToken.None);
        Assert.True(prepared.Ready, EngineHarness.DescribeProblems(prepared));
    }

    /// <summary>The script runs what can be run, and has the rest in the order in which it can be, with who runs it.</summary>
    private static void AssertScript(string script, bool mayPublish)
    {
        var lines = script.Split('\n');
        Assert.Equal(mayPublish, lines.Any(l => l.StartsWith("CREATE PUBLICATION", StringComparison.Ordinal)));
        Assert.DoesNotContain(lines, l => l.StartsWith("GRANT", StringComparison.Ordinal) || l.StartsWith("CREATE USER", StringComparison.Ordinal));
        var user = Array.FindIndex(lines, l => l.Contains("CREATE USER", StringComparison.Ordinal));
        var then = Array.FindIndex(lines, l => l.Contains("When the above has been run, as role app_owner:", StringComparison.Ordinal));
        var grant = Array.FindIndex(lines, l => l.Contains("GRANT USAGE ON SCHEMA \"app\"", StringComparison.Ordinal));
        Assert.True(user >= 0 && user < then && then < grant, script);
    }
}
