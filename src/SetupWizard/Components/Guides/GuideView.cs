using System.Globalization;
using SetupWizard.Core.Export;
using SetupWizard.Core.Guides;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Sessions;

namespace SetupWizard.Components.Guides;

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

    /// <summary>Instructions to send to somebody who may open the console; empty while nothing was read.</summary>
    public static string Markdown(WizardSession session, IReadOnlyList<ConsoleChange> changes)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.Inspection is { } inspection ? AdminGuide.Write(inspection, Known(inspection, changes), CultureInfo.CurrentUICulture) : "";
    }

    /// <summary>The same as a short message.</summary>
    public static string Message(WizardSession session, IReadOnlyList<ConsoleChange> changes)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.Inspection is { } inspection ? AdminGuide.Message(inspection, Known(inspection, changes), CultureInfo.CurrentUICulture) : "";
    }

    private static List<ConsoleChange> Known(Inspection inspection, IReadOnlyList<ConsoleChange> changes) =>
        [.. changes.Where(c => inspection.Provider.Guides.Any(g => g.Id == c.GuideId))];
}
