using Npgsql;
using Npgsql.Replication;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Sandbox;

[Collection(SandboxFixture.Collection)]
public sealed class SandboxPowersTests(SandboxFixture sandboxes)
{
    private const string Password = "Secret-of-the-reader-1";

    [Theory]
    [InlineData(SandboxProfile.AmazonRds, 12)]
    [InlineData(SandboxProfile.AmazonRds, 18)]
    [InlineData(SandboxProfile.AzureFlexible, 16)]
    [InlineData(SandboxProfile.AzureFlexible, 18)]
    public async Task Admin_of_a_managed_service_has_its_powers_and_no_more(SandboxProfile profile, int major)
    {
        await using var admin = await OpenAsync(await sandboxes.SharedAsync(profile, major));

        Assert.True(await admin.ScalarAsync<bool>("SELECT rolcreaterole AND rolcreatedb AND NOT rolsuper AND NOT rolbypassrls FROM pg_roles WHERE rolname = current_user"));
        await RefusedAsync(admin, "ALTER SYSTEM SET work_mem = '8MB'");
        await RefusedAsync(admin, "SELECT * FROM pg_authid");
        await RefusedAsync(admin, "CREATE ROLE boss SUPERUSER");
        await RefusedAsync(admin, "GRANT " + await admin.ScalarAsync<string>("SELECT rolname::text FROM pg_roles WHERE oid = 10") + " TO shop_app");
        await RefusedAsync(admin, "ALTER TABLE platform.tenants ADD COLUMN x int");
        await RefusedAsync(admin, "SELECT * FROM sales.invoices");
        Assert.Equal(25, await admin.ScalarAsync<long>("SELECT count(*) FROM platform.tenants"));
        Assert.False(await admin.ScalarAsync<bool>("SELECT has_table_privilege('platform.tenants', 'SELECT WITH GRANT OPTION')"));
    }

    [Theory]
    [InlineData(SandboxProfile.AmazonRds, 12)]
    [InlineData(SandboxProfile.AmazonRds, 15)]
    [InlineData(SandboxProfile.AmazonRds, 16)]
    [InlineData(SandboxProfile.AzureFlexible, 17)]
    public async Task Admin_can_become_a_member_of_the_role_it_made_and_then_use_its_tables(SandboxProfile profile, int major)
    {
        await using var admin = await OpenAsync(await sandboxes.SharedAsync(profile, major));
        Assert.False(await admin.ScalarAsync<bool>("SELECT pg_has_role('sales_owner', 'USAGE')"));

        await admin.ExecuteAsync("GRANT sales_owner TO shop_admin");
        Assert.Equal(150, await admin.ScalarAsync<long>("SELECT count(*) FROM sales.invoices"));

        await admin.ExecuteAsync("REVOKE sales_owner FROM shop_admin");
        Assert.False(await admin.ScalarAsync<bool>("SELECT pg_has_role('sales_owner', 'USAGE')"));
    }

    [Theory]
    [InlineData(12)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(18)]
    public async Task Rds_membership_gives_replication_and_its_loss_takes_it(int major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, major, writer: true);
        await sandbox.SetParameterAsync("rds.logical_replication", "1", CancellationToken.None);
        await sandbox.RebootAsync(CancellationToken.None);
        await using var admin = await OpenAsync(sandbox);
        await RefusedAsync(admin, "CREATE ROLE reader LOGIN REPLICATION");
        await admin.ExecuteAsync($"CREATE ROLE reader LOGIN PASSWORD '{Password}'");
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, await TryReplicationAsync(sandbox));

        await admin.ExecuteAsync("GRANT rds_replication TO reader");
        await Eventually.TrueAsync(async () => await TryReplicationAsync(sandbox) is null, "Membership in rds_replication gave no replication.", TimeSpan.FromSeconds(2));
        // As on the service: the attribute is not what counts, and is not to be seen.
        Assert.False(await admin.ScalarAsync<bool>("SELECT rolreplication FROM pg_roles WHERE rolname = 'reader'"));

        await sandbox.KillAsync(CancellationToken.None);
        await sandbox.StartAgainAsync(CancellationToken.None);
        Assert.Null(await TryReplicationAsync(sandbox));
        await using var again = await OpenAsync(sandbox);
        await again.ExecuteAsync("REVOKE rds_replication FROM reader");
        await Eventually.TrueAsync(
            async () => await TryReplicationAsync(sandbox) == PostgresErrorCodes.InsufficientPrivilege,
            "The loss of rds_replication took no replication.",
            TimeSpan.FromSeconds(3));
    }

    [Theory]
    [InlineData(16)]
    [InlineData(18)]
    public async Task Azure_admin_creates_a_user_that_can_replicate(int major)
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AzureFlexible, major);
        await sandbox.SetParameterAsync("wal_level", "logical", CancellationToken.None);
        await sandbox.RebootAsync(CancellationToken.None);
        await using var admin = await OpenAsync(sandbox);

        await admin.ExecuteAsync($"CREATE ROLE reader LOGIN REPLICATION PASSWORD '{Password}'");

        Assert.Null(await TryReplicationAsync(sandbox));
    }

    [Fact]
    public async Task Database_that_the_admin_creates_later_is_dressed_too()
    {
        var sandbox = await sandboxes.SharedAsync(SandboxProfile.AmazonRds, 12);
        await using var admin = await OpenAsync(sandbox);
        await admin.ExecuteAsync("CREATE DATABASE second");
        await using var second = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(sandbox.AdminConnectionString) { Database = "second" }.ConnectionString);
        await second.OpenAsync();
        const string own = "SELECT string_agg(name, ' ' ORDER BY name) FROM pg_settings WHERE name LIKE 'rds.%'";
        var names = await second.ScalarAsync<string>(own);
        Assert.Contains("rds.logical_replication", names, StringComparison.Ordinal);
        Assert.Equal(await admin.ScalarAsync<string>(own), names);
    }

    // Null when a login with a temporary slot worked, else the SQLSTATE.
    private static async Task<string?> TryReplicationAsync(PostgresSandbox sandbox)
    {
        var login = new NpgsqlConnectionStringBuilder(sandbox.AdminConnectionString) { Username = "reader", Password = Password };
        try
        {
            await using var replication = new LogicalReplicationConnection(login.ConnectionString);
            await replication.Open(CancellationToken.None);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            var slot = await replication.CreatePgOutputReplicationSlot("try", temporarySlot: true, slotSnapshotInitMode: LogicalSlotSnapshotInitMode.NoExport, cancellationToken: limit.Token);
            Assert.Equal("try", slot.Name);
            return null;
        }
        catch (PostgresException problem)
        {
            return problem.SqlState;
        }
    }

    private static async Task RefusedAsync(NpgsqlConnection connection, string sql)
    {
        var problem = await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync(sql));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, problem.SqlState);
    }

    private static async Task<NpgsqlConnection> OpenAsync(PostgresSandbox sandbox)
    {
        var connection = new NpgsqlConnection(sandbox.AdminConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}
