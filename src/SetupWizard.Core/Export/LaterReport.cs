using System.Globalization;
using System.Text;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Text;
using SetupWizard.Core.Wording;

namespace SetupWizard.Core.Export;

/// <summary>What is to be run whenever a partition or a child table of a chosen table is made: no statement can do it before.</summary>
internal static class LaterReport
{
    /// <summary>As comments at the end of a psql script.</summary>
    public static void Write(PsqlScript script, IReadOnlyList<LaterStatement> later)
    {
        if (later.Count == 0)
        {
            return;
        }

        script.Line();
        script.Comment(script.Say("Later.Title"));
        foreach (var statement in later)
        {
            script.Comment(script.Say("Later." + statement.Need, ("table", statement.Table)));
            script.Aside(statement.Statement + ";");
        }
    }

    /// <summary>As a section of a Markdown report.</summary>
    public static void Write(StringBuilder text, IReadOnlyList<LaterStatement> later, CultureInfo culture)
    {
        if (later.Count == 0)
        {
            return;
        }

        MarkdownReport.Heading(text, Messages.Get("Later.Title", culture));
        foreach (var need in later.GroupBy(l => (l.Need, l.Table)))
        {
            text.Append("- ").Append(MarkdownText.Plain(Messages.Get("Later." + need.Key.Need, culture, ("table", need.Key.Table)))).Append("\n\n");
            MarkdownText.Fence(text, "sql", string.Join('\n', need.Select(l => l.Statement + ";")), indent: "");
        }
    }
}
