using System.Globalization;
using SetupWizard.Core.Export;
using SetupWizard.Core.Model;

namespace SetupWizard.Components.Runs;

/// <summary>Statements as text to paste. No password is in it, and no dots that would become one.</summary>
public static class PlanScript
{
    /// <summary>Statements of a plan, in order.</summary>
    public static string Of(SetupPlan plan, IReadOnlyList<SqlChange> changes)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return SqlScriptExporter.Paste(changes, plan.Goal, CultureInfo.CurrentUICulture);
    }

    /// <summary>What takes them back, newest first; what has the server read its configuration again stands at the end.</summary>
    public static string UndoOf(IReadOnlyList<SqlChange> changes) =>
        string.Join("\n\n", changes.Reverse().Where(c => c.Undo is not null).OrderBy(static c => c.EffectComesLater ? 1 : 0).Select(c => c.Undo!.Display + ";")) + "\n";
}
