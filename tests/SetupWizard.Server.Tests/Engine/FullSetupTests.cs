using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Engine;

/// <summary>The main job, as the provider's administrator: judge, apply, restart, read again, prove, take back.</summary>
[Collection(SandboxFixture.Collection)]
public sealed class FullSetupTests
{
    [Theory]
    [MemberData(nameof(EveryServer.Ends), MemberType = typeof(EveryServer))]
    public Task Setup_from_nothing_is_applied_proved_and_taken_back(SandboxProfile profile, int major) => HoldsAsync(profile, major);

    [Theory]
    [Trait("Speed", "Long")]
    [MemberData(nameof(EveryServer.Between), MemberType = typeof(EveryServer))]
    public Task Setup_from_nothing_is_applied_proved_and_taken_back_on_every_other_server(SandboxProfile profile, int major) => HoldsAsync(profile, major);

    private static async Task HoldsAsync(SandboxProfile profile, int major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(profile, major, writer: true);
        using var engine = new EngineHarness(sandbox);

        var first = await engine.InspectAsync();
        Assert.True(first.Blocked);
        Assert.InRange(first.Cost.RoundTrips, 1, 2);
        var blocking = first.Findings.Where(f => f.State == FindingState.Blocking).Select(f => f.Id).ToList();
        Assert.Contains(RequirementId.User, blocking);
        Assert.Contains(RequirementId.Publication, blocking);
        Assert.Contains(RequirementId.WalLevel, blocking);
        Assert.Equal(profile == SandboxProfile.AmazonRds, blocking.Contains(RequirementId.RdsLogicalReplication));

        if (profile != SandboxProfile.Plain)
        {
            // A plain server's parameter is part of the plan; a provider's is somebody's work in a console.
            await engine.TurnOnLogicalReplicationAsync();
        }

        var before = await engine.InspectAsync();
        var applied = await engine.ApplyAsync(engine.Runner.Plan(before));
        Assert.True(applied.OfType<ApplyFinished>().Single().Outcome == (profile == SandboxProfile.Plain ? ApplyOutcome.RestartPending : ApplyOutcome.Completed), EngineHarness.DescribeFailure(applied));
        if (profile == SandboxProfile.Plain)
        {
            Assert.Contains(applied.OfType<ApplyFinished>().Single().After!.Findings, f => f.State == FindingState.Pending && f.Id == RequirementId.WalLevel);
            await sandbox.RebootAsync(CancellationToken.None);
        }

        var after = await engine.InspectAsync();
        Assert.True(after.Ready, EngineHarness.DescribeProblems(after));
        Assert.DoesNotContain(after.Findings, f => f.State == FindingState.Warning);
        var nothingLeft = engine.Runner.Plan(after);
        Assert.True(nothingLeft.IsEmpty, string.Join("\n", nothingLeft.Changes.Concat(nothingLeft.HandOff).Select(c => c.Key)));
        var again = await engine.ApplyAsync(nothingLeft);
        Assert.Equal(ApplyOutcome.NothingToDo, again.OfType<ApplyFinished>().Single().Outcome);

        var proof = await engine.VerifyAsync();
        var last = proof.GroupBy(p => p.Id).ToDictionary(g => g.Key, g => g.Last());
        Assert.Equal(7, last.Count);
        Assert.All(last.Values, p => Assert.True(p.State == ProofState.Passed, $"{p.Id}: {p.State} {p.Problem?.Key} {p.Problem?.Server?.Text}"));

        var undo = await engine.Runner.UndoPlanAsync(engine.Target, engine.Goal, UndoRequest.OfGoal, CancellationToken.None);
        var undone = await engine.ApplyAsync(undo);
        Assert.True(undone.OfType<ApplyFinished>().Single().Outcome == (profile == SandboxProfile.Plain ? ApplyOutcome.RestartPending : ApplyOutcome.Completed), EngineHarness.DescribeFailure(undone));
        if (profile == SandboxProfile.Plain)
        {
            await sandbox.RebootAsync(CancellationToken.None);
        }

        var last2 = await engine.InspectAsync();
        Assert.Equal(LastingFacts.Of(before.Snapshot!), LastingFacts.Of(last2.Snapshot!));
        Assert.Empty((await engine.Runner.UndoPlanAsync(engine.Target, engine.Goal, UndoRequest.OfGoal, CancellationToken.None)).Changes);
    }

