using System.Diagnostics;
using System.Text;
using SetupWizard.Cli;

namespace SetupWizard.Server.Tests.Cli;

/// <summary>The program as people start it, with a data directory of its own. Remembers everything it ever printed.</summary>
internal sealed class TerminalProgram : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("setupwizard-test-");
    private readonly StringBuilder _printed = new();

    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>Everything printed so far, and everything written to the data directory.</summary>
    public string Traces => _printed + string.Concat(_data.EnumerateFiles("*", SearchOption.AllDirectories).Select(f => File.ReadAllText(f.FullName)));

    public Process Start(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(CliApp).Assembly.Location, .. args])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["Wizard__DataDirectory"] = _data.FullName;
        start.Environment["LC_ALL"] = "C.UTF-8";
        foreach (var (name, value) in Variables)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException("The program did not start.");
    }

    public async Task<CliRun> RunAsync(params string[] args)
    {
        using var process = Start(args);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        var run = new CliRun(0, await output, await error);
        await process.WaitForExitAsync();
        _printed.Append(run.Output).Append(run.Error);
        return run with { Code = process.ExitCode };
    }

    public void Dispose() => _data.Delete(recursive: true);
}
