using System.Globalization;
using System.Text;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Guides;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Text;
using SetupWizard.Core.Wording;

namespace SetupWizard.Core.Export;

/// <summary>A report for people: the verdicts, what is planned, what somebody else does, the proof, and the values ClickPipes asks for.</summary>
public static class MarkdownReport
{
    /// <summary>Writes the report.</summary>
    public static string Write(ExportInput input, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(input);
        var text = new StringBuilder();
        Head(text, input, culture);
        Findings(text, input.Inspection.Findings, culture);
        Changes(text, input.Plan, culture);
        Consoles(text, input, culture);
        LaterReport.Write(text, LaterMembers.Of(input.Inspection), culture);
        Applied(text, input.Applied, culture);
        Proof(text, input.Proof, culture);
        Values(text, input.Inspection, culture);
        MappingReport.Write(text, input, culture);
        return text.ToString();
    }

    private static void Head(StringBuilder text, ExportInput input, CultureInfo culture)
    {
        var inspection = input.Inspection;
        text.Append("# ").Append(MarkdownText.Plain(Say("Report.Title", culture, ("database", inspection.Endpoint.Database)))).Append("\n\n");
        Bullet(text, Say("Report.Verdict", culture), Say(inspection switch
        {
            { Snapshot: null } => "Report.Unreadable",
            { Blocked: true } => "Report.Blocked",
            { Undetermined: true } => "Report.Undetermined",
            _ => "Report.Ready",
        }, culture));
        Bullet(text, Say("Value.Host", culture), string.Create(CultureInfo.InvariantCulture, $"{inspection.Endpoint.ShownHost}:{inspection.Endpoint.Port}"));
        Bullet(text, Say("Report.Provider", culture), inspection.Provider.Name);
        if (inspection.Snapshot is { } snapshot)
        {
            Bullet(text, Say("Report.Server", culture), "PostgreSQL " + snapshot.Server.Version);
            Bullet(text, Say("Report.ReadAt", culture), snapshot.ReadAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture));
        }