    /// <summary>
    /// Azure's administrator gives a user REPLICATION on every version; on a stock server before 16 only a superuser can, which is why the sandbox
    /// does not offer them. All else there is as on the service: here the user was made by somebody who may, and the wizard does the rest.
    /// </summary>
    [Theory]
    [InlineData(12)]
    [InlineData(15)]
    public async Task Setup_on_an_older_Azure_with_a_user_that_was_there_is_applied_proved_and_taken_back(int major)
    {
        var options = new SandboxOptions { Copied = true, Profile = SandboxProfile.AzureFlexible, Major = major, AnyMajor = true, Writer = true };
        await using var sandbox = await PostgresSandbox.StartAsync(options, progress: null, CancellationToken.None);
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Identities = [new(new("public", "audit_log"), IdentityKind.Full, OnlyGrows: true)] } };
        await engine.TurnOnLogicalReplicationAsync();
        await using (var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None))
        {
            var password = EngineHarness.ClickPipesPassword.Replace("'", "''", StringComparison.Ordinal);
            await superuser.ExecuteAsync($"CREATE USER {engine.Goal.User} WITH REPLICATION PASSWORD '{password}'");
        }

        var before = await engine.InspectAsync();
        Assert.Equal(("azure-flexible", major, false, true), (before.Provider.Id, before.Snapshot!.Server.Major, before.Snapshot.Admin.Superuser, before.Snapshot.Role(engine.Goal.User)?.Replication));
        var plan = engine.Runner.Plan(before);
        Assert.Empty(plan.HandOff);
        Assert.Superset(new HashSet<ChangePhase> { ChangePhase.Grants, ChangePhase.ReplicaIdentity, ChangePhase.Publication }, plan.Changes.Select(c => c.Phase).ToHashSet());
        var applied = await engine.ApplyAsync(plan);
        Assert.True(applied.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(applied));

        var after = await engine.InspectAsync();
        Assert.True(after.Ready, EngineHarness.DescribeProblems(after));
        Assert.True(engine.Runner.Plan(after).IsEmpty);
        Assert.All((await engine.VerifyAsync()).GroupBy(p => p.Id), stage => Assert.Equal(ProofState.Passed, stage.Last().State));

        var undone = await engine.ApplyAsync(await engine.Runner.UndoPlanAsync(engine.Target, engine.Goal, UndoRequest.OfGoal, CancellationToken.None));
        Assert.True(undone.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(undone));
        Assert.Equal(LastingFacts.Of(before.Snapshot!), LastingFacts.Of((await engine.InspectAsync()).Snapshot!));
        Assert.Empty((await engine.Runner.UndoPlanAsync(engine.Target, engine.Goal, UndoRequest.OfGoal, CancellationToken.None)).Changes);
    }

    [Fact]
    public async Task Schema_of_an_owner_the_admin_can_become_is_set_up_with_membership_in_the_plan()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds);
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Schemas = ["public", "sales"] } };
        await engine.TurnOnLogicalReplicationAsync();
        var plan = await engine.PlanAsync();
        Assert.Contains(plan.Changes, c => c.Phase == ChangePhase.AdminRights && c.Statement.Display.Contains("\"sales_owner\"", StringComparison.Ordinal));
        var applied = await engine.ApplyAsync(plan);
        Assert.True(applied.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(applied));
        var after = await engine.InspectAsync();
        Assert.True(after.Ready, EngineHarness.DescribeProblems(after));
        Assert.Contains(after.Tables.Chosen, t => t.Ref.Schema == "sales");
    }

    [Fact]
    public async Task Table_of_an_owner_the_admin_cannot_become_is_prepared_for_somebody_else()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds);
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Schemas = ["public", "platform"] } };
        await engine.TurnOnLogicalReplicationAsync();
        var plan = await engine.PlanAsync();
        Assert.Contains(plan.HandOff, c => c.Statement.Display.Contains("\"platform\".\"tenants\"", StringComparison.Ordinal));
        Assert.All(plan.HandOff, c => Assert.False(string.IsNullOrEmpty(c.RunBy)));
        var applied = await engine.ApplyAsync(plan);
        Assert.True(applied.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(applied));

        // Somebody who may runs the hand-off, and it turns green.
        await using (var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None))
        {
            foreach (var change in (await engine.PlanAsync()).HandOff)
            {
                await using var command = new Npgsql.NpgsqlCommand(change.Statement.Display, superuser);
                await command.ExecuteNonQueryAsync();
            }
        }

        var after = await engine.InspectAsync();
        Assert.True(after.Ready, EngineHarness.DescribeProblems(after));
        Assert.True(engine.Runner.Plan(after).IsEmpty);
    }

    [Fact]
    public async Task Undo_run_by_somebody_else_is_seen_and_not_offered_again()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AzureFlexible);
        using var engine = new EngineHarness(sandbox);
        await engine.TurnOnLogicalReplicationAsync();
        await engine.ApplyAsync(await engine.PlanAsync());
        var undo = await engine.Runner.UndoPlanAsync(engine.Target, engine.Goal, UndoRequest.OfGoal, CancellationToken.None);
        await using (var admin = new Npgsql.NpgsqlConnection(sandbox.AdminConnectionString))
        {
            await admin.OpenAsync();
            foreach (var change in undo.Changes)
            {
                await admin.ExecuteAsync(change.Statement.Display);
            }
        }

        Assert.Empty((await engine.Runner.UndoPlanAsync(engine.Target, engine.Goal, UndoRequest.OfGoal, CancellationToken.None)).Changes);
        await engine.ApplyAsync(await engine.PlanAsync());
        var again = await engine.Runner.UndoPlanAsync(engine.Target, engine.Goal, UndoRequest.OfGoal, CancellationToken.None);
        Assert.Equal(undo.Changes.Select(c => c.Key), again.Changes.Select(c => c.Key));
    }

    [Fact]
    public async Task Dry_run_executes_everything_and_leaves_nothing()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AzureFlexible);
        using var engine = new EngineHarness(sandbox);
        var before = await engine.InspectAsync();
        var plan = engine.Runner.Plan(before);
        var events = await engine.Runner.DryRunAsync(engine.Target, plan, CancellationToken.None).ToListAsync();
        Assert.Equal(ApplyOutcome.RolledBack, events.OfType<ApplyFinished>().Single().Outcome);
        Assert.Equal(plan.Changes.Count, events.OfType<ChangeExecuted>().Count());
        Assert.Equal(LastingFacts.Of(before.Snapshot!), LastingFacts.Of((await engine.InspectAsync()).Snapshot!));
        Assert.Empty((await engine.Runner.UndoPlanAsync(engine.Target, engine.Goal, UndoRequest.OfGoal, CancellationToken.None)).Changes);
    }
}
