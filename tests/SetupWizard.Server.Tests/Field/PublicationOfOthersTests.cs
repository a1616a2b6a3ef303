using Npgsql;
using Npgsql.Replication;
using Npgsql.Replication.PgOutput;
using Npgsql.Replication.PgOutput.Messages;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Field;

/// <summary>A publication that somebody reads is not changed without saying who reads it; one of one's own is offered first.</summary>
[Collection(SandboxFixture.Families)]
public sealed class PublicationOfOthersTests
{
    private static readonly RequirementId[] s_ofPublication =
        [RequirementId.PublicationReaders, RequirementId.PublicationTables, RequirementId.PublicationOperations, RequirementId.PartitionRoot, RequirementId.Publication];

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Publication_is_not_changed_under_a_reader_unless_somebody_agrees_and_one_of_ones_own_is_offered(int major)
    {
        await using var source = await StartAsync(major);
        var goal = source.Goal;
        await source.Superuser.ExecuteAsync("CREATE ROLE dbz LOGIN SUPERUSER PASSWORD 'dbz'");
        await using var reader = await Reader.StartAsync(source, "debezium", "dbz", source.Goal.Publication);

        // Not without a word: nothing of it is planned, and who reads is said.
        var inspection = await source.InspectAsync();
        var finding = Assert.Single(inspection.Findings, f => f.Id == RequirementId.PublicationReaders);
        Assert.Equal((FindingState.Blocking, "read-elsewhere"), (finding.State, finding.Case));
        Assert.StartsWith("debezium (dbz, Debezium Streaming, pid ", (string)finding.Arguments["readers"]!, StringComparison.Ordinal);
        Assert.Equal($"ADD TABLE \"{source.Schema}\".\"t\"; SET (publish_via_partition_root = true)", finding.Arguments["changes"]);
        Assert.DoesNotContain((await source.PlanAsync()).Changes, c => c.Phase == ChangePhase.Publication);
        Assert.Contains(inspection.Findings, f => f is { Case: "held-back", State: FindingState.Blocking } && f.Id == RequirementId.PublicationTables);
        Assert.Contains(inspection.Findings, f => f is { Case: "held-back", State: FindingState.Blocking } && f.Id == RequirementId.PartitionRoot);
        await source.ApplyAsync();
        Assert.Equal("m false", await PublicationAsync());

        // One of one's own.
        source.Goal = goal with { Publication = (string)finding.Arguments["own"]! };
        await source.ApplyAsync();
        Assert.DoesNotContain((await source.InspectAsync()).Findings, f => s_ofPublication.Contains(f.Id) && f.IsProblem);
        await source.Superuser.ExecuteAsync($"DROP PUBLICATION {PgIdentifier.Quote(source.Goal.Publication)}");

        // With consent: as before, and it stays said.
        source.Goal = goal with { ChangePublication = true };
        Assert.Contains((await source.InspectAsync()).Findings, f => f is { Case: "agreed", State: FindingState.Warning } && f.Id == RequirementId.PublicationReaders);
        await source.ApplyAsync();
        Assert.Equal("m,t true", await PublicationAsync());
        Assert.Contains((await source.InspectAsync()).Findings, f => f is { Case: "shared", State: FindingState.Advice } && f.Id == RequirementId.PublicationReaders);

        async Task<string> PublicationAsync() => await source.Superuser.ScalarAsync<string>(
            $"SELECT string_agg(c.relname, ',' ORDER BY c.relname) || ' ' || p.pubviaroot FROM pg_publication p JOIN pg_publication_rel r ON r.prpubid = p.oid JOIN pg_class c ON c.oid = r.prrelid WHERE p.pubname = '{goal.Publication}' GROUP BY p.oid");
    }

