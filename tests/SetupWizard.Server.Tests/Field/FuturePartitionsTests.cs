using System.Globalization;
using SetupWizard.Core.Export;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Watching;
using SetupWizard.Core.Wording;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Field;

/// <summary>Partitions and child tables that are made after the set-up: what they will be without is said before, handed over, and looked for.</summary>
[Collection(SandboxFixture.Families)]
public sealed class FuturePartitionsTests(FamilyServers servers)
{
    private const string Outbox =
        """
        CREATE TABLE public.outbox (message_id uuid, row_time timestamp NOT NULL) PARTITION BY RANGE (row_time);
        CREATE TABLE public.outbox_p1 PARTITION OF public.outbox FOR VALUES FROM ('2025-01-01') TO ('2025-02-01');
        """;

    private const string NextMonth = "CREATE TABLE public.outbox_p2 PARTITION OF public.outbox FOR VALUES FROM ('2025-02-01') TO ('2025-03-01'); INSERT INTO public.outbox VALUES (md5('1')::uuid, '2025-02-05')";

    private static readonly string[] s_traffic = ["INSERT INTO public.outbox VALUES (md5('2')::uuid, '2025-02-06')", "UPDATE public.outbox SET message_id = message_id", "DELETE FROM public.outbox"];

    [Theory]
    [InlineData(15, true)]
    [InlineData(18, true)]
    [InlineData(18, false)]
    public async Task Next_months_partition_is_spoken_of_before_handed_over_and_found(int major, bool chosenHere)
    {
        using var source = (await servers.MakeAsync(major, Outbox)).Choose("public.outbox");
        if (chosenHere)
        {
            source.Goal = source.Goal with { Identities = [new(new("public", "outbox"), IdentityKind.Full, OnlyGrows: true)] };
        }
        else
        {
            await source.AdminAsync("ALTER TABLE public.outbox REPLICA IDENTITY FULL; ALTER TABLE public.outbox_p1 REPLICA IDENTITY FULL");
        }

        // Before anything is changed: in the finding, the script and the report.
        var before = await source.InspectAsync();
        var warning = Assert.Single(before.Findings, f => f.Case == "future-partitions");
        Assert.Equal((chosenHere ? FindingState.Advice : FindingState.Warning, "public.outbox"), (warning.State, Assert.Single(warning.Subjects).Name));
        var statement = Assert.Single(LaterMembers.Of(before), l => l.Need == LaterNeed.PartitionIdentity).Statement;
        var english = CultureInfo.GetCultureInfo("en");
        Assert.Contains(statement, FindingText.For(warning, english).Fix, StringComparison.Ordinal);
        var plan = source.Plan(before);
        Assert.Contains("-- " + statement + ";", SqlScriptExporter.Write(before, plan, english), StringComparison.Ordinal);
        Assert.Contains("\n" + statement + ";\n", MarkdownReport.Write(new ExportInput(before, plan), english), StringComparison.Ordinal);

        var finished = await source.ApplyAsync();
        Assert.True(finished.Ready, EngineHarness.DescribeProblems(finished));
        var baseline = SetupBaseline.Of(finished, DateTimeOffset.UnixEpoch, proved: false)!;
        Assert.Contains("SW405 future-partitions", baseline.Accepted);
        Assert.Empty(BaselineReview.Compare(baseline, finished).Differences);

        // It comes to pass, and is named by its own name.
        await source.AdminAsync(NextMonth);
        await source.SuperuserAsync("GRANT ALL ON public.outbox_p2 TO app_{n}");
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => source.AppAsync(s_traffic));
        var broken = await source.InspectAsync();
        Assert.True(broken.Blocked);
        var since = Assert.Single(BaselineReview.Compare(baseline, broken).Differences, d => d.Case == "partitions-unidentified");
        Assert.Equal((FindingState.Blocking, new TableRef("public", "outbox_p2")), (since.State, Assert.Single(since.Tables)));

