using System.Diagnostics;
using System.Text.RegularExpressions;
using SetupWizard.Sandbox;

namespace SetupWizard.Server.Tests.Cli;

/// <summary>The whole way in a terminal, through a real sshd.</summary>
public sealed partial class SshTests : IDisposable
{
    private const string ClickPipesPassword = "p'a\\ss canary-pipes";

    /// <summary>Programs are started on a machine that does other things besides.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly TerminalProgram _program = new();

    [Fact]
    public async Task Source_behind_a_bastion_is_checked_applied_and_proved_and_no_secret_is_left_anywhere()
    {
        await using var bastion = await SshServer.StartAsync();
        await using var sandbox = await PostgresSandbox.StartAsync(new SandboxOptions { Profile = SandboxProfile.AmazonRds, Writer = false }, null, CancellationToken.None);
        await sandbox.SetParameterAsync("rds.logical_replication", "1", CancellationToken.None);
        await sandbox.RebootAsync(CancellationToken.None);
        _program.Variables["SETUPWIZARD_ADMIN_PASSWORD"] = sandbox.AdminPassword;
        _program.Variables["SETUPWIZARD_CLICKPIPES_PASSWORD"] = ClickPipesPassword;
        _program.Variables["SETUPWIZARD_SSH_PASSPHRASE"] = SshServer.Passphrase;
        _program.Variables["SSH_AUTH_SOCK"] = "";
        string[] way =
        [
            "--url", $"postgres://{sandbox.AdminUser}@{sandbox.Host}:{sandbox.Port}/{sandbox.Database}", "--ca-file", sandbox.CaCertificatePath,
            "--ssh", $"{bastion.User}@127.0.0.1:{bastion.Port}", "--ssh-key", bastion.KeyFile("encrypted"),
        ];

        var unknown = await _program.RunAsync(["check", .. way]);
        Assert.Equal(2, unknown.Code);
        var option = HostKeyOption().Match(WithoutBreaks(unknown.Output)).Groups[1].Value;
        Assert.Equal(bastion.Fingerprint, option);

        way = [.. way, "--ssh-host-key", option];
        var check = await _program.RunAsync(["check", "--json", .. way]);
        Assert.Equal(1, check.Code);
        Assert.DoesNotContain(check.Json.GetProperty("findings").EnumerateArray(), f => f.GetProperty("code").GetString() == "SW502" && f.GetProperty("state").GetString() != "notApplicable");
        var apply = await _program.RunAsync(["apply", "--yes", "--json", .. way]);
        Assert.Equal((0, "completed"), (apply.Code, apply.Json.GetProperty("outcome").GetString()));
        var proof = await _program.RunAsync(["verify", "--json", .. way]);
        Assert.Equal(0, proof.Code);

        _program.Variables["SETUPWIZARD_SSH_PASSPHRASE"] = "canary-wrong";
        Assert.Equal(2, (await _program.RunAsync(["check", .. way])).Code);
        _program.Variables.Remove("SETUPWIZARD_SSH_PASSPHRASE");
        _program.Variables["SETUPWIZARD_SSH_PASSWORD"] = "canary-password";
        var refused = await _program.RunAsync(["check", .. way.Where((_, i) => i is not 6 and not 7)]);
        Assert.Equal(2, refused.Code);

        var traces = _program.Traces;
        Assert.All<string>(
            ["canary", sandbox.AdminPassword, .. File.ReadAllLines(bastion.KeyFile("encrypted"))[..2]],
            secret => Assert.DoesNotContain(secret, traces, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Agent_of_the_terminal_opens_the_bastion_and_the_persons_own_known_hosts_count()
    {
        await using var bastion = await SshServer.StartAsync();
        await using var sandbox = await PostgresSandbox.StartAsync(new SandboxOptions { Profile = SandboxProfile.Plain, Writer = false }, null, CancellationToken.None);
        var home = Directory.CreateTempSubdirectory("setupwizard-home-");
        var socket = Path.Combine(home.FullName, "agent");
        using var agent = Process.Start(new ProcessStartInfo("ssh-agent", ["-D", "-a", socket]) { RedirectStandardOutput = true })!;
        try
        {
            await agent.StandardOutput.ReadLineAsync();
            var add = new ProcessStartInfo("ssh-add", ["-q", "-"]) { RedirectStandardInput = true };
            add.Environment["SSH_AUTH_SOCK"] = socket;
            using (var adding = Process.Start(add)!)
            {
                await adding.StandardInput.WriteAsync(await File.ReadAllTextAsync(bastion.KeyFile("good")));
                adding.StandardInput.Close();
                await adding.WaitForExitAsync();
                Assert.Equal(0, adding.ExitCode);
            }

            home.CreateSubdirectory(".ssh");
            await File.WriteAllTextAsync(Path.Combine(home.FullName, ".ssh", "known_hosts"), $"[127.0.0.1]:{bastion.Port} {await File.ReadAllTextAsync(bastion.KeyFile("host.pub"))}");
            _program.Variables["SETUPWIZARD_ADMIN_PASSWORD"] = sandbox.AdminPassword;
            _program.Variables["SSH_AUTH_SOCK"] = socket;
            _program.Variables["HOME"] = home.FullName;

            var check = await _program.RunAsync(
                "check", "--json", "--url", $"postgres://{sandbox.AdminUser}@{sandbox.Host}:{sandbox.Port}/{sandbox.Database}", "--ca-file", sandbox.CaCertificatePath,
                "--ssh", $"{bastion.User}@127.0.0.1:{bastion.Port}");

            Assert.True(check.Code is 0 or 1, check.Output + check.Error);
        }
        finally
        {
            agent.Kill();
            await agent.WaitForExitAsync();
            home.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Program_that_is_killed_leaves_no_ssh_behind()
    {
        await using var bastion = await SshServer.StartAsync();
        await using var sandbox = await PostgresSandbox.StartAsync(new SandboxOptions { Profile = SandboxProfile.Plain, Writer = false }, null, CancellationToken.None);
        await using var holder = await sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        await using var transaction = await holder.BeginTransactionAsync();
        await using (var locking = new Npgsql.NpgsqlCommand("LOCK TABLE pg_catalog.pg_class IN ACCESS EXCLUSIVE MODE", holder, transaction))
        {
            await locking.ExecuteNonQueryAsync();
        }

        var temporary = Directory.CreateTempSubdirectory("setupwizard-temp-");
        _program.Variables["TMPDIR"] = temporary.FullName;
        _program.Variables["SETUPWIZARD_ADMIN_PASSWORD"] = sandbox.AdminPassword;
        using var running = _program.Start(
            "check", "--url", $"postgres://{sandbox.AdminUser}@{sandbox.Host}:{sandbox.Port}/{sandbox.Database}", "--ca-file", sandbox.CaCertificatePath,
            "--ssh", $"{bastion.User}@127.0.0.1:{bastion.Port}", "--ssh-key", bastion.KeyFile("good"), "--ssh-host-key", bastion.Fingerprint);
        await Eventually.TrueAsync(() => Tunnels(bastion.Port) == 1, "No tunnel was opened.", s_patience);

        running.Kill();
        await running.WaitForExitAsync();

        await Eventually.TrueAsync(() => Tunnels(bastion.Port) == 0, "The tunnel is still there.", s_patience);
        await Eventually.TrueAsync(() => temporary.GetDirectories("setupwizard-ssh-*").Length == 0, "Its directory is still there.", s_patience);
        temporary.Delete(recursive: true);
    }

    public void Dispose() => _program.Dispose();

    /// <summary>How many ssh programs lead to this port.</summary>
    private static int Tunnels(int port)
    {
        using var list = Process.Start(new ProcessStartInfo("ps", ["-eo", "args"]) { RedirectStandardOutput = true })!;
        return list.StandardOutput.ReadToEnd().Split('\n').Count(l => l.Contains("ssh -F", StringComparison.Ordinal) && !l.Contains("/bin/sh", StringComparison.Ordinal) && l.Contains($" {port} ", StringComparison.Ordinal));
    }

    private static string WithoutBreaks(string text) => Breaks().Replace(text, " ");

    [GeneratedRegex(@"--ssh-host-key (SHA256:[A-Za-z0-9+/]{43})")]
    private static partial Regex HostKeyOption();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Breaks();
}
