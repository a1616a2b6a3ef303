using SetupWizard.Core.Connecting;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Requirements;

/// <summary>Logins with less than the usual administrator's rights are told what is so, and get only such statements to run as they may.</summary>
[Collection(SandboxFixture.Rules)]
public sealed class OtherLoginsTests
{
    private const string Password = "other-other";

    public static TheoryData<SandboxProfile, int> Servers
    {
        get
        {
            var servers = new TheoryData<SandboxProfile, int>();
            foreach (var profile in new[] { SandboxProfile.AmazonRds, SandboxProfile.Plain })
            {
                foreach (var major in new[] { 12, 15, 18 })
                {
                    servers.Add(profile, major);
                }
            }

            return servers;
        }
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Reader_and_administrator_who_owns_nothing_see_what_the_owner_sees_and_hand_on_what_they_may_not(SandboxProfile profile, int major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(profile, major);
        using var engine = new EngineHarness(sandbox);
        await engine.TurnOnLogicalReplicationAsync();
        await using var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        await superuser.ExecuteAsync(
            $"""
            CREATE ROLE reader LOGIN PASSWORD '{Password}';
            GRANT USAGE ON SCHEMA public TO reader;
            GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader;
            CREATE ROLE manager LOGIN CREATEROLE PASSWORD '{Password}';
            GRANT CREATE ON DATABASE shop TO manager;
            """);
        var untouched = await engine.InspectAsync();
        var reader = await InspectAsAsync(engine, "reader");
        AssertSame(untouched, reader);
        Assert.NotEmpty(Powers(reader));
        var forReader = engine.Runner.Plan(reader);
        Assert.Empty(forReader.Changes);
        Assert.All(forReader.HandOff, c => Assert.False(string.IsNullOrEmpty(c.RunBy)));

        var manager = await InspectAsAsync(engine, "manager");
        AssertSame(untouched, manager);
        var forManager = engine.Runner.Plan(manager);
        Assert.Contains(forManager.Changes, c => c.Kind == "create-user");
        var applied = await engine.Runner.ApplyAsync(As(engine, "manager"), forManager, CancellationToken.None).ToListAsync();
        Assert.True(applied.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(applied));
        foreach (var change in engine.Runner.Plan(await InspectAsAsync(engine, "manager")).HandOff)
        {
            await superuser.ExecuteAsync(change.Statement.Display);
        }

        var prepared = await engine.InspectAsync();
        Assert.True(prepared.Ready, EngineHarness.DescribeProblems(prepared));
        AssertSame(prepared, await InspectAsAsync(engine, "reader"));
        AssertSame(prepared, await InspectAsAsync(engine, "manager"));
    }

    /// <summary>A member that may SET ROLE has none of the role's rights until it does, and no statement of a plan does.</summary>
    [Theory]
    [InlineData(16)]
    [InlineData(18)]
    public async Task Membership_with_set_and_without_inherit_is_not_taken_for_the_owners_rights(int major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, major);
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Tables = [new("public", "legacy"), new("sales", "invoices")] } };
        await engine.TurnOnLogicalReplicationAsync();
        await using var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        await superuser.ExecuteAsync(
            """
            CREATE ROLE legacy_owner;
            CREATE TABLE public.legacy (id int PRIMARY KEY);
            ALTER TABLE public.legacy OWNER TO legacy_owner;
            GRANT USAGE ON SCHEMA public TO legacy_owner;
            GRANT legacy_owner TO shop_admin WITH INHERIT FALSE, SET TRUE;
            """);
        await using var admin = new Npgsql.NpgsqlConnection(sandbox.AdminConnectionString);
        await admin.OpenAsync();

        // This one it may grant to itself, and has, without its rights.
        await admin.ExecuteAsync("GRANT sales_owner TO shop_admin WITH INHERIT FALSE, SET TRUE");
        var before = await engine.InspectAsync();

        var plan = engine.Runner.Plan(before);
        Assert.Contains(plan.Changes, c => c.Statement.Display == """GRANT "sales_owner" TO "shop_admin" WITH INHERIT TRUE, SET TRUE""");
        Assert.DoesNotContain(plan.Changes, c => c.Statement.Display.Contains("legacy", StringComparison.Ordinal));
        Assert.Contains(plan.HandOff, c => c.RunBy == "legacy_owner" && c.Statement.Display.Contains("SELECT", StringComparison.Ordinal));
        var applied = await engine.ApplyAsync(plan);
        Assert.True(applied.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(applied));

        // What the plan left over is the owner's to do, as the administrator who becomes it or as somebody else.
        foreach (var change in (await engine.PlanAsync()).HandOff)
        {
            var asOwner = change.RunBy == "legacy_owner" && change.Kind == "grant-select";
            await (asOwner ? admin : superuser).ExecuteAsync(asOwner ? $"SET ROLE legacy_owner; {change.Statement.Display}; RESET ROLE" : change.Statement.Display);
        }

        var after = await engine.InspectAsync();
        Assert.True(after.Ready, EngineHarness.DescribeProblems(after));
        Assert.True(after.Snapshot!.Role("sales_owner")!.AdminInherits);
        Assert.False(after.Snapshot.Role("legacy_owner")!.AdminInherits);

        // What others did others take back, before the user can go.
        await superuser.ExecuteAsync(
            """
            REVOKE SELECT ON public.legacy FROM clickpipes_user;
            ALTER DEFAULT PRIVILEGES FOR ROLE legacy_owner IN SCHEMA public REVOKE SELECT ON TABLES FROM clickpipes_user;
            """);
        var undo = await engine.Runner.UndoPlanAsync(engine.Target, engine.Goal, UndoRequest.OfGoal, CancellationToken.None);
        Assert.Contains(undo.Changes, c => c.Statement.Display == """GRANT "sales_owner" TO "shop_admin" WITH INHERIT FALSE, SET TRUE""");
        var undone = await engine.ApplyAsync(undo);
        Assert.True(undone.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(undone));
        Assert.Equal(before.Snapshot!.Role("sales_owner"), (await engine.InspectAsync()).Snapshot!.Role("sales_owner"));
    }

    private static Task<Inspection> InspectAsAsync(EngineHarness engine, string login) => engine.Runner.InspectAsync(As(engine, login), engine.Goal, CancellationToken.None);

    private static SetupTarget As(EngineHarness engine, string login) => engine.Target with
    {
        Credentials = new SourceCredentials(login, new SecretString(Password), new SecretString(EngineHarness.ClickPipesPassword)),
    };

    /// <summary>The same verdict on every requirement but the one about the login itself.</summary>
    private static void AssertSame(Inspection owner, Inspection other)
    {
        Assert.Empty(other.Snapshot!.Unreadable);
        Assert.Equal(Verdicts(owner), Verdicts(other));

        static IEnumerable<string> Verdicts(Inspection inspection) =>
            inspection.Findings.Where(f => f.Id != RequirementId.AdminPowers).Select(f => f.Id + " " + f.State);
    }

    private static List<Finding> Powers(Inspection inspection) =>
        [.. inspection.Findings.Where(f => f.Id == RequirementId.AdminPowers && f.State == FindingState.Warning)];
}