    /// <summary>What it sends, and whether it sends generated columns, is its reader's as much as what it lists.</summary>
    [Fact]
    public async Task Operations_and_generated_columns_of_a_publication_are_not_changed_under_its_reader_and_updates_go_on()
    {
        await using var source = await StartAsync(18);
        await source.Superuser.ExecuteAsync(
            $"""
            CREATE ROLE dbz LOGIN SUPERUSER PASSWORD 'dbz';
            CREATE TABLE {source.Schema}.g (id int PRIMARY KEY, v int, w int GENERATED ALWAYS AS (v * 2) STORED);
            ALTER TABLE {source.Schema}.g OWNER TO {source.Sandbox.AdminUser};
            INSERT INTO {source.Schema}.g VALUES (1, 1);
            ALTER PUBLICATION {source.Goal.Publication} ADD TABLE {source.Schema}.g;
            ALTER PUBLICATION {source.Goal.Publication} SET (publish = 'insert, update')
            """);
        source.Goal = source.Goal with { Tables = [new(source.Schema, "g")], Schemas = [], Identities = [new(new(source.Schema, "g"), IdentityKind.Full)] };
        await using var reader = await Reader.StartAsync(source, "debezium", "dbz", source.Goal.Publication);

        var findings = (await source.InspectAsync()).Findings;
        Assert.Equal(
            ["SW403 held-back Warning", "SW407 stops-updates-held-back Blocking", "SW415 read-elsewhere Blocking"],
            findings.Where(static f => f.Id == RequirementId.PublicationOperations || f.Id == RequirementId.GeneratedColumns || f.Id == RequirementId.PublicationReaders).Select(static f => $"{f.Id.Code} {f.Case} {f.State}"));
        await source.ApplyAsync();

        Assert.Equal(
            "t t f n d",
            await source.Superuser.ScalarAsync<string>($"SELECT concat_ws(' ', p.pubinsert, p.pubupdate, p.pubdelete, p.pubgencols, c.relreplident) FROM pg_publication p, pg_class c WHERE p.pubname = '{source.Goal.Publication}' AND c.oid = '{source.Schema}.g'::regclass"));
        await source.Superuser.ExecuteAsync($"UPDATE {source.Schema}.g SET v = 2");
    }

    /// <summary>What was agreed to under a reader is not taken back under it: its stream would lose what it was given.</summary>
    [Fact]
    public async Task Agreed_change_is_taken_back_once_the_other_reader_is_gone()
    {
        await using var source = await StartAsync(18);
        await source.Superuser.ExecuteAsync("CREATE ROLE dbz LOGIN SUPERUSER PASSWORD 'dbz'");
        source.Goal = source.Goal with { ChangePublication = true };
        await using (await Reader.StartAsync(source, "debezium", "dbz", source.Goal.Publication))
        {
            await source.ApplyAsync();
            var obstacle = Assert.Single((await source.UndoPlanAsync()).Obstacles);
            Assert.Equal("undo-slot-active", obstacle.Key);
            Assert.Contains("debezium", string.Join(" ", obstacle.Arguments.Values), StringComparison.Ordinal);
        }

        await Eventually.TrueAsync(async () => (await source.UndoPlanAsync()).Obstacles.Count == 0, "The reader is gone and is still in the way.");
        await source.UndoAsync();
        Assert.Equal("m false", await source.Superuser.ScalarAsync<string>(
            $"SELECT string_agg(c.relname, ',' ORDER BY c.relname) || ' ' || p.pubviaroot FROM pg_publication p JOIN pg_publication_rel r ON r.prpubid = p.oid JOIN pg_class c ON c.oid = r.prrelid WHERE p.pubname = '{source.Goal.Publication}' GROUP BY p.oid"));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Readers_of_another_publication_and_ClickPipes_itself_are_nobody_else(int major)
    {
        await using var source = await StartAsync(major);
        await source.Superuser.ExecuteAsync($"CREATE ROLE dbz LOGIN SUPERUSER PASSWORD 'dbz'; CREATE ROLE {source.User} LOGIN SUPERUSER PASSWORD 'dbz'; CREATE PUBLICATION {source.Goal.Publication}_2");

        // A name that begins like the other one, the pipe's own slot, and one of the ClickPipes user by whatever name.
        await using var beside = await Reader.StartAsync(source, "debezium", "dbz", source.Goal.Publication + "_2");
        await using var pipe = await Reader.StartAsync(source, "peerflow_slot_mirror", "dbz", source.Goal.Publication);
        await using var own = await Reader.StartAsync(source, "of_the_user", source.Goal.User, source.Goal.Publication);

        var inspection = await source.InspectAsync();
        Assert.Contains(inspection.Findings, f => f is { Case: "ok" } && f.Id == RequirementId.PublicationReaders);
        Assert.Contains(inspection.Findings, f => f is { Case: "missing" } && f.Id == RequirementId.PublicationTables);
    }

    [Fact]
    public async Task Reader_whose_command_is_not_to_be_seen_is_not_taken_for_nobody()
    {
        await using var source = await StartAsync(15);
        await source.Superuser.ExecuteAsync("CREATE ROLE dbz LOGIN SUPERUSER PASSWORD 'dbz'; REVOKE pg_monitor FROM rds_superuser");
        await using (await Reader.StartAsync(source, "debezium", "dbz", source.Goal.Publication))
        {
            var hidden = Assert.Single((await source.InspectAsync()).Findings, f => f.Id == RequirementId.PublicationReaders);
            Assert.Equal((FindingState.Unknown, "reader-hidden"), (hidden.State, hidden.Case));
            Assert.DoesNotContain((await source.PlanAsync()).Changes, c => c.Phase == ChangePhase.Publication);
        }

        // Gone for now: nobody can tell what its slot is for, and it is said.
        await Eventually.TrueAsync(
            async () => (await source.InspectAsync()).Findings.Any(f => f is { Case: "reader-away", State: FindingState.Warning } && f.Id == RequirementId.PublicationReaders),
            "The slot without a reader was not mentioned.");
        Assert.Contains((await source.PlanAsync()).Changes, c => c.Phase == ChangePhase.Publication);
    }

    /// <summary>A source with a publication of somebody else's that has not all that ClickPipes needs.</summary>
    private static async Task<Held> StartAsync(int major)
    {
        var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, major);
        using (var engine = new EngineHarness(sandbox))
        {
            await engine.TurnOnLogicalReplicationAsync();
        }

        var source = await UndoSource.AtAsync(Task.FromResult(sandbox));
        await source.Admin.ExecuteAsync($"""
            CREATE TABLE {source.Schema}.m (id int, d date, v text, PRIMARY KEY (id, d)) PARTITION BY RANGE (d);
            CREATE TABLE {source.Schema}.m1 PARTITION OF {source.Schema}.m FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
            CREATE TABLE {source.Schema}.t (id int PRIMARY KEY);
            CREATE PUBLICATION {source.Goal.Publication} FOR TABLE {source.Schema}.m
            """);
        return new Held(source);
    }

