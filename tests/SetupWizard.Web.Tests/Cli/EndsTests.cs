using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;

namespace SetupWizard.Web.Tests.Cli;

/// <summary>Whatever ends a verb, there is a report.</summary>
public sealed partial class EndsTests
{
    private static readonly string[] s_verbs = ["check", "plan", "apply --yes", "apply --undo --yes", "verify", "verify --watch 1", "watch --count 1"];

    private readonly ScriptedRunner _runner = new();

    public static TheoryData<string, string> Ends
    {
        get
        {
            var ends = new TheoryData<string, string>();
            foreach (var verb in s_verbs.Concat(["export --format markdown", "export --format sql", "export --format plan", "guide", "plan --sql"]))
            {
                foreach (var end in new[] { "npgsql", "io", "timeout", "socket", "cancelled", "sequence", "type" })
                {
                    ends.Add(verb, end);
                }
            }

            return ends;
        }
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task Whatever_is_thrown_is_told_without_its_name(string verb, string end)
    {
        _runner.WhileReading = () => throw Make(end);

        var text = await CliRun.RunAsync(_runner, verb + " --url URL");
        var korean = await CliRun.RunAsync(_runner, verb + " --lang ko --url URL");

        // A source that cannot be reached is one for apply, too.
        var code = verb.StartsWith("apply", StringComparison.Ordinal) && (end is "cancelled" or "sequence" or "type") ? 1 : 2;
        Assert.Equal((code, code), (text.Code, korean.Code));
        Assert.DoesNotMatch(NameOfException(), text.Output + text.Error + korean.Output + korean.Error);
        Assert.NotEmpty(text.Output + text.Error);
        if (!s_verbs.Contains(verb))
        {
            Assert.Empty(text.Output);
            return;
        }

        var json = await CliRun.RunAsync(_runner, verb + " --json --url URL");
        Assert.Equal(code, json.Code);
        Assert.DoesNotMatch(NameOfException(), json.Output + json.Error);
        Assert.False(json.Json.GetProperty("ready").GetBoolean());
        Assert.Equal(Key(end), json.Json.GetProperty("problem").GetProperty("key").GetString());
        Assert.All(["title", "because", "consequence", "fix"], part => Assert.NotEqual("", json.Json.GetProperty("problem").GetProperty(part).GetString()));
        Assert.True(!verb.Contains("watch", StringComparison.Ordinal) || json.Output.TrimEnd().Split('\n').Length == 1, json.Output);
    }

    [Fact]
    public async Task Stopped_in_the_middle_tells_what_was_seen_until_then()
    {
        using var stop = new CancellationTokenSource();
        _runner.Proof = [new ProofEvent(RequirementId.ProofLogin, ProofState.Passed, TimeSpan.Zero), new ProofEvent(RequirementId.ProofReplication, ProofState.Passed, TimeSpan.Zero)];
        _runner.WhileProving = happened => stop.CancelAsync().GetAwaiter().GetResult();

        var run = await CliRun.RunAsync(_runner, "verify --json --url URL", cancellationToken: stop.Token);

        Assert.Equal(2, run.Code);
        Assert.Equal("cancelled", run.Json.GetProperty("problem").GetProperty("key").GetString());
        Assert.Equal("SW601", Assert.Single(run.Json.GetProperty("proof").EnumerateArray()).GetProperty("code").GetString());
        Assert.NotEqual(JsonValueKind.Null, run.Json.GetProperty("readAt").ValueKind);
        Assert.False(run.Json.GetProperty("ready").GetBoolean());
    }

    [Fact]
    public async Task Stopped_before_anything_is_known_is_told_too()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        var run = await CliRun.RunAsync(_runner, "check --json --url URL", cancellationToken: stop.Token);

        Assert.Equal(2, run.Code);
        Assert.Equal("cancelled", run.Json.GetProperty("problem").GetProperty("key").GetString());
        Assert.Null(_runner.Target);
    }

