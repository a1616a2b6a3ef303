using System.Globalization;
using SetupWizard.Core.Guides;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Text;
using SetupWizard.Core.Wording;

namespace SetupWizard.Cli;

/// <summary>Verdicts, statements and guides as text.</summary>
internal sealed class TerminalFindings(TerminalWriter writer, CultureInfo culture)
{
    private const int ShownStatements = 8;
    private const int ShownCharacters = 240;
    private readonly HashSet<string> _shownGuides = new(StringComparer.Ordinal);

    public void All(Inspection inspection)
    {
        foreach (var area in inspection.Findings.GroupBy(f => f.Area).OrderBy(g => g.Key))
        {
            writer.Line();
            writer.Text(Say("Area." + area.Key), style: TextStyle.Bold);
            foreach (var finding in area)
            {
                One(inspection, finding);
            }
        }
    }

    public void Guide(Inspection inspection, ConsoleChange change, int indent)
    {
        var guide = GuideText.For(inspection, change, culture);
        writer.Text(Say(inspection.Provider.ConsoleNeeded ? "Cli.Guide" : "Report.ByHand", ("provider", inspection.Provider.ShortName), ("title", guide.Title)), indent);
        if (!_shownGuides.Add(change.Key))
        {
            return;
        }

        foreach (var (number, step) in guide.Steps.Index())
        {
            writer.Text(step.Sentence, indent + 4, new string(' ', indent) + string.Create(culture, $"{number + 1,2}."));
            if (step.Typed is not null)
            {
                writer.Verbatim(step.Typed, indent + 6, TextStyle.Cyan);
            }
        }

        if (guide.Url is not null)
        {
            writer.Verbatim(guide.Url, indent + 4, TextStyle.Cyan);
        }

        if (guide.Shell.Length > 0)
        {
            // Fifty lines of a shell between two findings hide the second.
            writer.Text(Say("Cli.GuideCommands", ("guide", change.GuideId)), indent + 4, style: TextStyle.Faint);
        }
    }

    public void Problem(Problem problem, int indent)
    {
        var text = FindingText.For(problem, culture);
        writer.Text(text.Title, indent, style: TextStyle.Bold);
        Sentences(text, indent);
        Server(problem.Server, indent);
    }

    private void One(Inspection inspection, Finding finding)
    {
        var text = FindingText.For(finding, culture);
        var (mark, style) = Mark(finding.State);
        writer.Text(text.Title, 10, $"  {mark} {finding.Id.Code} ", finding.IsProblem ? TextStyle.Bold : TextStyle.Plain, style);
        if (finding.State is FindingState.Satisfied or FindingState.NotApplicable)
        {
            return;
        }

        writer.Text(StateLine(finding), 10, style: style);
        Sentences(text, 10);
        var named = string.Join('\n', text.Title, text.Why, text.Consequence, text.Fix);
        if (finding.Subjects.Count > 0 && !named.Contains(VisibleText.Of(finding.Subjects[0].Name), StringComparison.Ordinal))
        {
            writer.Text(Say("Cli.Subjects", ("subjects", FindingText.ArgumentsOf(finding, culture)["subjects"]), ("count", finding.Subjects.Count)), 10);
        }

        Server(finding.Server, 10);
        var statements = finding.Fixes.OfType<SqlChange>().ToList();
        foreach (var statement in statements.Take(ShownStatements))
        {
            if (statement.RunBy is not null)
            {
                writer.Text(Say("Cli.RunBy", ("role", statement.RunBy)), 12);
            }

            writer.Statement(Cut(statement.Statement.Display + ";"), 12, TextStyle.Cyan);
        }

        if (statements.Take(ShownStatements).Any(s => IsLong(s.Statement.Display)))
        {
            writer.Text(Say("Cli.WholeStatements"), 12, style: TextStyle.Faint);
        }

        if (statements.Count > ShownStatements)
        {
            writer.Text(Say("Cli.MoreStatements", ("count", statements.Count - ShownStatements)), 12);
        }

        foreach (var guide in finding.Fixes.OfType<ConsoleChange>())
        {
            Guide(inspection, guide, 10);
        }
    }

    /// <summary>Truncates a long statement: one over thousands of tables would push everything else off the screen.</summary>
    internal static string Cut(string statement) =>
        statement.Length <= ShownCharacters ? statement : statement[..(char.IsHighSurrogate(statement[ShownCharacters - 1]) ? ShownCharacters - 1 : ShownCharacters)] + " …";

    /// <summary>Whether a statement is cut.</summary>
    internal static bool IsLong(string statement) => statement.Length >= ShownCharacters;

    private string StateLine(Finding finding)
    {
        var state = Say("State." + finding.State);

        // Why a connection failed is in the sentences; what it is called in code helps nobody who reads them.
        return finding.Id == RequirementId.Reachable || (finding.Actual.Length == 0 && finding.Desired.Length == 0) ? state
            : finding.Desired.Length == 0 ? Say("Cli.Found", ("state", state), ("actual", finding.Actual))
            : Say("Cli.FoundWanted", ("state", state), ("actual", Shown(finding.Actual)), ("desired", finding.Desired));
    }

    private string Shown(string value) => value.Length == 0 ? Say("Cli.Nothing") : value;

    private void Sentences(Explanation text, int indent)
    {
        foreach (var sentence in new[] { text.Why, text.Consequence }.Where(s => s.Length > 0))
        {
            writer.Text(sentence, indent);
        }

        if (text.Fix.Length > 0)
        {
            writer.Text(text.Fix, indent + 2, new string(' ', indent) + "→");
        }
    }

    private void Server(ServerMessage? message, int indent)
    {
        if (message is null)
        {
            return;
        }

        // A detail may be a list, a line for each thing in it.
        var lines = string.Join(' ', new[] { message.Text, message.Detail, message.Hint }.Where(p => !string.IsNullOrEmpty(p))).Split('\n');
        writer.Text(Say("Cli.ServerSaid", ("message", lines[0]), ("sqlstate", message.SqlState ?? "-")), indent, style: TextStyle.Faint);
        foreach (var line in lines.Skip(1))
        {
            writer.Text(line, indent + 2, style: TextStyle.Faint);
        }
    }

    private static (string Mark, TextStyle TextStyle) Mark(FindingState state) => state switch
    {
        FindingState.Satisfied => ("✓", TextStyle.Green),
        FindingState.NotApplicable => ("–", TextStyle.Faint),
        FindingState.Advice => ("i", TextStyle.Cyan),
        FindingState.Warning => ("!", TextStyle.Yellow),
        FindingState.Pending => ("~", TextStyle.Yellow),
        FindingState.Blocking => ("✗", TextStyle.Red),
        _ => ("?", TextStyle.Yellow),
    };

    private string Say(string key, params (string Name, object? Value)[] arguments) => Messages.Get(key, culture, arguments);
}