    private sealed class Held(UndoSource source) : IAsyncDisposable
    {
        public SetupGoal Goal { get => source.Goal; set => source.Goal = value; }

        public string Schema => source.Schema;

        public string User => source.User;

        public PostgresSandbox Sandbox => source.Sandbox;

        public NpgsqlConnection Superuser => source.Superuser;

        public Task<Inspection> InspectAsync() => source.InspectAsync();

        public Task<SetupPlan> PlanAsync() => source.PlanAsync();

        public Task<ApplyFinished> ApplyAsync() => source.ApplyAsync();

        public Task<SetupPlan> UndoPlanAsync() => source.UndoPlanAsync();

        public Task<SetupPlan> UndoAsync() => source.UndoAsync();

        public async ValueTask DisposeAsync()
        {
            var sandbox = source.Sandbox;
            await source.Admin.DisposeAsync();
            await source.Superuser.DisposeAsync();
            await sandbox.DisposeAsync();
        }
    }

    /// <summary>Another tool that reads a publication until disposed; its slot stays.</summary>
    private sealed class Reader(LogicalReplicationConnection connection, CancellationTokenSource stop, Task reading) : IAsyncDisposable
    {
        public static async Task<Reader> StartAsync(Held source, string slot, string user, string publication)
        {
            var connection = new LogicalReplicationConnection(new NpgsqlConnectionStringBuilder(source.Sandbox.AdminConnectionString) { Username = user, Password = "dbz", ApplicationName = "Debezium Streaming" }.ConnectionString);
            await connection.Open();
            var made = await connection.CreatePgOutputReplicationSlot(slot);
            var stop = new CancellationTokenSource();
            var reading = ReadAsync(connection.StartReplication(made, new PgOutputReplicationOptions(publication, PgOutputProtocolVersion.V1), stop.Token));
            await Eventually.TrueAsync(
                async () => await source.Superuser.ScalarAsync<bool>($"SELECT EXISTS (SELECT FROM pg_replication_slots s JOIN pg_stat_activity a ON a.pid = s.active_pid WHERE s.slot_name = '{slot}' AND a.query LIKE 'START_REPLICATION%')"),
                "The slot was never read.",
                TimeSpan.FromSeconds(20));
            return new Reader(connection, stop, reading);
        }

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
            await connection.DisposeAsync();
            stop.Dispose();
        }

        private static async Task ReadAsync(IAsyncEnumerable<PgOutputReplicationMessage> changes)
        {
            await foreach (var _ in changes)
            {
                // Of no interest here.
            }
        }
    }
}
