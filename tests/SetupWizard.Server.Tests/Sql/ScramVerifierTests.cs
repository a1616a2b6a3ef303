using System.Diagnostics;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Sql;

[Collection(SandboxFixture.Collection)]
public sealed class ScramVerifierTests(SandboxFixture sandboxes)
{
    /// <summary>Passwords every program sends in the same form.</summary>
    public static TheoryData<string> Plain =>
    [
        "simple", "it's", "\"quoted\"", @"back\slash", "co:lon", "100%41", " spaces at both ends ", "a=b;c'd", "$HOME `id` $(id)", "{0}%s",
        "한글비밀번호", "пароль", "pässwörd", "密码", "😀🔑", "mixed 한글 😀 'quotes\"",
    ];

    /// <summary>Passwords that clients normalise in different ways; the server's own verifier is what counts.</summary>
    public static TheoryData<string> Odd =>
    [
        "\uFB01garo", "a\u00A0b", "so\u00ADft", "a\u200Bb", "a\u200Db", "Å\u030A", "e\u0301", "①②③", "ｆｕｌｌｗｉｄｔｈ", "\u3000", "ͅ", "tab\there", "\u0007bell",
        "\uE000private", "\u05D0\u05D1", "\u05D0a", "a\u05D0", "\u06271", "1\u0627\u0628", "\uFB01😀", "①😀", "\u2028", "x\u0340y", "ﷺ", "\u1806", "Ⅷ", "㎏", "\u0130", "ß",
    ];

    [Theory]
    [MemberData(nameof(Plain))]
    [MemberData(nameof(Odd))]
    public async Task A_verifier_equals_the_one_the_server_makes(string password)
    {
        var sandbox = await sandboxes.SharedAsync(SandboxProfile.Plain);
        await using var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        await superuser.ExecuteAsync($"DROP ROLE IF EXISTS scram_model; CREATE ROLE scram_model PASSWORD {PgLiteral.Quote(password)}");
        var made = await superuser.ScalarAsync<string>("SELECT rolpassword FROM pg_authid WHERE rolname = 'scram_model'");
        var salt = Convert.FromBase64String(made.Split('$')[1].Split(':')[1]);

        var own = ScramVerifier.Create(new SecretString(password), salt);

        Assert.Equal(made, own.Reveal());
        await superuser.ExecuteAsync("DROP ROLE scram_model");
    }

    [Theory]
    [MemberData(nameof(Plain))]
    public async Task A_user_made_with_a_verifier_logs_in_with_the_password(string password)
    {
        var sandbox = await sandboxes.SharedAsync(SandboxProfile.Plain);
        var secret = new SecretString(password);
        Assert.Null(PasswordRules.Problem(secret));
        await using var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        var statement = new SqlText($"CREATE ROLE scram_user LOGIN PASSWORD {SqlText.PasswordHole}");
        await superuser.ExecuteAsync("DROP ROLE IF EXISTS scram_user");
        await superuser.ExecuteAsync(statement.Execute(ScramVerifier.Create(secret)));
        var target = sandbox.Target();

        await using (var source = await SourceConnector.OpenAsync(target with { Credentials = new SourceCredentials("scram_user", secret) }, "test", CancellationToken.None))
        {
            Assert.Equal("scram_user", await source.Connection.ScalarAsync<string>("SELECT current_user::text"));
        }

        Assert.Equal("scram_user", await PsqlAsync(sandbox, password));
        await superuser.ExecuteAsync("DROP ROLE scram_user");
    }

    private static async Task<string> PsqlAsync(PostgresSandbox sandbox, string password)
    {
        var start = new ProcessStartInfo("psql", ["-X", "-A", "-t", "-c", "SELECT current_user", $"host={sandbox.Host} port={sandbox.Port} dbname={sandbox.Database} user=scram_user sslmode=require"])
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
        Assert.True(psql.ExitCode == 0, await errors);
        return (await output).Trim();
    }
}
