using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Watching;
using SetupWizard.Core.Wording;

namespace SetupWizard.Core.Tests.Watching;

/// <summary>What pulses say together about ClickPipes, without a server.</summary>
public sealed class SourceWatchTests
{
    private const long Megabyte = 1024 * 1024;
    private const string Slot = "peerflow_slot_shop";

    private static readonly DateTimeOffset s_noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly SetupGoal s_goal = new() { Region = "aws:eu-central-1", ServiceAge = ServiceAge.New };

    private readonly SourceWatch _watch = new();

    [Fact]
    public void Nothing_is_said_before_the_first_pulse_that_reached_the_server()
    {
        _watch.Add(new LivePulse(s_noon, false, TimeSpan.FromSeconds(2)), s_goal);

        Assert.Null(_watch.Report(s_goal, null));
    }

    [Fact]
    public void Pipe_arrives_lags_catches_up_and_goes_away()
    {
        Assert.Equal(PipeState.NotSeen, See(0, null, 0).State);
        Assert.Equal((PipeState.Connected, s_noon.AddSeconds(8)), StateOf(See(10, 100, 0)));

        Assert.Equal(PipeState.Connected, See(20, 100, 50 * Megabyte).State);
        Assert.Equal(PipeState.Connected, See(180, 100, 500 * Megabyte).State);
        Assert.Equal((PipeState.Lagging, s_noon.AddSeconds(10)), StateOf(See(195, 100, 600 * Megabyte)));

        Assert.Equal(PipeState.Connected, See(200, 700, 20 * Megabyte).State);
        Assert.Equal((PipeState.Gone, s_noon.AddSeconds(210)), StateOf(See(210, null, 30 * Megabyte)));
        Assert.Equal((PipeState.Gone, s_noon.AddSeconds(210)), StateOf(See(300, null, 90 * Megabyte)));
        Assert.Equal(PipeState.Connected, See(310, 800, 90 * Megabyte).State);
    }

    [Fact]
    public void Pipe_that_reads_once_in_a_while_does_not_lag()
    {
        foreach (var minute in Enumerable.Range(0, 8))
        {
            Assert.Equal(PipeState.Connected, See(minute * 60, 100 + minute, 300 * Megabyte).State);
        }
    }

    [Fact]
    public void Pipe_with_nothing_to_read_does_not_lag()
    {
        See(0, 100, 0);

        Assert.Equal(PipeState.Connected, See(3000, 100, 2 * Megabyte).State);
    }

    [Fact]
    public void Slot_without_a_reader_is_a_pipe_that_is_gone()
    {
        _watch.Add(Pulse(0) with { Slots = [new(Slot, false, 5) { InactiveSince = s_noon.AddHours(-2) }] }, s_goal);

        Assert.Equal((PipeState.Gone, s_noon.AddHours(-2)), StateOf(_watch.Report(s_goal, null)!.Pipe));
    }

    [Fact]
    public void Sessions_that_read_tables_before_the_stream_are_the_copy()
    {
        _watch.Add(Pulse(0) with { UserSessions = new(1, 3, 1, 0) { Addresses = ["192.0.2.7"] }, Slots = [new(Slot, false, 5)] }, s_goal);

        var report = _watch.Report(s_goal, null)!;
        Assert.Equal((PipeState.Copying, AddressOrigin.NotListed), (report.Pipe.State, report.Pipe.Origin));
        Assert.Contains("5 sessions", WatchText.Pipe(report, s_goal.User, CultureInfo.GetCultureInfo("en")), StringComparison.Ordinal);
    }

    [Fact]
    public void Connection_that_waits_for_the_copy_is_no_stream()
    {
        var copying = Pulse(0) with { UserSessions = new(1, 0, 0, 0), Slots = [new(Slot, false, 5)], WalSenders = [new("clickpipes_user", "peerdb", null) { Pid = 77 }] };
        _watch.Add(copying, s_goal);
        Assert.Equal(PipeState.Copying, _watch.Report(s_goal, null)!.Pipe.State);

        _watch.Add(copying with { Slots = [new(Slot, true, 5) { ActivePid = 77 }] }, s_goal);
        Assert.Equal(PipeState.Connected, _watch.Report(s_goal, null)!.Pipe.State);
    }

