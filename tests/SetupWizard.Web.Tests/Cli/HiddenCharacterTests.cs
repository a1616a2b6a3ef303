using System.Text.Json;
using System.Text.RegularExpressions;
using SetupWizard.Cli;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Cli;

/// <summary>Names and messages with what nobody sees in them: a terminal gets none of it, a program all of it.</summary>
public sealed partial class HiddenCharacterTests
{
    private static readonly DateTimeOffset s_now = DateTimeOffset.UnixEpoch;

    private readonly ScriptedRunner _runner = new()
    {
        Answer = ScriptedRunner.Ready with
        {
            Goal = new SetupGoal { User = Hidden.Name, Publication = Hidden.Name },
            Endpoint = new SourceEndpoint { Host = "db.example", Database = Hidden.Name },
            Snapshot = ScriptedRunner.Ready.Snapshot! with
            {
                Server = ScriptedRunner.Ready.Snapshot!.Server with { Database = Hidden.Name, CurrentUser = Hidden.Name },
                Slots = [new SlotFact { Name = Hidden.Name, Logical = true, Database = Hidden.Name }],
            },
            Findings = [Hidden.Finding, Hidden.Finding with { Id = RequirementId.WalLevel, State = FindingState.Warning, Case = "sample" }],
        },
        Changes = [Hidden.Change],
        HandOff = [Hidden.Change with { RunBy = Hidden.Name }],
        Waiting = [new WaitingChange(Hidden.Change, [Hidden.Change with { RunBy = Hidden.Name }])],
        UndoChanges = [Hidden.Change],
        UndoLeft = [new LeftAlone(Hidden.Change, new Problem("undo-left-unread", Hidden.Arguments, Hidden.Message))],
        Events =
        [
            new ApplyStarted(1, false) { At = s_now },
            new ChangeNotice(0, Hidden.Message) { At = s_now },
            new ChangeExecuted(0, TimeSpan.Zero) { At = s_now },
            new ChangeFailed(0, Hidden.Problem) { At = s_now },
            new ApplyFinished(ApplyOutcome.Failed, Hidden.Problem, [], [0], null) { At = s_now },
        ],
        Proof = [new ProofEvent(RequirementId.ProofLogin, ProofState.Failed, TimeSpan.Zero) { Problem = Hidden.Problem, Arguments = Hidden.Arguments }],
        Feed =
        [
            new FeedPulse(FeedState.Waiting, TimeSpan.Zero) { Waiting = new FeedWait("42", Hidden.Name, 9, Hidden.Name) },
            new FeedPulse(FeedState.Ended, TimeSpan.Zero)
            {
                Changes = 1,
                Tables = [new FeedCount(Hidden.Table, 1, 0, 0, 0, 0)],
                Last = [new FeedOperation(1, s_now, Hidden.Table, FeedOperationKind.Insert, [new FeedKey(Hidden.Name, Hidden.Name)])],
                End = FeedEnd.TimeLimit,
                Problem = Hidden.Problem,
            },
        ],
        Pulses =
        [
            new LivePulse(s_now, true, TimeSpan.Zero)
            {
                StartedAt = s_now,
                WalPosition = 1,
                Slots = [new(Hidden.Name, true, 0) { ActivePid = 7, ConfirmedPosition = 0, BehindBytes = 0, WalStatus = Hidden.Name }],
                WalSenders = [new("clickpipes_user", Hidden.Name, Hidden.Name) { Pid = 7, Since = s_now }],
            },
        ],
    };

    [Theory]
    [InlineData("check")]
    [InlineData("plan")]
    [InlineData("plan --undo")]
    [InlineData("apply --yes")]
    [InlineData("apply --dry-run")]
    [InlineData("verify --watch")]
    [InlineData("watch --count 1")]
    [InlineData("guide --guide self-managed-pg-hba")]
    [InlineData("export --format markdown")]
    [InlineData("check --lang ko")]
    public async Task Terminal_gets_nothing_hidden(string verb)
    {
        foreach (var colour in new[] { false, true })
        {
            if (verb.StartsWith("verify", StringComparison.Ordinal))
            {
                _runner.Proof = colour ? _runner.Proof : [new ProofEvent(RequirementId.ProofClean, ProofState.Passed, TimeSpan.Zero)];
            }

            var run = await CliRun.RunAsync(_runner, verb + " --url URL", colour: colour);

            // The colours are our own.
            Hidden.IsNowhereIn(Colour().Replace(run.Output, colour ? "" : "$0"));
            Hidden.IsNowhereIn(run.Error);
            Assert.True(verb.StartsWith("guide", StringComparison.Ordinal) || run.Output.Contains("⟨U+202E⟩", StringComparison.Ordinal), run.Output);
        }
    }

