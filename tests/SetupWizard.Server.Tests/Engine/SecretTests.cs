using System.Text.Json;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Engine;

/// <summary>The password of the ClickPipes user reaches no log, no audit, no event and no server log, even one that logs every statement.</summary>
[Collection(SandboxFixture.Collection)]
public sealed class SecretTests
{
    private static readonly JsonSerializerOptions s_relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task Canary_passwords_are_found_nowhere_after_a_whole_setup()
    {
        await using var sandbox = await PostgresSandbox.StartAsync(
            new SandboxOptions { Profile = SandboxProfile.AmazonRds, LogStatements = true, Writer = false }, progress: null, CancellationToken.None);
        using var engine = new EngineHarness(sandbox);
        await engine.TurnOnLogicalReplicationAsync();
        var plan = await engine.PlanAsync();
        var dryRun = await engine.Runner.DryRunAsync(engine.Target, plan, CancellationToken.None).ToListAsync();
        var applied = await engine.ApplyAsync(plan);
        Assert.Equal(ApplyOutcome.Completed, applied.OfType<ApplyFinished>().Single().Outcome);
        var proof = await engine.VerifyAsync();
        Assert.All(proof, p => Assert.NotEqual(ProofState.Failed, p.State));
        var wrong = engine.Target with { Credentials = engine.Target.Credentials with { AdminPassword = SecretString.From(EngineHarness.ClickPipesPassword) } };
        var refused = await engine.Runner.ConnectAsync(wrong, engine.Goal, null, CancellationToken.None);
        Assert.False(refused.Succeeded);

        var serverLog = await ReadSharedAsync(sandbox.ServerLogPath);
        Assert.Contains("CREATE USER", serverLog, StringComparison.Ordinal);
        Assert.Contains("SCRAM-SHA-256$", serverLog, StringComparison.Ordinal);
        var seen = new Dictionary<string, string>
        {
            ["server log"] = serverLog,
            ["audit"] = await File.ReadAllTextAsync(engine.File),
            ["plan"] = Dump(plan.Changes),
            ["events"] = Dump(dryRun) + Dump(applied) + Dump(proof),
            ["report"] = Dump(refused),
            ["credentials"] = engine.Target.Credentials.ToString(),
        };
        foreach (var (where, text) in seen)
        {
            Assert.False(text.Contains(EngineHarness.ClickPipesPassword, StringComparison.Ordinal), where);
            Assert.False(text.Contains(JsonEncodedText.Encode(EngineHarness.ClickPipesPassword).ToString(), StringComparison.Ordinal), where + " (JSON)");
            Assert.False(text.Contains(sandbox.AdminPassword, StringComparison.Ordinal), where + " (administrator)");
        }

        Assert.DoesNotContain("SCRAM-SHA-256$", seen["audit"], StringComparison.Ordinal);
        Assert.DoesNotContain("SCRAM-SHA-256$", seen["events"], StringComparison.Ordinal);
    }

    [Fact]
    public void Secret_refuses_to_be_serialized() =>
        Assert.Throws<NotSupportedException>(() => JsonSerializer.Serialize(new SourceCredentials("admin", new SecretString("canary"))));

    private static string Dump(object value) => JsonSerializer.Serialize(value, value.GetType(), s_relaxed);

    private static async Task<string> ReadSharedAsync(string path)
    {
        // The server's log belongs to the server's account; the tests may read it, and it is still being written.
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return await reader.ReadToEndAsync();
    }
}
