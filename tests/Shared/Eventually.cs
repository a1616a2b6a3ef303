using System.Diagnostics;

namespace SetupWizard.Testing;

/// <summary>Waits for what happens a little later on another thread or in another process.</summary>
public static class Eventually
{
    /// <summary>Looks until the condition holds; fails with the words after the limit (10 seconds unless told).</summary>
    /// <exception cref="TimeoutException">It did not hold within the limit.</exception>
    public static async Task TrueAsync(Func<Task<bool>> condition, string otherwise, TimeSpan? limit = null)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            if (clock.Elapsed > (limit ?? TimeSpan.FromSeconds(10)))
            {
                throw new TimeoutException(otherwise);
            }

            await Task.Delay(20);
        }
    }

    /// <summary>Looks until the condition holds.</summary>
    /// <exception cref="TimeoutException">It did not hold within the limit.</exception>
    public static Task TrueAsync(Func<bool> condition, string otherwise, TimeSpan? limit = null) => TrueAsync(() => Task.FromResult(condition()), otherwise, limit);
}
