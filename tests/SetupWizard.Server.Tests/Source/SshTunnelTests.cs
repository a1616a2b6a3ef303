using System.Globalization;
using System.Net;
using Microsoft.Extensions.Time.Testing;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Core.Wording;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Source;

/// <summary>Through a real sshd to a real server, and every way in which that fails.</summary>
[Collection(SandboxFixture.Collection)]
public sealed class SshTunnelTests(SandboxFixture sandboxes)
{
    [Theory]
    [InlineData("good")]
    [InlineData("encrypted")]
    [InlineData("pem")]
    public async Task Source_is_read_through_a_bastion_with_every_kind_of_key(string key)
    {
        await using var bastion = await SshServer.StartAsync();
        var way = await WayAsync(bastion, c => bastion.Key(key, key == "encrypted" ? SshServer.Passphrase : null));
        await using var tunnel = way.Tunnel!;

        var report = await OwnServer.ConnectAsync(way);

        Assert.True(report.Succeeded, report.Verdict.Case + ": " + report.Verdict.Actual);
        Assert.Equal(Enum.GetValues<ConnectStage>(), report.Stages.Select(s => s.Stage));
        Assert.All(report.Stages, s => Assert.Equal(StageState.Passed, s.State));
        Assert.Empty(report.Inspection!.Snapshot!.Addresses);
    }

    [Fact]
    public async Task Windows_line_ends_in_a_key_do_no_harm()
    {
        await using var bastion = await SshServer.StartAsync();
        var way = await WayAsync(bastion, c => new SshCredentials { PrivateKey = new SecretString("\r\n" + c.PrivateKey!.Reveal().ReplaceLineEndings("\r\n")) });
        await using var tunnel = way.Tunnel!;

        Assert.True((await OwnServer.ConnectAsync(way)).Succeeded);
    }

    [Theory]
    [InlineData("stranger", null, "ssh-key-refused")]
    [InlineData("encrypted", null, "ssh-passphrase")]
    [InlineData("encrypted", "another one", "ssh-passphrase")]
    public async Task Key_that_does_not_open_the_bastion_says_why(string key, string? passphrase, string @case)
    {
        await using var bastion = await SshServer.StartAsync();

        await FailsAsync(await WayAsync(bastion, _ => bastion.Key(key, passphrase)), @case, ConnectStage.Tunnel);
    }

    [Fact]
    public async Task Text_that_is_no_key_a_wrong_password_and_a_missing_agent_are_told_apart()
    {
        await using var bastion = await SshServer.StartAsync();
        const string Torn = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n";

        await FailsAsync(await WayAsync(bastion, _ => new SshCredentials { PrivateKey = new SecretString(Torn) }), "ssh-key-unreadable", ConnectStage.Tunnel);
        await FailsAsync(await WayAsync(bastion, _ => new SshCredentials { Password = new SecretString("canary wrong 'password'") }), "ssh-password-refused", ConnectStage.Tunnel);
        if (!SshTunnel.AgentRuns)
        {
            await FailsAsync(await WayAsync(bastion, _ => new SshCredentials()), "ssh-agent", ConnectStage.Tunnel);
        }
    }

    [Fact]
    public async Task Unknown_host_key_is_shown_before_anything_is_sent_and_trusted_by_one_click()
    {
        await using var bastion = await SshServer.StartAsync();
        var way = await WayAsync(bastion, change: e => e with { HostKey = null });
        var report = await FailsAsync(way, "ssh-host-key-unknown", ConnectStage.Tunnel);

        var trust = Assert.Single(report.Proposals);
        Assert.Equal(("trust-host-key", bastion.Fingerprint), (trust.Key, trust.Endpoint.Ssh!.HostKey));
        Assert.Contains(bastion.Fingerprint, FindingText.For(report.Verdict, CultureInfo.GetCultureInfo("en")).Title, StringComparison.Ordinal);
        var trusted = Through(trust.Endpoint, way.Credentials);
        await using var tunnel = trusted.Tunnel!;
        Assert.True((await OwnServer.ConnectAsync(trusted)).Succeeded);
    }

