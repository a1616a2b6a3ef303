namespace SetupWizard.Security;

/// <summary>
/// Says in the log that requests were refused: the first at once, the others of a minute in one line. Anybody who reaches the port can send any number of any length, and the log
/// must stay readable for what matters.
/// </summary>
public sealed class Refusals(TimeProvider time, ILogger<Refusals> log)
{
    private const int LongestPath = 100;

    private static readonly TimeSpan s_pause = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private DateTimeOffset _quietUntil = DateTimeOffset.MinValue;
    private long _unsaid;

    /// <summary>One more.</summary>
    public void Count(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        long unsaid;
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (now < _quietUntil)
            {
                _unsaid++;
                return;
            }

            _quietUntil = now + s_pause;
            (unsaid, _unsaid) = (_unsaid, 0);
        }

        if (unsaid > 0)
        {
            Log.MoreRefused(log, unsaid);
        }

        Log.AccessRefused(log, path.Length > LongestPath ? path[..LongestPath] + "…" : path);
    }
}
