using Npgsql;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Field;

/// <summary>
/// The lock table belongs to all sessions of a server. What the proof reads must not fill it, what fits one by one must not be refused together, and a
/// tree for which there is no room is told before anybody tries.
/// </summary>
[Collection(SandboxFixture.Collection)]
public sealed class LockTableTests
{
    // With ten locks for each of sixty sessions the manual promises 600, and there is room for two thousand.
    private const int Locks = 10;

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Many_trees_that_fit_one_by_one_are_proved_and_one_that_never_fits_is_told_before_it_is_tried(int major)
    {
        await using var sandbox = await StartAsync(major);
        await using var admin = new NpgsqlConnection(sandbox.AdminConnectionString);
        await admin.OpenAsync();

        // Together 3,020 locks; one takes 151.
        await Trees.MakeAsync(admin, "trees", "t", trees: 20, partitions: 75, indexes: 1);
        using var many = new EngineHarness(sandbox) { Goal = new SetupGoal { Schemas = ["trees"] } };
        await ReadyAsync(many);
        var proof = Last(await many.VerifyAsync());
        Assert.True(proof[RequirementId.ProofRead].State == ProofState.Passed, proof[RequirementId.ProofRead].Problem?.Server?.Text);
        Assert.Null(proof[RequirementId.ProofRead].Case);
        Assert.Equal(20 * (1 + 75), proof[RequirementId.ProofRead].Arguments["count"]);
        Assert.Equal(FindingState.Satisfied, Verdict(await many.InspectAsync()).State);

        // 401 locks, more than half of what is promised: asked for without its partitions, and said so.
        await Trees.MakeAsync(admin, "tight", "t", trees: 1, partitions: 100, indexes: 3);
        using var tight = new EngineHarness(sandbox) { Goal = new SetupGoal { Schemas = ["tight"] } };
        var warned = Verdict(await tight.InspectAsync());
        Assert.Equal(("tight", FindingState.Advice, "tight.t1"), (warned.Case, warned.State, warned.Arguments["table"]));
        Assert.Equal(await LocksOfAsync(admin, "tight.t1"), warned.Arguments["locks"]);
        await ReadyAsync(tight);
        proof = Last(await tight.VerifyAsync());
        Assert.Equal((ProofState.Passed, "apart", "tight.t1"), (proof[RequirementId.ProofRead].State, proof[RequirementId.ProofRead].Case, proof[RequirementId.ProofRead].Arguments["tables"]));

        // About 3,600 locks, for which there is no room, whoever else is there.
        await Trees.MakeAsync(admin, "wide", "t", trees: 1, partitions: 275, indexes: 12);
        using var full = new EngineHarness(sandbox) { Goal = new SetupGoal { Schemas = ["wide"] } };
        await ReadyAsync(full);
        int refused;
        await using (var user = await UserAsync(sandbox))
        {
            refused = user.ProcessID;
            var refusal = await Assert.ThrowsAsync<PostgresException>(() => user.ExecuteAsync("SELECT * FROM wide.t1 LIMIT 0"));
            Assert.Equal(PostgresErrorCodes.OutOfMemory, refusal.SqlState);
        }

        // Npgsql leaves a session at once when it is refused for want of resources; the server may still be giving the locks back, and has none for anybody else.
        await Eventually.TrueAsync(() => HasEndedAsync(sandbox, refused), "The refused session does not end.");

        var blocked = Verdict(await full.InspectAsync());
        Assert.Equal(("full", FindingState.Blocking), (blocked.Case, blocked.State));
        var refusals = await RefusalsAsync(sandbox);
        proof = Last(await full.VerifyAsync());
        var read = proof[RequirementId.ProofRead];
        Assert.Equal((ProofState.Failed, "proof-lock-table-full", (RequirementId?)RequirementId.LockTable), (read.State, read.Problem!.Key, read.Owner));
        Assert.Equal(("wide.t1", 275, blocked.Desired), (read.Problem.Arguments["table"], read.Problem.Arguments["partitions"], read.Problem.Arguments["raised"]));
        Assert.Equal(refusals, await RefusalsAsync(sandbox));

        // With what is asked for, it is read as a whole.
        await using (var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None))
        {
            await superuser.ExecuteAsync("ALTER SYSTEM SET max_locks_per_transaction = " + blocked.Desired);
            await superuser.ReloadAsync();
        }

