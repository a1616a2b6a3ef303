using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using SetupWizard.Core.Text;

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
        using var output = new VerbOutput(host.Output);
        using var error = new VerbOutput(host.Error);
        host = host with { Output = output, Error = error, ReaderGone = output.Gone };
        var underway = new Underway(args, host, culture);
        var code = await underway.EndAsync(() => InvokeAsync(args, underway, culture, cancellationToken));
        output.Flush();
        return output.Failure is { } reason ? underway.Unwritten(reason, code) : code;
    }

    private static async Task<int> InvokeAsync(string[] args, Underway underway, CultureInfo culture, CancellationToken cancellationToken)
    {
        var host = underway.Host;
        if (host.Misconfigured is { } wrong)
        {
            throw new UsageException(wrong);
        }

        var parsed = CommandTree.Build(host, culture, underway).Parse(args, s_parser);
        if (parsed.Errors.Count > 0 && parsed.Action is not CliHelp)
        {
            throw new UsageException(Complaint(parsed, culture));
        }

        underway.Applying = parsed.CommandResult.Command.Name == "apply";
        return await parsed.InvokeAsync(
            new InvocationConfiguration { Output = host.Output, Error = host.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null },
            cancellationToken);
    }

    private static string Complaint(ParseResult parsed, CultureInfo culture)
    {
        var said = new List<string>();
        var unknown = parsed.UnmatchedTokens;
        foreach (var word in unknown)
        {
            said.Add(Messages.Get(parsed.CommandResult.Command is RootCommand ? "Cli.UnknownVerb" : "Cli.UnknownWord", culture, ("value", word)));
        }

        // The library's own words for the same are in a language of its own choice.
        said.AddRange(parsed.Errors.Where(e => !unknown.Any(u => e.Message.Contains("'" + u + "'", StringComparison.Ordinal))).Select(static e => e.Message).Distinct());
        var path = "";
        for (var command = parsed.CommandResult; command is { Command: not RootCommand }; command = command.Parent as System.CommandLine.Parsing.CommandResult)
        {
            path = " " + command.Command.Name + path;
        }

        said.Add(Messages.Get("Cli.SeeHelp", culture, ("verb", path)));
        return string.Join(Environment.NewLine, said);
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
