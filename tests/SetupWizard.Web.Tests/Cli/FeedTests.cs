using System.Text.Json;
using SetupWizard.Cli;
using SetupWizard.Core.Model;

namespace SetupWizard.Web.Tests.Cli;

/// <summary><c>verify --watch</c>.</summary>
public sealed class FeedTests
{
    private static readonly FeedOperation s_operation = new(
        3, new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), new TableRef("public", "orders"), FeedOperationKind.Update, [new FeedKey("id", "7")]);

    private readonly ScriptedRunner _runner = new()
    {
        Proof = [new ProofEvent(RequirementId.ProofClean, ProofState.Passed, TimeSpan.Zero)],
        Feed =
        [
            new FeedPulse(FeedState.Waiting, TimeSpan.Zero) { Waiting = new FeedWait("42", "month end", 9, "pid 42 (app, month end, shop) 00:00:09") },
            new FeedPulse(FeedState.Watching, TimeSpan.FromSeconds(1)) { Changes = 3, LastSecond = 3, Tables = [new FeedCount(new TableRef("public", "orders"), 2, 1, 0, 0, 3)], Last = [s_operation] },
            new FeedPulse(FeedState.Ended, TimeSpan.FromSeconds(2)) { Changes = 3, Tables = [new FeedCount(new TableRef("public", "orders"), 2, 1, 0, 0, 0)], Last = [s_operation], End = FeedEnd.TimeLimit, Clean = true },
        ],
    };

    [Fact]
    public async Task Watch_prints_what_arrives_once_and_the_counts_at_the_end()
    {
        var run = await CliRun.RunAsync(_runner, "verify --watch 10 --url URL");
        Assert.Equal(ExitCode.Ready, run.Code);
        Assert.Contains("pid 42 (app, month end, shop) 00:00:09", run.Output, StringComparison.Ordinal);
        Assert.Contains("2 earlier changes are not shown", run.Output, StringComparison.Ordinal);
        Assert.Single(run.Output.Split('\n'), l => l.Contains("UPDATE public.orders id = 7", StringComparison.Ordinal));
        Assert.Contains("public.orders: 2 inserts, 1 update, 0 deletes, 0 truncates", run.Output, StringComparison.Ordinal);
        Assert.Contains("3 changes in 2 s. The temporary slot has gone.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_with_json_prints_an_object_a_line_and_the_report_after_them()
    {
        var run = await CliRun.RunAsync(_runner, "verify --watch --json --url URL");
        var lines = run.Output.Split('\n');
        var pulses = lines.Take(3).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal(["waiting", "watching", "ended"], pulses.Select(p => p.GetProperty("feed").GetString()));
        Assert.Equal([0, 1, 0], pulses.Select(p => p.GetProperty("operations").GetArrayLength()));
        Assert.Equal("7", pulses[1].GetProperty("operations")[0].GetProperty("key").GetProperty("id").GetString());
        Assert.Equal("timeLimit", pulses[2].GetProperty("end").GetString());
        Assert.True(pulses[2].GetProperty("clean").GetBoolean());
        Assert.True(JsonDocument.Parse(Assert.Single(lines.Skip(3), static l => l.Length > 0)).RootElement.GetProperty("ready").GetBoolean());
    }

    [Fact]
    public async Task Watch_that_broke_off_exits_as_blocked_and_a_failed_proof_is_not_watched()
    {
        _runner.Feed = [new FeedPulse(FeedState.Ended, TimeSpan.Zero) { End = FeedEnd.Failed, Problem = new Problem("feed-lost", new Dictionary<string, object?>()) }];
        var broken = await CliRun.RunAsync(_runner, "verify --watch 10 --url URL");
        Assert.Equal(ExitCode.Blocked, broken.Code);
        Assert.Contains("The stream of changes broke off.", broken.Output, StringComparison.Ordinal);

        _runner.Proof = [new ProofEvent(RequirementId.ProofSlot, ProofState.Failed, TimeSpan.Zero)];
        var unproved = await CliRun.RunAsync(_runner, "verify --watch 10 --url URL");
        Assert.DoesNotContain("broke off", unproved.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("301")]
    [InlineData("soon")]
    public async Task Watch_refuses_what_is_no_time(string value)
    {
        var run = await CliRun.RunAsync(_runner, $"verify --watch {value} --url URL");
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains(value, run.Error, StringComparison.Ordinal);
    }
}
