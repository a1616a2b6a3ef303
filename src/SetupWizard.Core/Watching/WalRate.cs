namespace SetupWizard.Core.Watching;

/// <summary>Where the log ended at one moment.</summary>
/// <param name="At">When, by the server's clock.</param>
/// <param name="StartedAt">When the server process had started.</param>
/// <param name="Position">How far the log was written, in bytes since its beginning.</param>
public readonly record struct WalSample(DateTimeOffset At, DateTimeOffset? StartedAt, long Position);

/// <summary>
/// How fast the log grows. What lies between two samples counts only when the same server process wrote all of it: a restart, a failover or a restore in between
/// says nothing about the rate.
/// </summary>
/// <param name="BytesPerSecond">On average, over what was measured; null while too little was.</param>
/// <param name="Measured">How long that was.</param>
public sealed record WalRate(double? BytesPerSecond, TimeSpan Measured)
{
    /// <summary>Minimum measured time for an average.</summary>
    public static readonly TimeSpan Enough = TimeSpan.FromSeconds(20);

    /// <summary>The average over all samples.</summary>
    /// <param name="samples">In the order of time.</param>
    public static WalRate Of(IReadOnlyList<WalSample> samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        long bytes = 0;
        var measured = TimeSpan.Zero;
        foreach (var (from, to) in Intervals(samples))
        {
            bytes += to.Position - from.Position;
            measured += to.At - from.At;
        }

        return new WalRate(measured >= Enough ? bytes / measured.TotalSeconds : null, measured);
    }

    /// <summary>The same in equal parts of time, the last of which ends at <paramref name="end"/>; null where nothing was measured.</summary>
    /// <param name="samples">In the order of time.</param>
    /// <param name="end">Where the last part ends.</param>
    /// <param name="length">How long a part is.</param>
    /// <param name="count">How many there are.</param>
    public static IReadOnlyList<double?> Parts(IReadOnlyList<WalSample> samples, DateTimeOffset end, TimeSpan length, int count)
    {
        ArgumentNullException.ThrowIfNull(samples);
        var start = end - (length * count);
        var bytes = new double[count];
        var seconds = new double[count];
        foreach (var (from, to) in Intervals(samples))
        {
            // What was written between two samples is spread evenly over the parts they span.
            var perSecond = (to.Position - from.Position) / (to.At - from.At).TotalSeconds;
            var first = Math.Max(0, (int)Math.Floor((from.At - start) / length));
            for (var part = first; part < count && start + (length * part) < to.At; part++)
            {
                var begin = Later(from.At, start + (length * part));
                var share = (Earlier(to.At, start + (length * (part + 1))) - begin).TotalSeconds;
                if (share > 0)
                {
                    bytes[part] += perSecond * share;
                    seconds[part] += share;
                }
            }
        }

        return [.. bytes.Zip(seconds, static (b, s) => s > 0 ? b / s : (double?)null)];
    }

    private static IEnumerable<(WalSample From, WalSample To)> Intervals(IReadOnlyList<WalSample> samples) => samples
        .Zip(samples.Skip(1))
        .Where(static p => p.Second.At > p.First.At && p.Second.Position >= p.First.Position && p.Second.StartedAt == p.First.StartedAt);

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
