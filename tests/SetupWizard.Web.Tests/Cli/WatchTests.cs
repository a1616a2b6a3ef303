using System.Text.Json;
using SetupWizard.Core.Model;

namespace SetupWizard.Web.Tests.Cli;

/// <summary><c>watch</c>, and what <c>check</c> says of slots.</summary>
public sealed class WatchTests
{
    private const long Megabyte = 1024 * 1024;

    private static readonly DateTimeOffset s_noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly ScriptedRunner _runner = new();

    [Fact]
    public async Task Each_reading_is_a_line_of_JSON_with_every_field()
    {
        _runner.Pulses = [At(0), WithPipe(30, 30 * Megabyte), new LivePulse(s_noon.AddSeconds(32), false, TimeSpan.FromSeconds(2))];

        var run = await CliRun.RunAsync(_runner, "watch --json --url URL --region aws:eu-central-1 --service-created 2026-01-31");

        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal(3, lines.Count);
        Assert.All(lines, l => Assert.Equal(["at", "reachable", "clickPipes", "wal", "slots", "sessions"], l.EnumerateObject().Select(p => p.Name)));
        Assert.Equal("notSeen", lines[0].GetProperty("clickPipes").GetProperty("state").GetString());
        var seen = lines[1].GetProperty("clickPipes");
        Assert.Equal(("connected", "192.0.2.7", "notListed"), (seen.GetProperty("state").GetString(), seen.GetProperty("address").GetString(), seen.GetProperty("addressIs").GetString()));
        Assert.Equal(Megabyte, lines[1].GetProperty("wal").GetProperty("bytesPerSecond").GetInt64());
        var slot = lines[1].GetProperty("slots")[0];
        Assert.Equal(("slotLost", 1000), (slot.GetProperty("outlook").GetString(), slot.GetProperty("secondsLeft").GetInt32()));
        Assert.False(lines[2].GetProperty("reachable").GetBoolean());
        Assert.Equal(2, run.Code);
    }

    [Fact]
    public async Task Text_says_where_ClickPipes_stands_and_what_is_ahead_of_its_slot()
    {
        _runner.Pulses = [At(0), WithPipe(30, 30 * Megabyte)];

        var run = await CliRun.RunAsync(_runner, "watch --url URL --free-disk 0.5");

        Assert.Equal(0, run.Code);
        Assert.Contains("12:00:00Z Waiting for ClickPipes to connect.", run.Output, StringComparison.Ordinal);
        Assert.Contains("12:00:30Z ClickPipes has been connected for less than a minute and reads the stream. 1 MB per second of WAL.", run.Output.ReplaceLineEndings(" ").Replace("           ", " ", StringComparison.Ordinal).Replace("  ", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("slot peerflow_slot_shop: read, holds back 0 bytes, reserved.", run.Output, StringComparison.Ordinal);
        Assert.Contains("the disk is full after about 9 minutes", run.Output.ReplaceLineEndings(" ").Replace("            ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Count_ends_it_and_a_pipe_that_is_gone_exits_1()
    {
        _runner.Pulses = [WithPipe(0, 0), At(2) with { Slots = [new("peerflow_slot_shop", false, 5)] }, WithPipe(4, 0)];

        Assert.Equal(1, (await CliRun.RunAsync(_runner, "watch --count 2 --url URL")).Code);
        Assert.Equal(0, (await CliRun.RunAsync(_runner, "watch --count 3 --url URL")).Code);
    }

    [Theory]
    [InlineData("--count 0")]
    [InlineData("--count many")]
    [InlineData("--free-disk -5")]
    public async Task Amount_that_is_none_is_wrong_usage(string option) =>
        Assert.Equal(3, (await CliRun.RunAsync(_runner, $"watch {option} --url URL")).Code);

    [Fact]
    public async Task Check_tells_what_each_slot_holds_back_and_how_long_it_lasts()
    {
        _runner.Answer = ScriptedRunner.Ready with
        {
            Snapshot = ScriptedRunner.Ready.Snapshot! with
            {
                WalBytesPerSecond = Megabyte,
                Settings = new Dictionary<string, SettingFact> { ["max_slot_wal_keep_size"] = new("max_slot_wal_keep_size", "10GB", "10240", "MB") },
                Slots = [new SlotFact { Name = "peerflow_slot_shop", Logical = true, RetainedBytes = 1024 * Megabyte, WalStatus = "extended", SafeBytes = 7200 * Megabyte }],
            },
        };

        var json = (await CliRun.RunAsync(_runner, "check --json --url URL")).Json;
        var slot = json.GetProperty("slots")[0];
        Assert.Equal(("extended", "slotLost", 7200), (slot.GetProperty("walStatus").GetString(), slot.GetProperty("outlook").GetString(), slot.GetProperty("secondsLeft").GetInt32()));
        Assert.Equal(10240 * Megabyte, json.GetProperty("wal").GetProperty("slotLimitBytes").GetInt64());
        var text = await CliRun.RunAsync(_runner, "check --url URL");
        Assert.Contains("slot peerflow_slot_shop: not read, holds back 1 GB, extended.", text.Output, StringComparison.Ordinal);
    }

    private static LivePulse At(double seconds) => new(s_noon.AddSeconds(seconds), true, TimeSpan.Zero) { StartedAt = s_noon.AddDays(-1), WalPosition = 0 };

    private static LivePulse WithPipe(double seconds, long position) => At(seconds) with
    {
        WalPosition = position,
        SlotLimitBytes = 1000 * Megabyte,
        Slots = [new("peerflow_slot_shop", true, 0) { ActivePid = 7, ConfirmedPosition = position, BehindBytes = 0, WalStatus = "reserved", SafeBytes = 1000 * Megabyte }],
        WalSenders = [new("clickpipes_user", "peerdb_shop", "192.0.2.7") { Pid = 7, Since = s_noon }],
    };
}
