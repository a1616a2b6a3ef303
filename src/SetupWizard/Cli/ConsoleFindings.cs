using System.Globalization;
using SetupWizard.Core.Guides;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Text;
using SetupWizard.Core.Wording;

namespace SetupWizard.Cli;

/// <summary>Verdicts, statements and guides as text.</summary>
internal sealed class ConsoleFindings(Paper paper, CultureInfo culture)
{
    private const int ShownStatements = 8;
    private const int ShownCharacters = 240;
    private readonly HashSet<string> _shownGuides = new(StringComparer.Ordinal);

    public void All(Inspection inspection)
    {
        foreach (var step in inspection.Findings.GroupBy(f => f.Step).OrderBy(g => g.Key))
        {
            paper.Line();
            paper.Text(Say("Step." + step.Key), ink: Ink.Bold);
            foreach (var finding in step)
            {
                One(inspection, finding);
            }
        }
    }

    public void Guide(Inspection inspection, ConsoleChange change, int indent)
    {
        var guide = GuideText.For(inspection, change, culture);
        paper.Text(Say(inspection.Provider.ConsoleNeeded ? "Cli.Guide" : "Report.ByHand", ("provider", inspection.Provider.ShortName), ("title", guide.Title)), indent);
        if (!_shownGuides.Add(change.Key))
        {
            return;
        }

        foreach (var (number, step) in guide.Steps.Index())
        {
            paper.Text(step.Sentence, indent + 4, new string(' ', indent) + string.Create(culture, $"{number + 1,2}."));
            if (step.Value is not null)
            {
                paper.Verbatim(step.Value, indent + 6, Ink.Cyan);
            }
        }

        if (guide.Url is not null)
        {
            paper.Verbatim(guide.Url, indent + 4, Ink.Cyan);
        }

        if (guide.Shell.Length > 0)
        {
            // Fifty lines of a shell between two findings hide the second.
            paper.Text(Say("Cli.GuideCommands", ("guide", change.GuideId)), indent + 4, ink: Ink.Faint);
        }
    }

    public void Problem(Problem problem, int indent)
    {
        var text = FindingText.For(problem, culture);
        paper.Text(text.Title, indent, ink: Ink.Bold);
        Sentences(text, indent);
        Server(problem.Server, indent);
    }

    private void One(Inspection inspection, Finding finding)
    {
        var text = FindingText.For(finding, culture);
        var (mark, ink) = Mark(finding.State);
        paper.Text(text.Title, 10, $"  {mark} {finding.Id.Code} ", finding.IsProblem ? Ink.Bold : Ink.Plain, ink);
        if (finding.State is FindingState.Satisfied or FindingState.NotApplicable)
        {
            return;
        }

        paper.Text(StateLine(finding), 10, ink: ink);
        Sentences(text, 10);
        var named = string.Join('\n', text.Title, text.Why, text.Consequence, text.Fix);
        if (finding.Subjects.Count > 0 && !named.Contains(VisibleText.Of(finding.Subjects[0].Name), StringComparison.Ordinal))
        {
            paper.Text(Say("Cli.Subjects", ("subjects", FindingText.ArgumentsOf(finding, culture)["subjects"]), ("count", finding.Subjects.Count)), 10);
        }

        Server(finding.Server, 10);
        var statements = finding.Fixes.OfType<SqlChange>().ToList();
        foreach (var statement in statements.Take(ShownStatements))
        {
            if (statement.RunBy is not null)
            {
                paper.Text(Say("Cli.RunBy", ("role", statement.RunBy)), 12);
            }

            paper.Statement(Cut(statement.Statement.Display + ";"), 12, Ink.Cyan);
        }

        if (statements.Take(ShownStatements).Any(s => IsLong(s.Statement.Display)))
        {
            paper.Text(Say("Cli.WholeStatements"), 12, ink: Ink.Faint);
        }

        if (statements.Count > ShownStatements)
        {
            paper.Text(Say("Cli.MoreStatements", ("count", statements.Count - ShownStatements)), 12);
        }

        foreach (var guide in finding.Fixes.OfType<ConsoleChange>())
        {
            Guide(inspection, guide, 10);
        }
    }

    /// <summary>A statement over thousands of tables would bury everything else.</summary>
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
            paper.Text(sentence, indent);
        }

        if (text.Fix.Length > 0)
        {
            paper.Text(text.Fix, indent + 2, new string(' ', indent) + "→");
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
        paper.Text(Say("Cli.ServerSaid", ("message", lines[0]), ("sqlstate", message.SqlState ?? "-")), indent, ink: Ink.Faint);
        foreach (var line in lines.Skip(1))
        {
            paper.Text(line, indent + 2, ink: Ink.Faint);
        }
    }

    private static (string Mark, Ink Ink) Mark(FindingState state) => state switch
    {
        FindingState.Satisfied => ("✓", Ink.Green),
        FindingState.NotApplicable => ("–", Ink.Faint),
        FindingState.Advice => ("i", Ink.Cyan),
        FindingState.Warning => ("!", Ink.Yellow),
        FindingState.Pending => ("~", Ink.Yellow),
        FindingState.Blocking => ("✗", Ink.Red),
        _ => ("?", Ink.Yellow),
    };

    private string Say(string key, params (string Name, object? Value)[] arguments) => ReportText.Say(key, culture, arguments);
}
