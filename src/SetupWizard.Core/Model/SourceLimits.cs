namespace SetupWizard.Core.Model;

/// <summary>How long a source may take. What a session waits for has an end, whatever the network does.</summary>
/// <param name="Open">Opening a session, from the first packet to the end of log-in.</param>
/// <param name="Command">A statement that reads.</param>
public sealed record SourceLimits(TimeSpan Open, TimeSpan Command)
{
    /// <summary>Those of everybody.</summary>
    public static SourceLimits Usual { get; } = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30));
}
