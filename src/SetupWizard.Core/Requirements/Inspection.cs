using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;

namespace SetupWizard.Core.Requirements;

/// <summary>What one reading cost after log-in.</summary>
/// <param name="RoundTrips">Request-and-answer exchanges with the server.</param>
/// <param name="Elapsed">Wall time of the reading.</param>
public sealed record ReadCost(int RoundTrips, TimeSpan Elapsed);

/// <summary>One reading of the source and the verdicts about it.</summary>
public sealed record Inspection
{
    /// <summary>What was asked for.</summary>
    public required SetupGoal Goal { get; init; }

    /// <summary>The source.</summary>
    public required SourceEndpoint Endpoint { get; init; }

    /// <summary>The facts; null when the source could not be read, and SW101 says why.</summary>
    public SourceSnapshot? Snapshot { get; init; }

    /// <summary>The provider the verdicts are for: the chosen one, else the detected one.</summary>
    public required ProviderProfile Provider { get; init; }

    /// <summary>What the host name and the server say about the provider.</summary>
    public required ProviderDetection Detection { get; init; }

    /// <summary>All verdicts, in the order of their codes.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>The tables the goal chooses, resolved against the facts; empty when there are none.</summary>
    public TableSelection Tables { get; init; } = TableSelection.Empty;

    /// <summary>What the reading cost.</summary>
    public ReadCost Cost { get; init; } = new(0, TimeSpan.Zero);

    /// <summary>Whether anything stands in the way.</summary>
    public bool Blocked => Findings.Any(f => f.State is FindingState.Blocking or FindingState.Pending);

    /// <summary>Whether something could not be determined that a reading can determine (<see cref="Finding.IsUndetermined"/>).</summary>
    public bool Undetermined => Snapshot is null || Findings.Any(f => f.IsUndetermined);

    /// <summary>Whether ClickPipes will accept the source, once it reaches it: nothing blocks, and everything was seen that can be seen from here.</summary>
    public bool Ready => !Blocked && !Undetermined;
}
