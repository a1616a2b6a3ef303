using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Reading;
using SetupWizard.Core.Wording;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Source;

/// <summary>Connecting to a real server that says no, each time for another reason.</summary>
public sealed class ConnectTests(OwnServer server) : IClassFixture<OwnServer>
{
    internal static readonly CultureInfo English = CultureInfo.GetCultureInfo("en");
    internal static readonly CultureInfo Korean = CultureInfo.GetCultureInfo("ko");

    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task A_good_connection_passes_all_stages_and_leaves_no_complaint_in_the_server_log()
    {
        // A server that nobody else has annoyed: complaints about sessions of other tests come when their ends are noticed.
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain);
        var before = (await File.ReadAllTextAsync(sandbox.ServerLogPath)).Length;

        var report = await OwnServer.ConnectAsync(sandbox.Target());

        Assert.True(report.Succeeded, report.Verdict.Case);
        Assert.All(report.Stages, s => Assert.Equal(StageState.Passed, s.State));
        Assert.Equal("TLSv1.3", report.Stages.Single(s => s.Stage == ConnectStage.Tls).Detail);
        Assert.Equal((FindingState.Satisfied, "ok"), (report.Verdict.State, report.Verdict.Case));
        Assert.Contains("localhost", report.Certificate!.DnsNames);
        var log = (await File.ReadAllTextAsync(sandbox.ServerLogPath))[before..];
        Assert.DoesNotContain("SSL", log, StringComparison.Ordinal);
        Assert.DoesNotContain("ERROR", log, StringComparison.Ordinal);
        Assert.DoesNotContain("incomplete startup packet", log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tester", "wrong", "password")]
    [InlineData("nobody_here", "wrong", "password")]
    [InlineData("tester", "", "no-password")]
    [InlineData("sleeper", OwnServer.Password, "login-not-permitted")]
    [InlineData("crowded", OwnServer.Password, "too-many-connections-user")]
    public async Task A_login_that_is_refused_is_told_apart_from_others(string user, string password, string expected)
    {
        var report = await OwnServer.ConnectAsync(server.Target(user, password));

        Assert.Equal(expected, report.Verdict.Case);
        Assert.Equal(StageState.Passed, report.Stages.Single(s => s.Stage == ConnectStage.Tls).State);
        Assert.Equal(StageState.Failed, report.Stages.Single(s => s.Stage == ConnectStage.LogIn).State);
        Assert.Equal(StageState.NotStarted, report.Stages.Single(s => s.Stage == ConnectStage.Read).State);
        AssertSaid(report);
    }

    [Fact]
    public async Task An_unknown_database_lists_those_that_exist_likely_ones_first()
    {
        var report = await OwnServer.ConnectAsync(server.Target(database: "sales"));

        Assert.Equal("unknown-database", report.Verdict.Case);
        Assert.Equal("Sales, shop, postgres", report.Verdict.Arguments["databases"]);
        Assert.Equal(["Sales", "shop", "postgres"], report.Proposals.Select(p => p.Endpoint.Database));
        Assert.All(report.Proposals, p => Assert.Equal("use-database", p.Key));
        Assert.Equal("Use database Sales", ConnectText.For(report.Proposals[0], English));
        AssertSaid(report);
        Assert.True((await OwnServer.ConnectAsync(server.Target() with { Endpoint = report.Proposals[0].Endpoint })).Succeeded);
    }

    [Theory]
    [InlineData("closed", "database-closed")]
    [InlineData("secret", "no-connect-privilege")]
    public async Task A_database_that_lets_nobody_in_says_which_privilege_is_missing(string database, string expected)
    {
        var report = await OwnServer.ConnectAsync(server.Target(database: database));

        Assert.Equal(expected, report.Verdict.Case);
        AssertSaid(report);
    }

    [Fact]
    public async Task A_certificate_nobody_trusts_offers_encryption_alone_and_that_works()
    {
        var report = await OwnServer.ConnectAsync(server.Target(ca: null));

        Assert.Equal("certificate-untrusted", report.Verdict.Case);
        Assert.Equal("CN=SetupWizard sandbox authority", report.Verdict.Arguments["issuer"]);
        var proposal = Assert.Single(report.Proposals);
        Assert.Equal("encrypt-only", proposal.Key);
        Assert.True((await OwnServer.ConnectAsync(server.Target() with { Endpoint = proposal.Endpoint })).Succeeded);
        Assert.Equal("certificate-untrusted", (await ClassifyAsync(server.Target(ca: null))).Case);
        AssertSaid(report);
    }

    [Fact]
    public async Task A_CA_text_without_a_certificate_is_told_before_anything_is_sent()
    {
        var report = await OwnServer.ConnectAsync(server.Target(ca: "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n"));

        Assert.Equal("ca-unreadable", report.Verdict.Case);
        Assert.Equal("ca-unreadable", (await ClassifyAsync(server.Target(ca: "nothing"))).Case);
    }

    [Theory]
    [InlineData(false, false, TlsMode.VerifyFull, "certificate-name")]
    [InlineData(false, false, TlsMode.VerifyCa, null)]
    [InlineData(true, false, TlsMode.VerifyCa, "certificate-expired")]
    [InlineData(false, true, TlsMode.VerifyCa, null)]
    [InlineData(true, true, TlsMode.Require, null)]
    public async Task A_certificate_is_judged_as_libpq_judges_it(bool expired, bool selfSigned, TlsMode tls, string? expected)
    {
        var ca = await server.Superuser.UseCertificateAsync("other.example.com", expired, selfSigned);
        try
        {
            var target = server.Target(tls: tls, ca: ca);
            var report = await OwnServer.ConnectAsync(target);

            Assert.Equal(expected ?? "ok", report.Verdict.Case);
            if (expected is not null)
            {
                Assert.Equal(expected, (await ClassifyAsync(target)).Case);
                Assert.Equal(expected == "certificate-name" ? "other.example.com" : report.Verdict.Arguments["presented"], report.Verdict.Arguments["presented"]);
                AssertSaid(report);
            }

            // A replication connection takes a string and a file, and must not judge differently.
            var refusal = await Record.ExceptionAsync(async () => await (await ReplicationSession.OpenAsync(target, "test", "-c lock_timeout=1000", SourceLimits.Usual.Command, TimeProvider.System, CancellationToken.None)).DisposeAsync());
            Assert.Equal(expected is not null, refusal is Npgsql.NpgsqlException and not Npgsql.PostgresException);
        }
        finally
        {
            await server.Superuser.UseOwnCertificateAsync();
        }
    }

    [Fact]
    public async Task A_server_that_wants_TLS_offers_to_turn_it_on()
    {
        await server.Superuser.SetAccessAsync("hostssl all all all scram-sha-256");
        try
        {
            var report = await OwnServer.ConnectAsync(server.Target(tls: TlsMode.Disable));

            Assert.Equal("tls-required", report.Verdict.Case);
            Assert.Equal(StageState.Skipped, report.Stages.Single(s => s.Stage == ConnectStage.Tls).State);
            var proposal = Assert.Single(report.Proposals);
            Assert.Equal("turn-tls-on", proposal.Key);
            Assert.True((await OwnServer.ConnectAsync(server.Target() with { Endpoint = proposal.Endpoint })).Succeeded);
            AssertSaid(report);
        }
        finally
        {
            await server.Superuser.SetAccessAsync(ServerTricks.UsualRules);
        }
    }

    [Fact]
    public async Task A_server_without_a_rule_for_this_login_names_the_line_to_add()
    {
        await server.Superuser.SetAccessAsync("hostssl all sleeper all scram-sha-256");
        try
        {
            var report = await OwnServer.ConnectAsync(server.Target());

            Assert.Equal("no-pg-hba-entry", report.Verdict.Case);
            var fix = FindingText.For(report.Verdict, English).Fix;
            Assert.Matches(@"hostssl shop tester (127\.0\.0\.1/32|::1/128) scram-sha-256", fix);
            AssertSaid(report);
        }
        finally
        {
            await server.Superuser.SetAccessAsync(ServerTricks.UsualRules);
        }
    }

    [Fact]
    public async Task A_server_that_asks_for_a_client_certificate_is_told_apart()
    {
        var ca = await server.Superuser.UseCertificateAsync("localhost");
        await server.Superuser.WriteServerFileAsync("client-ca.crt", ca);
        await server.Superuser.SetAsync("ssl_ca_file", "client-ca.crt");
        await server.Superuser.SetAccessAsync("hostssl all all all cert");
        try
        {
            var report = await OwnServer.ConnectAsync(server.Target(ca: ca));

            Assert.Equal("client-certificate", report.Verdict.Case);
            AssertSaid(report);
        }
        finally
        {
            await server.Superuser.SetAccessAsync(ServerTricks.UsualRules);
            await server.Superuser.ExecuteAsync("ALTER SYSTEM RESET ssl_ca_file");
            await server.Superuser.UseOwnCertificateAsync();
        }
    }

    [Fact]
    public async Task A_server_that_trusts_everybody_still_knows_no_unknown_user()
    {
        await server.Superuser.SetAccessAsync("hostssl all all all trust");
        try
        {
            Assert.Equal("unknown-user", (await OwnServer.ConnectAsync(server.Target("nobody_here"))).Verdict.Case);
            Assert.Equal("login-not-permitted", (await OwnServer.ConnectAsync(server.Target("sleeper"))).Verdict.Case);
        }
        finally
        {
            await server.Superuser.SetAccessAsync(ServerTricks.UsualRules);
        }
    }

    [Fact]
    public async Task A_server_without_TLS_on_this_machine_is_opened_without_it_by_one_click()
    {
        await server.Superuser.SetAsync("ssl", "off");
        try
        {
            var report = await OwnServer.ConnectAsync(server.Target());

            Assert.Equal("tls-refused", report.Verdict.Case);
            Assert.Equal("tls-refused", (await ClassifyAsync(server.Target())).Case);
            Assert.True((await OwnServer.ConnectAsync(server.Target() with { Endpoint = Assert.Single(report.Proposals).Endpoint })).Succeeded);
        }
        finally
        {
            await server.Superuser.SetAsync("ssl", "on");
        }
    }

    [Fact]
    public async Task A_read_only_default_does_not_keep_a_source_from_being_read()
    {
        await server.Superuser.ExecuteAsync("ALTER ROLE tester SET default_transaction_read_only = on");
        try
        {
            Assert.True((await OwnServer.ConnectAsync(server.Target())).Succeeded);
        }
        finally
        {
            await server.Superuser.ExecuteAsync("ALTER ROLE tester RESET default_transaction_read_only");
        }
    }

    [Fact]
    public async Task A_statement_that_takes_too_long_is_told_apart_and_named_in_the_last_stage()
    {
        await server.Superuser.ExecuteAsync("ALTER ROLE tester SET statement_timeout = '1ms'");
        try
        {
            await using var source = await SourceConnector.OpenAsync(server.Target(), "test", CancellationToken.None);
            var slow = await Record.ExceptionAsync(() => source.Connection.ExecuteAsync("SELECT pg_sleep(1)"));

            Assert.Equal("too-slow", ConnectionDiagnosis.Classify(slow!, server.Target()).Case);
        }
        finally
        {
            await server.Superuser.ExecuteAsync("ALTER ROLE tester RESET statement_timeout");
        }
    }

    [Fact]
    public async Task A_session_that_is_ended_while_reading_is_told_apart()
    {
        var report = await ConnectionDiagnosis.RunAsync(
            server.Target(),
            async (source, token) =>
            {
                await server.Superuser.ExecuteAsync($"SELECT pg_terminate_backend({source.Connection.ProcessID})");
                await SnapshotReader.ReadAsync(source, new SetupGoal(), token);
                throw new InvalidOperationException("It was to be gone.");
            },
            null,
            TimeProvider.System,
            CancellationToken.None);

        Assert.Equal("connection-lost", report.Verdict.Case);
        Assert.Equal(StageState.Failed, report.Stages.Single(s => s.Stage == ConnectStage.Read).State);
    }

    [Fact]
    public async Task An_open_session_says_who_it_is_and_holds_no_password()
    {
        await using var source = await SourceConnector.OpenAsync(server.Target(), "test", CancellationToken.None);

        Assert.Equal("SetupWizard test", await source.Connection.ScalarAsync<string>("SELECT current_setting('application_name')"));
        Assert.DoesNotContain("canary", source.Connection.ConnectionString, StringComparison.Ordinal);
    }

    /// <summary>Whatever is said has sentences in both languages, the server's own words where there were any, and never the password.</summary>
    private static void AssertSaid(ConnectReport report)
    {
        var verdict = report.Verdict;
        var english = FindingText.For(verdict, English);
        var korean = FindingText.For(verdict, Korean);
        foreach (var part in new[] { english.Title, english.Why, english.Consequence, english.Fix, korean.Title, korean.Why, korean.Consequence, korean.Fix })
        {
            Assert.NotEmpty(part);
            Assert.DoesNotMatch(@"\{[a-zA-Z]+\}", part);
            Assert.DoesNotContain("canary", part, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("canary", JsonSerializer.Serialize(verdict, s_json), StringComparison.Ordinal);
        Assert.DoesNotContain("canary", JsonSerializer.Serialize(report.Proposals, s_json), StringComparison.Ordinal);
        Assert.Contains(verdict.Case, ConnectionFailure.Cases);
    }

    private static async Task<Finding> ClassifyAsync(SetupTarget target) => ConnectionDiagnosis.Classify(
        await Assert.ThrowsAnyAsync<Npgsql.NpgsqlException>(() => SourceConnector.OpenAsync(target, "test", CancellationToken.None)),
        target);
}
