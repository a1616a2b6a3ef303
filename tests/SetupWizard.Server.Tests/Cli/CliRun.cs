using System.Text.Json;
using SetupWizard.Cli;
using SetupWizard.Core.Engine;
using SetupWizard.Core.HandOff;

namespace SetupWizard.Server.Tests.Cli;

/// <summary>One command line, run by the program or in this process, with everything it said.</summary>
internal sealed record CliRun(int Code, string Output, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>Runs a command line in this process, with nobody at the terminal.</summary>
    /// <param name="runner">The engine.</param>
    /// <param name="line">The arguments, separated by blanks.</param>
    /// <param name="keys">Where plan files are signed.</param>
    /// <param name="variables">Environment variables.</param>
    public static async Task<CliRun> RunAsync(ISetupRunner runner, string line, PlanKeys keys, IReadOnlyDictionary<string, string> variables)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var host = new CliHost
        {
            Output = output,
            Error = error,
            Input = TextReader.Null,
            Variable = variables.GetValueOrDefault,
            AskSecret = static _ => null,
            Runner = () => runner,
            Keys = () => keys,
            Serve = static (_, _) => throw new NotSupportedException("No page is served here."),
        };
        var code = await CliApp.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), host, CancellationToken.None);
        return new CliRun(code, output.ToString(), error.ToString());
    }
}