    [Theory]
    [InlineData("check", 0)]
    [InlineData("apply --yes", 0)]
    [InlineData("apply --yes --json", 0)]
    [InlineData("watch --json", 0)]
    [InlineData("export --format markdown", 0)]
    public async Task Reader_that_goes_away_ends_nothing_in_the_middle_and_is_not_spoken_of(string verb, int code)
    {
        _runner.Changes = [ScriptedRunner.CreatePublication];
        _runner.Events = [new ApplyStarted(1, false) { At = default }, new ApplyFinished(ApplyOutcome.Completed, null, [0], [], ScriptedRunner.Ready) { At = default }];
        _runner.Pulses = [.. Enumerable.Range(0, 50).Select(i => new LivePulse(DateTimeOffset.UnixEpoch.AddSeconds(2 * i), true, TimeSpan.Zero))];

        using var nobody = new Unwritable(new IOException("Broken pipe", 32));
        var run = await CliRun.RunAsync(_runner, verb + " --url URL", writesTo: nobody);

        Assert.Equal(code, run.Code);
        Assert.DoesNotContain("Broken", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, nobody.Tries);
        Assert.True(_runner.Pulled < 50);
        Assert.Equal(verb.StartsWith("apply", StringComparison.Ordinal), _runner.Applied is not null);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("apply --yes --json")]
    [InlineData("export --format markdown")]
    [InlineData("export --format plan")]
    public async Task Full_disk_is_told_beside_the_output(string verb)
    {
        _runner.Events = [new ApplyFinished(ApplyOutcome.Completed, null, [], [], ScriptedRunner.Ready) { At = default }];
        _runner.Changes = [ScriptedRunner.CreatePublication];

        using var full = new Unwritable(new IOException("No space left on device", 28));
        var run = await CliRun.RunAsync(_runner, verb + " --url URL", writesTo: full);

        Assert.Equal(2, run.Code);
        Assert.Contains("The output could not be written: No space left on device", run.Error, StringComparison.Ordinal);
        Assert.DoesNotMatch(NameOfException(), run.Error);
    }

    [Theory]
    [InlineData("rounds", "endless")]
    [InlineData("notices", "endless")]
    [InlineData("error", "other")]
    [InlineData("error-later", "read-refused")]
    public async Task Hostile_server_is_told_in_few_words(string manners, string key)
    {
        await using var server = new FakePostgres(manners);
        var directory = Directory.CreateTempSubdirectory("setupwizard-test-");
        try
        {
            using var log = new Core.Audit.JsonLinesAuditLog(directory.FullName, TimeProvider.System);
            var engine = new Core.Engine.SetupRunner(log, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<Core.Engine.SetupRunner>.Instance);
            var runner = manners.StartsWith("error", StringComparison.Ordinal) ? engine : (Core.Engine.ISetupRunner)new HurriedRunner(engine);
            var url = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"postgres://a:b@127.0.0.1:{server.Port}/x?sslmode=disable");

            var json = await CliRun.RunAsync(runner, "check --json --url URL", url: url);
            var text = await CliRun.RunAsync(runner, "check --url URL", url: url);

            Assert.Equal((2, 2), (json.Code, text.Code));
            Assert.Equal(key, json.Json.GetProperty("problem").GetProperty("key").GetString());
            Assert.InRange(json.Output.Length + text.Output.Length, 1, 128 * 1024);
            Assert.DoesNotMatch(NameOfException(), json.Output + json.Error + text.Output + text.Error);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [GeneratedRegex(@"\b\w+Exception\b")]
    private static partial Regex NameOfException();

    private static string Key(string end) => end switch
    {
        "npgsql" or "io" => "connection-lost",
        "timeout" => "too-slow",
        "socket" => "connection-lost",
        "cancelled" => "cancelled",
        _ => "unexpected",
    };

    private static Exception Make(string end) => end switch
    {
        "npgsql" => new NpgsqlException("Exception while reading from stream", new EndOfStreamException()),
        "io" => new IOException("Unable to read data from the transport connection."),
        "timeout" => new TimeoutException("The operation has timed out."),
        "socket" => new SocketException((int)SocketError.ConnectionReset),
        "cancelled" => new OperationCanceledException(),
        "sequence" => new InvalidOperationException("Sequence contains no elements"),
        _ => new TypeInitializationException("SetupWizard.Sample", new InvalidOperationException("System.InvalidOperationException: inner")),
    };

    private sealed class Unwritable(IOException reason) : TextWriter
    {
        public int Tries { get; private set; }

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => Refuse();

        public override void Write(string? value) => Refuse();

        public override void WriteLine(string? value) => Refuse();

        private void Refuse()
        {
            Tries++;
            throw reason;
        }
    }
}
