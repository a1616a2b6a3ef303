using Npgsql;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Field;

/// <summary>Estates as they are, on a server with the lock table PostgreSQL comes with. To make them takes longer than the tests of every day may.</summary>
[Collection(SandboxFixture.Collection)]
[Trait("Speed", "Long")]
public sealed class LargeEstateTests
{
    [Fact]
    public async Task Fifteen_thousand_partitions_and_ten_thousand_indexes_are_proved_at_the_default_lock_table()
    {
        var options = new SandboxOptions
        {
            Profile = SandboxProfile.AmazonRds,
            Major = 15,
            Writer = false,
            ExtraSettings = new Dictionary<string, string>(LockTable.Of(64), StringComparer.Ordinal) { ["max_connections"] = "100" },
        };
        await using var sandbox = await PostgresSandbox.StartAsync(options, progress: null, CancellationToken.None);
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Schemas = ["trees", "indexed"] } };
        await engine.TurnOnLogicalReplicationAsync();
        await using (var admin = new NpgsqlConnection(sandbox.AdminConnectionString))
        {
            await admin.OpenAsync();
            await Trees.MakeAsync(admin, "trees", "r", trees: 150, partitions: 100, indexes: 1);
            await Trees.MakePlainAsync(admin, "indexed", "t", tables: 500, indexes: 20);
        }

        var applied = await engine.ApplyAsync(await engine.PlanAsync());
        Assert.True(applied.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(applied));
        using var over = new CancellationTokenSource();
        var most = MostLocksAsync(sandbox, over.Token);
        var proof = await engine.VerifyAsync();
        await over.CancelAsync();

        var read = proof.Last(p => p.Id == RequirementId.ProofRead);
        Assert.True(read.State == ProofState.Passed, read.Problem?.Key + " " + read.Problem?.Server?.Text);
        Assert.Equal(((150 * (1 + 100)) + 500, null), (read.Arguments["count"], read.Case));

        // One tree takes 201; catalogs come to it.
        Assert.InRange(await most, 0, 400);
    }

    /// <summary>The most locks that one session of the ClickPipes user was seen to hold.</summary>
    private static async Task<long> MostLocksAsync(PostgresSandbox sandbox, CancellationToken until)
    {
        var most = 0L;
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        while (!until.IsCancellationRequested)
        {
            most = Math.Max(most, await superuser.ScalarAsync<long>(
                "SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE a.usename = 'clickpipes_user' GROUP BY pid) s"));
        }

        return most;
    }
}
