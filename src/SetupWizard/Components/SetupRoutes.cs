using SetupWizard.Sessions.Steps;

namespace SetupWizard.Components;

/// <summary>The addresses of the steps.</summary>
public static class SetupRoutes
{
    public static string To(WizardStep step) => "/setup/" + Slug(step);

    public static string Slug(WizardStep step) => step.ToString().ToLowerInvariant();

    /// <summary>The step of an address; null when there is none of that name.</summary>
    public static WizardStep? Find(string? slug) =>
        Enum.GetValues<WizardStep>().Where(s => Slug(s) == slug).Select(s => (WizardStep?)s).FirstOrDefault();

    /// <summary>The step after; null after the last.</summary>
    public static WizardStep? Next(WizardStep step) => step == WizardStep.Finish ? null : step + 1;

    /// <summary>The step before; null before the first.</summary>
    public static WizardStep? Back(WizardStep step) => step == WizardStep.Provider ? null : step - 1;
}