    [Theory]
    [InlineData("clickpipes_user", "anything", true)]
    [InlineData("other", "peerdb_mirror", true)]
    [InlineData("other", "PeerDB", true)]
    [InlineData("other", "walreceiver", false)]
    [InlineData("clickpipes_user", "SetupWizard verify", false)]
    public void Pipe_is_known_by_its_user_or_its_name_and_the_wizards_own_proof_is_none(string user, string application, bool pipe) =>
        Assert.Equal(pipe, PipeStatus.IsPipe(new SenderPulse(user, application, null), s_goal.User));

    [Fact]
    public void Address_is_compared_with_the_list_of_the_region()
    {
        var listed = ClickPipesRegions.AddressesFor(s_goal)[0];

        Assert.Equal(AddressOrigin.Listed, PipeStatus.OriginOf(listed, true, s_goal));
        Assert.Equal(AddressOrigin.Listed, PipeStatus.OriginOf("::ffff:" + listed, true, s_goal));
        Assert.Equal(AddressOrigin.NotListed, PipeStatus.OriginOf("192.0.2.7", true, s_goal));
        Assert.Equal(AddressOrigin.NotVisible, PipeStatus.OriginOf(null, false, s_goal));
        Assert.Equal(AddressOrigin.None, PipeStatus.OriginOf(null, true, s_goal));
        Assert.Equal(AddressOrigin.NoRegion, PipeStatus.OriginOf(listed, true, s_goal with { Region = null }));
        Assert.Equal(AddressOrigin.OtherWay, PipeStatus.OriginOf("10.0.0.5", true, s_goal with { Network = NetworkPath.Ssh }));
    }

    [Fact]
    public void Pipes_slot_comes_first_and_each_has_its_own_forecast()
    {
        var pulse = Pulse(0) with
        {
            SlotLimitBytes = 1000 * Megabyte,
            Slots = [new("a_standby", true, 0) { WalStatus = "reserved", SafeBytes = 1000 * Megabyte }, new(Slot, false, 400 * Megabyte) { WalStatus = "reserved", SafeBytes = 600 * Megabyte }],
        };
        _watch.Add(pulse with { WalPosition = 0 }, s_goal);
        _watch.Add(pulse with { At = s_noon.AddSeconds(30), WalPosition = 30 * Megabyte }, s_goal);

        var report = _watch.Report(s_goal, null)!;

        Assert.Equal([Slot, "a_standby"], report.Slots.Select(s => s.Slot.Name));
        Assert.Equal([TimeSpan.FromSeconds(600), TimeSpan.FromSeconds(1000)], report.Slots.Select(s => s.Forecast.Until!.Value));
        Assert.Equal(TimeSpan.FromSeconds(1000), report.NewSlot.Until);
    }

    [Fact]
    public void Only_the_last_ten_minutes_count_and_another_source_starts_anew()
    {
        _watch.Add(Pulse(0) with { WalPosition = 0 }, s_goal);
        _watch.Add(Pulse(1000) with { WalPosition = 5000 }, s_goal);
        _watch.Add(Pulse(1100) with { WalPosition = 5000 + (100 * Megabyte) }, s_goal);
        Assert.Equal(Megabyte, _watch.Report(s_goal, null)!.Rate.BytesPerSecond);

        _watch.Clear();
        Assert.Null(_watch.Report(s_goal, null));
    }

    private static LivePulse Pulse(double seconds) => new(s_noon.AddSeconds(seconds), true, TimeSpan.Zero) { StartedAt = s_noon.AddDays(-1) };

    private static (PipeState, DateTimeOffset?) StateOf(PipeStatus pipe) => (pipe.State, pipe.Since);

    /// <summary>A pulse with a pipe that has confirmed so much (or is not there) and is so far behind; no slot before it first came.</summary>
    private PipeStatus See(double seconds, long? confirmed, long behind)
    {
        var known = confirmed is not null || behind > 0;
        _watch.Add(
            Pulse(seconds) with
            {
                Slots = known ? [new(Slot, confirmed is not null, behind) { Logical = true, ActivePid = confirmed is null ? null : 77, ConfirmedPosition = confirmed, BehindBytes = behind }] : [],
                WalSenders = confirmed is null ? [] : [new("clickpipes_user", "peerdb", null) { Pid = 77, Since = s_noon.AddSeconds(8) }],
            },
            s_goal);
        return _watch.Report(s_goal, null)!.Pipe;
    }
}
