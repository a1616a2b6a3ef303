using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Wording;

namespace SetupWizard.Cli;

/// <summary>What is said when this installation's keys cannot be read or written.</summary>
internal static class PlanKeyTrouble
{
    public static string Say(IOException problem, CultureInfo culture)
    {
        var said = FindingText.For(new Problem("plan-key-unusable", new Dictionary<string, object?>(StringComparer.Ordinal) { ["reason"] = problem.Message }), culture);
        return string.Join(' ', said.Title, said.Why, said.Consequence, said.Fix);
    }
}