        Bullet(text, Say("Report.Wizard", culture), "SetupWizard " + input.Version);
    }

    private static void Findings(StringBuilder text, IReadOnlyList<Finding> findings, CultureInfo culture)
    {
        foreach (var area in findings.GroupBy(f => f.Area).OrderBy(g => g.Key))
        {
            Heading(text, Say("Area." + area.Key, culture));
            foreach (var finding in area)
            {
                var parts = FindingText.For(finding, culture);
                text.Append("- ").Append("**").Append(finding.Id.Code).Append(' ').Append(Say("State." + finding.State, culture)).Append("** ").Append(MarkdownText.Plain(parts.Title)).Append('\n');
                foreach (var sentence in new[] { parts.Why, parts.Consequence, parts.Fix }.Where(s => s.Length > 0))
                {
                    text.Append("  ").Append(MarkdownText.Plain(sentence)).Append('\n');
                }
            }
        }
    }

    private static void Changes(StringBuilder text, SetupPlan plan, CultureInfo culture)
    {
        Heading(text, Say("Report.Changes", culture, ("count", plan.Changes.Count)));
        if (plan.IsEmpty)
        {
            text.Append(Say("Report.NothingToDo", culture)).Append('\n');
        }

        foreach (var (number, change) in plan.Changes.Index())
        {
            Statement(text, number + 1, change, culture);
        }

        foreach (var (role, statements) in HandOffBatches.Of(plan.HandOff, c => c.RunBy))
        {
            Heading(text, Say("Report.HandOff", culture, ("role", role), ("count", statements.Count)));
            foreach (var (number, change) in statements.Index())
            {
                Statement(text, number + 1, change, culture);
            }
        }

        if (plan.Waiting.Count > 0)
        {
            Heading(text, Say("Report.Waiting", culture, ("count", plan.Waiting.Count)));
            foreach (var (number, waiting) in plan.Waiting.Index())
            {
                Statement(text, number + 1, waiting.Change, culture, WaitText.Of(waiting, culture));
            }
        }
    }

    private static void Statement(StringBuilder text, int number, SqlChange change, CultureInfo culture, string? note = null)
    {
        text.Append(CultureInfo.InvariantCulture, $"{number}. ").Append(change.For.Code).Append(' ').Append(MarkdownText.Plain(FindingText.Title(change, culture))).Append("\n\n");
        if (note is not null)
        {
            text.Append("   ").Append(MarkdownText.Plain(note)).Append("\n\n");
        }

        MarkdownText.Fence(text, "sql", change.Statement.Display + ";");
        if (change.Undo is not null)
        {
            text.Append("   ").Append(Say("Report.Undo", culture)).Append("\n\n");
            MarkdownText.Fence(text, "sql", change.Undo.Display + ";");
        }
    }

    private static void Consoles(StringBuilder text, ExportInput input, CultureInfo culture)
    {
        foreach (var change in input.Plan.ConsoleChanges)
        {
            var guide = GuideText.For(input.Inspection, change, culture);
            Heading(text, Say(input.Inspection.Provider.ConsoleNeeded ? "Report.Console" : "Report.ByHand", culture, ("provider", input.Inspection.Provider.ShortName), ("title", guide.Title)));
            foreach (var (number, step) in guide.Steps.Index())
            {
                text.Append(CultureInfo.InvariantCulture, $"{number + 1}. ").Append(MarkdownText.Plain(step.Sentence));
                text.Append(step.Typed is null ? "" : " " + MarkdownText.Code(step.Typed)).Append('\n');
            }

            if (guide.Shell.Length > 0)
            {
                text.Append('\n').Append(Say("Report.Commands", culture)).Append("\n\n");
                MarkdownText.Fence(text, "sh", guide.Shell.TrimEnd('\n'), indent: "");
            }
        }
    }

    private static void Applied(StringBuilder text, IReadOnlyList<AuditEntry>? applied, CultureInfo culture)
    {
        if (applied is null)
        {
            return;
        }

        Heading(text, Say("Report.Applied", culture, ("count", applied.Count)));
        if (applied.Count == 0)
        {
            text.Append(Say("Report.NothingApplied", culture)).Append('\n');
        }

        foreach (var (number, entry) in applied.Index())
        {
            text.Append(CultureInfo.InvariantCulture, $"{number + 1}. {entry.At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, ").Append(MarkdownText.Plain(entry.Login)).Append(", ").Append(entry.Code).Append("\n\n");
            MarkdownText.Fence(text, "sql", entry.Sql + ";");
        }
    }

    private static void Proof(StringBuilder text, IReadOnlyList<ProofEvent> proof, CultureInfo culture)
    {
        if (proof.Count == 0)
        {
            return;
        }

        Heading(text, Say("Report.Proof", culture));
        foreach (var stage in proof)
        {
            text.Append("- **").Append(stage.Id.Code).Append(' ').Append(Say("ProofState." + stage.State, culture)).Append("** ");
            text.Append(MarkdownText.Plain(stage.Problem is null
                ? FindingText.For(stage, culture)
                : string.Join(" ", stage.Others.Select(o => o.Problem).Prepend(stage.Problem).Select(p => FindingText.For(p, culture).Title))));
            text.Append(CultureInfo.InvariantCulture, $" ({stage.Elapsed.TotalMilliseconds:0} ms)\n");
        }
    }

    private static void Values(StringBuilder text, Inspection inspection, CultureInfo culture)
    {
        Heading(text, Say("Report.Values", culture));
        text.Append("| ").Append(Say("Value.Field", culture)).Append(" | ").Append(Say("Value.Value", culture)).Append(" |\n| --- | --- |\n");
        Row(text, Say("Value.Host", culture), inspection.Endpoint.ShownHost);
        Row(text, Say("Value.Port", culture), inspection.Endpoint.Port.ToString(CultureInfo.InvariantCulture));
        Row(text, Say("Value.User", culture), inspection.Goal.User);
        var withIam = inspection.Goal.Authentication == LoginMethod.Iam;
        if (withIam)
        {
            Row(text, Say("Value.Authentication", culture), TableTargets.IamAuthentication);
            Row(text, Say("Value.IamRole", culture), inspection.Goal.IamRoleArn ?? ApiExporter.RolePlaceholder);
        }

        Row(text, Say("Value.Database", culture), inspection.Endpoint.Database);
        Row(text, Say("Value.Publication", culture), inspection.Goal.Publication);
        foreach (var (_, label, value) in PipeText.Rows(inspection, culture))
        {
            Row(text, label, value);
        }

        text.Append('\n').Append(Say(withIam ? "Value.NoPassword" : "Value.Password", culture)).Append('\n');
    }

    internal static void Heading(StringBuilder text, string title) =>
        text.Append(text.Length > 1 && text[^1] == '\n' && text[^2] == '\n' ? "## " : "\n## ").Append(MarkdownText.Plain(title)).Append("\n\n");

    private static void Bullet(StringBuilder text, string name, string value) =>
        text.Append("- ").Append(name).Append(": ").Append(MarkdownText.Plain(value)).Append('\n');

    private static void Row(StringBuilder text, string name, string value) =>
        text.Append("| ").Append(name).Append(" | ").Append(MarkdownText.Code(value).Replace("|", "\\|", StringComparison.Ordinal)).Append(" |\n");

    private static string Say(string key, CultureInfo culture, params (string Name, object? Value)[] arguments) => Messages.Get(key, culture, arguments);
}
