using System.Diagnostics;

namespace SetupWizard.Testing;

/// <summary>
/// Waits for what happens a little later on another thread or in another process. Limits are in the time in which this process could look: one
/// look, however long a busy machine takes for it, counts as a tenth of a second at most.
/// </summary>
public static class Eventually
{
    private const int Stretch = 10;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_longestLook = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_usual = TimeSpan.FromSeconds(10);

    /// <summary>Looks until the condition holds; fails with the words after the limit (10 seconds unless told).</summary>
    /// <exception cref="TimeoutException">It did not hold within the limit.</exception>
    public static async Task TrueAsync(Func<Task<bool>> condition, string otherwise, TimeSpan? limit = null)
    {
        if (!await HoldsAsync(condition, limit ?? s_usual))
        {
            throw new TimeoutException(otherwise);
        }
    }

    /// <summary>Looks until the condition holds.</summary>
    /// <exception cref="TimeoutException">It did not hold within the limit.</exception>
    public static Task TrueAsync(Func<bool> condition, string otherwise, TimeSpan? limit = null) => TrueAsync(() => Task.FromResult(condition()), otherwise, limit);

    /// <summary>Whether a task is over within the limit, in whatever way.</summary>
    public static Task<bool> EndsAsync(Task task, TimeSpan limit) => HoldsAsync(() => Task.FromResult(task.IsCompleted), limit);

    private static async Task<bool> HoldsAsync(Func<Task<bool>> condition, TimeSpan limit)
    {
        var clock = Stopwatch.StartNew();
        var counted = TimeSpan.Zero;
        while (true)
        {
            var began = clock.Elapsed;
            if (await condition())
            {
                return true;
            }

            // In the end a limit is a limit: what never answers must not hold up everything.
            if (counted > limit || clock.Elapsed > limit * Stretch)
            {
                return false;
            }

            await Task.Delay(s_pause);
            var took = clock.Elapsed - began;
            counted += took < s_longestLook ? took : s_longestLook;
        }
    }
}
