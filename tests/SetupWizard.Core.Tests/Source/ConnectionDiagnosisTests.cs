using System.Globalization;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;
using SetupWizard.Core.Wording;

namespace SetupWizard.Core.Tests.Source;

/// <summary>Bad luck before any PostgreSQL answers: names, ports, things that are something else.</summary>
public sealed class ConnectionDiagnosisTests
{
    internal static readonly CultureInfo English = CultureInfo.GetCultureInfo("en");
    internal static readonly CultureInfo Korean = CultureInfo.GetCultureInfo("ko");

    [Fact]
    public async Task An_unknown_host_is_named_and_the_later_stages_are_not_started()
    {
        var report = await RunAsync(Target("no-such-host.invalid"));

        Assert.Equal("dns", report.Verdict.Case);
        Assert.Equal(FindingState.Blocking, report.Verdict.State);
        Assert.Equal(StageState.Failed, report.Stages.Single(s => s.Stage == ConnectStage.Resolve).State);
        Assert.All(report.Stages.Skip(1), s => Assert.Equal(StageState.NotStarted, s.State));
        Assert.Contains("no-such-host.invalid", FindingText.For(report.Verdict, English).Title, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a,b")]
    [InlineData("/var/run/postgresql")]
    [InlineData("two words")]
    [InlineData("")]
    public async Task A_host_that_is_no_host_name_reaches_nothing(string host)
    {
        var report = await RunAsync(Target(host));

        Assert.Equal("dns", report.Verdict.Case);
        Assert.Equal("dns", (await Assert.ThrowsAnyAsync<Npgsql.NpgsqlException>(() => SourceConnector.OpenAsync(Target(host), "test", CancellationToken.None)) is { } e
            ? ConnectionDiagnosis.Classify(e, Target(host))
            : null)?.Case);
    }

    [Fact]
    public async Task A_closed_port_is_refused_with_its_number_unformatted()
    {
        using var port = new ClosedPort();

        var report = await RunAsync(Target("127.0.0.1", port.Number));

        Assert.Equal("refused", report.Verdict.Case);
        Assert.Equal(StageState.Passed, report.Stages.Single(s => s.Stage == ConnectStage.Resolve).State);
        Assert.Equal(StageState.Failed, report.Stages.Single(s => s.Stage == ConnectStage.Reach).State);
        Assert.Contains(port.Number.ToString(CultureInfo.InvariantCulture), FindingText.For(report.Verdict, English).Title, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_accepts_and_keeps_silent_when_asked_for_TLS_ends_after_ten_seconds()
    {
        await using var listener = FakeListener.Silent();
        var clock = new FakeTimeProvider();
        var running = ConnectionDiagnosis.RunAsync(Target("127.0.0.1", listener.Port), NeverRead, null, clock, CancellationToken.None);
        await listener.Heard;

        clock.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(running.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal("hung", (await running).Verdict.Case);
    }

    [Fact]
    public async Task A_host_that_accepts_and_keeps_silent_at_log_in_ends_after_ten_seconds()
    {
        await using var listener = FakeListener.Silent();
        var started = TimeProvider.System.GetTimestamp();
        var running = RunAsync(Target("127.0.0.1", listener.Port, TlsMode.Disable));

        Assert.True(await Eventually.EndsAsync(running, TimeSpan.FromSeconds(12)), "It does not end.");

        Assert.Equal("hung", (await running).Verdict.Case);
        Assert.True(TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromSeconds(9), "It ends too early.");
    }

    [Theory]
    [InlineData(TlsMode.VerifyFull)]
    [InlineData(TlsMode.Disable)]
    public async Task Cancelling_a_silent_host_works_within_a_second(TlsMode tls)
    {
        await using var listener = FakeListener.Silent();
        using var cancel = new CancellationTokenSource();
        var running = RunAsync(Target("127.0.0.1", listener.Port, tls), cancel.Token);
        await listener.Heard;
        Assert.False(running.IsCompleted);

        await cancel.CancelAsync();

        Assert.True(await Eventually.EndsAsync(running, TimeSpan.FromSeconds(1)), "It does not end.");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Cancelling_an_open_without_stages_works_within_a_second()
    {
        await using var listener = FakeListener.Silent();
        using var cancel = new CancellationTokenSource();
        var running = SourceConnector.OpenAsync(Target("127.0.0.1", listener.Port), "test", cancel.Token);
        await listener.Heard;
        Assert.False(running.IsCompleted);

        await cancel.CancelAsync();

        Assert.True(await Eventually.EndsAsync(running, TimeSpan.FromSeconds(1)), "It does not end.");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_web_server_is_not_PostgreSQL()
    {
        await using var listener = FakeListener.Answering(Encoding.ASCII.GetBytes("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"));

        var report = await RunAsync(Target("127.0.0.1", listener.Port));
        var direct = await Assert.ThrowsAnyAsync<Exception>(() => SourceConnector.OpenAsync(Target("127.0.0.1", listener.Port), "test", CancellationToken.None));

        Assert.Equal("not-postgres", report.Verdict.Case);
        Assert.Equal("not-postgres", ConnectionDiagnosis.Classify(direct, Target("127.0.0.1", listener.Port)).Case);
    }

    [Theory]
    [InlineData(TlsMode.VerifyFull)]
    [InlineData(TlsMode.Disable)]
    public async Task A_port_that_hangs_up_at_once_is_told_apart(TlsMode tls)
    {
        await using var listener = FakeListener.Closing();

        var report = await RunAsync(Target("127.0.0.1", listener.Port, tls));

        Assert.Equal("closed-at-once", report.Verdict.Case);
    }

    [Fact]
    public async Task A_server_without_TLS_on_this_machine_may_be_opened_without_it_by_one_click()
    {
        await using var listener = FakeListener.Answering("N"u8.ToArray());

        var report = await RunAsync(Target("127.0.0.1", listener.Port));

        Assert.Equal("tls-refused", report.Verdict.Case);
        var proposal = Assert.Single(report.Proposals);
        Assert.Equal(("turn-tls-off", TlsMode.Disable), (proposal.Key, proposal.Endpoint.Tls));
    }

    [Fact]
    public async Task A_proxy_is_told_by_its_name_before_any_connection()
    {
        var report = await RunAsync(Target("shop.proxy-c1a2b3.eu-central-1.rds.amazonaws.com"));

        Assert.Equal(RequirementId.DirectConnection, report.Verdict.Id);
        Assert.Equal("RDS Proxy", report.Verdict.Actual);
        Assert.All(report.Stages, s => Assert.Equal(StageState.NotStarted, s.State));
        Assert.Empty(report.Proposals);
    }

    [Fact]
    public async Task A_pooler_whose_direct_host_is_known_is_left_by_one_click()
    {
        var report = await RunAsync(Target("shop.postgres.database.azure.com", AzureFlexible.PgBouncerPort));

        Assert.Equal(RequirementId.DirectConnection, report.Verdict.Id);
        var proposal = Assert.Single(report.Proposals);
        Assert.Equal(("use-direct-host", "shop.postgres.database.azure.com", 5432), (proposal.Key, proposal.Endpoint.Host, proposal.Endpoint.Port));
    }

    [Fact]
    public void A_port_alone_does_not_make_a_pooler() =>
        Assert.Null(ConnectionDiagnosis.PoolerByName(Target("db.example.com", 6432).Endpoint));

    [Fact]
    public async Task Progress_reports_each_stage_once_as_it_starts_and_once_as_it_ends()
    {
        await using var listener = FakeListener.Answering("N"u8.ToArray());
        var heard = new List<StageResult>();

        await ConnectionDiagnosis.RunAsync(Target("127.0.0.1", listener.Port), NeverRead, new Recorder(heard), TimeProvider.System, CancellationToken.None);

        Assert.Equal(
            [
                (ConnectStage.Resolve, StageState.Running), (ConnectStage.Resolve, StageState.Passed),
                (ConnectStage.Reach, StageState.Running), (ConnectStage.Reach, StageState.Passed),
                (ConnectStage.Tls, StageState.Running), (ConnectStage.Tls, StageState.Failed),
            ],
            heard.Select(s => (s.Stage, s.State)));
    }

    [Fact]
    public void Every_case_has_all_four_parts_in_both_languages()
    {
        foreach (var @case in ConnectionFailure.Cases)
        {
            var finding = new Finding { Id = RequirementId.Reachable, Area = Area.Connect, State = FindingState.Blocking, Case = @case };
            foreach (var culture in new[] { English, Korean })
            {
                var parts = FindingText.For(finding, culture);
                Assert.All([parts.Title, parts.Why, parts.Consequence, parts.Fix], part =>
                {
                    Assert.NotEmpty(part);
                    Assert.DoesNotContain("SW101", part, StringComparison.Ordinal);
                });
            }

            Assert.NotEqual(FindingText.For(finding, English).Title, FindingText.For(finding, Korean).Title);
        }
    }

    internal static SetupTarget Target(string host, int port = 5432, TlsMode tls = TlsMode.VerifyFull) => new(
        new SourceEndpoint { Host = host, Port = port, Database = "postgres", Tls = tls },
        new SourceCredentials("admin", new SecretString("canary-secret-7")));

    internal static Task<ConnectReport> RunAsync(SetupTarget target, CancellationToken cancellationToken = default) =>
        ConnectionDiagnosis.RunAsync(target, NeverRead, null, TimeProvider.System, cancellationToken);

    private static Task<Inspection> NeverRead(OpenedSource source, CancellationToken cancellationToken) => throw new InvalidOperationException("Nothing was to be opened.");

    private sealed class Recorder(List<StageResult> heard) : IProgress<StageResult>
    {
        public void Report(StageResult value) => heard.Add(value);
    }
}
