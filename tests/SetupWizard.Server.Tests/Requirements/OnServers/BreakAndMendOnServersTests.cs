using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Wording;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;
using Xunit.Abstractions;

namespace SetupWizard.Server.Tests.Requirements.OnServers;

/// <summary>For each requirement and state: a real server is broken so, the finding names it, what the finding gives to do is done, and it is green.</summary>
[Collection(SandboxFixture.Rules)]
public sealed class BreakAndMendOnServersTests : IClassFixture<PreparedSources>
{
    private static readonly Breakage[] s_all = [.. ServerBreakages.All, .. AccessBreakages.All, .. TableBreakages.All, .. NetworkBreakages.All, .. UnreadableBreakages.All];

    private readonly PreparedSources _sources;
    private readonly ITestOutputHelper _output;

    public BreakAndMendOnServersTests(PreparedSources sources, ITestOutputHelper output)
    {
        (_sources, _output) = (sources, output);

        // Its rate of WAL is known when it has run for a minute.
        sources.Foresee(SandboxProfile.Plain, 13);
    }

    /// <summary>Each state on one version: the newest that has it.</summary>
    public static TheoryData<string, SandboxProfile, int> Rows => RowsOf(static b => [b.Majors.Max()]);

    /// <summary>On the other versions that have it.</summary>
    public static TheoryData<string, SandboxProfile, int> OtherRows => RowsOf(static b => b.Majors.Where(m => m != b.Majors.Max()));

    /// <summary>States that are not here, and why.</summary>
    private static readonly (string State, string Why)[] s_elsewhere =
    [
        ("SW102 decoding-bug", "No server of such a minor version is fetched."),
        ("SW102 too-old", "No server of such a version is fetched."),
        ("SW102 untested", "No server of such a version is to be had."),
        ("SW103 not-postgres", "Another engine."),
        ("SW105 pooler", "Known by the host name, before anything is read."),
        ("SW105 pooler-known", "PoolerTests runs a pooler."),
        ("SW105 pooler-unnamed", "PoolerTests runs a pooler."),
        ("SW106 reader", "Aurora's own storage; AuroraTests dress a server's facts as its reader."),
        ("SW106 reader-name", "Aurora's own names; AuroraTests have them."),
        ("SW107 off", "The sandbox is on this machine: off-local."),
        ("SW107 old", "No library here speaks TLS 1.1 any more."),
        ("SW108 acts-as", "ActingRoleTests log in as somebody who acts as another."),
        ("SW108 circle", "JoiningOwnersTests make the memberships."),
        ("SW108 login-line", "JoiningOwnersTests make the memberships."),
        ("SW108 login-role", "JoiningOwnersTests make the memberships."),
        ("SW108 login-unseen", "JoiningOwnersTests make the memberships."),
        ("SW109 no-encoding", "EncodingTests makes databases of other encodings."),
        ("SW201 on-demand", "No server of PostgreSQL 19 is to be had."),
        ("SW202 pending", "RDS does not let the server know before the reboot."),
        ("SW206 fixed", "Azure's own; nobody can mend it."),
        ("SW402 held-back", "PublicationOfOthersTests have somebody read it."),
        ("SW402 excepted", "No server of PostgreSQL 19 is to be had."),
        ("SW402 sequences", "No server of PostgreSQL 19 is to be had."),
        ("SW403 held-back", "PublicationOfOthersTests have somebody read it."),
        ("SW404 held-back", "PublicationOfOthersTests have somebody read it."),
        ("SW405 parts", "PublishedPartsTests publish tables in part."),
        ("SW406 extension", "ExtensionTablesTests install one."),
        ("SW406 temporary", "Other sessions' temporary tables are not listed at all."),
        ("SW407 stops-updates-held-back", "PublicationOfOthersTests have the reader, GeneratedKeyTests the column."),
        ("SW409 bytes", "EncodingTests makes names in such bytes."),
        ("SW409 bytes-left-out", "EncodingTests makes names in such bytes."),
        ("SW412 full", "LockTableTests makes a tree of that size."),
        ("SW412 pending", "LockTableTests makes a tree of that size."),
        ("SW412 tight", "LockTableTests makes a tree of that size."),
        ("SW413 undecided-many", "Takes thousands of chosen tables."),
        ("SW415 agreed", "PublicationOfOthersTests have somebody read it."),
        ("SW415 read-elsewhere", "PublicationOfOthersTests have somebody read it."),
        ("SW415 reader-away", "PublicationOfOthersTests have somebody read it."),
        ("SW415 reader-hidden", "PublicationOfOthersTests have somebody read it."),
        ("SW415 shared", "PublicationOfOthersTests have somebody read it."),
        ("SW502 private", "The sandbox is on this machine: local."),
        ("SW503 bundle", "Advice for ClickPipes; nothing at the server to mend."),
        ("SW503 own", "Advice for ClickPipes; nothing at the server to mend."),
    ];

