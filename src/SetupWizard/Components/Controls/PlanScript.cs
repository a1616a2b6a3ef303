using SetupWizard.Core.Model;

namespace SetupWizard.Components.Controls;

/// <summary>Statements as text to paste. Passwords stay dots.</summary>
public static class PlanScript
{
    /// <summary>The statements in order.</summary>
    public static string Of(IReadOnlyList<SqlChange> changes) =>
        string.Join("\n\n", changes.Select(c => (c.RunBy is null ? "" : $"-- run as {c.RunBy}\n") + c.Statement.Display + ";")) + "\n";

    /// <summary>What takes them back, newest first.</summary>
    public static string UndoOf(IReadOnlyList<SqlChange> changes) =>
        string.Join("\n\n", changes.Reverse().Where(c => c.Undo is not null).Select(c => c.Undo!.Display + ";")) + "\n";
}
