using System.Globalization;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Export;

/// <summary>The plan as a script for <c>psql -f</c>, to be read, kept and run as often as one likes. The password is never in it: psql asks.</summary>
public static class SqlScriptExporter
{
    /// <summary>Writes the script.</summary>
    public static string Write(Inspection inspection, SetupPlan plan, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        ArgumentNullException.ThrowIfNull(plan);
        var script = new PsqlScript(culture);
        script.Comment(script.Say("Script.Title", ("database", inspection.Endpoint.Database), ("host", inspection.Endpoint.ShownHost)));
        script.Comment(script.Say("Script.For", ("user", plan.Goal.User), ("publication", plan.Goal.Publication), ("count", inspection.Tables.Chosen.Count)));
        if (inspection.Snapshot is { } snapshot)
        {
            script.Comment(script.Say("Script.RunAs", ("role", snapshot.Server.CurrentUser), ("provider", inspection.Provider.Name), ("version", snapshot.Server.Version)));
        }

        script.Comment(script.Say("Script.How"));
        foreach (var change in plan.ConsoleChanges)
        {
            Guide(script, inspection, change, culture);
        }

        script.Line();
        script.Preamble();
        if (plan.Changes.Count == 0)
        {
            script.Line();
            script.Comment(script.Say("Script.Nothing"));
        }

        script.Changes(plan.Changes, plan.Goal.User);
        script.HandOff(plan.HandOff, plan.Goal.User);
        return script.ToString();
    }

    private static void Guide(PsqlScript script, Inspection inspection, ConsoleChange change, CultureInfo culture)
    {
        var guide = GuideText.For(inspection, change, culture);
        script.Comment();
        script.Comment(change.For.Code + "  " + script.Say("Script.Console", ("title", guide.Title)));
        foreach (var (number, step) in guide.Steps.Index())
        {
            script.Comment(string.Create(culture, $"  {number + 1}. {step.Sentence}{(step.Value is null ? "" : "  " + step.Value)}"));
        }
    }
}
