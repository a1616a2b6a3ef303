using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Sessions.Monitors;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Sessions;

/// <summary>A source is asked once, whoever looks.</summary>
public sealed class SourceMonitorsTests
{
    private readonly FakeSetupRunner _runner = new();

    [Fact]
    public async Task Those_who_look_at_one_source_share_its_pulses_and_whoever_is_left_goes_on()
    {
        var monitors = new SourceMonitors(_runner);
        using CancellationTokenSource first = new(), second = new();
        List<LivePulse> seenByFirst = [], seenBySecond = [];
        var one = ReadAsync(monitors, "one", seenByFirst, first.Token);
        await Eventually.TrueAsync(() => _runner.Watchers == 1, "What was waited for did not come.");
        var two = ReadAsync(monitors, "two", seenBySecond, second.Token);

        await _runner.Pulses.Writer.WriteAsync(Pulse(1));
        await Eventually.TrueAsync(() => seenByFirst.Count == 1 && seenBySecond.Count == 1, "What was waited for did not come.");
        Assert.Equal((1, 1), (monitors.Count, _runner.Watchers));
        Assert.Equal("one", _runner.WatchedBy);

        // Those whose credentials were used leave: they are forgotten, and the other's are used.
        await first.CancelAsync();
        await one;
        await Eventually.TrueAsync(() => _runner.WatchedBy == "two" && _runner.Watchers == 1, "What was waited for did not come.");
        await _runner.Pulses.Writer.WriteAsync(Pulse(2));
        await Eventually.TrueAsync(() => seenBySecond.Count == 2, "What was waited for did not come.");
        Assert.Single(seenByFirst);

        await second.CancelAsync();
        await two;
        await Eventually.TrueAsync(() => _runner.Watchers == 0, "What was waited for did not come.");
        Assert.Equal(0, monitors.Count);
    }

    [Fact]
    public async Task Another_user_is_another_reading()
    {
        var monitors = new SourceMonitors(_runner);
        using var stop = new CancellationTokenSource();
        var one = ReadAsync(monitors, "p", [], stop.Token);
        var two = ReadAsync(monitors, "p", [], stop.Token, new SetupGoal { User = "another" });
        await Eventually.TrueAsync(() => _runner.Watchers == 2, "What was waited for did not come.");
        Assert.Equal(2, monitors.Count);
        await stop.CancelAsync();
        await Task.WhenAll(one, two);
    }

    private static LivePulse Pulse(int second) => new(Given.Noon.AddSeconds(second), true, TimeSpan.Zero);

    private static async Task ReadAsync(SourceMonitors monitors, string password, List<LivePulse> seen, CancellationToken stop, SetupGoal? goal = null)
    {
        try
        {
            await foreach (var pulse in monitors.WatchAsync(new SetupTarget(Given.Endpoint, new SourceCredentials("admin", new SecretString(password))), goal ?? new SetupGoal(), stop))
            {
                seen.Add(pulse);
            }
        }
        catch (OperationCanceledException)
        {
            // It left.
        }
    }
}
