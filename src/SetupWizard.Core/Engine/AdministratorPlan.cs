using System.Globalization;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.HandOff;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Engine;

/// <summary>A plan that somebody with more rights is to carry out.</summary>
public static class AdministratorPlan
{
    /// <summary>The file of a plan for the provider's administrator, whoever reads: what that administrator needs to run, and not what this login would.</summary>
    /// <param name="runner">The engine.</param>
    /// <param name="target">The source; null when nobody is connected any more, and the plan is this login's then.</param>
    /// <param name="inspection">A reading; it has facts.</param>
    /// <param name="madeAt">Now.</param>
    /// <param name="culture">The language of the reasons.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static async Task<PlanFile> FileAsync(
        ISetupRunner runner, SetupTarget? target, Inspection inspection, DateTimeOffset madeAt, CultureInfo culture, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(runner);
        ArgumentNullException.ThrowIfNull(inspection);
        var theirs = target is null ? inspection : await runner.AsAdministratorAsync(target, inspection, cancellationToken).ConfigureAwait(false);
        return PlanFile.Of(theirs, runner.Plan(theirs), madeAt, culture);
    }
}
