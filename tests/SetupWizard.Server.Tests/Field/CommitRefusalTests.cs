using SetupWizard.Core.Audit;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Text;
using SetupWizard.Core.Wording;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Field;

/// <summary>Services that accept each statement and refuse at COMMIT, above all a password's verifier: told as what it is, with the way out.</summary>
[Collection(SandboxFixture.Collection)]
public sealed class CommitRefusalTests
{
    private static readonly System.Globalization.CultureInfo s_english = System.Globalization.CultureInfo.GetCultureInfo("en");

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Verifier_refused_at_commit_is_told_leaves_nothing_and_the_password_itself_completes(int major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain, major);
        using var engine = new EngineHarness(sandbox);
        await engine.TurnOnLogicalReplicationAsync();
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await using var proxy = CommitRefusingProxy.OfNeon(sandbox.Port);
        var target = engine.Target with { Endpoint = engine.Target.Endpoint with { Port = proxy.Port, Tls = TlsMode.Disable } };
        var goal = new SetupGoal();

        // A dry run cannot see it, and says so.
        var plan = engine.Runner.Plan(await engine.Runner.InspectAsync(target, goal, CancellationToken.None));
        var tried = await engine.Runner.DryRunAsync(target, plan, CancellationToken.None).ToListAsync();
        Assert.Equal(ApplyOutcome.RolledBack, tried.OfType<ApplyFinished>().Single().Outcome);
        Assert.Contains("COMMIT", Messages.Get("Outcome.RolledBack", s_english, new Dictionary<string, object?>()), StringComparison.Ordinal);

        var events = await engine.Runner.ApplyAsync(target, plan, CancellationToken.None).ToListAsync();
        var finished = events.OfType<ApplyFinished>().Single();
        Assert.Equal((ApplyOutcome.Failed, "apply-verifier-refused", "XX000"), (finished.Outcome, finished.Problem?.Key, finished.Problem?.Server?.SqlState));
        Assert.Equal("create-user", plan.Changes[Assert.Single(events.OfType<ChangeFailed>()).Index].Kind);
        var words = FindingText.For(finished.Problem!, s_english);
        Assert.Contains("--password-as-text", words.Fix, StringComparison.Ordinal);
        Assert.Contains("clickpipes_user", words.Consequence, StringComparison.Ordinal);
        Assert.Empty(finished.InEffect);
        Assert.Equal(0L, await superuser.ScalarAsync<long>("SELECT (SELECT count(*) FROM pg_roles WHERE rolname = 'clickpipes_user') + (SELECT count(*) FROM pg_publication)"));
        Assert.Empty((await engine.Runner.UndoPlanAsync(target, goal, UndoRequest.OfGoal, CancellationToken.None)).Changes);
        var lines = (await new JsonLinesAuditLog(engine.Directory, TimeProvider.System).ReadAsync(about: null, CancellationToken.None)).Entries;
        Assert.All(lines.Where(l => l.Event == AuditEvent.RolledBack && l.SqlState is not null), l => Assert.Equal("XX000", l.SqlState));
        Assert.Contains(lines, l => l is { Event: AuditEvent.RolledBack, SqlState: "XX000" });

        // A server that is known for it says so before anything is tried.
        await superuser.ExecuteAsync("CREATE ROLE neon_superuser NOLOGIN");
        var known = await engine.Runner.InspectAsync(target, goal, CancellationToken.None);
        var verdict = Assert.Single(known.Findings, f => f.Id == RequirementId.User);
        Assert.Equal(("missing-text-needed", FindingState.Blocking, "Neon"), (verdict.Case, verdict.State, verdict.Arguments["service"]));
        Assert.Contains("--password-as-text", FindingText.For(verdict, s_english).Fix, StringComparison.Ordinal);

        var asText = goal with { SendPasswordAsText = true };
        var second = engine.Runner.Plan(await engine.Runner.InspectAsync(target, asText, CancellationToken.None));
        Assert.Equal(ChangeRisk.Logged, second.Changes.Single(c => c.Statement.HasSecret).Risk);
        var completed = await engine.Runner.ApplyAsync(target, second, CancellationToken.None).ToListAsync();
        Assert.True(completed.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(completed));
        var proof = await engine.Runner.VerifyAsync(target, asText, CancellationToken.None).ToListAsync();
        Assert.DoesNotContain(proof, p => p.State == ProofState.Failed);
    }

    [Fact]
    public async Task Commit_refused_for_another_reason_is_told_as_the_commit_s_and_of_no_statement()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain, 15);
        using var engine = new EngineHarness(sandbox);
        await engine.TurnOnLogicalReplicationAsync();
        await using var proxy = new CommitRefusingProxy(sandbox.Port, static sql => sql.Contains("CREATE PUBLICATION", StringComparison.Ordinal), "40001", "could not serialize access");
        var target = engine.Target with { Endpoint = engine.Target.Endpoint with { Port = proxy.Port, Tls = TlsMode.Disable } };
        var plan = engine.Runner.Plan(await engine.Runner.InspectAsync(target, engine.Goal, CancellationToken.None));
        var publication = Enumerable.Range(0, plan.Changes.Count).Where(i => plan.Changes[i].Phase == ChangePhase.Publication).ToList();

        var events = await engine.Runner.ApplyAsync(target, plan, CancellationToken.None).ToListAsync();

        var refused = Assert.Single(events.OfType<CommitRefused>());
        Assert.Equal((ChangePhase.Publication, "apply-commit-refused", "40001"), (refused.Phase, refused.Problem.Key, refused.Problem.Server!.SqlState));
        Assert.Equal(publication, refused.Indexes);
        Assert.Empty(events.OfType<ChangeFailed>());
        var finished = events.OfType<ApplyFinished>().Single();
        Assert.Equal((ApplyOutcome.Failed, "apply-commit-refused"), (finished.Outcome, finished.Problem?.Key));
        Assert.Equal(publication, finished.NotInEffect);
        Assert.DoesNotContain("sql", finished.Problem!.Arguments.Keys);
    }
}