        Assert.Equal(("pending", FindingState.Pending), (Verdict(await full.InspectAsync()).Case, Verdict(await full.InspectAsync()).State));
        await sandbox.RebootAsync(CancellationToken.None);
        Assert.Equal(FindingState.Satisfied, Verdict(await full.InspectAsync()).State);
        proof = Last(await full.VerifyAsync());
        Assert.Equal((ProofState.Passed, null), (proof[RequirementId.ProofRead].State, proof[RequirementId.ProofRead].Case));
    }

    [Fact]
    public async Task Lock_table_that_others_have_filled_is_told_as_that_and_not_as_a_missing_right()
    {
        await using var sandbox = await StartAsync(15);
        await using var admin = new NpgsqlConnection(sandbox.AdminConnectionString);
        await admin.OpenAsync();
        await Trees.MakeAsync(admin, "trees", "t", trees: 3, partitions: 80, indexes: 2);
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Schemas = ["trees"] } };
        await ReadyAsync(engine);
        await using var greedy = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await FillAsync(greedy, spare: 100);

        var read = Last(await engine.VerifyAsync())[RequirementId.ProofRead];

        Assert.Equal((ProofState.Failed, "proof-lock-table", (RequirementId?)RequirementId.LockTable), (read.State, read.Problem?.Key, read.Owner));
        Assert.Equal(PostgresErrorCodes.OutOfMemory, read.Problem!.Server!.SqlState);
        Assert.Equal(("trees.t1", 241L, 80, 2 + (3 * 80)), (read.Problem.Arguments["table"], read.Problem.Arguments["locks"], read.Problem.Arguments["partitions"], read.Problem.Arguments["untried"]));
        Assert.Empty(read.Others);
    }

    [Fact]
    public async Task Apply_without_room_for_its_locks_ends_as_that_and_leaves_nothing_of_the_phase()
    {
        await using var sandbox = await StartAsync(15);
        await using (var admin = new NpgsqlConnection(sandbox.AdminConnectionString))
        {
            await admin.OpenAsync();
            await Trees.MakeAsync(admin, "trees", "t", trees: 200, partitions: 1, indexes: 1);
        }

        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Schemas = ["trees"] } };
        var plan = await engine.PlanAsync();
        await using var greedy = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await FillAsync(greedy, spare: 150);

        var finished = (await engine.ApplyAsync(plan)).OfType<ApplyFinished>().Single();

        Assert.Equal(("apply-lock-table-full", PostgresErrorCodes.OutOfMemory), (finished.Problem?.Key, finished.Problem?.Server?.SqlState));
        Assert.Contains("on every standby first", SetupWizard.Core.Wording.FindingText.For(finished.Problem!, System.Globalization.CultureInfo.GetCultureInfo("en")).Fix, StringComparison.Ordinal);
        Assert.Equal(0L, await greedy.ScalarAsync<long>("SELECT count(*) FROM pg_publication"));
    }

    /// <summary>Where a tree is asked for without its partitions, it is one of these that is refused; whoever reads that knows the tree.</summary>
    [Fact]
    public async Task Partition_that_is_refused_is_told_as_its_tree()
    {
        await using var sandbox = await StartAsync(15);
        await using var admin = new NpgsqlConnection(sandbox.AdminConnectionString);
        await admin.OpenAsync();
        await Trees.MakeAsync(admin, "tight", "t", trees: 1, partitions: 100, indexes: 3);
        await admin.ExecuteAsync("DO $$ BEGIN FOR n IN 1..150 LOOP EXECUTE format('CREATE INDEX i%s ON tight.t1_50 (id)', n); END LOOP; END $$");
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Schemas = ["tight"] } };
        await ReadyAsync(engine);
        await using var greedy = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await FillAsync(greedy, spare: 100);

        var read = Last(await engine.VerifyAsync())[RequirementId.ProofRead];

        Assert.True(read.Problem?.Key == "proof-lock-table", read.Problem?.Key + " " + read.Problem?.Server + " " + string.Join(";", read.Problem?.Arguments ?? new Dictionary<string, object?>()));
        Assert.Equal((ProofState.Failed, "proof-lock-table"), (read.State, read.Problem?.Key));
        Assert.Equal("tight.t1_50", read.Problem!.Arguments["tables"]);
        Assert.Equal(("tight.t1", 551L, 100), (read.Problem.Arguments["table"], read.Problem.Arguments["locks"], read.Problem.Arguments["partitions"]));
    }

    [Fact]
    public async Task Server_without_a_lock_to_spare_is_told_by_a_proof_as_one_that_cannot_be_read()
    {
        await using var sandbox = await StartAsync(15);
        using var engine = new EngineHarness(sandbox);
        await ReadyAsync(engine);
        await using var greedy = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await FillAsync(greedy, spare: 20);

        var proof = Last(await engine.VerifyAsync());

        Assert.Equal("proof-admin-unreachable", proof[RequirementId.ProofLogin].Problem?.Key);
        Assert.Equal(PostgresErrorCodes.OutOfMemory, proof[RequirementId.ProofLogin].Problem!.Server!.SqlState);
    }

    private static Finding Verdict(Inspection inspection) => Assert.Single(inspection.Findings, f => f.Id == RequirementId.LockTable);

    /// <summary>What the server itself holds for one query on the whole tree.</summary>
    private static async Task<long> LocksOfAsync(NpgsqlConnection session, string table)
    {
        await using var transaction = await session.BeginTransactionAsync();
        await session.ExecuteAsync($"SELECT * FROM {table} LIMIT 0");
        return await session.ScalarAsync<long>(
            "SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND relation IS NOT NULL AND relation <> 'pg_locks'::regclass");
    }

    /// <summary>Takes as many locks as there are, and gives some back.</summary>
    private static Task FillAsync(NpgsqlConnection greedy, int spare) => greedy.ExecuteAsync(
        $"""
        DO $$
        DECLARE n int := 0;
        BEGIN
            BEGIN
                LOOP
                    PERFORM pg_advisory_lock(7, n);
                    n := n + 1;
                END LOOP;
            EXCEPTION WHEN out_of_memory THEN
                PERFORM pg_advisory_unlock(7, g) FROM generate_series(0, {spare - 1}) g;
            END;
        END $$
        """);

    /// <summary>Whether a session has ended, as far as somebody is let in to look.</summary>
    private static async Task<bool> HasEndedAsync(PostgresSandbox sandbox, int process)
    {
        try
        {
            await using var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None);
            return await superuser.ScalarAsync<long>($"SELECT count(*) FROM pg_stat_get_activity({process})") == 0;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.OutOfMemory)
        {
            return false;
        }
    }

    /// <summary>How often the server has refused somebody for want of locks.</summary>
    private static async Task<int> RefusalsAsync(PostgresSandbox sandbox)
    {
        await using var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        var log = await superuser.ScalarAsync<string>($"SELECT pg_read_file('{sandbox.ServerLogPath}')");
        return log.Split("out of shared memory").Length - 1;
    }

    private static async Task<NpgsqlConnection> UserAsync(PostgresSandbox sandbox)
    {
        var user = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(sandbox.AdminConnectionString)
        {
            Username = SetupGoal.DefaultUser,
            Password = EngineHarness.ClickPipesPassword,
            Pooling = false,
        }.ConnectionString);
        await user.OpenAsync();
        return user;
    }

    private static async Task<PostgresSandbox> StartAsync(int major)
    {
        var options = new SandboxOptions { Copied = true, Profile = SandboxProfile.AmazonRds, Major = major, Writer = false, ExtraSettings = LockTable.Of(Locks) };
        var sandbox = await PostgresSandbox.StartAsync(options, progress: null, CancellationToken.None);
        using var engine = new EngineHarness(sandbox);
        await engine.TurnOnLogicalReplicationAsync();
        return sandbox;
    }

    private static Dictionary<RequirementId, ProofEvent> Last(IEnumerable<ProofEvent> proof) => proof.GroupBy(p => p.Id).ToDictionary(g => g.Key, g => g.Last());

    private static async Task ReadyAsync(EngineHarness engine)
    {
        var applied = await engine.ApplyAsync(await engine.PlanAsync());
        Assert.True(applied.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(applied));
    }
}
