using System.Text.Json;
using System.Text.RegularExpressions;
using SetupWizard.Core.Model;
using SetupWizard.Server.Tests.Support;
using Xunit.Abstractions;

namespace SetupWizard.Server.Tests.Cli;

/// <summary>
/// Every verb with a fault at any packet: there is a report that a program can read, a documented exit code, nothing left on the server and nothing half done, and a
/// second run completes.
/// </summary>
public sealed partial class CutTests(CutServer server, ITestOutputHelper said) : IClassFixture<CutServer>
{
    /// <summary>No verb has so many packets in one direction.</summary>
    private const int Most = 400;

    private static readonly Fault[] s_faults = [Fault.Reset, Fault.Close, Fault.Delay];

    /// <summary>Verbs that change nothing.</summary>
    private static readonly string[] s_readers =
    [
        "check --json", "plan --json", "plan --dry-run --json", "plan --undo --json", "verify --json", "verify --watch 1 --json", "watch --count 2 --json",
        "check", "verify", "export --format markdown", "export --format sql", "export --format undo", "export --format plan", "guide",
    ];

    public static TheoryData<string> Readers => [.. s_readers];

    [Theory]
    [InlineData("check --json", 5)]
    [InlineData("verify --json", 5)]
    public Task Some_packets_of_a_verb_that_reads(string verb, int step) => ReadAsync(verb, step, s_faults, turnsEach: 1);

    [Fact]
    public Task Some_packets_of_apply() => ApplyAsync(undo: false, 5, s_faults, turnsEach: 1);

    /// <summary>Silence takes as long as somebody would wait: a few cases are enough every day.</summary>
    [Fact]
    public Task Silence_at_some_packets() => ReadAsync("check --json", 8, [Fault.Silence], turnsEach: 1);

    [Theory]
    [Trait("Speed", "Long")]
    [MemberData(nameof(Readers))]
    public Task Every_packet_of_a_verb_that_reads(string verb) => ReadAsync(verb, 1, s_faults, turnsEach: s_faults.Length);

    [Theory]
    [Trait("Speed", "Long")]
    [MemberData(nameof(Readers))]
    public Task Silence_at_every_packet_of_a_verb_that_reads(string verb) => ReadAsync(verb, 1, [Fault.Silence], turnsEach: 1);

    [Theory]
    [Trait("Speed", "Long")]
    [InlineData(false)]
    [InlineData(true)]
    public Task Every_packet_of_apply(bool undo) => ApplyAsync(undo, 1, s_faults, turnsEach: s_faults.Length);

    [Theory]
    [Trait("Speed", "Long")]
    [InlineData(false)]
    [InlineData(true)]
    public Task Silence_at_every_packet_of_apply(bool undo) => ApplyAsync(undo, 1, [Fault.Silence], turnsEach: 1);

    private async Task ReadAsync(string verb, int step, IReadOnlyList<Fault> faults, int turnsEach)
    {
        Assert.Equal(0, (await server.RunAsync("apply --yes --json")).Code);
        var undisturbed = await server.RunAsync(verb);
        Assert.InRange(undisturbed.Code, 0, 1);
        var cases = await EachAsync(step, faults, turnsEach, async (fault, toServer, number) =>
        {
            var (run, struck) = await server.RunAsync(verb, fault, toServer, number);
            var what = $"{verb}: {fault} at packet {number} {(toServer ? "to" : "from")} the server\n{run.Code}\n{run.Output}\n{run.Error}";
            Report(verb, run, what);
            Assert.True(fault != Fault.Delay || run.Code == undisturbed.Code, what);
            return struck;
        });
        await NothingIsLeftAsync();
        Assert.Equal(undisturbed.Code, (await server.RunAsync(verb)).Code);
        said.WriteLine($"{verb}: {cases} cases");
    }

    private async Task ApplyAsync(bool undo, int step, IReadOnlyList<Fault> faults, int turnsEach)
    {
        const string Apply = "apply --yes --json";
        const string Undo = "apply --undo --yes --json";
        var (verb, back) = undo ? (Undo, Apply) : (Apply, Undo);
        await server.RunAsync(Apply);
        await server.RunAsync(Undo);
        var phases = Phases(await server.RunAsync("plan --json"));
        if (undo)
        {
            Assert.Equal(0, (await server.RunAsync(Apply)).Code);
        }

        var cases = await EachAsync(step, faults, turnsEach, async (fault, toServer, number) =>
        {
            var (run, struck) = await server.RunAsync(verb, fault, toServer, number);
            var what = $"{verb}: {fault} at packet {number} {(toServer ? "to" : "from")} the server\n{run.Code}\n{run.Output}\n{run.Error}";
            Report(verb, run, what);

            // A session whose client vanished ends a moment later, and holds the lock of its apply until then.
            await NothingIsLeftAsync();
            var now = Phases(await server.RunAsync("plan --json"));
            Assert.All(phases, phase => Assert.True(now.GetValueOrDefault(phase.Key) is var left && (left == 0 || left == phase.Value), what + "\nhalf done: " + phase.Key));
            var second = await server.RunAsync(verb);
            Assert.True(second.Code == 0 && second.Json.GetProperty("outcome").GetString() is "completed" or "nothingToDo" or null, what + "\nthen " + second.Output);
            Assert.Equal(undo ? phases : [], Phases(await server.RunAsync("plan --json")));
            if (undo)
            {
                server.BeginAnew();
            }

            Assert.Equal(0, (await server.RunAsync(back)).Code);
            if (!undo)
            {
                server.BeginAnew();
            }

            return struck;
        });
        said.WriteLine($"{verb}: {cases} cases");
    }

