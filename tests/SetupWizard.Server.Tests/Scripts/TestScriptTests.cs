namespace SetupWizard.Server.Tests.Scripts;

/// <summary>What scripts/test does on a machine that lacks packages.</summary>
public sealed class TestScriptTests : IDisposable
{
    private readonly ScriptHome _home = new();

    public TestScriptTests()
    {
        // Whatever this machine has: Chromium, psql, npm and ssh are not in the PATH of the script.
        _home.Real("awk", "cat", "cp", "cut", "dirname", "env", "find", "grep", "head", "mkdir", "rm", "tee", "chmod", "tail");
        _home.Program("id", "echo 1000");
        _home.Program("dotnet", "echo \"dotnet $1\" >>\"$CALLS\"; [ \"$1\" = --version ]");
        _home.Program("apt-get", """
            echo "apt-get $*" >>"$CALLS"
            cat "$ROOT/etc/createcluster.conf" "$ROOT/policy-rc.d" >>"$CALLS"
            mkdir -p "$ROOT/share" && echo "as packaged" >"$ROOT/share/createcluster.conf"
            """);
        var script = Path.Combine(_home.Top, "scripts", "common");
        File.WriteAllText(script, File.ReadAllText(script)
            .Replace("/etc/postgresql-common", "$ROOT/etc", StringComparison.Ordinal)
            .Replace("/usr/share/postgresql-common", "$ROOT/share", StringComparison.Ordinal)
            .Replace("/usr/sbin/policy-rc.d", "$ROOT/policy-rc.d", StringComparison.Ordinal));
    }

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData(null)]
    [InlineData("echo 'sudo: a password is required' >&2; exit 1")]
    public async Task Without_rights_it_ends_at_once_with_the_line_that_somebody_else_has_to_run(string? sudo)
    {
        if (sudo is not null)
        {
            _home.Program("sudo", sudo);
        }

        var run = await _home.RunAsync("test", alone: true);

        Assert.Equal((1, ""), (run.Code, run.Error));
        Assert.Contains("chromium", Assert.Single(run.Output.Split('\n'), static l => l.StartsWith("  sudo apt-get install ", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.EndsWith("\n0 passed, 1 failed, 0 skipped\n", run.Output, StringComparison.Ordinal);
        Assert.Equal("dotnet --version\ndotnet --version\n", _home.Calls);
    }

    [Fact]
    public async Task With_rights_it_says_what_it_installs_starts_nothing_and_puts_back_what_it_changed()
    {
        _home.Program("sudo", "if [ \"$1\" = -n ]; then exit 0; fi; exec \"$@\"");

        var run = await _home.RunAsync("test", alone: true);

        Assert.Equal("", run.Error);
        Assert.Contains("Installing what the tests need, a few minutes: chromium ", run.Output, StringComparison.Ordinal);
        Assert.Contains("\n  npm\n", run.Output, StringComparison.Ordinal);
        var installs = _home.Calls.Split("apt-get ").Where(static c => c.Contains(" install ", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(installs);
        Assert.All(installs, static c => Assert.Contains("create_main_cluster = false\n#!/bin/sh\nexit 101\n", c, StringComparison.Ordinal));
        var root = Path.GetDirectoryName(_home.Top)!;
        Assert.Equal("as packaged\n", await File.ReadAllTextAsync(Path.Combine(root, "etc", "createcluster.conf")));
        Assert.False(File.Exists(Path.Combine(root, "policy-rc.d")));
        Assert.EndsWith("FAILED: the build\n0 passed, 1 failed, 0 skipped\n", run.Output, StringComparison.Ordinal);
    }
}
