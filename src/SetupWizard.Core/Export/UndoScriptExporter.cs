using System.Globalization;
using SetupWizard.Core.HandOff;
using SetupWizard.Core.Model;
using SetupWizard.Core.Text;

namespace SetupWizard.Core.Export;

/// <summary>A plan that takes back what was applied, as a script for psql. It asks for nothing.</summary>
public static class UndoScriptExporter
{
    /// <summary>Writes the script.</summary>
    /// <param name="inspection">A reading of the source.</param>
    /// <param name="undo">The undo plan, newest change first.</param>
    /// <param name="culture">The language of the comments.</param>
    public static string Write(Inspection inspection, SetupPlan undo, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        ArgumentNullException.ThrowIfNull(undo);
        var script = new PsqlScript(culture);
        script.Comment(script.Say("Undo.Title", ("database", inspection.Endpoint.Database), ("host", inspection.Endpoint.ShownHost)));
        script.Comment(script.Say("Undo.Pipe"));
        if (undo.LeftAlone.Count > 0)
        {
            script.Comment();
            script.Comment(script.Say("Undo.Left"));
        }

        foreach (var left in undo.LeftAlone)
        {
            var text = FindingText.For(FindingText.ProblemOf(left, culture), culture);
            script.Comment($"  {text.Title} {text.Why} {text.Fix}");
        }

        script.Body(PlanStatement.Of(undo, null, culture), undo.Goal.User, "Undo.Nothing");
        return script.ToString();
    }
}
