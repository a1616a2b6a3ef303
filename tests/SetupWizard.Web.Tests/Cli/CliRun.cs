using System.Text.Json;
using SetupWizard.Cli;
using SetupWizard.Core.Engine;
using SetupWizard.Core.HandOff;

namespace SetupWizard.Web.Tests.Cli;

/// <summary>One command line run in this process, with everything it said.</summary>
internal sealed record CliRun(int Code, string Output, string Error)
{
    public const string Url = "postgres://admin@db.example:5432/shop";

    /// <summary>One for all, of this process alone: agreeing to a key reads and writes a file, and only one object does that one after the other.</summary>
    private static readonly PlanKeys s_keys = new(OwnDirectory(), TimeProvider.System);

    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>Runs a command line.</summary>
    /// <param name="runner">The engine.</param>
    /// <param name="line">The arguments, separated by blanks; URL stands for <see cref="Url"/>.</param>
    /// <param name="input">Standard input.</param>
    /// <param name="interactive">Whether a person sits there.</param>
    /// <param name="typed">What that person types when asked for secrets.</param>
    /// <param name="variables">Environment variables, NAME=VALUE.</param>
    /// <param name="url">What URL stands for, when it is another one.</param>
    /// <param name="terminal">Whether standard output is a terminal.</param>
    /// <param name="colour">Whether it takes colours.</param>
    /// <param name="width">Its columns.</param>
    /// <param name="writesTo">What its output goes to, instead of being remembered.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<CliRun> RunAsync(ISetupRunner runner, string line, string input = "", bool interactive = false, string[]? typed = null, string[]? variables = null, bool terminal = false, string url = Url, bool colour = false, int width = 100, TextWriter? writesTo = null, CancellationToken cancellationToken = default)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var secrets = new Queue<string>(typed ?? []);
        var environment = (variables ?? ["SETUPWIZARD_ADMIN_PASSWORD=admin-secret", "SETUPWIZARD_CLICKPIPES_PASSWORD=pipe-secret"])
            .ToDictionary(v => v[..v.IndexOf('=', StringComparison.Ordinal)], v => v[(v.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        var host = new CliHost
        {
            Output = writesTo ?? output,
            Error = error,
            Input = new StringReader(input),
            Interactive = interactive,
            Terminal = terminal,
            Colour = colour,
            Width = width,
            Variable = environment.GetValueOrDefault,
            AskSecret = _ => secrets.TryDequeue(out var secret) ? secret : null,
            Runner = () => runner,
            Keys = () => s_keys,
            Serve = (options, _) =>
            {
                output.Write($"serve {options.Port} {options.Host}");
                return Task.FromResult(0);
            },
        };
        var args = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(a => a == "URL" ? url : a).ToArray();
        var code = await CliApp.RunAsync(args, host, cancellationToken);
        return new CliRun(code, output.ToString(), error.ToString());
    }

    private static string OwnDirectory()
    {
        var directory = Directory.CreateTempSubdirectory("setupwizard-test-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(directory, recursive: true);
        return directory;
    }
}
