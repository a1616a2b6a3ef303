namespace SetupWizard.Sessions;

/// <summary>What happens to a parameter that needs a restart, in order.</summary>
public enum StoryStage
{
    /// <summary>Typed in the console, known to nobody else.</summary>
    Edited,

    /// <summary>Saved in the console.</summary>
    Saved,

    /// <summary>With the server, which takes it at its next start.</summary>
    Waiting,

    /// <summary>The server does not answer.</summary>
    Gone,

    /// <summary>The server answers again.</summary>
    Back,

    /// <summary>A reading found nothing left to change.</summary>
    Green,
}

/// <summary>One observation.</summary>
/// <param name="Stage">What was seen.</param>
/// <param name="At">When.</param>
public sealed record StoryEntry(StoryStage Stage, DateTimeOffset At);

/// <summary>The last change in a console as it was observed: by the console itself, by watching the server, by reading it. No stage is told because time went by.</summary>
public sealed class ServerStory(TimeProvider time)
{
    private readonly Lock _gate = new();
    private List<StoryEntry> _entries = [];

    /// <summary>What was observed, in order; empty while nothing was.</summary>
    public IReadOnlyList<StoryEntry> Entries
    {
        get
        {
            lock (_gate)
            {
                return [.. _entries];
            }
        }
    }

    /// <summary>Whether a stage was observed.</summary>
    public bool Has(StoryStage stage) => Entries.Any(e => e.Stage == stage);

    /// <summary>Adds an observation when it goes on from the ones before.</summary>
    internal void Tell(StoryStage stage)
    {
        lock (_gate)
        {
            var seen = _entries.Select(e => e.Stage).ToHashSet();
            if (stage <= StoryStage.Waiting && (seen.Contains(StoryStage.Green) || seen.Contains(StoryStage.Back)))
            {
                // What was edited after the restart is another story.
                _entries = [];
                seen.Clear();
            }

            var follows = stage switch
            {
                StoryStage.Gone => seen.Contains(StoryStage.Waiting),
                StoryStage.Back => seen.Contains(StoryStage.Gone),
                StoryStage.Green => seen.Contains(StoryStage.Back) || (seen.Contains(StoryStage.Saved) && !seen.Contains(StoryStage.Waiting)),
                _ => true,
            };
            if (follows && !seen.Contains(stage))
            {
                _entries.Add(new StoryEntry(stage, time.GetUtcNow()));
            }
        }
    }

    internal void Clear()
    {
        lock (_gate)
        {
            _entries = [];
        }
    }
}
