using System.Text.Json;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Engine;

/// <summary>The main job with an IAM role in place of a password.</summary>
[Collection(SandboxFixture.Collection)]
public sealed class IamSetupTests
{
    /// <summary>As the service makes them: long, and full of characters that mean something in an address.</summary>
    private static readonly string s_token =
        "shop-prod.c9fk2ab7q1xz.eu-central-1.rds.amazonaws.com:5432/?Action=connect&DBUser=clickpipes_user&X-Amz-Security-Token=" + new string('k', 700) + "%2F%3D&X-Amz-Signature=canary;'\"";

    [Theory]
    [InlineData(12)]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Setup_for_an_IAM_role_makes_no_password_is_proved_with_a_token_and_taken_back(int major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, major, writer: true);
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Authentication = LoginMethod.Iam, IamRoleArn = "arn:aws:iam::123456789012:role/clickpipes" } };
        var target = engine.Target with { Credentials = engine.Target.Credentials with { ClickPipesPassword = null } };
        await engine.TurnOnLogicalReplicationAsync();
        await sandbox.SetParameterAsync("rds.iam_auth_for_replication", "1", CancellationToken.None);
        var before = await engine.InspectAsync();
        var plan = engine.Runner.Plan(before);
        Assert.DoesNotContain(plan.Changes, c => c.Statement.HasSecret);
        Assert.Contains(plan.Changes, c => c.Statement.Display == "GRANT rds_iam TO \"clickpipes_user\"" && c.Undo!.Display == "REVOKE rds_iam FROM \"clickpipes_user\"");

        var applied = await engine.Runner.ApplyAsync(target, plan, CancellationToken.None).ToListAsync();
        Assert.True(applied.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(applied));
        var after = await engine.InspectAsync();
        Assert.True(after.Ready, EngineHarness.DescribeProblems(after));
        Assert.True(engine.Runner.Plan(after).IsEmpty);
        await using (var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None))
        {
            Assert.Equal(1, await superuser.ScalarAsync<long>("SELECT count(*) FROM pg_authid WHERE rolname = 'clickpipes_user' AND rolpassword IS NULL"));

            // The sandbox has no IAM: a password stands in for what would be checked there.
            await superuser.ExecuteAsync($"ALTER USER clickpipes_user PASSWORD '{s_token.Replace("'", "''", StringComparison.Ordinal)}'");
        }

        var without = await engine.Runner.VerifyAsync(target, engine.Goal, CancellationToken.None).ToListAsync();
        Assert.Equal(7, without.Count);
        Assert.All(without, p => Assert.Equal(ProofState.Skipped, p.State));
        Assert.Equal("no-token", without[0].Case);
        Assert.StartsWith("aws rds generate-db-auth-token --hostname " + sandbox.ConsoleHost, (string)without[0].Arguments["command"]!, StringComparison.Ordinal);

        var proof = await VerifyAsync(engine, target, s_token);
        Assert.All(
            proof.GroupBy(p => p.Id).Select(g => g.Last()),
            p => Assert.True(p.State == ProofState.Passed || (major < 14 && p.Id == RequirementId.ProofChange), $"{p.Id}: {p.State} {p.Problem?.Key} {p.Problem?.Server?.Text}"));

        var undo = await engine.Runner.UndoPlanAsync(target, engine.Goal, UndoRequest.OfGoal, CancellationToken.None);
        var undone = await engine.Runner.ApplyAsync(target, undo, CancellationToken.None).ToListAsync();
        Assert.True(undone.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(undone));
        Assert.Equal(LastingFacts.Of(before.Snapshot!), LastingFacts.Of((await engine.InspectAsync()).Snapshot!));
        Assert.DoesNotContain("canary", await File.ReadAllTextAsync(engine.File) + Dump(proof), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_that_is_refused_is_told_apart_from_a_wrong_password_and_repeated_nowhere()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds);
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Authentication = LoginMethod.Iam } };
        await using (var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None))
        {
            await superuser.ExecuteAsync("CREATE USER clickpipes_user; GRANT rds_iam TO clickpipes_user");
        }

        var proof = await VerifyAsync(engine, engine.Target, s_token);

        var failed = Assert.Single(proof, p => p.State == ProofState.Failed);
        Assert.Equal((RequirementId.ProofLogin, RequirementId.IamRole, "proof-login-token"), (failed.Id, failed.Owner!.Value, failed.Problem!.Key));
        Assert.DoesNotContain("canary", Dump(proof), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_is_not_sent_over_a_session_without_encryption()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds);
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Authentication = LoginMethod.Iam } };

        var proof = await VerifyAsync(engine, engine.Target with { Endpoint = engine.Target.Endpoint with { Tls = TlsMode.Disable } }, s_token);

        Assert.Equal(("proof-token-tls", RequirementId.Tls), (proof[0].Problem!.Key, proof[0].Owner!.Value));
        Assert.All(proof.Skip(1), p => Assert.Equal(ProofState.Skipped, p.State));
    }

    private static async Task<List<ProofEvent>> VerifyAsync(EngineHarness engine, SetupTarget target, string token) =>
        await engine.Runner.VerifyAsync(
            target with { Credentials = target.Credentials with { ClickPipesPassword = new SecretString(token) } }, engine.Goal, CancellationToken.None).ToListAsync();

    private static string Dump(object value) => JsonSerializer.Serialize(value, value.GetType());
}
