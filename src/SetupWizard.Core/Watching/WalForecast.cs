namespace SetupWizard.Core.Watching;

/// <summary>What happens to a slot first if its reader makes no progress from now on.</summary>
public enum WalForecastKind
{
    /// <summary>Too little was measured to say.</summary>
    NotMeasured,

    /// <summary>The server writes nothing, so nothing comes nearer.</summary>
    Quiet,

    /// <summary>It loses the WAL it needs after <see cref="WalForecast.Until"/>: the limit of the server is reached.</summary>
    SlotLost,

    /// <summary>The disk is full after <see cref="WalForecast.Until"/>.</summary>
    DiskFull,

    /// <summary>Nothing but the disk ends it, and how much is free there is not known.</summary>
    NoLimit,

    /// <summary>It is beyond the limit: the next checkpoint may take its WAL away.</summary>
    Endangered,

    /// <summary>It has lost the WAL it needs: the tables have to be copied again.</summary>
    Lost,
}

/// <summary>How long a slot lasts if nobody reads from it any more, at the present rate.</summary>
/// <param name="Kind">What happens first.</param>
/// <param name="Until">After how long; null where there is no time to tell.</param>
public sealed record WalForecast(WalForecastKind Kind, TimeSpan? Until = null)
{
    /// <summary>Minimum WAL rate to extrapolate from: an idle server writes a little for itself.</summary>
    private const double QuietBytesPerSecond = 1;

    private static readonly TimeSpan s_farthest = TimeSpan.FromDays(3650);

    /// <summary>After how long the slot is lost; null without a limit or a rate.</summary>
    public TimeSpan? UntilLost { get; init; }

    /// <summary>After how long the disk is full; null without a free space or a rate.</summary>
    public TimeSpan? UntilFull { get; init; }

    /// <summary>Computes the forecast.</summary>
    /// <param name="walStatus">The slot's <c>wal_status</c>; null before PostgreSQL 13.</param>
    /// <param name="retained">WAL it holds back, in bytes.</param>
    /// <param name="safe">What the server says may still be written, in bytes; null when it does not say.</param>
    /// <param name="limit">How much it may hold back, in bytes (<c>max_slot_wal_keep_size</c>); null without a limit.</param>
    /// <param name="rate">WAL per second, in bytes; null when not measured.</param>
    /// <param name="free">Free space on the disk, in bytes; null when not known.</param>
    public static WalForecast Of(string? walStatus, long retained, long? safe, long? limit, double? rate, long? free)
    {
        if (walStatus == "lost")
        {
            return new(WalForecastKind.Lost);
        }

        var left = limit is null ? null : safe ?? (limit - retained);
        if (walStatus == "unreserved" || left <= 0)
        {
            return new(WalForecastKind.Endangered);
        }

        if (rate is null)
        {
            return new(WalForecastKind.NotMeasured);
        }

        if (rate < QuietBytesPerSecond)
        {
            return new(WalForecastKind.Quiet);
        }

        var lost = After(left, rate.Value);
        var full = After(free, rate.Value);
        var forecast = (lost, full) switch
        {
            (null, null) => new WalForecast(WalForecastKind.NoLimit),
            ({ } l, null) => new(WalForecastKind.SlotLost, l),
            (null, { } f) => new(WalForecastKind.DiskFull, f),
            ({ } l, { } f) => l <= f ? new(WalForecastKind.SlotLost, l) : new(WalForecastKind.DiskFull, f),
        };
        return forecast with { UntilLost = lost, UntilFull = full };
    }

    private static TimeSpan? After(long? bytes, double rate)
    {
        if (bytes is null)
        {
            return null;
        }

        var seconds = Math.Max(0, bytes.Value) / rate;
        return seconds >= s_farthest.TotalSeconds ? s_farthest : TimeSpan.FromSeconds(seconds);
    }
}
