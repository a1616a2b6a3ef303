using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Globalization;
using SetupWizard.Core.Text;

namespace SetupWizard.Cli;

/// <summary>
/// <c>--help</c> in the reader's language, with the verb's own options first and those that every verb takes in groups behind them, and with characters as wide as
/// the terminal draws them.
/// </summary>
internal sealed class CliHelp(CliHost host, CultureInfo culture, Func<Option, string> groupOf) : SynchronousCommandLineAction
{
    /// <summary>Groups in the order they are shown; the keys of their titles.</summary>
    public const string Own = "Help.GroupOwn";
    public const string Source = "Help.GroupSource";
    public const string Goal = "Help.GroupGoal";
    public const string General = "Help.GroupGeneral";

    private const int Column = 26;

    private static readonly string[] s_groups = [Own, Source, Goal, General];

    public override int Invoke(ParseResult parseResult)
    {
        var writer = new TerminalWriter(host.Output, host.Width, host.Colour);
        var result = parseResult.CommandResult;
        var command = result.Command;
        writer.Text(command.Description ?? "");
        writer.Line();
        writer.Text(Usage(result), 2, Say("Help.Usage") + " ", prefixStyle: TextStyle.Bold);
        if (command.Subcommands.Count > 0)
        {
            writer.Line();
            writer.Text(Say("Help.Verbs"), style: TextStyle.Bold);
            foreach (var verb in command.Subcommands)
            {
                Row(writer, string.Join(' ', [verb.Name, .. verb.Arguments.Select(a => $"<{a.Name}>")]), verb.Description ?? "");
            }
        }

        var options = command.Options.Concat(Ancestors(result).SelectMany(a => a.Options.Where(o => o.Recursive))).Where(o => !o.Hidden).Distinct();
        foreach (var group in options.GroupBy(o => o is HelpOption or VersionOption ? General : groupOf(o)).OrderBy(g => Array.IndexOf(s_groups, g.Key)))
        {
            writer.Line();
            writer.Text(Say(group.Key), style: TextStyle.Bold);
            foreach (var option in group)
            {
                Row(writer, Term(option), Description(option));
            }
        }

        return ExitCode.Ready;
    }

    private static void Row(TerminalWriter writer, string term, string description)
    {
        // A term that reaches into the other column gets a line of its own.
        if (2 + TerminalWriter.Columns(term) + 2 > Column)
        {
            writer.Verbatim(term, 2);
            writer.Text(description, Column);
        }
        else
        {
            writer.Text(description, Column, "  " + term);
        }
    }

    private static string Term(Option option) =>
        option is HelpOption ? "-h, --help" : option.HelpName is { } name ? $"{option.Name} <{name}>" : option.Name;

    private string Description(Option option)
    {
        var said = option switch
        {
            HelpOption => Say("Help.Help"),
            VersionOption => Say("Help.Version"),
            _ => option.Description ?? "",
        };
        return option is { HasDefaultValue: true } and not HelpOption and not VersionOption && option.GetDefaultValue() is string value
            ? said + " " + Messages.Get("Help.Default", culture, ("value", value))
            : said;
    }

    private static string Usage(System.CommandLine.Parsing.CommandResult result)
    {
        var command = result.Command;
        IEnumerable<string> path = Ancestors(result).Reverse().Append(command).Where(c => c is not RootCommand).Select(c => c.Name);
        return string.Join(' ', ["SetupWizard", .. path, .. command.Subcommands.Count > 0 ? ["[verb]"] : Array.Empty<string>(), .. command.Arguments.Select(a => $"<{a.Name}>"), "[options]"]);
    }

    private static IEnumerable<Command> Ancestors(System.CommandLine.Parsing.CommandResult result)
    {
        for (var parent = result.Parent as System.CommandLine.Parsing.CommandResult; parent is not null; parent = parent.Parent as System.CommandLine.Parsing.CommandResult)
        {
            yield return parent.Command;
        }
    }

    private string Say(string key) => Messages.Get(key, culture);
}
