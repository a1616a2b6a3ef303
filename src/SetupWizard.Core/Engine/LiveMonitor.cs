using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Reading;

namespace SetupWizard.Core.Engine;

/// <summary>Reads the few facts that change outside, again and again over one connection, and outlives the server's restarts.</summary>
internal sealed class LiveMonitor(SetupTarget target, IReadOnlyList<string> settings, string user, SourceInspector inspector, TimeProvider time, ILogger logger)
{
    /// <summary>Polling interval.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How much of the catalogs of tables and indexes, in bytes, is read for row identities with each pulse, on average: up to about five thousand tables all of it,
    /// with fifty thousand a tenth, which means all of it every twenty seconds.
    /// </summary>
    private const long CatalogShare = 4 * 1024 * 1024;

    public async IAsyncEnumerable<LivePulse> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        OpenAttempt? attempt = null;
        long? lostAt = null;
        string? identities = null;
        var rest = 0L;
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                LivePulse? pulse = null;
                try
                {
                    attempt ??= await inspector.TryOpenAsync(target, "watch", cancellationToken).ConfigureAwait(false);
                    if (attempt.Source is { } source)
                    {
                        pulse = await PulseReader.ReadAsync(source, settings, user, rest == 0, cancellationToken).WaitAsync(TimeSpan.FromSeconds(10), time, cancellationToken).ConfigureAwait(false);
                        rest = rest == 0 ? pulse.CatalogBytes / CatalogShare : rest - 1;
                        identities = pulse.Identities ?? identities;
                        pulse = pulse with { Identities = identities };
                        lostAt = null;
                    }
                }
                catch (Exception e) when (ConnectionErrors.IsOfEndedSession(e))
                {
                    Log.WatchLost(logger, target.Endpoint.Identity);
                }

                if (pulse is null)
                {
                    if (attempt is not null)
                    {
                        await attempt.DisposeAsync().ConfigureAwait(false);
                        attempt = null;
                    }

                    lostAt ??= time.GetTimestamp();
                    pulse = new LivePulse(time.GetUtcNow(), Reachable: false, time.GetElapsedTime(lostAt.Value));
                }

                yield return pulse;
                await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            if (attempt is not null)
            {
                await attempt.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