    [Fact]
    public async Task Changed_host_key_is_refused_at_first_sight_and_in_the_middle_of_a_session()
    {
        await using var bastion = await SshServer.StartAsync();
        var way = await WayAsync(bastion);
        await using var tunnel = way.Tunnel!;
        Assert.True((await OwnServer.ConnectAsync(way)).Succeeded);
        var before = bastion.Fingerprint;

        await bastion.DieAsync();
        await Eventually.TrueAsync(() => tunnel.IsDown, "The tunnel outlived its bastion.");
        await bastion.NewHostKeyAsync();
        await bastion.StartAgainAsync();

        var report = await FailsAsync(way, "ssh-host-key-changed", ConnectStage.Tunnel, close: false);
        Assert.Equal((bastion.Fingerprint, before), (report.Verdict.Arguments["fingerprint"], report.Verdict.Arguments["confirmed"]));
        Assert.Empty(report.Proposals);
        await FailsAsync(await WayAsync(bastion, change: e => e with { HostKey = before }), "ssh-host-key-changed", ConnectStage.Tunnel);
    }

    [Fact]
    public async Task File_of_known_hosts_counts_as_confirmed_and_finds_a_changed_key()
    {
        await using var bastion = await SshServer.StartAsync();
        var file = bastion.KeyFile("known_hosts");
        var name = string.Create(CultureInfo.InvariantCulture, $"[127.0.0.1]:{bastion.Port}");
        await File.WriteAllTextAsync(file, $"other.example ssh-ed25519 AAAA\n{name} {await File.ReadAllTextAsync(bastion.KeyFile("host.pub"))}");
        var known = await WayAsync(bastion, change: e => e with { HostKey = null, KnownHostsFile = file });
        await using var tunnel = known.Tunnel!;
        Assert.True((await OwnServer.ConnectAsync(known)).Succeeded);

        await File.WriteAllTextAsync(file, $"{name} {await File.ReadAllTextAsync(bastion.KeyFile("stranger.pub"))}");
        await FailsAsync(await WayAsync(bastion, change: e => e with { HostKey = null, KnownHostsFile = file }), "ssh-host-key-changed", ConnectStage.Tunnel);
    }

    [Theory]
    [InlineData("AllowTcpForwarding no")]
    [InlineData("PermitOpen db.example.com:5432")]
    [InlineData("DisableForwarding yes")]
    public async Task Bastion_that_forbids_forwarding_is_named_with_its_setting(string setting)
    {
        await using var bastion = await SshServer.StartAsync(setting);

        await FailsAsync(await WayAsync(bastion), "ssh-forward-refused", ConnectStage.Tunnel);
        await FailsAsync(await WayAsync(bastion, tls: TlsMode.Disable), "ssh-forward-refused", ConnectStage.Tunnel);
    }