    /// <summary>Both directions, packet by packet, until there is none of that number; the faults take turns.</summary>
    private static async Task<int> EachAsync(int step, IReadOnlyList<Fault> faults, int turnsEach, Func<Fault, bool, int, Task<bool>> run)
    {
        var (cases, turn) = (0, 0);
        foreach (var toServer in new[] { true, false })
        {
            var struck = true;
            for (var number = 1; struck; number += step)
            {
                Assert.True(number < Most);
                for (var i = 0; i < turnsEach && struck; i++)
                {
                    struck = await run(faults[turn++ % faults.Count], toServer, number);
                    cases++;
                }
            }
        }

        return cases;
    }

    /// <summary>What anybody may rely on of what was printed.</summary>
    private static void Report(string verb, CliRun run, string what)
    {
        Assert.True(run.Code is >= 0 and <= 2, what);
        Assert.DoesNotMatch(NameOfException(), run.Output + run.Error);
        if (!verb.Contains("--json", StringComparison.Ordinal))
        {
            Assert.True(run.Output.Length > 0 || run.Error.Length > 0, what);
            Assert.True(run.Code == 0 || verb is "check" or "verify" || run.Output.Length == 0 || IsRefusal(verb, run.Output), what);
            return;
        }

        try
        {
            var objects = (verb.Contains("watch", StringComparison.Ordinal) ? run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries) : [run.Output])
                .Select(static l => JsonDocument.Parse(l).RootElement).ToList();
            var last = objects[^1];
            Assert.True(run.Code != 2 || last.TryGetProperty("reachable", out _) || last.GetProperty("problem").ValueKind == JsonValueKind.Object || last.GetProperty("proof").GetArrayLength() > 0, what);

            // A way that broke says nothing of passwords, privileges and publications.
            Assert.All(
                last.TryGetProperty("proof", out var proof) ? proof.EnumerateArray().SelectMany(static s => s.TryGetProperty("failures", out var all) ? all.EnumerateArray() : []) : [],
                failure => Assert.True(failure.GetProperty("owner").GetString() == RequirementId.Reachable.Code || failure.GetProperty("key").GetString() is "proof-slot-slow" or "proof-no-change" or "proof-left-behind", what));

            // After an apply that was cut off the source may be ready all the same, and one whose undo could not be planned is; that the apply is over it must not say.
            Assert.False(verb.Contains("--undo", StringComparison.Ordinal) && last.TryGetProperty("problem", out var problem) && problem.ValueKind == JsonValueKind.Object && problem.GetProperty("key").GetString() == "undo-no-record", what);
            Assert.True(run.Code == 0 || verb.StartsWith("apply", StringComparison.Ordinal) || verb.Contains("--undo", StringComparison.Ordinal) || !last.TryGetProperty("ready", out var ready) || !ready.GetBoolean(), what);
            Assert.True(run.Code == 0 || !last.TryGetProperty("outcome", out var outcome) || outcome.GetString() != "completed", what);
        }
        catch (JsonException e)
        {
            Assert.Fail(e.Message + "\n" + what);
        }
    }

    /// <summary>A script that says why there is none, and fails.</summary>
    private static bool IsRefusal(string verb, string output) =>
        verb is "export --format sql" or "export --format undo" && output.StartsWith("\\set ON_ERROR_STOP on", StringComparison.Ordinal) && output.Contains("RAISE EXCEPTION", StringComparison.Ordinal) && !output.Contains("BEGIN;", StringComparison.Ordinal);

    private async Task NothingIsLeftAsync()
    {
        await Eventually.TrueAsync(async () => await server.CountAsync("SELECT count(*) FROM pg_replication_slots") == 0, "A slot is left.");
        await Eventually.TrueAsync(
            async () => await server.CountAsync("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'SetupWizard %' AND pid <> pg_backend_pid()") == 0,
            "A session is left.");
    }

    /// <summary>How many changes of each phase are to be made; tables are told apart one by one, and each of them is whole.</summary>
    private static Dictionary<string, int> Phases(CliRun plan) => plan.Json.GetProperty("changes").EnumerateArray()
        .Where(static c => c.GetProperty("state").GetString() == "planned" && c.GetProperty("transactional").GetBoolean() && c.GetProperty("phase").GetString() != "replicaIdentity")
        .GroupBy(static c => c.GetProperty("phase").GetString()!)
        .ToDictionary(static g => g.Key, static g => g.Count());

    [GeneratedRegex(@"\b\w+Exception\b")]
    private static partial Regex NameOfException();
}
