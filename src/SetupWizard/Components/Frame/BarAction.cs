using Microsoft.AspNetCore.Components;
using SetupWizard.Localization;
using SetupWizard.Sessions.Steps;

namespace SetupWizard.Components.Frame;

/// <summary>A button of the action bar.</summary>
/// <param name="Label">What happens when it is pressed.</param>
public sealed record BarAction(string Label)
{
    /// <summary>What it does.</summary>
    public EventCallback Do { get; init; }

    /// <summary>Or where it leads.</summary>
    public string? Href { get; init; }

    /// <summary>Whether that is elsewhere, and opens beside this page.</summary>
    public bool Elsewhere { get; init; }

    /// <summary>Whether that is a file.</summary>
    public bool File { get; init; }

    /// <summary>Or what it copies, asked for when pressed; <see cref="Do"/> is told of it.</summary>
    public Func<string>? Copy { get; init; }

    /// <summary>Or the form that it submits.</summary>
    public string? Form { get; init; }

    /// <summary>On to the next step.</summary>
    public static BarAction Continue(WizardStep step) =>
        new(Ui.T("Action.Continue", ("step", Ui.T($"Step.{step + 1}.Name")))) { Href = SetupRoutes.To(step + 1) };

    /// <summary>On to the next step although this one is not done.</summary>
    public static BarAction Skip(WizardStep step) => new(Ui.T("Action.ContinueAnyway")) { Href = SetupRoutes.To(step + 1) };

    public static BarAction GoTo(WizardStep step) =>
        new(Ui.T("Action.GoTo", ("step", Ui.T($"Step.{step}.Name")))) { Href = SetupRoutes.To(step) };
}
