namespace SetupWizard.Components.Gallery;

/// <summary>A clock that is set by hand, so that the same times stand on the page whenever somebody looks.</summary>
public sealed class SampleClock : TimeProvider
{
    /// <summary>The time.</summary>
    public DateTimeOffset Now { get; set; } = SampleSource.Noon;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => Now;
}
