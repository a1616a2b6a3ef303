using System.Globalization;
using Npgsql;
using Npgsql.Replication;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Tests.Support;
using SetupWizard.Core.Text;
using SetupWizard.Sandbox;

namespace SetupWizard.Core.Tests.Field;

/// <summary>Parameters that a standby may not have lower than the server it follows are not raised here while there is one.</summary>
public sealed class StandbyParametersTests
{
    [Fact]
    public async Task A_parameter_that_would_take_the_standby_down_is_left_to_people()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain, 17);
        using var engine = new EngineHarness(sandbox);
        await using (var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None))
        {
            await superuser.ExecuteAsync("ALTER SYSTEM SET wal_level = logical");
            await superuser.ExecuteAsync("ALTER SYSTEM SET max_wal_senders = 2");
            await superuser.ExecuteAsync("ALTER SYSTEM SET max_connections = 8");
            await superuser.ExecuteAsync("SELECT pg_create_physical_replication_slot('standby', true)");
        }

        await sandbox.RebootAsync(CancellationToken.None);
        var streaming = new PhysicalReplicationConnection(sandbox.AdminConnectionString);
        await streaming.Open();
        _ = ReceiveAsync(streaming, (await streaming.IdentifySystem()).XLogPos);
        await using var other = new LogicalReplicationConnection(sandbox.AdminConnectionString);
        await other.Open();
        await Eventually.TrueAsync(async () => (await engine.InspectAsync()).Snapshot!.Standbys == 1, "Nothing streams.");

        var attached = await engine.InspectAsync();
        var plan = engine.Runner.Plan(attached);
        await streaming.DisposeAsync();
        await Eventually.TrueAsync(async () => (await engine.InspectAsync()).Snapshot!.Standbys == 0, "It still streams.");
        await other.DisposeAsync();
        var away = engine.Runner.Plan(await engine.InspectAsync());
        await using (var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None))
        {
            await superuser.ExecuteAsync("SELECT pg_drop_replication_slot('standby')");
        }

        var gone = engine.Runner.Plan(await engine.InspectAsync());

        foreach (var (id, situation, setting) in new[] { (RequirementId.WalSenders, "none-free", "max_wal_senders"), (RequirementId.Connections, "server", "max_connections") })
        {
            var finding = Assert.Single(attached.Findings, f => f.Id == id);
            Assert.Equal((FindingState.Blocking, situation), (finding.State, finding.Case));
            Assert.Empty(finding.Fixes);
            Assert.StartsWith($"Raise {setting} to ", FindingText.For(finding, CultureInfo.GetCultureInfo("en")).Fix, StringComparison.Ordinal);
            Assert.Contains("on every standby first", FindingText.For(finding, CultureInfo.GetCultureInfo("en")).Fix, StringComparison.Ordinal);
        }

        // One that is away has its slot, and comes back.
        foreach (var plans in new[] { plan, away })
        {
            Assert.DoesNotContain(plans.Changes.Concat(plans.HandOff), c => StandbyParameters.Names.Any(n => c.Statement.Display.Contains(n, StringComparison.Ordinal)));
        }

        Assert.Contains(gone.Changes, c => c.Statement.Display == "ALTER SYSTEM SET max_connections = '14'");
    }

    [Theory]
    [InlineData("SW204")]
    [InlineData("SW312")]
    public void At_a_provider_the_guide_stays_and_the_words_say_where_to_begin(string code)
    {
        var source = SnapshotBuilder.Rds().Setting("max_wal_senders", "1").Setting("max_connections", "8").Standbys(1);

        var finding = source.One(code);

        Assert.IsType<ConsoleChange>(Assert.Single(finding.Fixes));
        Assert.Contains("every read replica first", FindingText.For(finding, CultureInfo.GetCultureInfo("en")).Fix, StringComparison.Ordinal);
    }

    private static async Task ReceiveAsync(PhysicalReplicationConnection connection, NpgsqlTypes.NpgsqlLogSequenceNumber position)
    {
        try
        {
            await foreach (var message in connection.StartReplication(new PhysicalReplicationSlot("standby"), position, CancellationToken.None))
            {
                connection.SetReplicationStatus(message.WalEnd);
            }
        }
        catch (Exception exception) when (exception is NpgsqlException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The test ended it.
        }
    }
}
