using System.Diagnostics;
using SetupWizard.Cli;

namespace SetupWizard.Server.Tests.Cli;

/// <summary>Whatever ends the program itself, there is a report.</summary>
public sealed class ProgramEndsTests
{
    [Fact]
    public async Task Program_whose_reader_went_away_ends_and_one_whose_disk_is_full_says_so()
    {
        var full = await ShellAsync("check --json --url postgres://a:b@127.0.0.1:1/x > /dev/full");
        Assert.Equal(2, full.Code);
        Assert.Contains("No space left on device", full.Error, StringComparison.Ordinal);

        var gone = await ShellAsync("check --url postgres://a:b@127.0.0.1:1/x | true");
        Assert.Equal("", gone.Output);
        Assert.DoesNotContain("written", gone.Error, StringComparison.Ordinal);

        var appended = await ShellAsync("check --json --url postgres://a:b@127.0.0.1:1/x >> \"$0.out\"; echo last >> \"$0.out\"; cat \"$0.out\"; rm \"$0.out\"");
        Assert.StartsWith("{", appended.Output, StringComparison.Ordinal);
        Assert.EndsWith("}\nlast\n", appended.Output, StringComparison.Ordinal);

        // What is wrong with the program's settings is told like what is wrong with its arguments.
        var wrong = await ShellAsync("check --json --url postgres://a:b@127.0.0.1:1/x", ("Wizard__Port", "many"));
        Assert.Equal((3, "usage"), (wrong.Code, wrong.Json.GetProperty("problem").GetProperty("key").GetString()));
        Assert.Contains("Wizard:Port", wrong.Error, StringComparison.Ordinal);

        async Task<CliRun> ShellAsync(string line, (string Name, string Value)? variable = null)
        {
            var start = new ProcessStartInfo("bash", ["-c", $"dotnet \"$1\" {line}", Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), typeof(CliApp).Assembly.Location])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
            };
            start.Environment["LC_ALL"] = "C.UTF-8";
            if (variable is { } set)
            {
                start.Environment[set.Name] = set.Value;
            }

            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var error = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return new CliRun(process.ExitCode, output, await error);
        }
    }
}
