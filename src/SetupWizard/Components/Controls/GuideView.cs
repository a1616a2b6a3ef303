using System.Globalization;
using System.Text;
using SetupWizard.Core.Export;
using SetupWizard.Core.Model;
using SetupWizard.Core.Text;
using SetupWizard.Localization;
using SetupWizard.Sessions;

namespace SetupWizard.Components.Controls;

/// <summary>Console guides of the session's source, in the visitor's language.</summary>
public static class GuideView
{
    /// <summary>The guide of a change; null while nothing was read, and when the provider in effect has no such guide.</summary>
    public static GuideText? For(WizardSession session, ConsoleChange change)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(change);
        return session.Inspection is { } inspection && inspection.Provider.Guides.Any(g => g.Id == change.GuideId)
            ? GuideText.For(inspection, change, CultureInfo.CurrentUICulture)
            : null;
    }

    /// <summary>Instructions to send to somebody who may open the console.</summary>
    public static string Markdown(WizardSession session, Finding finding, IReadOnlyList<ConsoleChange> changes)
    {
        ArgumentNullException.ThrowIfNull(session);
        var parts = FindingText.For(finding, CultureInfo.CurrentUICulture);
        var text = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"## {parts.Title}\n\n{parts.Why} {parts.Consequence}\n\n")
            .Append(CultureInfo.InvariantCulture, $"{Ui.T("Guide.Server")}: `{session.Endpoint?.ShownHost}`\n");
        foreach (var guide in changes.Select(c => For(session, c)).OfType<GuideText>())
        {
            text.Append(CultureInfo.InvariantCulture, $"\n### {guide.Title}\n\n");
            foreach (var (step, number) in guide.Steps.Select((s, i) => (s, i + 1)))
            {
                text.Append(CultureInfo.InvariantCulture, $"{number}. {step.Sentence}{(step.Value is null ? "" : $" `{step.Value}`")}\n");
            }

            if (guide.Shell.Length > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"\n{Ui.T("Guide.Commands")}:\n\n```sh\n{guide.Shell.TrimEnd('\n')}\n```\n");
            }
        }

        return text.ToString();
    }
}
