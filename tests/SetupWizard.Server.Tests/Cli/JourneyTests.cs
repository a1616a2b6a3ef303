using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace SetupWizard.Server.Tests.Cli;

/// <summary>From nothing to proved in a terminal, and back, with the program itself.</summary>
public sealed partial class JourneyTests : IDisposable
{
    private const string ClickPipesPassword = "p'a\\ss %:\"w\" 비밀 canary";
    private readonly TerminalProgram _program = new();

    [Theory]
    [InlineData("rds", "SW202", "rds.logical_replication", "1")]
    [InlineData("azure", "SW201", "wal_level", "logical")]
    public async Task Sandbox_becomes_a_proved_source_and_is_taken_back(string profile, string blocking, string parameter, string value)
    {
        using var sandbox = _program.Start("sandbox", "--profile", profile);
        try
        {
            var said = await UntilAsync(sandbox, "Ctrl+C");
            var url = Uri().Match(said).Value;
            var port = Port().Match(said).Groups[1].Value;
            _program.Variables["SETUPWIZARD_ADMIN_PASSWORD"] = Password().Match(said).Groups[1].Value;
            _program.Variables["SETUPWIZARD_CLICKPIPES_PASSWORD"] = ClickPipesPassword;

            var fresh = await _program.RunAsync("check", "--json", "--url", url);
            Assert.Equal(1, fresh.Code);
            Assert.Subset(Blocking(fresh), new HashSet<string?> { blocking, "SW301", "SW401" });
            Assert.InRange(fresh.Json.GetProperty("cost").GetProperty("roundTrips").GetInt32(), 1, 2);

            Assert.Equal(0, (await _program.RunAsync("sandbox", "set", parameter, value, "--port", port)).Code);
            Assert.Equal(0, (await _program.RunAsync("sandbox", "reboot", "--port", port)).Code);
            var before = await _program.RunAsync("check", "--json", "--url", url);
            Assert.DoesNotContain(blocking, Blocking(before));

            Assert.Equal(0, (await _program.RunAsync("plan", "--dry-run", "--url", url)).Code);
            Assert.Equal(Findings(before), Findings(await _program.RunAsync("check", "--json", "--url", url)));

            var applied = await _program.RunAsync("apply", "--yes", "--json", "--url", url);
            Assert.Equal((0, "completed"), (applied.Code, applied.Json.GetProperty("outcome").GetString()));
            Assert.All(applied.Json.GetProperty("changes").EnumerateArray(), c => Assert.Equal("inEffect", c.GetProperty("state").GetString()));

            var again = await _program.RunAsync("plan", "--json", "--url", url);
            Assert.Equal((0, 0), (again.Code, again.Json.GetProperty("changes").GetArrayLength()));
            Assert.Equal(0, (await _program.RunAsync("apply", "--yes", "--url", url)).Code);

            var proof = await _program.RunAsync("verify", "--json", "--url", url);
            Assert.Equal(0, proof.Code);
            Assert.Contains(proof.Json.GetProperty("proof").EnumerateArray(), p => p.GetProperty("code").GetString() == "SW606" && p.GetProperty("state").GetString() == "passed");

            var undo = await _program.RunAsync("plan", "--undo", "--sql", "--url", url);
            Assert.Equal((0, ""), (undo.Code, undo.Error));
            await PsqlAsync(url, undo.Output);
            Assert.Equal(Findings(before), Findings(await _program.RunAsync("check", "--json", "--url", url)));

            Assert.Equal(0, (await _program.RunAsync("apply", "--yes", "--url", url)).Code);
            var undone = await _program.RunAsync("apply", "--undo", "--yes", "--json", "--url", url);
            Assert.Equal((0, "completed"), (undone.Code, undone.Json.GetProperty("outcome").GetString()));
            Assert.Equal(Findings(before), Findings(await _program.RunAsync("check", "--json", "--url", url)));

            Assert.DoesNotContain("canary", _program.Traces, StringComparison.Ordinal);
            Assert.DoesNotContain(_program.Variables["SETUPWIZARD_ADMIN_PASSWORD"], _program.Traces, StringComparison.Ordinal);
        }
        finally
        {
            await EndAsync(sandbox);
        }
    }

    [Fact]
    public async Task Unreachable_source_exits_2_with_one_json_object()
    {
        _program.Variables["SETUPWIZARD_ADMIN_PASSWORD"] = "x";

        var run = await _program.RunAsync("check", "--json", "--url", "postgres://admin@127.0.0.1:1/shop");

        Assert.Equal(2, run.Code);
        Assert.False(run.Json.GetProperty("ready").GetBoolean());
        Assert.Equal("SW101", run.Json.GetProperty("findings")[0].GetProperty("code").GetString());
    }

    public void Dispose() => _program.Dispose();

    private static async Task<string> UntilAsync(Process process, string last)
    {
        var said = "";
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            said += line + "\n";
            if (line.Contains(last, StringComparison.Ordinal))
            {
                return said;
            }
        }

        Assert.Fail(said + await process.StandardError.ReadToEndAsync(patience.Token));
        return said;
    }

    /// <summary>Ends the sandbox as a terminal does, so that it tidies up.</summary>
    private static async Task EndAsync(Process process)
    {
        using (var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await process.WaitForExitAsync(patience.Token);
        Assert.Equal(0, process.ExitCode);
    }

    private async Task PsqlAsync(string url, string script)
    {
        var start = new ProcessStartInfo("psql", ["--no-psqlrc", "--quiet", "--file", "-", url]) { RedirectStandardInput = true, RedirectStandardError = true };
        start.Environment["PGPASSWORD"] = _program.Variables["SETUPWIZARD_ADMIN_PASSWORD"];
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(script);
        process.StandardInput.Close();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal((0, ""), (process.ExitCode, error));
    }

    private static HashSet<string?> Blocking(CliRun run) =>
        [.. run.Json.GetProperty("findings").EnumerateArray().Where(f => f.GetProperty("state").GetString() == "blocking").Select(f => f.GetProperty("code").GetString())];

    private static string Findings(CliRun run) => JsonSerializer.Serialize(run.Json.GetProperty("findings"));

    [GeneratedRegex("^postgres://.*$", RegexOptions.Multiline)]
    private static partial Regex Uri();

    [GeneratedRegex("reboot --port ([0-9]+)")]
    private static partial Regex Port();

    [GeneratedRegex("SETUPWIZARD_ADMIN_PASSWORD='(.*)'")]
    private static partial Regex Password();
}
