using System.Diagnostics;

namespace SetupWizard.Core.Tests.Support;

/// <summary>Waits for what happens a little later in another process.</summary>
public static class Eventually
{
    /// <summary>Looks until the condition holds; fails with the words after the limit (10 seconds unless told).</summary>
    public static async Task TrueAsync(Func<Task<bool>> condition, string otherwise, TimeSpan? limit = null)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(clock.Elapsed < (limit ?? TimeSpan.FromSeconds(10)), otherwise);
            await Task.Delay(20);
        }
    }

    /// <summary>Looks until the condition holds.</summary>
    public static Task TrueAsync(Func<bool> condition, string otherwise, TimeSpan? limit = null) => TrueAsync(() => Task.FromResult(condition()), otherwise, limit);
}
