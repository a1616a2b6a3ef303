using Npgsql;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Requirements;

/// <summary>What the rules propose for a source somebody began to set up by hand, on real servers.</summary>
[Collection(SandboxFixture.Rules)]
public sealed class RulesOnServersTests
{
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Row_filter_of_a_table_whose_schema_is_published_too_filters_nothing_and_is_not_named(int major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain, major);
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Tables = [new("odd", "a")] } };
        await engine.TurnOnLogicalReplicationAsync();
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await superuser.ExecuteAsync("CREATE SCHEMA odd; CREATE TABLE odd.a (id int PRIMARY KEY); CREATE PUBLICATION clickpipes FOR TABLE odd.a WHERE (id > 3)");
        await superuser.ScalarAsync<object>("SELECT pg_create_logical_replication_slot('slot', 'pgoutput')");
        Assert.Equal((0L, true), await InsertedAsync(1));

        await superuser.ExecuteAsync("ALTER PUBLICATION clickpipes ADD TABLES IN SCHEMA odd");
        Assert.Equal((1L, false), await InsertedAsync(2));

        async Task<(long Sent, bool Named)> InsertedAsync(int id)
        {
            await superuser.ExecuteAsync("INSERT INTO odd.a VALUES (" + id + ")");
            var sent = await superuser.ScalarAsync<long>(
                "SELECT count(*) FROM pg_logical_slot_get_binary_changes('slot', NULL, NULL, 'proto_version', '1', 'publication_names', 'clickpipes') WHERE get_byte(data, 0) = ascii('I')");
            return (sent, (await engine.InspectAsync()).Findings.Any(f => f is { Id.Code: "SW410", Case: "rows-hidden" }));
        }
    }

    [Fact]
    public async Task Generated_column_that_a_column_list_names_is_sent_and_not_named()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain, 18);
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Tables = [new("public", "odd")] } };
        await engine.TurnOnLogicalReplicationAsync();
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await superuser.ExecuteAsync(
            """
            CREATE TABLE public.odd (id int PRIMARY KEY, twice int GENERATED ALWAYS AS (id * 2) STORED, thrice int GENERATED ALWAYS AS (id * 3) STORED);
            CREATE PUBLICATION clickpipes FOR TABLE public.odd (id, twice)
            """);
        await superuser.ScalarAsync<object>("SELECT pg_create_logical_replication_slot('slot', 'pgoutput')");
        await superuser.ExecuteAsync("INSERT INTO public.odd VALUES (7)");

        // The second column of the tuple: 't', its length, its text.
        var sent = await superuser.ScalarAsync<string>(
            "SELECT convert_from(substring(data FROM 20), 'UTF8') FROM pg_logical_slot_get_binary_changes('slot', NULL, NULL, 'proto_version', '1', 'publication_names', 'clickpipes') WHERE get_byte(data, 0) = ascii('I')");
        var finding = Assert.Single((await engine.InspectAsync()).Findings, f => f is { Id.Code: "SW407" });

        Assert.Equal("14", sent);
        Assert.Equal("publishable", finding.Case);
        Assert.Equal("public.odd.thrice", Assert.Single(finding.Subjects).Name);
    }

    [Theory]
    [InlineData(SandboxProfile.AmazonRds, 12)]
    [InlineData(SandboxProfile.AmazonRds, 14)]
    [InlineData(SandboxProfile.AmazonRds, 17)]
    [InlineData(SandboxProfile.AzureFlexible, 16)]
    [InlineData(SandboxProfile.Plain, 18)]
    public async Task Half_finished_set_up_is_mended_by_one_plan_and_taken_back(SandboxProfile profile, int major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(profile, major);
        using var engine = new EngineHarness(sandbox)
        {
            Goal = new SetupGoal
            {
                Schemas = ["public", "sales", "odd"],
                Identities =
                [
                    new(new("public", "audit_log"), IdentityKind.Full, OnlyGrows: true),
                    new(new("sales", "price_agreements"), IdentityKind.Index, "price_agreements_partner_sku"),
                    new(new("odd", "readings"), IdentityKind.Full, OnlyGrows: true),
                    new(new("odd", "readings_1"), IdentityKind.Full, OnlyGrows: true),
                    new(new("odd", "readings_2"), IdentityKind.Full, OnlyGrows: true),
                ],
            },
        };
        await engine.TurnOnLogicalReplicationAsync();
        await HalfFinishAsync(sandbox, major);

        var before = await engine.InspectAsync();
        var plan = engine.Runner.Plan(before);
        Assert.Empty(plan.HandOff);
        Assert.Contains(before.Findings, f => f is { Id.Code: "SW301", Case: "connection-limit" });
        Assert.Contains(before.Findings, f => f is { Id.Code: "SW301", Case: "no-login" });
        Assert.Contains(before.Findings, f => f is { Id.Code: "SW301", Case: "expired" });
        Assert.Contains(before.Findings, f => f is { Id.Code: "SW402", Case: "missing" });
        Assert.Equal(major >= 13, before.Findings.Any(f => f is { Id.Code: "SW404", Case: "off" }));

        var applied = await engine.ApplyAsync(plan);
        Assert.True(applied.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(applied));

        var after = await engine.InspectAsync();
        Assert.True(after.Ready, EngineHarness.DescribeProblems(after));

        // What is left to say is what no statement can do now: the partitioned table without a key gives none to its next partition. It only grows, so nothing fails by that.
        Assert.Empty(after.Findings.Where(f => f.State == FindingState.Warning).Select(f => f.Case));
        Assert.Equal(major >= 13, after.Findings.Any(f => f is { Id.Code: "SW405", Case: "future-partitions", State: FindingState.Advice }));
        Assert.True(engine.Runner.Plan(after).IsEmpty);

        if (profile == SandboxProfile.AmazonRds)
        {
            // Here the sandbox is not like the service: it gives members of rds_replication the attribute. Before 16 only a superuser may
            // alter a user that has it, and a user that may not log in, as this one before, keeps it.
            return;
        }

        var undone = await engine.ApplyAsync(await engine.Runner.UndoPlanAsync(engine.Target, engine.Goal, UndoRequest.OfGoal, CancellationToken.None));
        Assert.True(undone.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(undone));
        Assert.Equal(LastingFacts.Of(before.Snapshot!), LastingFacts.Of((await engine.InspectAsync()).Snapshot!));
    }

    [Fact]
    public async Task Whole_schemas_are_published_where_the_login_may()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain, 17);
        using var engine = new EngineHarness(sandbox)
        {
            Goal = new SetupGoal { WholeSchemas = ["sales"], Identities = [new(new("sales", "price_agreements"), IdentityKind.Full, OnlyGrows: true)] },
        };
        await engine.TurnOnLogicalReplicationAsync();

        Assert.Contains((await engine.InspectAsync()).Findings, f => f is { Id.Code: "SW405", Case: "future-tables", State: FindingState.Advice });
        var plan = await engine.PlanAsync();
        Assert.Contains(plan.Changes, c => c.Statement.Display == """CREATE PUBLICATION "clickpipes" FOR TABLES IN SCHEMA "sales" """.TrimEnd());
        var applied = await engine.ApplyAsync(plan);

        Assert.True(applied.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(applied));
        var after = await engine.InspectAsync();
        Assert.True(after.Ready, EngineHarness.DescribeProblems(after));
        Assert.Equal(["sales"], after.Snapshot!.Publication!.Schemas);
    }

    [Theory]
    [InlineData(SandboxProfile.AmazonRds, 15)]
    [InlineData(SandboxProfile.AzureFlexible, 17)]
    public async Task Advice_is_followed_when_it_is_asked_for_by_name(SandboxProfile profile, int major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(profile, major);
        using var engine = new EngineHarness(sandbox);
        await using (var admin = await OpenAdminAsync(sandbox))
        {
            await admin.ExecuteAsync("""CREATE USER clickpipes_user CREATEDB; GRANT INSERT, TRUNCATE ON public.orders TO clickpipes_user""");
        }

        var first = await engine.InspectAsync();
        Assert.Equal(["attributes", "can-write"], first.Findings.Where(f => f.Id == RequirementId.LeastPrivilege).Select(f => f.Case));
        Assert.DoesNotContain(engine.Runner.Plan(first).Changes, c => c.For == RequirementId.LeastPrivilege);

        var applied = await engine.ApplyAsync(engine.Runner.Plan(first, new HashSet<RequirementId> { RequirementId.LeastPrivilege }));

        Assert.True(applied.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(applied));
        var after = await engine.InspectAsync();
        Assert.Equal(FindingState.Satisfied, after.Findings.Single(f => f.Id == RequirementId.LeastPrivilege).State);
    }

    private static async Task HalfFinishAsync(PostgresSandbox sandbox, int major)
    {
        await using var admin = await OpenAdminAsync(sandbox);
        await admin.ExecuteAsync(
            """
            CREATE SCHEMA odd;
            CREATE TABLE odd.readings (day date NOT NULL, value int) PARTITION BY RANGE (day);
            CREATE TABLE odd.readings_1 PARTITION OF odd.readings FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
            CREATE TABLE odd.readings_2 PARTITION OF odd.readings FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
            CREATE USER clickpipes_user NOLOGIN CONNECTION LIMIT 2 VALID UNTIL '2020-02-03 04:05:06+00';
            GRANT SELECT ON public.orders TO clickpipes_user;
            CREATE PUBLICATION clickpipes FOR TABLE public.orders WITH (publish = 'insert');
            """);
        await admin.ExecuteAsync($"ALTER ROLE clickpipes_user IN DATABASE \"{sandbox.Database}\" SET wal_sender_timeout TO '30s'");
        if (major >= 13)
        {
            await admin.ExecuteAsync("ALTER PUBLICATION clickpipes ADD TABLE public.events");
        }
    }

    private static async Task<NpgsqlConnection> OpenAdminAsync(PostgresSandbox sandbox)
    {
        var connection = new NpgsqlConnection(sandbox.AdminConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}