    [Fact]
    public void Every_state_of_every_requirement_is_broken_and_mended_or_has_a_reason_why_not()
    {
        var states = Scenarios.All.Where(s => s.State is not FindingState.NotApplicable).Select(s => s.Code + " " + s.Case).Distinct().Order(StringComparer.Ordinal).ToList();
        var here = s_all.Select(b => b.Code + " " + b.Case).Distinct().ToList();

        var told = here.Concat(s_elsewhere.Select(e => e.State)).ToList();
        AssertNone(states.Except(told), "neither broken here nor given a reason");
        AssertNone(told.Except(states), "told here, and no scenario has it");
        AssertNone(told.GroupBy(s => s).Where(g => g.Count() > 1).Select(g => g.Key), "told twice");
        _output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{here.Count} of {states.Count} states of {RequirementCatalog.All.Count} requirements are produced on real servers and mended, in {s_all.Sum(b => b.Majors.Length)} tests."));
    }

    private static void AssertNone(IEnumerable<string> states, string what)
    {
        var list = string.Join(", ", states);
        Assert.True(list.Length == 0, $"{what}: {list}");
    }

    private static TheoryData<string, SandboxProfile, int> RowsOf(Func<Breakage, IEnumerable<int>> majors)
    {
        // Server by server, so that few run at once.
        var rows = new TheoryData<string, SandboxProfile, int>();
        foreach (var (breakage, major) in s_all.SelectMany(b => majors(b).Select(m => (b, m))).OrderBy(r => r.b.Profile).ThenBy(r => r.m))
        {
            rows.Add(breakage.Name, breakage.Profile, major);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public Task A_broken_source_is_named_mended_as_the_finding_says_and_green(string name, SandboxProfile profile, int major) => HoldsAsync(name, profile, major);

    [Theory]
    [Trait("Speed", "Long")]
    [MemberData(nameof(OtherRows))]
    public Task A_broken_source_is_named_mended_as_the_finding_says_and_green_on_every_other_version(string name, SandboxProfile profile, int major) => HoldsAsync(name, profile, major);

    private async Task HoldsAsync(string name, SandboxProfile profile, int major)
    {
        var breakage = s_all.Single(b => b.Name == name && b.Profile == profile && b.Majors.Contains(major));
        var source = await _sources.TakeAsync(profile, major);
        try
        {
            await breakage.Break(source);
            var broken = await source.InspectAsync();
            var finding = broken.Findings.FirstOrDefault(f => f.Id.Code == breakage.Code && f.Case == breakage.Case);
            Assert.True(finding is not null, "Found instead: " + Describe(broken, breakage.Code));
            Assert.Equal(breakage.State, finding.State);
            AssertWords(finding);
            await _sources.Doubt.CompareAsync(source, broken, prove: true);

            await breakage.Mend(source, finding);

            var mended = await source.InspectAsync();
            Assert.DoesNotContain(mended.Findings, f => f.Id.Code == breakage.Code && (f.Case == breakage.Case || f.IsProblem));
            Assert.Contains(mended.Findings, f => f.Id.Code == breakage.Code);
            await _sources.Doubt.CompareAsync(source, mended);
            await breakage.Restore(source);
            await source.RestoreAsync();
        }
        catch
        {
            await _sources.ThrowAwayAsync(source);
            throw;
        }

        _sources.Mended.Add(breakage.Code + " " + breakage.Case);
        _output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{_sources.Mended.Count} states of {_sources.Mended.Select(m => m[..5]).Distinct().Count()} requirements broken, named, mended and green so far."));
        _output.WriteLine(_sources.Doubt.ToString());
    }

    /// <summary>The four parts in both languages, filled in.</summary>
    private static void AssertWords(Finding finding)
    {
        foreach (var culture in new[] { "en", "ko" })
        {
            var parts = FindingText.For(finding, CultureInfo.GetCultureInfo(culture));
            foreach (var text in new[] { parts.Title, parts.Why, parts.Consequence, parts.Fix })
            {
                Assert.False(string.IsNullOrWhiteSpace(text) || text.Contains('{', StringComparison.Ordinal) || text.StartsWith(finding.Id.Code, StringComparison.Ordinal), text);
            }
        }
    }

    private static string Describe(Inspection inspection, string code) =>
        string.Join("; ", inspection.Findings.Where(f => f.Id.Code == code).Select(f => f.Case + " " + f.State + " " + f.Actual));
}
