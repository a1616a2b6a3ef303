using System.Diagnostics;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Server.Tests.Source;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Field;

/// <summary>Passwords that SASLprep changes or does not allow: whoever psql lets in, the wizard gets in.</summary>
public sealed class OddPasswordTests(OwnServer server) : IClassFixture<OwnServer>
{
    private const string Role = "odd";

    /// <summary>Passwords, and whether the driver can send each with SCRAM: it puts what SASLprep does not allow through NFKC, which the server does not.</summary>
    public static TheoryData<string, bool> Passwords { get; } = new()
    {
        { "so\u00ADft", true },
        { "a\u00A0b", true },
        { "a\u200Bb", true },
        { "\uFB01garo", true },
        { "e\u0301", true },
        { "ｆｕｌｌ ｗｉｄｔｈ", true },
        { "\u3000", true },
        { "비밀번호".Normalize(System.Text.NormalizationForm.FormD), true },
        { "\uE000private", true },
        { "\u05D0a", true },
        { "tab\there", true },
        { " \"quoted\" '; x=1 ", true },
        { "😀🔑", true },
        { "\uE000\uFB01", false },
        { "①😀", false },
        { "x\u0340y", false },
    };

    [Theory]
    [MemberData(nameof(Passwords))]
    public async Task Who_gets_in_with_psql_gets_in_here_with_SCRAM(string password, bool sendable)
    {
        await MakeRoleAsync("scram-sha-256", password);
        Assert.Equal(0, (await PsqlAsync(password)).Code);

        if (sendable)
        {
            await GetsInAsync(password);
            return;
        }

        // It is told as what it is, without a log-in that fails.
        var log = (await File.ReadAllTextAsync(server.Sandbox.ServerLogPath)).Length;
        var refused = await Assert.ThrowsAnyAsync<Npgsql.NpgsqlException>(() => SourceConnector.OpenAsync(server.Target(Role, password), "test", CancellationToken.None));
        Assert.Equal("password-characters", ConnectionDiagnosis.Classify(refused, server.Target(Role, password)).Case);
        Assert.Equal("password-characters", (await OwnServer.ConnectAsync(server.Target(Role, password))).Verdict.Case);
        await Assert.ThrowsAnyAsync<Npgsql.NpgsqlException>(() => ReplicationAsync(password));
        Assert.DoesNotContain("password authentication failed", (await File.ReadAllTextAsync(server.Sandbox.ServerLogPath))[log..], StringComparison.Ordinal);
    }

    /// <summary>.NET's connection strings, which replication connections take, lose it: another password would be sent.</summary>
    [Fact]
    public async Task Password_that_ends_with_a_line_break_is_told_as_what_it_is()
    {
        await MakeRoleAsync("scram-sha-256", "ends\n");
        Assert.Equal("password-characters", (await OwnServer.ConnectAsync(server.Target(Role, "ends\n"))).Verdict.Case);
    }

    [Theory]
    [InlineData("md5")]
    [InlineData("password")]
    public async Task Other_methods_get_the_password_as_it_is(string method)
    {
        await server.Superuser.SetAccessAsync($"hostssl all {Role} all {method}\n{ServerTricks.UsualRules}");
        try
        {
            foreach (var (password, verifier) in Passwords.SelectMany(row => new[] { ((string)row[0], "md5"), ((string)row[0], "scram-sha-256") }).Where(p => p.Item2 == "md5" || method == "password"))
            {
                await MakeRoleAsync(verifier, password);
                Assert.Equal(0, (await PsqlAsync(password)).Code);
                await GetsInAsync(password);
            }
        }
        finally
        {
            await server.Superuser.SetAccessAsync(ServerTricks.UsualRules);
        }
    }

    [Theory]
    [InlineData("so\u00ADft")]
    [InlineData("\uE000\uFB01")]
    public async Task A_wrong_password_is_a_wrong_password(string password)
    {
        await MakeRoleAsync("scram-sha-256", "another");

        var report = await OwnServer.ConnectAsync(server.Target(Role, password));

        Assert.Equal(password[0] == 's' ? "password" : "password-characters", report.Verdict.Case);
    }

    [Fact]
    public async Task Half_a_character_is_no_password()
    {
        await MakeRoleAsync("scram-sha-256", "another");

        var report = await OwnServer.ConnectAsync(server.Target(Role, "a\uD83D"));

        Assert.Equal("password-characters", report.Verdict.Case);
    }

    /// <summary>The user's password as somebody else has set it: the wizard itself sets no such password.</summary>
    [Fact]
    public async Task The_proof_logs_in_with_it()
    {
        const string Password = "so\u00ADft \uFB01";
        await MakeRoleAsync("scram-sha-256", Password);
        var target = server.Target() with { Credentials = server.Target().Credentials with { ClickPipesPassword = new SecretString(Password) } };
        using var engine = new EngineHarness(server.Sandbox);

        var events = await engine.Runner.VerifyAsync(target, new SetupGoal { User = Role }, CancellationToken.None).ToListAsync();

        Assert.Contains(events, e => e.Id == RequirementId.ProofLogin && e.State == ProofState.Passed);
        Assert.Contains(events, e => e.Id == RequirementId.ProofReplication && e.State == ProofState.Passed);
    }

    private async Task MakeRoleAsync(string encryption, string password) =>
        await server.Superuser.ExecuteAsync($"DROP ROLE IF EXISTS {Role}; SET password_encryption = '{encryption}'; CREATE ROLE {Role} LOGIN REPLICATION PASSWORD {PgLiteral.Quote(password)}");

    private async Task GetsInAsync(string password)
    {
        await using (var source = await SourceConnector.OpenAsync(server.Target(Role, password), "test", CancellationToken.None))
        {
            Assert.Equal(Role, await source.Connection.ScalarAsync<string>("SELECT current_user::text"));
        }

        await ReplicationAsync(password);
    }

    private async Task ReplicationAsync(string password)
    {
        await using var session = await ReplicationSession.OpenAsync(server.Target(Role, password), "test", "-c lock_timeout=1000", SourceLimits.Usual.Command, TimeProvider.System, CancellationToken.None);
        Assert.NotEmpty((await session.Connection.IdentifySystem(CancellationToken.None)).SystemId);
    }

    private async Task<(int Code, string Error)> PsqlAsync(string password)
    {
        var sandbox = server.Sandbox;
        var start = new ProcessStartInfo("psql", ["-X", "-w", "-A", "-t", "-c", "SELECT 1", $"host={sandbox.Host} port={sandbox.Port} dbname={sandbox.Database} user={Role} sslmode=require"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PGPASSWORD"] = password;
        start.Environment["PGCLIENTENCODING"] = "UTF8";
        using var psql = Process.Start(start)!;
        var output = psql.StandardOutput.ReadToEndAsync();
        var errors = psql.StandardError.ReadToEndAsync();
        await psql.WaitForExitAsync();
        await output;
        return (psql.ExitCode, await errors);
    }
}
