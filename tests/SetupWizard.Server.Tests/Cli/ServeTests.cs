using System.Diagnostics;

namespace SetupWizard.Server.Tests.Cli;

/// <summary>The web app as a container starts it.</summary>
public sealed class ServeTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Container_gets_an_address_for_this_machine_no_warning_and_an_end_in_order()
    {
        using var program = new TerminalProgram();
        program.Variables["Wizard__Host"] = "0.0.0.0";
        program.Variables["Wizard__Port"] = "0";
        // As the base image has it.
        program.Variables["ASPNETCORE_HTTP_PORTS"] = "8080";
        program.Variables["DOTNET_RUNNING_IN_CONTAINER"] = "true";
        program.Variables["DISPLAY"] = ":1";
        using var patience = new CancellationTokenSource(s_patience);
        using var process = program.Start();
        var error = process.StandardError.ReadToEndAsync(patience.Token);

        var before = await process.StandardOutput.ReadLineAsync(patience.Token);
        var url = await process.StandardOutput.ReadLineAsync(patience.Token);
        using (var end = Process.Start("sh", ["-c", $"kill -TERM {process.Id}"]))
        {
            await end.WaitForExitAsync(patience.Token);
        }

        var after = await process.StandardOutput.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);

        Assert.EndsWith("until the wizard stops):", before, StringComparison.Ordinal);
        Assert.StartsWith("http://localhost:", url, StringComparison.Ordinal);
        Assert.DoesNotContain(":8080/", url, StringComparison.Ordinal);
        Assert.Equal((0, "", ""), (process.ExitCode, await error, after));
    }
}
