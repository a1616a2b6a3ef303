using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Export;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using Xunit.Abstractions;

namespace SetupWizard.Core.Tests.Source;

/// <summary>Whatever speaks the protocol and means no good is told as that, in time and in little memory.</summary>
public sealed class HostileServerTests(ITestOutputHelper said) : IDisposable
{
    private const long Megabyte = 1024 * 1024;

    private static readonly SourceLimits s_short = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));

    private readonly string _directory = Directory.CreateTempSubdirectory("setupwizard-test-").FullName;

    [Theory]
    [InlineData("rounds", "endless")]
    [InlineData("notices", "endless")]
    [InlineData("parameters", "endless")]
    [InlineData("silence", "hung")]
    [InlineData("notices-later", "connection-lost")]
    public async Task What_has_no_end_ends_in_time_and_is_told(string manners, string expected)
    {
        await using var server = new FakePostgres(manners);
        using var log = new JsonLinesAuditLog(_directory, TimeProvider.System);
        var runner = new SetupRunner(log, TimeProvider.System, NullLogger<SetupRunner>.Instance);
        var clock = Stopwatch.StartNew();
        var working = Environment.WorkingSet;

        var read = await runner.InspectAsync(TargetOf(server), new SetupGoal(), CancellationToken.None);

        said.WriteLine($"{manners}: {clock.Elapsed.TotalSeconds:F1} s, working set +{(Environment.WorkingSet - working) / Megabyte} MB");
        Assert.Equal(expected, read.Findings.Single().Case);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Server_that_keeps_an_opening_busy_gets_no_second_one_until_that_is_over()
    {
        await using var server = new FakePostgres("parameter");
        using var log = new JsonLinesAuditLog(_directory, TimeProvider.System);
        var runner = new SetupRunner(log, TimeProvider.System, NullLogger<SetupRunner>.Instance);
        var target = TargetOf(server) with { Limits = s_short with { Open = TimeSpan.FromSeconds(1) } };

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("endless", (await runner.InspectAsync(target, new SetupGoal(), CancellationToken.None)).Findings.Single().Case);
        }

        Assert.Equal(1, server.Sessions);
        server.BeEnough();
        await Eventually.TrueAsync(
            async () =>
            {
                await runner.InspectAsync(target, new SetupGoal(), CancellationToken.None);
                return server.Sessions > 1;
            },
            "The server is not tried again.",
            TimeSpan.FromSeconds(60));
    }

    [Theory]
    [InlineData("error", "other")]
    [InlineData("error-later", "read-refused")]
    public async Task Message_of_megabytes_is_kept_and_told_in_part(string manners, string expected)
    {
        await using var server = new FakePostgres(manners);
        using var log = new JsonLinesAuditLog(_directory, TimeProvider.System);
        var runner = new SetupRunner(log, TimeProvider.System, NullLogger<SetupRunner>.Instance);
        var before = GC.GetTotalAllocatedBytes();

        // Megabytes take their time where much else is going on.
        var read = await runner.InspectAsync(TargetOf(server) with { Limits = SourceLimits.Usual }, new SetupGoal(), CancellationToken.None);

        var reading = GC.GetTotalAllocatedBytes();

        // Of this thread: what tests beside this one take is not counted.
        var written = GC.GetAllocatedBytesForCurrentThread();
        var report = JsonReport.Write(new ReportInput(read), System.Globalization.CultureInfo.GetCultureInfo("en"));
        var telling = GC.GetAllocatedBytesForCurrentThread() - written;
        said.WriteLine($"{manners}: {(reading - before) / Megabyte} MB to read, {telling / 1024} kB to tell");
        var finding = read.Findings.Single();
        Assert.Equal(expected, finding.Case);
        Assert.InRange(finding.Server!.Text.Length, 1, ServerMessage.MostCharacters + 2);
        Assert.InRange(report.Length, 1, 64 * 1024);
        Assert.InRange(telling, 0, 4 * Megabyte);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static SetupTarget TargetOf(FakePostgres server) => new(
        new SourceEndpoint { Host = "127.0.0.1", Port = server.Port, Database = "x", Tls = TlsMode.Disable },
        new SourceCredentials("a", new SecretString("p")))
    {
        Limits = s_short,
    };
}
