using System.Globalization;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Wording;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Field;

/// <summary>An administrator joins an owner only where that leaves its own way into the server as it is.</summary>
[Collection(SandboxFixture.Families)]
public sealed class JoiningOwnersTests
{
    private const string AppOwner =
        """
        CREATE ROLE app_owner LOGIN;
        CREATE SCHEMA app AUTHORIZATION app_owner;
        CREATE TABLE app.orders (id int PRIMARY KEY, note text);
        ALTER TABLE app.orders OWNER TO app_owner;
        """;

    /// <summary>
    /// Amazon RDS has members of rds_iam log in with a token and those of rds_ad with a ticket, and its pg_hba.conf has a line for them; from 16 on it goes by inherited
    /// memberships, which no stock line can say.
    /// </summary>
    [Theory]
    [InlineData(15, "rds_iam", false)]
    [InlineData(15, "rds_iam", true)]
    [InlineData(15, "rds_ad", false)]
    [InlineData(16, "rds_iam", false)]
    public async Task Owner_whose_members_log_in_another_way_is_not_joined_and_gets_the_statements(int major, string loginRole, bool throughAnother)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, major);
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Schemas = ["app"] } };
        await engine.TurnOnLogicalReplicationAsync();
        await using var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        var role = loginRole == "rds_iam" ? "" : $"CREATE ROLE {loginRole};";
        await superuser.ExecuteAsync(AppOwner + role + (throughAnother ? $"CREATE ROLE team; GRANT {loginRole} TO team; GRANT team TO app_owner;" : $"GRANT {loginRole} TO app_owner;"));
        if (major >= 16)
        {
            await superuser.ExecuteAsync("GRANT app_owner TO shop_admin WITH ADMIN TRUE, INHERIT FALSE, SET FALSE");
        }
        else
        {
            await superuser.SetAccessAsync($"host all +{loginRole} all reject\n" + ServerTricks.UsualRules);

            // What it would come to.
            await superuser.ExecuteAsync("GRANT app_owner TO shop_admin");
            await Assert.ThrowsAsync<Npgsql.PostgresException>(() => TwoLogins.AssertLogsInAsync(engine.Target));
            await superuser.ExecuteAsync("REVOKE app_owner FROM shop_admin");
        }

        var before = await engine.InspectAsync();
        var plan = engine.Runner.Plan(before);

        Assert.DoesNotContain(plan.Changes.Concat(plan.HandOff), c => c.Kind == "take-membership");
        Assert.All(plan.HandOff, c => Assert.Equal("app_owner", c.RunBy));
        Assert.Contains(plan.HandOff, c => c.Kind == "create-publication");
        var why = Assert.Single(before.Findings, f => f.Id == RequirementId.AdminPowers);
        Assert.Equal(("login-role", loginRole, "app_owner"), (why.Case, why.Arguments["roles"], why.Subjects[0].Name));

        await engine.AssertAppliesAsync(engine.Target, plan);
        await TwoLogins.AssertLogsInAsync(engine.Target);
        await AssertHandOffPreparesAsync(engine, superuser);
        await AssertUndoRestoresAsync(engine, superuser, plan.HandOff, before);
    }

    /// <summary>The server refuses a circle, over any number of roles; everything else is done.</summary>
    [Theory]
    [InlineData(15, "CREATE ROLE between; GRANT between TO app_owner; GRANT shop_admin TO between;")]
    [InlineData(18, "CREATE ROLE between; GRANT between TO app_owner; GRANT shop_admin TO between;")]
    [InlineData(15, "GRANT shop_admin TO app_owner;")]
    [InlineData(18, "GRANT shop_admin TO app_owner;")]
    public async Task Owner_that_is_a_member_of_the_administrator_is_not_joined_and_the_rest_is_done(int major, string circle)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, major);
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Tables = [new("app", "orders"), new("public", "customers")] } };
        await engine.TurnOnLogicalReplicationAsync();
        await using var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        await superuser.ExecuteAsync(AppOwner + circle);

        var before = await engine.InspectAsync();
        var plan = engine.Runner.Plan(before);

        Assert.DoesNotContain(plan.Changes.Concat(plan.HandOff), c => c.Kind == "take-membership");
        Assert.All(plan.HandOff, c => Assert.Equal("app_owner", c.RunBy));
        Assert.Equal(major < 16, before.Findings.Any(f => f.Id == RequirementId.AdminPowers && f.Case == "circle"));

        await engine.AssertAppliesAsync(engine.Target, plan);
        await AssertHandOffPreparesAsync(engine, superuser);
        await AssertUndoRestoresAsync(engine, superuser, plan.HandOff, before);
    }

    /// <summary>A line for members of a team: tried and taken back where it cannot be read, left alone where it can.</summary>
    [Fact]
    public async Task Membership_that_locks_the_administrator_out_is_taken_back_and_where_its_line_can_be_read_never_taken()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain, 15);
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Schemas = ["app"] } };
        await engine.TurnOnLogicalReplicationAsync();
        await using var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        await superuser.ExecuteAsync(
            $"""
            {AppOwner}
            CREATE ROLE manager LOGIN CREATEROLE PASSWORD '{TwoLogins.Password}';
            GRANT CREATE ON DATABASE shop TO manager;
            CREATE ROLE app_team;
            GRANT app_team TO app_owner;
            """);
        await superuser.SetAccessAsync("host all +app_team all reject\n" + ServerTricks.UsualRules);
        var manager = engine.As("manager");

        var blind = await engine.Runner.InspectAsync(manager, engine.Goal, CancellationToken.None);
        Assert.Contains(blind.Findings, f => f.Id == RequirementId.AdminPowers && f is { Case: "login-unseen", State: FindingState.Advice });
        var events = await engine.Runner.ApplyAsync(manager, engine.Runner.Plan(blind), CancellationToken.None).ToListAsync();

        var finished = events.OfType<ApplyFinished>().Single();
        Assert.Equal((ApplyOutcome.Failed, "apply-locked-out"), (finished.Outcome, finished.Problem?.Key));
        Assert.Equal("28000", finished.Problem!.Server!.SqlState);
        await TwoLogins.AssertLogsInAsync(manager);
        Assert.False(await superuser.ScalarAsync<bool>("SELECT pg_has_role('manager', 'app_owner', 'MEMBER')"));
        Assert.Empty(await engine.Runner.AppliedAsync(await engine.Runner.InspectAsync(manager, engine.Goal, CancellationToken.None), CancellationToken.None));

        // Its sentence says how the wizard comes to see the line.
        await superuser.ExecuteAsync((string)finished.Problem.Arguments["statement"]!);
        var seen = await engine.Runner.InspectAsync(manager, engine.Goal, CancellationToken.None);
        var plan = engine.Runner.Plan(seen);
        Assert.DoesNotContain(plan.Changes, c => c.Kind == "take-membership");
        var why = Assert.Single(seen.Findings, f => f.Id == RequirementId.AdminPowers && f.Case == "login-line");
        Assert.Contains("host all +app_team all reject", FindingText.For(why, CultureInfo.GetCultureInfo("en")).Why, StringComparison.Ordinal);
        await engine.AssertAppliesAsync(manager, plan);
        await TwoLogins.AssertLogsInAsync(manager);

        // With a line before it that decides for everybody, the line has no say.
        await superuser.SetAccessAsync(ServerTricks.UsualRules + "\nhost all +app_team all reject");
        var free = engine.Runner.Plan(await engine.Runner.InspectAsync(manager, engine.Goal, CancellationToken.None));
        Assert.Contains(free.Changes, c => c.Kind == "take-membership");
        await engine.AssertAppliesAsync(manager, free);
        await TwoLogins.AssertLogsInAsync(manager);
    }

    /// <summary>Whoever was locked out is told of the line that rejects, and not of TLS alone.</summary>
    [Fact]
    public async Task Refused_login_is_told_every_cause_there_may_be()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain, 15);
        await using var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        var target = EngineHarness.TargetOf(sandbox);
        var plain = target with { Endpoint = target.Endpoint with { Tls = TlsMode.Disable } };
        await superuser.ExecuteAsync("CREATE ROLE app_team; GRANT app_team TO shop_admin");
        await superuser.SetAccessAsync("host all +app_team all reject\n" + ServerTricks.UsualRules);

        Assert.Equal("rejected", await CaseAsync(target));
        Assert.Equal("rejected-no-tls", await CaseAsync(plain));
        await superuser.SetAccessAsync("hostssl all all all scram-sha-256");
        Assert.Equal("tls-required", await CaseAsync(plain));

        async Task<string> CaseAsync(SetupTarget to)
        {
            using var engine = new EngineHarness(sandbox);
            var report = await engine.Runner.ConnectAsync(to, engine.Goal, progress: null, CancellationToken.None);
            Assert.Equal(to.Endpoint.Tls == TlsMode.Disable, report.Proposals.Any(p => p.Key == "turn-tls-on"));
            return report.Verdict.Case;
        }
    }

    /// <summary>What is left to the owner is run by it; then nothing is left, the proof passes and the application works as before.</summary>
    private static async Task AssertHandOffPreparesAsync(EngineHarness engine, Npgsql.NpgsqlConnection superuser)
    {
        await superuser.RunHandOffAsync((await engine.PlanAsync()).HandOff);
        var prepared = await engine.InspectAsync();
        Assert.True(prepared.Ready, EngineHarness.DescribeProblems(prepared));
        Assert.True(engine.Runner.Plan(prepared).IsEmpty, EngineHarness.DescribeProblems(prepared));
        Assert.DoesNotContain(await engine.VerifyAsync(), p => p.State == ProofState.Failed);
        await superuser.RunAsAsync("app_owner", "INSERT INTO app.orders VALUES (1, 'a'); UPDATE app.orders SET note = 'b'; DELETE FROM app.orders");
    }

    /// <summary>The owner takes its part back, the wizard its own; then the database is as it was.</summary>
    private static async Task AssertUndoRestoresAsync(EngineHarness engine, Npgsql.NpgsqlConnection superuser, IReadOnlyList<SqlChange> handedOff, Inspection before)
    {
        await superuser.UndoHandOffAsync(handedOff);
        await engine.AssertAppliesAsync(engine.Target, await engine.Runner.UndoPlanAsync(engine.Target, engine.Goal, UndoRequest.OfGoal, CancellationToken.None));
        await TwoLogins.AssertLogsInAsync(engine.Target);
        Assert.Empty(SnapshotComparison.Differences(before.Snapshot!, (await engine.InspectAsync()).Snapshot!));
    }
}