        // What was handed over heals it.
        await source.AdminAsync(statement.Replace(LaterMembers.Partition, "outbox_p2", StringComparison.Ordinal));
        await source.AppAsync(s_traffic);
        Assert.DoesNotContain((await source.InspectAsync()).Findings, f => f.Id == RequirementId.ReplicaIdentity && f.State == FindingState.Blocking);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Chosen_with_its_schema_it_is_not_left_out_in_silence_when_its_next_partition_breaks_it(int major)
    {
        using var source = await servers.MakeAsync(major, Outbox + " ALTER TABLE public.outbox REPLICA IDENTITY FULL; ALTER TABLE public.outbox_p1 REPLICA IDENTITY FULL;");
        Assert.True((await source.ApplyAsync()).Ready);
        await source.AdminAsync(NextMonth);

        var broken = await source.InspectAsync();

        Assert.Contains(broken.Findings, f => f.Id == RequirementId.ReplicaIdentity && f.State == FindingState.Blocking && f.Subjects.Any(s => s.Name == "public.outbox_p2"));
        Assert.DoesNotContain(broken.Findings, f => f.Id == RequirementId.PublicationTables && f.Case == "extra");
    }

    /// <summary>FULL of a partition with a generated column that is not sent stops UPDATE and DELETE on 18: then an index it is.</summary>
    [Theory]
    [InlineData(17, "STORED", "FULL")]
    [InlineData(18, "STORED", "USING INDEX \"NEW_UNIQUE_INDEX\"")]
    [InlineData(18, "VIRTUAL", "USING INDEX \"NEW_UNIQUE_INDEX\"")]
    public async Task Next_partition_gets_an_identity_that_lets_updates_pass(int major, string storage, string identity)
    {
        using var source = (await servers.MakeAsync(
            major,
            $"""
            CREATE TABLE public.log (id int NOT NULL, v text, slug text GENERATED ALWAYS AS (lower(v)) {storage}) PARTITION BY RANGE (id);
            CREATE TABLE public.log_1 PARTITION OF public.log FOR VALUES FROM (0) TO (10);
            CREATE UNIQUE INDEX log_key ON public.log (id);
            ALTER TABLE public.log REPLICA IDENTITY USING INDEX log_key;
            ALTER TABLE public.log_1 REPLICA IDENTITY USING INDEX log_1_id_idx
            """)).Choose("public.log");

        var statement = Assert.Single(LaterMembers.Of(await source.InspectAsync()), l => l.Need == LaterNeed.PartitionIdentity).Statement;

        Assert.Equal($"ALTER TABLE \"public\".\"NEW_PARTITION\" REPLICA IDENTITY {identity}", statement);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task A_key_on_the_partitioned_table_sees_to_what_comes(int major)
    {
        using var source = (await servers.MakeAsync(major, Outbox.Replace("(message_id uuid, row_time timestamp NOT NULL)", "(message_id uuid, row_time timestamp, PRIMARY KEY (message_id, row_time))", StringComparison.Ordinal))).Choose("public.outbox");

        var ready = await source.ApplyAsync();
        Assert.DoesNotContain(ready.Findings, f => f.Case == "future-partitions");
        await source.AdminAsync(NextMonth);
        await source.SuperuserAsync("GRANT ALL ON public.outbox_p2 TO app_{n}");

        await source.AppAsync(s_traffic);
        Assert.DoesNotContain((await source.InspectAsync()).Findings, f => f.Id == RequirementId.ReplicaIdentity && f.IsProblem);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task A_child_made_later_is_published_with_the_statement_that_was_handed_over(int major)
    {
        using var source = (await servers.MakeAsync(major, "CREATE TABLE public.base (id int PRIMARY KEY, v text); CREATE TABLE public.kid1 (PRIMARY KEY (id)) INHERITS (public.base)")).Choose("public.base");
        var before = await source.InspectAsync();
        var later = LaterMembers.Of(before);
        Assert.Equal([LaterNeed.Publication, LaterNeed.Select], later.Select(l => l.Need));
        var script = SqlScriptExporter.Write(before, source.Plan(before), CultureInfo.GetCultureInfo("en"));
        Assert.All(later, l => Assert.Contains("-- " + l.Statement + ";", script, StringComparison.Ordinal));
        Assert.True((await source.ApplyAsync()).Ready);

        await source.AdminAsync("CREATE TABLE public.kid2 (PRIMARY KEY (id)) INHERITS (public.base)");
        foreach (var statement in later)
        {
            await source.AdminAsync(statement.Statement.Replace(LaterMembers.Child, "kid2", StringComparison.Ordinal));
        }

        var ready = await source.InspectAsync();
        Assert.True(ready.Ready, EngineHarness.DescribeProblems(ready));
        Assert.Equal(["base", "kid1", "kid2"], await source.NamedAsync());
        Assert.Equal(0, await source.ReadAsync("public.kid2"));
    }
}
