using System.Collections.Concurrent;
using System.Diagnostics;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Connecting;

/// <summary>
/// Openings that the driver goes on with although nobody waits for them any more. What waits for a server ends by the driver's own limit; what computes for it, or is kept
/// reading by it, cannot be stopped from outside, and holds a thread and the password. A server gets one of these, and no session more until that has ended.
/// </summary>
internal static class LastingOpenings
{
    private static readonly ConcurrentDictionary<string, (Task Opening, long Since)> s_abandoned = new(StringComparer.Ordinal);

    /// <summary>Throws while an opening to the same server goes on beyond every limit.</summary>
    /// <exception cref="OpeningFailedException">One does.</exception>
    public static void Refuse(SetupTarget target)
    {
        if (s_abandoned.TryGetValue(KeyOf(target.Endpoint), out var one) && !one.Opening.IsCompleted && Stopwatch.GetElapsedTime(one.Since) > target.Limits.Open + SourceConnector.Grace)
        {
            throw OpeningFailedException.Endless(null);
        }
    }

    /// <summary>Remembers one that was left, until it is over. The first stands for those that follow.</summary>
    /// <param name="target">The source.</param>
    /// <param name="opening">The driver's work.</param>
    /// <param name="since">When it began.</param>
    public static void Add(SetupTarget target, Task opening, long since)
    {
        if (opening.IsCompleted)
        {
            return;
        }

        var key = KeyOf(target.Endpoint);
        if (s_abandoned.TryAdd(key, (opening, since)))
        {
            _ = ForgetAsync(key, opening);
        }
    }

    private static async Task ForgetAsync(string key, Task opening)
    {
        await opening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        s_abandoned.TryRemove(key, out _);
    }

    private static string KeyOf(SourceEndpoint endpoint) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{endpoint.Ssh?.Address} {endpoint.Host}:{endpoint.Port}");
}
