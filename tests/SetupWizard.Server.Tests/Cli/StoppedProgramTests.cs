using System.Diagnostics;
using System.Globalization;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Cli;

/// <summary>The program itself, stopped from outside, and in a place where it can record nothing.</summary>
public sealed class StoppedProgramTests : IDisposable
{
    private readonly TerminalProgram _program = new();

    public void Dispose() => _program.Dispose();

    /// <summary>Ctrl+C while a statement waits for somebody's lock.</summary>
    [Fact]
    public async Task Interrupted_while_it_waits_for_a_lock_it_ends_at_once_and_takes_its_phase_back()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AzureFlexible);
        await using var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await superuser.ExecuteAsync($"CREATE TABLE public.held (id int PRIMARY KEY); ALTER TABLE public.held OWNER TO {sandbox.AdminUser}");
        await using var holder = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None);
        await holder.ExecuteAsync("BEGIN; LOCK TABLE public.held IN ACCESS EXCLUSIVE MODE");
        _program.Variables["SETUPWIZARD_ADMIN_PASSWORD"] = sandbox.AdminPassword;
        _program.Variables["SETUPWIZARD_CLICKPIPES_PASSWORD"] = "a-long-enough-pa55word";

        using var process = _program.Start("apply", "--yes", "--json", "--table", "public.held", "--ca-file", sandbox.CaCertificatePath, "--url", sandbox.UriWithoutPassword);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        await Eventually.TrueAsync(
            async () => process.HasExited || await superuser.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'SetupWizard apply' AND wait_event_type = 'Lock'") > 0,
            "Nothing waits for the lock.",
            TimeSpan.FromSeconds(60));
        await SignalAsync(process, "INT");
        Assert.True(await Eventually.EndsAsync(process.WaitForExitAsync(), TimeSpan.FromSeconds(20)));

        var run = new CliRun(process.ExitCode, await output, "");
        Assert.Equal((1, "cancelled"), (run.Code, run.Json.GetProperty("outcome").GetString()));
        Assert.Contains(run.Json.GetProperty("changes").EnumerateArray(), static c => c.GetProperty("phase").GetString() == "grants");
        Assert.All(
            run.Json.GetProperty("changes").EnumerateArray(),
            static c => Assert.Equal(c.GetProperty("phase").GetString() is "user", c.GetProperty("state").GetString() == "inEffect"));
        Assert.False(await superuser.ScalarAsync<bool>("SELECT has_schema_privilege('clickpipes_user', 'public', 'CREATE') OR has_table_privilege('clickpipes_user', 'public.held'::regclass::oid, 'SELECT')"));
        Assert.Equal(0L, await superuser.ScalarAsync<long>("SELECT count(*) FROM pg_publication"));
        await holder.ExecuteAsync("ROLLBACK");
    }

    /// <summary>A service manager stops it while it waits for a server that says nothing.</summary>
    [Theory]
    [InlineData("check")]
    [InlineData("verify")]
    [InlineData("apply --yes")]
    public async Task Terminated_while_it_reads_it_gives_its_one_json_object(string verb)
    {
        await using var silent = FakeListener.Silent();
        _program.Variables["SETUPWIZARD_ADMIN_PASSWORD"] = "x";
        _program.Variables["SETUPWIZARD_CLICKPIPES_PASSWORD"] = "a-long-enough-pa55word";

        using var process = _program.Start([.. verb.Split(' '), "--json", "--url", string.Create(CultureInfo.InvariantCulture, $"postgres://a@127.0.0.1:{silent.Port}/x?sslmode=disable")]);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        Assert.True(await Eventually.EndsAsync(silent.Accepted, TimeSpan.FromSeconds(60)));
        await SignalAsync(process, "TERM");
        await process.WaitForExitAsync();

        var run = new CliRun(process.ExitCode, await output, "");
        Assert.Equal((verb == "apply --yes" ? 1 : 2, "cancelled"), (run.Code, run.Json.GetProperty("problem").GetProperty("key").GetString()));
        Assert.False(run.Json.GetProperty("ready").GetBoolean());
    }

    /// <summary>A data directory of somebody else's: said at the start, by every plan, and as the reason of an apply that changes nothing.</summary>
    [Fact]
    public async Task Data_directory_that_cannot_be_written_is_said_before_anything_is_changed()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AzureFlexible);
        _program.Variables["Wizard__DataDirectory"] = "/dev/null/setupwizard";
        _program.Variables["SETUPWIZARD_ADMIN_PASSWORD"] = sandbox.AdminPassword;
        _program.Variables["SETUPWIZARD_CLICKPIPES_PASSWORD"] = "a-long-enough-pa55word";
        string[] source = ["--table", "public.orders", "--ca-file", sandbox.CaCertificatePath, "--url", sandbox.UriWithoutPassword];

        var plan = await _program.RunAsync(["plan", .. source]);
        Assert.Contains("record", plan.Error, StringComparison.Ordinal);
        var apply = await _program.RunAsync(["apply", "--yes", .. source]);
        Assert.Equal(1, apply.Code);
        Assert.Contains("/dev/null/setupwizard", apply.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        await using (var superuser = await sandbox.OpenSuperuserAsync(sandbox.Database, CancellationToken.None))
        {
            Assert.Equal(0L, await superuser.ScalarAsync<long>("SELECT count(*) FROM pg_roles WHERE rolname = 'clickpipes_user'"));
        }

        using var web = _program.Start("--port", "0");
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        Assert.Contains("Nothing can be applied: the record of changes cannot be written", await web.StandardError.ReadLineAsync(patience.Token), StringComparison.Ordinal);
        await SignalAsync(web, "TERM");
        await web.WaitForExitAsync(patience.Token);
    }

    private static async Task SignalAsync(Process process, string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }
}
