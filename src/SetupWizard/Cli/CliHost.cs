using SetupWizard.Core.Engine;
using SetupWizard.Core.HandOff;

namespace SetupWizard.Cli;

/// <summary>How the web app is started.</summary>
/// <param name="Port">The port; null takes the configured one.</param>
/// <param name="Host">The address or name; null is loopback.</param>
/// <param name="Browser">Whether a browser may be opened.</param>
public sealed record ServeOptions(int? Port, string? Host, bool Browser);

/// <summary>Everything outside the command line that its verbs use.</summary>
public sealed record CliHost
{
    /// <summary>Results.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Cancelled when nobody reads <see cref="Output"/> any more.</summary>
    public CancellationToken ReaderGone { get; init; }

    /// <summary>Everything else: questions, warnings, logs.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Answers and secrets.</summary>
    public required TextReader Input { get; init; }

    /// <summary>Whether <see cref="Input"/> is an interactive terminal.</summary>
    public bool Interactive { get; init; }

    /// <summary>Whether colours may be used on <see cref="Output"/>.</summary>
    public bool Colour { get; init; }

    /// <summary>Whether <see cref="Output"/> is a terminal, where somebody looks on; in a file each line stays.</summary>
    public bool Terminal { get; init; }

    /// <summary>Width to wrap at, in columns.</summary>
    public int Width { get; init; } = 100;

    /// <summary>Why the program's own settings cannot be used; null when they can.</summary>
    public string? Misconfigured { get; init; }

    /// <summary>Environment variables.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>Asks for a secret without showing what is typed; null when nothing was typed.</summary>
    public required Func<string, string?> AskSecret { get; init; }

    /// <summary>The engine.</summary>
    public required Func<ISetupRunner> Runner { get; init; }

    /// <summary>The keys that sign plan files.</summary>
    public required Func<PlanKeys> Keys { get; init; }

    /// <summary>Runs the web app until cancelled.</summary>
    public required Func<ServeOptions, CancellationToken, Task<int>> Serve { get; init; }

    /// <summary>The host of this process.</summary>
    public static CliHost OfProcess(Func<ISetupRunner> runner, Func<PlanKeys> keys, Func<ServeOptions, CancellationToken, Task<int>> serve) => new()
    {
        Output = VerbOutput.OfProcess(),
        Error = Console.Error,
        Input = Console.In,
        Interactive = !Console.IsInputRedirected,
        Colour = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
        Terminal = !Console.IsOutputRedirected,
        Width = Console.IsOutputRedirected ? 100 : Math.Clamp(Console.WindowWidth, 60, 120),
        Variable = Environment.GetEnvironmentVariable,
        AskSecret = AskAtTerminal,
        Runner = runner,
        Keys = keys,
        Serve = serve,
    };

    private static string? AskAtTerminal(string prompt)
    {
        Console.Error.Write(prompt + " ");
        var typed = new System.Text.StringBuilder();
        while (true)
        {
            var key = Console.ReadKey(intercept: true);
            if (key.Key == ConsoleKey.Enter)
            {
                Console.Error.WriteLine();
                return typed.Length == 0 ? null : typed.ToString();
            }

            if (key.Key == ConsoleKey.Backspace)
            {
                typed.Length = Math.Max(0, typed.Length - 1);
            }
            else if (key.KeyChar != '\0')
            {
                typed.Append(key.KeyChar);
            }
        }
    }
}
