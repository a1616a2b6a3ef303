namespace SetupWizard.Sessions;

/// <content>Watching changes arrive.</content>
public sealed partial class WizardSession
{
    /// <summary>The last watch of arriving changes; null before the first.</summary>
    public FeedRun? Feed { get; private set; }

    /// <summary>Watches changes arrive. Does nothing while they are watched already.</summary>
    /// <returns>The watch under way; null when there is no source.</returns>
    public FeedRun? StartFeed()
    {
        Touch();
        if (Feed is { IsRunning: true } running)
        {
            return running;
        }

        if (Target is not { } target)
        {
            return null;
        }

        var feed = new FeedRun(_time);
        feed.Changed += Raise;
        Feed = feed;
        var goal = Goal;
        _ = feed.RunAsync(stop => _runner.FeedAsync(target, goal, stop), e => Log.BackgroundWorkFailed(_log, "feed", e));
        return feed;
    }

    private void ForgetFeed()
    {
        Feed?.Stop();
        Feed = null;
    }
}
