namespace SetupWizard.Cli;

/// <summary>What the process says when it ends. Stable: pipelines depend on it.</summary>
public static class ExitCode
{
    /// <summary>Ready (warnings and advice allowed), or done.</summary>
    public const int Ready = 0;

    /// <summary>Something blocks, or an apply did not finish.</summary>
    public const int Blocked = 1;

    /// <summary>It could not be determined: unreachable, not readable.</summary>
    public const int Undetermined = 2;

    /// <summary>Wrong usage.</summary>
    public const int Usage = 3;

    /// <summary>The code of a reading.</summary>
    internal static int Of(Core.Requirements.Inspection inspection) => inspection switch
    {
        { Snapshot: null } => Undetermined,
        { Blocked: true } => Blocked,
        { Undetermined: true } => Undetermined,
        _ => Ready,
    };
}
