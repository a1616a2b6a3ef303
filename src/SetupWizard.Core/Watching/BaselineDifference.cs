using SetupWizard.Core.Model;

namespace SetupWizard.Core.Watching;

/// <summary>One thing that is not as it was when the set-up was finished.</summary>
public sealed record BaselineDifference
{
    /// <summary>Which kind of difference, as a lower-case word with hyphens; it selects the sentence.</summary>
    public required string Case { get; init; }

    /// <summary>What it is about.</summary>
    public required Area Area { get; init; }

    /// <summary>What it means for ClickPipes now, the worst of <see cref="Findings"/>: satisfied means changed, and still as it should be.</summary>
    public FindingState State { get; init; } = FindingState.Satisfied;

    /// <summary>What it is called: the parameter, for one.</summary>
    public string Name { get; init; } = "";

    /// <summary>As it was; empty when there was no such thing.</summary>
    public string Before { get; init; } = "";

    /// <summary>As it is; empty when there is no such thing.</summary>
    public string After { get; init; } = "";

    /// <summary>The tables it is about.</summary>
    public IReadOnlyList<TableRef> Tables { get; init; } = [];

    /// <summary>The verdicts of now that have to do with it and ask for something, or at least advise it.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];
}

/// <summary>What has become of a set-up since it was finished.</summary>
public sealed record BaselineComparison
{
    /// <summary>What differs, in the order of the areas.</summary>
    public IReadOnlyList<BaselineDifference> Differences { get; init; } = [];

    /// <summary>Problems of now that no difference explains and that were none then.</summary>
    public IReadOnlyList<Finding> Fresh { get; init; } = [];

    /// <summary>Problems of now that were there then, and that the set-up was finished with.</summary>
    public IReadOnlyList<Finding> Accepted { get; init; } = [];

    /// <summary>What could not be compared because it could not be read: <c>pg_class</c>.</summary>
    public IReadOnlyList<string> NotCompared { get; init; } = [];
}
