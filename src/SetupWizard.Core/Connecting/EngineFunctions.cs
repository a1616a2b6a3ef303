namespace SetupWizard.Core.Connecting;

/// <summary>Functions of the server that a session cannot do without.</summary>
internal static class EngineFunctions
{
    /// <summary>The functions that statement calls: without them there is no reading, and somebody may have taken them from PUBLIC.</summary>
    public static IReadOnlyList<string> All { get; } = ["version()", "current_setting(text)", "current_database()", "clock_timestamp()"];
}
