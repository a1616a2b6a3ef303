using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Export;
using SetupWizard.Core.HandOff;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.HandOff;

/// <summary>A reader without rights prepares a plan on a real server; its administrator opens it, or runs it in psql; the reader sees that nothing is left to do.</summary>
public sealed class HandOffOnServersTests
{
    private const string Password = "reader-reader";
    private const string Chosen = "pa'ss \\ \"word\" 비밀 %:";
    private const string Odd = "Weird \"Name\" 'q' \\ ; -- :x $$ 주문📦";
    private static readonly CultureInfo s_english = CultureInfo.GetCultureInfo("en");

    [Theory]
    [InlineData(SandboxProfile.AmazonRds, null)]
    [InlineData(SandboxProfile.AmazonRds, 15)]
    [InlineData(SandboxProfile.AzureFlexible, null)]
    [InlineData(SandboxProfile.Plain, null)]
    public async Task Plan_of_a_reader_is_the_administrator_s_own_and_its_psql_script_leaves_the_reader_nothing_to_do(SandboxProfile profile, int? major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(profile, major);
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Schemas = ["public", "sales"] } };
        await engine.TurnOnLogicalReplicationAsync();
        await MakeReaderAsync(sandbox);

        var (file, script) = await PrepareAsync(engine);

        var admin = await engine.InspectAsync();
        var compared = PlanFileComparison.Compare(file, engine.Runner.Plan(admin));
        Assert.NotEmpty(compared);
        Assert.True(compared.All(c => c.Mark == PlanMark.Same), string.Join("\n", compared.Where(c => c.Mark != PlanMark.Same).Select(c => $"{c.Mark}: {c.InFile?.Sql} / {c.Now?.Statement.Display}")));
        Assert.All(compared, c => Assert.Equal(c.InFile!.RunBy, c.Now!.RunBy));
        Assert.Equal(sandbox.AdminUser, file.RunAs);
        await AssertPreparesAsync(sandbox, engine, script);
    }

    [Fact]
    public async Task Odd_names_travel_in_the_file_and_through_psql()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds);
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { User = "click'pipes \"u\" \\ :y 📦", Publication = Odd, Tables = [new TableRef(Odd, Odd)] } };
        await engine.TurnOnLogicalReplicationAsync();
        await MakeReaderAsync(sandbox);
        await using (var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None))
        {
            var quoted = "\"" + Odd.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
            await superuser.ExecuteAsync($"CREATE SCHEMA {quoted} AUTHORIZATION shop_admin; CREATE TABLE {quoted}.{quoted} (a int); ALTER TABLE {quoted}.{quoted} OWNER TO shop_admin; GRANT USAGE ON SCHEMA {quoted} TO reader");
        }

        var goal = engine.Goal with { Identities = [new IdentityChoice(new TableRef(Odd, Odd), IdentityKind.Full, OnlyGrows: true)] };
        var (_, script) = await PrepareAsync(engine, goal);

        await AssertPreparesAsync(sandbox, engine, script, goal);
    }

    /// <summary>What takes it back must leave the administrator's membership as it was, options and all.</summary>
    [Fact]
    public async Task Membership_the_administrator_has_already_comes_back_with_its_options()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, 18);
        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Tables = [new TableRef("public", "owned")] } };
        await engine.TurnOnLogicalReplicationAsync();
        await MakeReaderAsync(sandbox);
        var admin = PgIdentifier.Quote(sandbox.AdminUser);
        await using (var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None))
        {
            await superuser.ExecuteAsync($"""
                CREATE ROLE keeper; GRANT keeper TO {admin} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE; SET ROLE {admin}; GRANT keeper TO {admin} WITH INHERIT FALSE, SET FALSE; RESET ROLE;
                CREATE TABLE public.owned (id int PRIMARY KEY); ALTER TABLE public.owned OWNER TO keeper
                """);
        }

        var (file, _) = await PrepareAsync(engine);

        var own = Assert.Single((await engine.PlanAsync()).Changes, static c => c.Kind == "take-membership");
        Assert.EndsWith("WITH INHERIT FALSE, SET FALSE", own.Undo!.Display, StringComparison.Ordinal);
        Assert.Equal(own.Undo.Display, Assert.Single(file.Statements, static s => s.Kind == "take-membership").Undo);
    }

    private static async Task MakeReaderAsync(PostgresSandbox sandbox)
    {
        await using var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        await superuser.ExecuteAsync($"CREATE ROLE reader LOGIN PASSWORD '{Password}'");
    }

    private static SetupTarget Reader(EngineHarness engine) => engine.Target with { Credentials = new SourceCredentials("reader", new SecretString(Password)) };

    /// <summary>The file as it arrives, signed and read again, and the script made from it.</summary>
    private static async Task<(PlanFile File, string Script)> PrepareAsync(EngineHarness engine, SetupGoal? goal = null)
    {
        var reading = await engine.Runner.InspectAsync(Reader(engine), goal ?? engine.Goal, CancellationToken.None);
        Assert.Empty(engine.Runner.Plan(reading).Changes);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var made = await AdministratorPlan.FileAsync(engine.Runner, Reader(engine), reading, DateTimeOffset.UnixEpoch, s_english, CancellationToken.None);
        var arrived = PlanFileFormat.Read(Encoding.UTF8.GetBytes(PlanFileFormat.Write(made, key)));
        Assert.Null(arrived.Problem);
        return (arrived.File!, SqlScriptExporter.Write(arrived.File!, arrived.Signer!, passwordAsText: false, s_english));
    }

    private static async Task AssertPreparesAsync(PostgresSandbox sandbox, EngineHarness engine, string script, SetupGoal? goal = null)
    {
        Assert.DoesNotContain(Password, script, StringComparison.Ordinal);
        Assert.DoesNotContain(SecretString.Mask, script, StringComparison.Ordinal);
        Assert.Equal((0, ""), await PsqlRun.AsAdminAsync(sandbox, script, "yes\n" + Chosen + "\n" + Chosen + "\nyes\n"));
        Assert.Equal((0, ""), await PsqlRun.AsAdminAsync(sandbox, script, ""));

        await engine.SettleAsync();
        var after = await engine.Runner.InspectAsync(Reader(engine), goal ?? engine.Goal, CancellationToken.None);
        Assert.True(after.Ready, EngineHarness.DescribeProblems(after));
        Assert.True(engine.Runner.Plan(after).IsEmpty, EngineHarness.DescribeProblems(after));
        var proof = await engine.Runner.VerifyAsync(
            engine.Target with { Credentials = engine.Target.Credentials with { ClickPipesPassword = new SecretString(Chosen) } }, goal ?? engine.Goal, CancellationToken.None).ToListAsync();
        Assert.DoesNotContain(proof, p => p.State == ProofState.Failed);
    }
}
