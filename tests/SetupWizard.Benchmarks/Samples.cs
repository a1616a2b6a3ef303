using System.Diagnostics;

namespace SetupWizard.Benchmarks;

/// <summary>Measured values of one thing, in one unit.</summary>
internal sealed class Samples
{
    private readonly List<double> _values = [];

    /// <summary>What a value counts for: 10 when a tenth of the work was measured.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Whether the whole was computed from a part.</summary>
    public bool Extrapolated => Scale > 1;

    public int Count => _values.Count;

    public double Median
    {
        get
        {
            var sorted = _values.Order().ToList();
            var middle = sorted.Count / 2;
            return Scale * (sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2);
        }
    }

    public double Least => Scale * _values.Min();

    public double Most => Scale * _values.Max();

    public void Add(double value) => _values.Add(value);

    /// <summary>Runs something and keeps how many milliseconds it took.</summary>
    public async Task TimeAsync(Func<Task> work)
    {
        var started = Stopwatch.GetTimestamp();
        await work();
        Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }
}