    [Fact]
    public async Task Database_that_the_bastion_cannot_reach_fails_in_its_own_stage()
    {
        await using var bastion = await SshServer.StartAsync();
        await using var silent = FakeListener.Silent();
        using var closed = new ClosedPort();

        await FailsAsync(await WayAsync(bastion, at: e => e with { Host = "db.nowhere.invalid" }), "ssh-target-dns", ConnectStage.Resolve);
        await FailsAsync(await WayAsync(bastion, at: e => e with { Host = "127.0.0.1", Port = closed.Number }), "ssh-target-refused", ConnectStage.Reach);
        var clock = new FakeTimeProvider();
        var waiting = FailsAsync(await WayAsync(bastion, at: e => e with { Host = "127.0.0.1", Port = silent.Port }), "ssh-target-timeout", ConnectStage.Reach, time: clock);
        await silent.Heard;
        clock.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(waiting.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.1));
        await waiting;
    }

    [Fact]
    public async Task Dead_bastions_are_told_apart()
    {
        await using var bastion = await SshServer.StartAsync();
        await bastion.DieAsync();
        await using var silent = FakeListener.Silent();

        await FailsAsync(await WayAsync(bastion), "ssh-refused", ConnectStage.Tunnel);
        await FailsAsync(await WayAsync(bastion, change: e => e with { Host = "bastion.nowhere.invalid" }), "ssh-dns", ConnectStage.Tunnel);
        var clock = new SteppedClock();
        var waiting = FailsAsync(await WayAsync(bastion, change: e => e with { Port = silent.Port }, time: clock), "ssh-silent", ConnectStage.Tunnel);

        // One limit for its name, one to reach it, one for its greeting.
        await Eventually.TrueAsync(() => clock.Limits == 3, "The bastion's greeting is not waited for.");
        clock.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(waiting.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.1));
        await waiting;
        await using var closing = FakeListener.Closing();
        await FailsAsync(await WayAsync(bastion, change: e => e with { Port = closing.Port }), "ssh-closed", ConnectStage.Tunnel);
    }

    [Fact]
    public async Task Bastion_that_dies_in_the_middle_is_told_and_serves_again_once_it_is_back()
    {
        await using var bastion = await SshServer.StartAsync();
        var way = await WayAsync(bastion);
        await using var tunnel = way.Tunnel!;
        await using var source = await SourceConnector.OpenAsync(way, "test", CancellationToken.None);
        await source.Connection.ExecuteAsync("SELECT 1");

        await bastion.DieAsync();
        var lost = await Assert.ThrowsAnyAsync<Exception>(() => source.Connection.ExecuteAsync("SELECT 1"));
        Assert.Equal("ssh-lost", ConnectionDiagnosis.Classify(lost, way).Case);
        Assert.Equal("ssh-refused", (await OwnServer.ConnectAsync(way)).Verdict.Case);

        await bastion.StartAgainAsync();
        Assert.True((await OwnServer.ConnectAsync(way)).Succeeded);
    }

    [Fact]
    public async Task Certificate_is_for_the_database_and_not_for_the_tunnels_end()
    {
        await using var bastion = await SshServer.StartAsync();
        var right = await WayAsync(bastion);
        var sandbox = await sandboxes.SharedAsync(SandboxProfile.Plain);
        await using var elsewhere = new Relay(sandbox.Port, TimeSpan.Zero, IPAddress.Parse("127.0.0.2"));
        var wrong = await WayAsync(bastion, at: e => e with { Host = "127.0.0.2", Port = elsewhere.Port });
        await using var first = right.Tunnel!;
        await using var second = wrong.Tunnel!;

        Assert.Equal("certificate-name", (await OwnServer.ConnectAsync(wrong)).Verdict.Case);
        await Assert.ThrowsAsync<CertificateRejectedException>(() => SourceConnector.OpenAsync(wrong, "test", CancellationToken.None));
        await Assert.ThrowsAnyAsync<Exception>(() => ReplicationSession.OpenAsync(wrong, "test", "-c lock_timeout=0", SourceLimits.Usual.Command, TimeProvider.System, CancellationToken.None));
        await using var replication = await ReplicationSession.OpenAsync(right, "test", "-c lock_timeout=0", SourceLimits.Usual.Command, TimeProvider.System, CancellationToken.None);
        Assert.NotEqual(default, (await replication.Connection.IdentifySystem(CancellationToken.None)).XLogPos);
    }

    [Fact]
    public async Task Set_up_is_applied_watched_and_proved_through_one_tunnel()
    {
        await using var bastion = await SshServer.StartAsync();
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds);
        using var harness = new EngineHarness(sandbox);
        await harness.TurnOnLogicalReplicationAsync();
        var endpoint = harness.Target.Endpoint with { Ssh = bastion.Endpoint };
        var way = Through(endpoint, harness.Target.Credentials with { Ssh = bastion.Credentials });
        await using var tunnel = way.Tunnel!;

        var inspection = await harness.Runner.InspectAsync(way, harness.Goal, CancellationToken.None);
        var events = await harness.Runner.ApplyAsync(way, harness.Runner.Plan(inspection), CancellationToken.None).ToListAsync();
        Assert.Equal(ApplyOutcome.Completed, events.OfType<ApplyFinished>().Single().Outcome);
        var proof = await harness.Runner.VerifyAsync(way, harness.Goal, CancellationToken.None).ToListAsync();
        Assert.True(proof.TrueForAll(p => p.State != ProofState.Failed), string.Join('\n', proof.Where(p => p.State == ProofState.Failed).Select(p => $"{p.Id} {p.Problem?.Key} {p.Problem?.Server?.Text}")));
        Assert.Contains(proof, p => p.Id == RequirementId.ProofChange && p.State == ProofState.Passed);
        await foreach (var pulse in harness.Runner.WatchAsync(way, harness.Goal, CancellationToken.None))
        {
            Assert.True(pulse.Reachable);
            break;
        }
    }

    [Fact]
    public async Task Statement_is_cancelled_through_the_tunnel()
    {
        await using var bastion = await SshServer.StartAsync();
        var way = await WayAsync(bastion);
        await using var tunnel = way.Tunnel!;
        await using var source = await SourceConnector.OpenAsync(way, "test", CancellationToken.None);
        using var stop = new CancellationTokenSource();
        await using var superuser = await (await sandboxes.SharedAsync(SandboxProfile.Plain)).OpenSuperuserAsync(null, CancellationToken.None);

        await using var command = new Npgsql.NpgsqlCommand("SELECT pg_sleep(30)", source.Connection);
        var running = command.ExecuteNonQueryAsync(stop.Token);
        await Eventually.TrueAsync(
            () => superuser.ScalarAsync<bool>($"SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = {source.Connection.ProcessID} AND state = 'active')"),
            "The statement does not run.");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await source.Connection.ExecuteAsync("SELECT 1");
    }

    [Fact]
    public async Task Closed_tunnel_ends_its_sessions_and_leaves_nothing_and_cannot_be_used_again()
    {
        await using var bastion = await SshServer.StartAsync();
        var way = await WayAsync(bastion);
        await using var source = await SourceConnector.OpenAsync(way, "test", CancellationToken.None);
        var directory = new Npgsql.NpgsqlConnectionStringBuilder(source.Connection.ConnectionString).Host!;
        Assert.True(Directory.Exists(directory));

        await way.Tunnel!.DisposeAsync();

        Assert.False(Directory.Exists(directory));
        await Assert.ThrowsAnyAsync<Exception>(() => source.Connection.ExecuteAsync("SELECT 1"));
        Assert.Equal("ssh-lost", (await Assert.ThrowsAsync<SshTunnelException>(() => SourceConnector.OpenAsync(way, "test", CancellationToken.None))).Case);
    }

    [Fact]
    public async Task Bastion_is_never_gone_around()
    {
        var sandbox = await sandboxes.SharedAsync(SandboxProfile.Plain);
        var target = sandbox.Target();

        await Assert.ThrowsAsync<InvalidOperationException>(() => SourceConnector.OpenAsync(
            target with { Endpoint = target.Endpoint with { Ssh = new SshEndpoint { Host = "127.0.0.1", User = "nobody" } } }, "test", CancellationToken.None));
    }

    [Fact]
    public async Task Refusal_that_a_person_has_to_settle_is_not_knocked_for_again_at_once()
    {
        await using var bastion = await SshServer.StartAsync();
        var clock = new FakeTimeProvider();
        var way = await WayAsync(bastion, _ => bastion.Key("stranger"), time: clock);
        await using var tunnel = way.Tunnel!;
        await Assert.ThrowsAsync<SshTunnelException>(() => SourceConnector.OpenAsync(way, "test", CancellationToken.None));
        await bastion.DieAsync();

        clock.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Equal("ssh-key-refused", (await Assert.ThrowsAsync<SshTunnelException>(() => SourceConnector.OpenAsync(way, "test", CancellationToken.None))).Case);
        clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal("ssh-refused", (await Assert.ThrowsAsync<SshTunnelException>(() => SourceConnector.OpenAsync(way, "test", CancellationToken.None))).Case);
    }

    [Fact]
    public void Same_private_address_behind_two_bastions_is_two_databases_in_the_audit()
    {
        static string Name(string host, string? bastion) =>
            new SourceEndpoint { Host = host, Database = "shop", Ssh = bastion is null ? null : new SshEndpoint { Host = bastion, User = "u" } }.Identity;

        Assert.Equal("10.0.0.5:5432/shop via a.example.com", Name("10.0.0.5", "A.example.com"));
        Assert.NotEqual(Name("10.0.0.5", "a.example.com"), Name("10.0.0.5", "b.example.com"));
        Assert.NotEqual(Name("localhost", "a.example.com"), Name("localhost", null));
        Assert.Equal(Name("db.example.com", null), Name("DB.example.com", "a.example.com"));
    }

    [Fact]
    public async Task Secrets_are_in_no_argument_environment_or_file_while_the_bastion_is_opened()
    {
        await using var bastion = await SshServer.StartAsync();
        var way = await WayAsync(bastion, _ => bastion.Key("encrypted", SshServer.Passphrase));
        await using var tunnel = way.Tunnel!;
        var keyLine = (await File.ReadAllLinesAsync(bastion.KeyFile("encrypted")))[1];
        var seen = new List<string>();
        var looks = 0;
        var looked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = new CancellationTokenSource();
        var looking = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                looks += Look("/proc", "*", ["cmdline", "environ"]) + Look(Path.GetTempPath(), "setupwizard-ssh-*", ["answer.sh", "known_hosts", "passphrase.given"]);
                looked.TrySetResult();
            }
        });

        // It is under way when the opening begins.
        await Task.WhenAny(looked.Task, looking);
        await using var source = await SourceConnector.OpenAsync(way, "test", CancellationToken.None);
        var directory = new Npgsql.NpgsqlConnectionStringBuilder(source.Connection.ConnectionString).Host!;
        Assert.Equal([".s.PGSQL.5432", "answer.sh", "known_hosts"], Directory.EnumerateFiles(directory).Select(f => Path.GetFileName(f)).Except(["passphrase"]).Order(StringComparer.Ordinal));
        await stop.CancelAsync();
        await looking;

        Assert.True(looks > 100, $"Looked at {looks} files only.");
        Assert.Empty(seen);

        int Look(string under, string pattern, string[] names)
        {
            var count = 0;
            foreach (var file in Directory.EnumerateDirectories(under, pattern).SelectMany(d => names.Select(n => Path.Combine(d, n))))
            {
                try
                {
                    var text = File.ReadAllText(file);
                    count++;
                    if (text.Contains(SshServer.Passphrase, StringComparison.Ordinal) || text.Contains(keyLine, StringComparison.Ordinal))
                    {
                        seen.Add(file);
                    }
                }
                catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
                {
                    // It ended meanwhile, or is somebody else's.
                }
            }

            return count;
        }
    }

    private static SetupTarget Through(SourceEndpoint endpoint, SourceCredentials credentials, TimeProvider? time = null) =>
        new(endpoint, credentials) { Tunnel = SshTunnel.For(endpoint, credentials, time ?? TimeProvider.System) };

    private async Task<SetupTarget> WayAsync(
        SshServer bastion,
        Func<SshCredentials, SshCredentials>? with = null,
        Func<SshEndpoint, SshEndpoint>? change = null,
        Func<SourceEndpoint, SourceEndpoint>? at = null,
        TlsMode tls = TlsMode.VerifyFull,
        TimeProvider? time = null)
    {
        var target = (await sandboxes.SharedAsync(SandboxProfile.Plain)).Target();
        var ssh = change?.Invoke(bastion.Endpoint) ?? bastion.Endpoint;
        var endpoint = target.Endpoint with { Ssh = ssh, Tls = tls };
        return Through(at?.Invoke(endpoint) ?? endpoint, target.Credentials with { Ssh = with?.Invoke(bastion.Credentials) ?? bastion.Credentials }, time);
    }

    /// <summary>Connecting fails in this stage with this case, in four parts and in both languages, and no secret is in what is said.</summary>
    private static async Task<ConnectReport> FailsAsync(SetupTarget way, string @case, ConnectStage stage, bool close = true, TimeProvider? time = null)
    {
        var report = await OwnServer.ConnectAsync(way, time);
        Assert.False(report.Succeeded);
        Assert.Equal(@case, report.Verdict.Case);
        Assert.Equal(stage, Assert.Single(report.Stages, s => s.State == StageState.Failed).Stage);
        foreach (var language in new[] { "en", "ko" })
        {
            var parts = FindingText.For(report.Verdict, CultureInfo.GetCultureInfo(language));
            Assert.All(new[] { parts.Title, parts.Why, parts.Consequence, parts.Fix }, p => Assert.False(string.IsNullOrWhiteSpace(p) || p.Contains('{', StringComparison.Ordinal), p));
        }

        var said = System.Text.Json.JsonSerializer.Serialize(report.Verdict);
        Assert.DoesNotContain("canary", said, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", said, StringComparison.Ordinal);
        if (close)
        {
            await way.Tunnel!.DisposeAsync();
        }

        return report;
    }
}
