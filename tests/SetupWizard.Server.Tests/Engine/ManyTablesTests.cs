using Npgsql;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Engine;

/// <summary>
/// A publication of more tables than the server's lock table holds. Five thousand here, where every test costs time;
/// <c>scripts/bench --size</c> goes the same way with fifty thousand.
/// </summary>
[Collection(SandboxFixture.Collection)]
public sealed class ManyTablesTests
{
    private const int Tables = 5_000;

    [Fact]
    public async Task Publication_of_many_tables_stopped_between_two_chunks_is_completed_and_taken_back_to_what_was_before()
    {
        // A smaller lock table than the usual one is to fewer tables what the usual one is to fifty thousand.
        var options = new SandboxOptions { Copied = true, Profile = SandboxProfile.AmazonRds, Writer = false, ExtraSettings = LockTable.Of(24) };
        await using var sandbox = await PostgresSandbox.StartAsync(options, progress: null, CancellationToken.None);
        await sandbox.SeedManyTablesAsync(Tables, CancellationToken.None);
        var hook = new HookedAudit();
        using var engine = new EngineHarness(sandbox, inner => hook.Around(inner)) { Goal = new SetupGoal { Schemas = ["many"] } };
        await engine.TurnOnLogicalReplicationAsync();
        var before = await engine.InspectAsync();
        Assert.Equal(PostgresErrorCodes.OutOfMemory, await LockTable.RefusalAsync(sandbox, before.Tables.Chosen.Select(t => t.Ref), CancellationToken.None));

        var plan = engine.Runner.Plan(before);
        var chunks = plan.Changes.Select((c, i) => (c, i)).Where(x => x.c.Phase == ChangePhase.Publication).Select(x => x.i).ToList();
        Assert.Equal(5, chunks.Count);
        var tried = await engine.Runner.DryRunAsync(engine.Target, plan, CancellationToken.None).ToListAsync();
        Assert.True(tried.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.RolledBack, EngineHarness.DescribeFailure(tried));
        Assert.Equal(plan.Changes.Count, tried.OfType<ChangeExecuted>().Count());

        // After the commit of the third and before the fourth; the server is back a moment later, as after a crash.
        hook.Before(AuditEvent.Started, chunks[3], async () =>
        {
            await sandbox.KillAsync(CancellationToken.None);
            await sandbox.StartAgainAsync(CancellationToken.None);
        });
        var events = await engine.ApplyAsync(plan);
        var stopped = events.OfType<ApplyFinished>().Single();
        Assert.Equal(ApplyOutcome.ConnectionLost, stopped.Outcome);
        Assert.Equal([chunks[3]], events.OfType<OutcomeUnknown>().Single().Indexes);
        Assert.Equal(Enumerable.Range(0, chunks[3]), stopped.InEffect);
        Assert.Equal(chunks[3..], stopped.NotInEffect);
        Assert.Equal(3_000, stopped.After!.Snapshot!.Tables.Count(t => t.InPublication));

        var rest = await engine.PlanAsync();
        Assert.Equal(chunks[3..].Select(i => plan.Changes[i].Key), rest.Changes.Select(c => c.Key));
        var second = await engine.ApplyAsync(rest);
        Assert.True(second.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(second));
        Assert.True((await engine.InspectAsync()).Ready);

        // What names a thousand tables stands once in the audit for each time it ran, not in each of its lines.
        var lines = await File.ReadAllLinesAsync(engine.File);
        Assert.Equal(lines.Count(l => l.Contains("\"event\":\"started\"", StringComparison.Ordinal)), lines.Count(l => l.Contains("\"sql\":\"", StringComparison.Ordinal) && !l.Contains("\"sql\":\"\"", StringComparison.Ordinal)));

        var undo = await engine.Runner.UndoPlanAsync(engine.Target, engine.Goal, UndoRequest.OfGoal, CancellationToken.None);
        Assert.Equal(5, undo.Changes.Count(c => c.OwnTransaction));
        var rehearsed = await engine.Runner.DryRunAsync(engine.Target, undo, CancellationToken.None).ToListAsync();
        Assert.True(rehearsed.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.RolledBack, EngineHarness.DescribeFailure(rehearsed));
        var untried = Assert.Single(rehearsed.OfType<ChangesSkipped>().Single().Indexes);
        Assert.StartsWith("DROP PUBLICATION", undo.Changes[untried].Statement.Display, StringComparison.Ordinal);
        var undone = await engine.ApplyAsync(undo);
        Assert.True(undone.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(undone));
        Assert.Equal(LastingFacts.Of(before.Snapshot!), LastingFacts.Of((await engine.InspectAsync()).Snapshot!));
        Assert.Empty((await engine.Runner.UndoPlanAsync(engine.Target, engine.Goal, UndoRequest.OfGoal, CancellationToken.None)).Changes);
    }

    /// <summary>One chosen table is as many as inherit from it. From PostgreSQL 18 on a GRANT locks each table it names, as a publication does.</summary>
    [Theory]
    [InlineData(17, false)]
    [InlineData(18, true)]
    [InlineData(18, false)]
    public async Task Table_from_which_many_inherit_is_published_and_taken_out_in_parts(int major, bool wholeSchema)
    {
        const int Heirs = 2_500;
        var options = new SandboxOptions { Copied = true, Profile = SandboxProfile.AmazonRds, Major = major, Writer = false, ExtraSettings = LockTable.Of(10) };
        await using var sandbox = await PostgresSandbox.StartAsync(options, progress: null, CancellationToken.None);
        await using (var admin = new NpgsqlConnection(sandbox.AdminConnectionString))
        {
            await admin.OpenAsync();
            await admin.ExecuteAsync("CREATE SCHEMA heirs; CREATE TABLE heirs.base (id int PRIMARY KEY)");
            await admin.ExecuteAsync($"DO $$ BEGIN FOR n IN 1..{Heirs} LOOP EXECUTE format('CREATE TABLE heirs.h%s (PRIMARY KEY (id)) INHERITS (heirs.base)', n); IF n % 100 = 0 THEN COMMIT; END IF; END LOOP; END $$");
        }

        using var engine = new EngineHarness(sandbox) { Goal = wholeSchema ? new SetupGoal { Schemas = ["heirs"] } : new SetupGoal { Tables = [new("heirs", "base")] } };
        await engine.TurnOnLogicalReplicationAsync();
        var before = await engine.InspectAsync();
        Assert.Equal(PostgresErrorCodes.OutOfMemory, await LockTable.RefusalAsync(sandbox, [Assert.Single(before.Tables.Chosen).Ref], CancellationToken.None));

        await ApplyAsync(engine.Runner.Plan(before));
        Assert.Equal(1 + Heirs, (await engine.InspectAsync()).Snapshot!.Tables.Count(t => t.InPublication));

        await ApplyAsync(await engine.Runner.UndoPlanAsync(engine.Target, engine.Goal, UndoRequest.OfGoal, CancellationToken.None));
        Assert.Equal(LastingFacts.Of(before.Snapshot!), LastingFacts.Of((await engine.InspectAsync()).Snapshot!));

        async Task ApplyAsync(SetupPlan plan)
        {
            var rehearsed = await engine.Runner.DryRunAsync(engine.Target, plan, CancellationToken.None).ToListAsync();
            Assert.True(rehearsed.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.RolledBack, (plan.Undoing ? "undo, tried: " : "tried: ") + EngineHarness.DescribeFailure(rehearsed));
            var events = await engine.ApplyAsync(plan);
            Assert.True(events.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, (plan.Undoing ? "undo: " : "") + EngineHarness.DescribeFailure(events));
        }
    }
}
