using System.Globalization;
using System.Net;
using Npgsql;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Core.Wording;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Source;

[Collection(SandboxFixture.Collection)]
public sealed class PoolerTests(SandboxFixture sandboxes)
{
    [Theory]
    [InlineData("session")]
    [InlineData("transaction")]
    public async Task A_pooler_is_seen_by_its_behaviour_and_does_not_keep_the_source_from_being_read(string mode)
    {
        var sandbox = await sandboxes.SharedAsync(SandboxProfile.Plain);
        await using var bouncer = await PgBouncer.StartAsync(sandbox, mode);

        var report = await OwnServer.ConnectAsync(Through(sandbox, bouncer));

        Assert.True(report.Succeeded, report.Verdict.Case);
        Assert.True(report.Inspection!.Snapshot!.Server.BehindPooler);
        Assert.Empty(report.Inspection.Snapshot.Unreadable);
        Assert.Equal(1, report.Inspection.Cost.RoundTrips);
    }

    [Fact]
    public async Task A_pooler_on_a_port_of_its_own_is_named_and_the_server_beside_it_is_proposed()
    {
        // PgBouncer at its own port with the server at PostgreSQL's: the ports are what gives the pair away.
        var sandbox = await sandboxes.SharedAsync(SandboxProfile.Plain);
        var address = new IPAddress([127, 3, (byte)Random.Shared.Next(1, 255), (byte)Random.Shared.Next(1, 255)]);
        await using var bouncer = await PgBouncer.StartAsync(sandbox, "session", new IPEndPoint(address, 6432));
        using var harness = new EngineHarness(sandbox);
        var target = Through(sandbox, bouncer);
        target = target with { Endpoint = target.Endpoint with { Host = address.ToString() } };

        var report = await harness.Runner.ConnectAsync(target, new SetupGoal(), null, CancellationToken.None);

        var finding = report.Inspection!.Findings.Single(f => f.Id == RequirementId.DirectConnection);
        Assert.Equal((FindingState.Blocking, "pooler-known"), (finding.State, finding.Case));
        var words = FindingText.For(finding, CultureInfo.GetCultureInfo("en"));
        Assert.Equal("A pooler (PgBouncer) stands between us and the server.", words.Title);
        Assert.Equal($"Connect to {address}, port 5432.", words.Fix);
        var proposal = Assert.Single(report.Proposals);
        Assert.Equal(("use-direct-host", target.Endpoint with { Port = 5432 }), (proposal.Key, proposal.Endpoint));
    }

    [Fact]
    public async Task A_direct_connection_is_not_taken_for_a_pooler()
    {
        var sandbox = await sandboxes.SharedAsync(SandboxProfile.Plain);

        Assert.False((await OwnServer.ConnectAsync(sandbox.Target())).Inspection!.Snapshot!.Server.BehindPooler);
    }

    [Fact]
    public async Task A_pooler_without_TLS_a_wrong_password_and_an_unknown_database_are_told_apart()
    {
        var sandbox = await sandboxes.SharedAsync(SandboxProfile.Plain);
        await using var bouncer = await PgBouncer.StartAsync(sandbox, "session");
        var target = Through(sandbox, bouncer);

        var tls = await OwnServer.ConnectAsync(target with { Endpoint = target.Endpoint with { Tls = TlsMode.VerifyFull } });
        var password = await OwnServer.ConnectAsync(target with { Credentials = new SourceCredentials(sandbox.AdminUser, new SecretString("wrong")) });
        var user = await OwnServer.ConnectAsync(target with { Credentials = new SourceCredentials("nobody_here", new SecretString("wrong")) });
        var database = await OwnServer.ConnectAsync(target with { Endpoint = target.Endpoint with { Database = "nothing" } });

        Assert.Equal("tls-refused", tls.Verdict.Case);
        Assert.Equal("password", password.Verdict.Case);
        Assert.Equal("password", user.Verdict.Case);
        Assert.Equal("unknown-database-unlisted", database.Verdict.Case);
    }

    /// <summary>The pooler has a limit of its own, and speaks of it in its own words.</summary>
    [Fact]
    public async Task Limit_of_a_pooler_is_told_as_the_pooler_s_by_a_check_and_by_a_proof()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain);
        using var engine = new EngineHarness(sandbox);
        await engine.TurnOnLogicalReplicationAsync();
        var applied = (await engine.ApplyAsync(await engine.PlanAsync())).OfType<ApplyFinished>().Single();
        Assert.Equal(ApplyOutcome.Completed, applied.Outcome);
        await using var bouncer = await PgBouncer.StartAsync(sandbox, "session", most: 1);
        var target = Through(sandbox, bouncer) with { Credentials = engine.Target.Credentials };

        // Who has just left is counted for a moment more.
        await Eventually.TrueAsync(
            async () => (await engine.Runner.VerifyAsync(target, engine.Goal, CancellationToken.None).ToListAsync()).Exists(p => p.Problem?.Key == "proof-limit-pooler"),
            "The proof does not speak of the pooler's limit.");
        OpenedSource? taken = null;
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    taken = await SourceConnector.OpenAsync(target, "test", CancellationToken.None);
                }
                catch (NpgsqlException)
                {
                    // Still counted.
                }

                return taken is not null;
            },
            "The pooler lets nobody in.");
        await using (taken)
        {
            Assert.Equal("too-many-connections-pooler", (await OwnServer.ConnectAsync(target)).Verdict.Case);
        }
    }

    private static SetupTarget Through(PostgresSandbox sandbox, PgBouncer bouncer)
    {
        var target = sandbox.Target();
        return target with { Endpoint = target.Endpoint with { Host = "127.0.0.1", Port = bouncer.Port, Tls = TlsMode.Disable } };
    }
}
