using SetupWizard.Core.Model;

namespace SetupWizard.Components.Runs;

/// <summary>What somebody has to agree to before a plan is run, wherever it is run from.</summary>
public static class ReviewConsent
{
    /// <summary>The sentence; null when there is nothing to agree to. Its <c>Help</c> says more.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="differs">Whether it is another than a plan file's.</param>
    public static string? KeyOf(SetupPlan plan, bool differs)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return plan.Undoing ? "Undo.Consent" : differs ? "PlanFile.Consent" : plan.Changes.Any(static c => c.Risk == ChangeRisk.Cost) ? "Review.Consent" : null;
    }

    /// <summary>What is said to whoever did not.</summary>
    public static string ComplaintOf(string key) => key switch
    {
        "Undo.Consent" => "Undo.NeedsConsent",
        "PlanFile.Consent" => "PlanFile.NeedsConsent",
        _ => "Review.NeedsConsent",
    };
}
