using SetupWizard.Core.Model;
using SetupWizard.Core.Watching;
using SetupWizard.Sessions.Steps;

namespace SetupWizard.Sessions;

/// <summary>What a change goes through on its way, in order.</summary>
public enum PathStation
{
    Tables,
    Publication,
    Slot,
    Pipe,
    ClickHouse,
}

/// <summary>Where one station of the way stands.</summary>
public enum StationState
{
    /// <summary>Nothing is known of it yet, or its turn has not come.</summary>
    Ahead,

    /// <summary>Something is being done there.</summary>
    Working,

    /// <summary>Something or somebody is waited for.</summary>
    Held,

    /// <summary>It lets changes through.</summary>
    Open,

    /// <summary>It did, and does not any more.</summary>
    Broken,
}

/// <summary>One station as it is shown.</summary>
/// <param name="Station">Which.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Note">The entry under <c>Path.</c> that says why.</param>
/// <param name="Count">What is counted there: tables, findings, addresses.</param>
public sealed record StationStatus(PathStation Station, StationState State, string Note, int Count = 0);

/// <summary>The way of a change from the application's tables to ClickHouse, as far as it is open.</summary>
public static class ChangePath
{
    /// <summary>The way before anything is known of it.</summary>
    public static IReadOnlyList<StationStatus> Unknown { get; } = [.. Enum.GetValues<PathStation>().Select(static s => new StationStatus(s, StationState.Ahead, "About"))];

    /// <summary>All stations, in order.</summary>
    /// <param name="state">The session.</param>
    /// <param name="pipe">Where ClickPipes stands as the source sees it; null when nobody has looked.</param>
    public static IReadOnlyList<StationStatus> Of(SessionState state, PipeStatus? pipe)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Inspection is null)
        {
            return Unknown;
        }

        // A source that cannot be reached shows nothing: what was seen last is not what is so.
        if (state.LostConnection is not null)
        {
            return [.. Enum.GetValues<PathStation>().Select(static s => new StationStatus(s, StationState.Ahead, "Lost"))];
        }

        return [Tables(state), Publication(state), Slot(state), Pipe(state, pipe), Arrival(pipe)];
    }

    private static StationStatus Tables(SessionState state)
    {
        var chosen = state.Inspection!.Tables.Chosen.Count;
        var toFix = state.FindingsOf(WizardStep.Tables).Count(static f => f.Id != RequirementId.Publication && f.Id != RequirementId.PublicationTables && (f.IsProblem || f.State == FindingState.Pending));
        return (chosen, toFix) switch
        {
            (0, _) => new(PathStation.Tables, StationState.Held, "NoTables"),
            (_, > 0) => new(PathStation.Tables, StationState.Held, "TablesToFix", toFix),
            _ => new(PathStation.Tables, StationState.Open, "Chosen", chosen),
        };
    }

    private static StationStatus Publication(SessionState state)
    {
        if (state.Run is { IsRunning: true, DryRun: false, Step: WizardStep.Tables })
        {
            return new(PathStation.Publication, StationState.Working, "Making");
        }

        var finding = state.Inspection!.Findings.FirstOrDefault(static f => f.Id == RequirementId.Publication);
        var missing = state.Inspection.Findings.FirstOrDefault(static f => f.Id == RequirementId.PublicationTables);
        return finding?.State switch
        {
            FindingState.Satisfied or FindingState.Advice when missing is not { IsProblem: true } => new(PathStation.Publication, StationState.Open, "Made"),
            FindingState.Satisfied or FindingState.Advice => new(PathStation.Publication, StationState.Held, "Incomplete"),
            null or FindingState.Unknown or FindingState.NotApplicable => new(PathStation.Publication, StationState.Ahead, "NotKnown"),
            _ => new(PathStation.Publication, StationState.Held, "NotMade"),
        };
    }

    private static StationStatus Slot(SessionState state)
    {
        if (state.Proof is { IsRunning: true })
        {
            return new(PathStation.Slot, StationState.Working, "Proving");
        }

        if (state.StatusOf(WizardStep.Replication).State is not StepState.Done)
        {
            return new(PathStation.Slot, StationState.Held, state.StatusOf(WizardStep.Replication).State == StepState.Waiting ? "Restart" : "ReplicationOff");
        }

        return state.StatusOf(WizardStep.Access).State is not StepState.Done
            ? new(PathStation.Slot, StationState.Held, "UserNotReady")
            : state.Proof is { Passed: true } ? new(PathStation.Slot, StationState.Open, "Proved")
            : state.Proof is { Failure: not null } ? new(PathStation.Slot, StationState.Broken, "ProofFailed")
            : new(PathStation.Slot, StationState.Ahead, "NotProved");
    }

    private static StationStatus Pipe(SessionState state, PipeStatus? pipe) => pipe?.State switch
    {
        PipeState.Connected => new(PathStation.Pipe, StationState.Open, "Reading"),
        PipeState.Copying => new(PathStation.Pipe, StationState.Working, "Copying"),
        PipeState.Lagging => new(PathStation.Pipe, StationState.Held, "Lagging"),
        PipeState.Gone => new(PathStation.Pipe, StationState.Broken, "Gone"),
        _ => AddressesToAllow.Of(state) is { } addresses && addresses.Key != state.AddressesAllowed
            ? new(PathStation.Pipe, StationState.Held, "Addresses", addresses.All.Count)
            : new(PathStation.Pipe, StationState.Ahead, "NotCreated"),
    };

    // The source sees who reads from it, and not what becomes of that.
    private static StationStatus Arrival(PipeStatus? pipe) => pipe?.State is PipeState.Connected
        ? new(PathStation.ClickHouse, StationState.Open, "Arriving")
        : new(PathStation.ClickHouse, StationState.Ahead, "NothingYet");
}
