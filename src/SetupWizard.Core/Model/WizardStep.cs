namespace SetupWizard.Core.Model;

/// <summary>The steps of the wizard, in order.</summary>
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
