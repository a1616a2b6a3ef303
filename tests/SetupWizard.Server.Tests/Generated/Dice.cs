namespace SetupWizard.Server.Tests.Generated;

/// <summary>Numbers that are the same for a seed on every machine and runtime (SplitMix64), so that a seed names a source for good.</summary>
public sealed class Dice(int seed)
{
    private ulong _state = ((ulong)seed * 0x9E3779B97F4A7C15) ^ 0xD1B54A32D192ED03;

    /// <summary>From 0 to <paramref name="below"/> - 1.</summary>
    public int Next(int below)
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return (int)((z ^ (z >> 31)) % (ulong)below);
    }

    /// <summary>From <paramref name="least"/> to <paramref name="most"/>.</summary>
    public int Between(int least, int most) => least + Next(most - least + 1);

    /// <summary>True this many times of a hundred.</summary>
    public bool Percent(int chance) => Next(100) < chance;

    /// <summary>One of them.</summary>
    public T Of<T>(IReadOnlyList<T> some) => some[Next(some.Count)];

    /// <summary>One of them by weight.</summary>
    public T Weighted<T>(params (int Weight, T Value)[] some)
    {
        var left = Next(some.Sum(s => s.Weight));
        foreach (var (weight, value) in some)
        {
            if (left < weight)
            {
                return value;
            }

            left -= weight;
        }

        throw new InvalidOperationException();
    }
}
