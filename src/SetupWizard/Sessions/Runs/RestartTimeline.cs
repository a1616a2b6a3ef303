
namespace SetupWizard.Sessions.Runs;

/// <summary>What happens to a parameter that needs a restart, in order.</summary>
public enum TimelineStage
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
public sealed record TimelineEntry(TimelineStage Stage, DateTimeOffset At);

/// <summary>The last change in a console as it was observed: by the console itself, by watching the server, by reading it. No stage is told because time went by.</summary>
public sealed class RestartTimeline(TimeProvider time)
{
    private readonly Lock _gate = new();
    private List<TimelineEntry> _entries = [];
    private DateTimeOffset? _since;

    /// <summary>What was observed, in order; empty while nothing was.</summary>
    public IReadOnlyList<TimelineEntry> Entries
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
    public bool Has(TimelineStage stage) => Entries.Any(e => e.Stage == stage);

    /// <summary>Adds an observation when it goes on from the ones before.</summary>
    public void Record(TimelineStage stage)
    {
        lock (_gate)
        {
            var seen = _entries.Select(e => e.Stage).ToHashSet();
            if (stage <= TimelineStage.Waiting && (seen.Contains(TimelineStage.Green) || seen.Contains(TimelineStage.Back)))
            {
                // What was edited after the restart is another story.
                _entries = [];
                seen.Clear();
            }

            var follows = stage switch
            {
                TimelineStage.Gone => seen.Contains(TimelineStage.Waiting),
                TimelineStage.Back => seen.Contains(TimelineStage.Gone),
                TimelineStage.Green => seen.Contains(TimelineStage.Back) || (seen.Contains(TimelineStage.Saved) && !seen.Contains(TimelineStage.Waiting)),
                _ => true,
            };
            if (follows && !seen.Contains(stage))
            {
                _entries.Add(new TimelineEntry(stage, time.GetUtcNow()));
            }
        }
    }

    /// <summary>A reading says since when the server runs. Another time than before, by its own clock: it has been away and come back, whoever saw that.</summary>
    public void Started(DateTimeOffset since)
    {
        bool again;
        lock (_gate)
        {
            again = _since is { } before && before != since;
            _since = since;
        }

        if (again)
        {
            Record(TimelineStage.Gone);
            Record(TimelineStage.Back);
        }
    }

    internal void Clear()
    {
        lock (_gate)
        {
            _entries = [];
            _since = null;
        }
    }
}
