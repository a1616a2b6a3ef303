using SetupWizard.Core.Model;

namespace SetupWizard.Testing;

/// <summary>What stays the same from one reading to the next while nobody changes the database.</summary>
public static class LastingFacts
{
    /// <summary>The lasting facts of a snapshot as text.</summary>
    public static string Of(SourceSnapshot snapshot) => SnapshotComparison.Lasting(snapshot);
}
