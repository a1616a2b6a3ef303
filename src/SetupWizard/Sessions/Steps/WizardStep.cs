using SetupWizard.Core.Model;

namespace SetupWizard.Sessions.Steps;

/// <summary>The steps of the wizard, in order: its pages. What is judged belongs to an <see cref="Area"/>, of which the steps in the middle show one each.</summary>
public enum WizardStep
{
    /// <summary>Where the database runs.</summary>
    Provider,

    /// <summary>Log in as an administrator.</summary>
    Connect,

    /// <summary>Server settings for logical replication.</summary>
    Replication,

    /// <summary>The ClickPipes user and its grants.</summary>
    Access,

    /// <summary>Tables, row identity and the publication.</summary>
    Tables,

    /// <summary>How ClickPipes reaches the server.</summary>
    Network,

    /// <summary>The proof with a real change.</summary>
    Verify,

    /// <summary>The values to hand over.</summary>
    Finish,
}

/// <summary>Which step shows what.</summary>
public static class WizardSteps
{
    /// <summary>The step that shows an area's findings.</summary>
    public static WizardStep Step(this Area area) => area switch
    {
        Area.Connect => WizardStep.Connect,
        Area.Replication => WizardStep.Replication,
        Area.Access => WizardStep.Access,
        Area.Tables => WizardStep.Tables,
        Area.Network => WizardStep.Network,
        _ => throw new ArgumentOutOfRangeException(nameof(area), area, null),
    };
}
