using Npgsql;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Sandbox;

[Collection(SandboxFixture.Collection)]
public sealed class SandboxParameterTests(SandboxFixture sandboxes)
{
    private const string LevelSql = "SELECT setting FROM pg_settings WHERE name = 'wal_level'";
    private const string PendingSql = "SELECT pending_restart FROM pg_settings WHERE name = 'wal_level'";

    [Theory]
    [InlineData(12)]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Rds_switch_takes_effect_only_at_the_reboot(int major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, major);
        await sandbox.SetParameterAsync("rds.logical_replication", "1", CancellationToken.None);
        // An edit that is in force at once reloads the server: the staged one must not slip in with it.
        await sandbox.SetParameterAsync("wal_sender_timeout", "12345", CancellationToken.None);

        await using (var before = await OpenAsync(sandbox))
        {
            Assert.Equal("off", await before.ScalarAsync<string>("SHOW rds.logical_replication"));
            Assert.Equal("replica", await before.ScalarAsync<string>(LevelSql));
            Assert.False(await before.ScalarAsync<bool>(PendingSql));
            Assert.Equal("12345", await before.ScalarAsync<string>("SELECT setting FROM pg_settings WHERE name = 'wal_sender_timeout'"));
        }

        Assert.True(sandbox.RestartPending);
        Assert.Equal("on", sandbox.StagedParameters["rds.logical_replication"]);
        var process = sandbox.ServerProcessId;

        await sandbox.RebootAsync(CancellationToken.None);

        Assert.NotEqual(process, sandbox.ServerProcessId);
        Assert.False(sandbox.RestartPending);
        await using var after = await OpenAsync(sandbox);
        Assert.Equal("on", await after.ScalarAsync<string>("SELECT setting FROM pg_settings WHERE name = 'rds.logical_replication'"));
        Assert.Equal("on", await after.ScalarAsync<string>("SHOW rds.logical_replication"));
        Assert.Equal("logical", await after.ScalarAsync<string>(LevelSql));
        Assert.Equal("12345", await after.ScalarAsync<string>("SELECT setting FROM pg_settings WHERE name = 'wal_sender_timeout'"));
    }

    [Fact]
    public async Task Rds_static_parameter_stays_outside_the_server_until_the_reboot()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds);
        await sandbox.SetParameterAsync("max_wal_senders", "15", CancellationToken.None);
        await sandbox.RebootAsync(CancellationToken.None);
        await sandbox.SetParameterAsync("max_wal_senders", "20", CancellationToken.None);
        await sandbox.SetParameterAsync("lock_timeout", "7000", CancellationToken.None);

        await using (var before = await OpenAsync(sandbox))
        {
            Assert.Equal("15", await before.ScalarAsync<string>("SHOW max_wal_senders"));
            Assert.False(await before.ScalarAsync<bool>("SELECT pending_restart FROM pg_settings WHERE name = 'max_wal_senders'"));
        }

        await sandbox.SetParameterAsync("max_wal_senders", "15", CancellationToken.None);
        Assert.False(sandbox.RestartPending);
    }

    [Fact]
    public async Task Azure_edit_shows_as_pending_and_takes_effect_at_the_restart()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AzureFlexible);
        await sandbox.SetParameterAsync("wal_level", "logical", CancellationToken.None);

        await using (var before = await OpenAsync(sandbox))
        {
            Assert.Equal("replica", await before.ScalarAsync<string>(LevelSql));
            Assert.True(await before.ScalarAsync<bool>(PendingSql));
        }

        Assert.Equal("logical", sandbox.StagedParameters["wal_level"]);
        await sandbox.RebootAsync(CancellationToken.None);

        Assert.False(sandbox.RestartPending);
        await using var after = await OpenAsync(sandbox);
        Assert.Equal("logical", await after.ScalarAsync<string>(LevelSql));
        Assert.False(await after.ScalarAsync<bool>(PendingSql));
    }

    [Fact]
    public async Task Plain_admin_alters_the_system_and_the_sandbox_sees_that_a_restart_is_due()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.Plain);
        await using (var admin = await OpenAsync(sandbox))
        {
            await admin.ExecuteAsync("ALTER SYSTEM SET wal_level = 'logical'");
            await admin.ExecuteAsync("SELECT pg_reload_conf()");
        }

        await Eventually.TrueAsync(() => sandbox.RestartPending, "The pending restart is not seen.");
        Assert.Equal("logical", sandbox.StagedParameters["wal_level"]);
        await sandbox.RebootAsync(CancellationToken.None);
        await using var after = await OpenAsync(sandbox);
        Assert.Equal("logical", await after.ScalarAsync<string>(LevelSql));
    }

    [Theory]
    [InlineData(SandboxProfile.AmazonRds, "wal_level", "logical", "rds.logical_replication")]
    [InlineData(SandboxProfile.AmazonRds, "rds.logical_replication", "perhaps", "0 or 1")]
    [InlineData(SandboxProfile.AmazonRds, "fsync", "off", "fsync")]
    [InlineData(SandboxProfile.AmazonRds, "max_wal_senders", "many", "max_wal_senders")]
    [InlineData(SandboxProfile.AzureFlexible, "max_slot_wal_keep_size", "1000", "read-only")]
    [InlineData(SandboxProfile.AzureFlexible, "wal_level", "minimal", "replica or logical")]
    [InlineData(SandboxProfile.AzureFlexible, "rds.logical_replication", "1", "rds.logical_replication")]
    [InlineData(SandboxProfile.Plain, "no_such_thing", "1", "no_such_thing")]
    public async Task Edit_that_the_provider_refuses_names_the_reason_and_changes_nothing(SandboxProfile profile, string name, string value, string reason)
    {
        var sandbox = await sandboxes.SharedAsync(profile);

        var refused = await Assert.ThrowsAsync<SandboxRefusedException>(() => sandbox.SetParameterAsync(name, value, CancellationToken.None));

        Assert.Equal(name, refused.Parameter);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.False(sandbox.RestartPending);
    }

    [Fact]
    public async Task Reboot_with_parameters_the_server_does_not_start_with_goes_back_to_the_former_ones()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds);
        // More reserved connections than connections: the server looks at the two together only when it starts.
        await sandbox.SetParameterAsync("max_connections", "5", CancellationToken.None);
        await using (var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None))
        {
            await superuser.ExecuteAsync("ALTER SYSTEM SET superuser_reserved_connections = 8");
        }

        var problem = await Assert.ThrowsAsync<SandboxException>(() => sandbox.RebootAsync(CancellationToken.None));

        Assert.Contains("former", problem.Message, StringComparison.Ordinal);
        Assert.Contains("superuser_reserved_connections", problem.Message, StringComparison.Ordinal);
        await using var connection = await OpenAsync(sandbox);
        Assert.Equal("60", await connection.ScalarAsync<string>("SHOW max_connections"));
        Assert.False(sandbox.RestartPending);
    }

    [Fact]
    public async Task Rds_without_forced_tls_lets_plain_connections_in()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds);
        await sandbox.SetParameterAsync("rds.force_ssl", "0", CancellationToken.None);

        await using var plain = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(sandbox.AdminConnectionString) { SslMode = SslMode.Disable }.ConnectionString);
        await plain.OpenAsync();
        Assert.Equal("0", await plain.ScalarAsync<string>("SHOW rds.force_ssl"));
    }

    private static async Task<NpgsqlConnection> OpenAsync(PostgresSandbox sandbox)
    {
        var connection = new NpgsqlConnection(sandbox.AdminConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}
