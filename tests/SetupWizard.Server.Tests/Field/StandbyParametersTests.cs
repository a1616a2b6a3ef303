using System.Globalization;
using Npgsql;
using Npgsql.Replication;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Wording;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Field;

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

    /// <summary>At a provider the parameter is raised in its console, on what follows first.</summary>
    [Fact]
    public async Task Worker_processes_are_raised_on_what_follows_first()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AzureFlexible, 17);
        using var engine = new EngineHarness(sandbox);
        await sandbox.SetParameterAsync("max_worker_processes", "8", CancellationToken.None);
        await sandbox.RebootAsync(CancellationToken.None);
        var alone = Assert.Single((await engine.InspectAsync()).Findings, f => f.Id == RequirementId.WorkerProcesses);
        await using (var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None))
        {
            await superuser.ExecuteAsync("SELECT pg_create_physical_replication_slot('standby', true)");
        }

        var followed = Assert.Single((await engine.InspectAsync()).Findings, f => f.Id == RequirementId.WorkerProcesses);

        Assert.Equal(("low", "low"), (alone.Case, followed.Case));
        Assert.IsType<ConsoleChange>(Assert.Single(followed.Fixes));
        Assert.DoesNotContain("replica", FindingText.For(alone, CultureInfo.GetCultureInfo("en")).Fix, StringComparison.Ordinal);
        Assert.Contains("every read replica first", FindingText.For(followed, CultureInfo.GetCultureInfo("en")).Fix, StringComparison.Ordinal);
    }

    /// <summary>A tree that fills the lock table: the parameter that helps is one a standby must have first.</summary>
    [Fact]
    public async Task Lock_table_is_not_raised_here_while_a_standby_has_a_slot()
    {
        var options = new SandboxOptions { Copied = true, Profile = SandboxProfile.Plain, Major = 17, Writer = false, ExtraSettings = LockTable.Of(10) };
        await using var sandbox = await PostgresSandbox.StartAsync(options, progress: null, CancellationToken.None);
        await using (var admin = new NpgsqlConnection(sandbox.AdminConnectionString))
        {
            await admin.OpenAsync();
            await Trees.MakeAsync(admin, "wide", "t", trees: 1, partitions: 275, indexes: 12);
        }

        using var engine = new EngineHarness(sandbox) { Goal = new SetupGoal { Schemas = ["wide"] } };
        var alone = engine.Runner.Plan(await engine.InspectAsync());
        await using var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        await superuser.ExecuteAsync("SELECT pg_create_physical_replication_slot('standby', true)");
        var inspection = await engine.InspectAsync();
        var finding = Assert.Single(inspection.Findings, f => f.Id == RequirementId.LockTable);

        Assert.Contains(alone.Changes.Concat(alone.HandOff), static c => c.Statement.Display.StartsWith("ALTER SYSTEM SET max_locks_per_transaction", StringComparison.Ordinal));
        var plan = engine.Runner.Plan(inspection);
        Assert.DoesNotContain(plan.Changes.Concat(plan.HandOff), static c => c.Statement.Display.Contains("max_locks_per_transaction", StringComparison.Ordinal));
        Assert.Equal(("full", FindingState.Blocking), (finding.Case, finding.State));
        Assert.Contains("on every standby first", FindingText.For(finding, CultureInfo.GetCultureInfo("en")).Fix, StringComparison.Ordinal);
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