    [Fact]
    public async Task Names_and_statements_are_whole()
    {
        var check = (await CliRun.RunAsync(_runner, "check --url URL", width: 5000)).Output;
        var plan = (await CliRun.RunAsync(_runner, "plan --url URL", width: 5000)).Output;

        Assert.Contains($"The user {Hidden.Shown} does not exist yet.", check, StringComparison.Ordinal);
        Assert.Contains($"permission denied for table {Hidden.Shown[..Hidden.Shown.LastIndexOf('⟨')]}", check, StringComparison.Ordinal);
        Assert.Contains($"GRANT SELECT ON \"{Hidden.Shown}\".\"{Hidden.Shown}\" TO \"{Hidden.Shown}\";", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_typed_wrongly_is_repeated_without_steering_the_terminal()
    {
        var option = await CliRun.RunAsync(_runner, "check --url URL --\u001b[31mx\u202e");
        var verb = await CliRun.RunAsync(_runner, "che\u202eck");
        var guide = await CliRun.RunAsync(_runner, "guide --guide \u001b]0;x\u0007 --url URL");

        Assert.Equal((3, 3, 3), (option.Code, verb.Code, guide.Code));
        Assert.Contains("che⟨U+202E⟩ck", verb.Error, StringComparison.Ordinal);
        Assert.Contains("⟨U+001B⟩]0;x⟨U+0007⟩", guide.Error, StringComparison.Ordinal);
        Assert.All([option, verb, guide], run => Hidden.IsNowhereIn(run.Error));
    }

    [Fact]
    public async Task Exception_says_what_it_says_without_steering_the_terminal()
    {
        _runner.WhileReading = static () => throw new InvalidOperationException(Hidden.Name + "\nsecond line");

        var run = await CliRun.RunAsync(_runner, "check --url URL");

        Assert.Equal(ExitCode.Undetermined, run.Code);
        Assert.Contains(Hidden.Shown, run.Error, StringComparison.Ordinal);
        Hidden.IsNowhereIn(run.Error);
    }

    [Fact]
    public async Task Json_and_psql_have_the_exact_names()
    {
        var check = await CliRun.RunAsync(_runner, "check --json --url URL");
        var plan = await CliRun.RunAsync(_runner, "plan --json --url URL");
        var feed = await CliRun.RunAsync(new ScriptedRunner { Feed = _runner.Feed, Proof = [new ProofEvent(RequirementId.ProofClean, ProofState.Passed, TimeSpan.Zero)] }, "verify --watch --json --url URL");
        var watch = await CliRun.RunAsync(_runner, "watch --json --count 1 --url URL");
        var script = await CliRun.RunAsync(_runner, "plan --sql --url URL");

        Assert.All([check, plan, feed, watch], run => Hidden.IsNowhereIn(run.Output));
        Assert.Equal(Hidden.Table.ToString(), check.Json.GetProperty("findings")[0].GetProperty("subjects")[0].GetString());
        Assert.Equal(Hidden.Change.Statement.Display, plan.Json.GetProperty("changes")[0].GetProperty("sql").GetString());
        Assert.Equal(Hidden.Name, JsonDocument.Parse(feed.Output.Split('\n')[1]).RootElement.GetProperty("operations")[0].GetProperty("table").GetString());
        Assert.Equal(Hidden.Name, watch.Json.GetProperty("slots")[0].GetProperty("name").GetString());
        Assert.Contains("\n" + Hidden.Change.Statement.Display + ";\n", script.Output, StringComparison.Ordinal);
        foreach (var comment in script.Output.Split('\n').Where(l => l.StartsWith("--", StringComparison.Ordinal)))
        {
            Hidden.IsNowhereIn(comment);
        }
    }

    [GeneratedRegex("\u001b\\[(0|1|2|31|32|33|36)m")]
    private static partial Regex Colour();
}
