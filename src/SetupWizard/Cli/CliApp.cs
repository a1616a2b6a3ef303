using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using SetupWizard.Core.Export;

namespace SetupWizard.Cli;

/// <summary>The command line: which verb with which options, and the exit code.</summary>
public static class CliApp
{
    private static readonly ParserConfiguration s_parser = new() { EnablePosixBundling = false, ResponseFileTokenReplacer = null };

    /// <summary>Runs one command line to its end.</summary>
    /// <param name="args">The arguments, without the program's name.</param>
    /// <param name="host">Everything outside.</param>
    /// <param name="cancellationToken">Stops it; so does Ctrl+C.</param>
    public static async Task<int> RunAsync(string[] args, CliHost host, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(host);
        host = host with { Error = new VisibleWriter(host.Error) };
        var culture = Language.Of(args, host.Variable);
        CultureInfo.CurrentUICulture = culture;
        var parsed = CommandTree.Build(host, culture).Parse(args, s_parser);
        if (parsed.Errors.Count > 0 && parsed.Action is not CliHelp)
        {
            Complain(parsed, host, culture);
            return ExitCode.Usage;
        }

        var applying = parsed.CommandResult.Command.Name == "apply";
        var configuration = new InvocationConfiguration { Output = host.Output, Error = host.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        try
        {
            return await parsed.InvokeAsync(configuration, cancellationToken);
        }
        catch (UsageException e)
        {
            host.Error.WriteLine(e.Message);
            return ExitCode.Usage;
        }
        catch (OperationCanceledException)
        {
            // A prompt may still stand on the line.
            host.Error.WriteLine((host.Interactive ? Environment.NewLine : "") + ReportText.Say("Cli.Cancelled", culture));
            return applying ? ExitCode.Blocked : ExitCode.Undetermined;
        }
        catch (Exception e)
        {
            host.Error.WriteLine(ReportText.Say("Cli.Unexpected", culture, ("why", e.GetType().Name + ": " + e.Message)));
            return applying ? ExitCode.Blocked : ExitCode.Undetermined;
        }
    }

    private static void Complain(ParseResult parsed, CliHost host, CultureInfo culture)
    {
        var unknown = parsed.UnmatchedTokens;
        foreach (var word in unknown)
        {
            host.Error.WriteLine(ReportText.Say(parsed.CommandResult.Command is RootCommand ? "Cli.UnknownVerb" : "Cli.UnknownWord", culture, ("value", word)));
        }

        // The library's own words for the same are in a language of its own choice.
        foreach (var error in parsed.Errors.Where(e => !unknown.Any(u => e.Message.Contains("'" + u + "'", StringComparison.Ordinal))).DistinctBy(e => e.Message))
        {
            host.Error.WriteLine(error.Message);
        }

        var path = "";
        for (var command = parsed.CommandResult; command is { Command: not RootCommand }; command = command.Parent as System.CommandLine.Parsing.CommandResult)
        {
            path = " " + command.Command.Name + path;
        }

        host.Error.WriteLine(ReportText.Say("Cli.SeeHelp", culture, ("verb", path)));
    }

    /// <summary>A token that Ctrl+C and a polite end (SIGTERM) cancel. A second Ctrl+C ends the process as it always does.</summary>
    internal static IDisposable CancelOnSignal(CancellationTokenSource source)
    {
        void Cancel(PosixSignalContext context)
        {
            context.Cancel = !source.IsCancellationRequested;
            source.Cancel();
        }

        var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
        var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
        return new Both(interrupt, terminate);
    }

    private sealed class Both(IDisposable first, IDisposable second) : IDisposable
    {
        public void Dispose()
        {
            first.Dispose();
            second.Dispose();
        }
    }
}
