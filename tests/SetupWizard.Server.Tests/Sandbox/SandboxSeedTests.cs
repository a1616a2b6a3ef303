using Npgsql;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Sandbox;

[Collection(SandboxFixture.Collection)]
public sealed class SandboxSeedTests(SandboxFixture sandboxes)
{
    [Theory]
    [InlineData(SandboxProfile.AmazonRds, 12)]
    [InlineData(SandboxProfile.AmazonRds, 18)]
    [InlineData(SandboxProfile.AzureFlexible, 18)]
    [InlineData(SandboxProfile.Plain, null)]
    public async Task Seed_has_every_kind_of_table_with_rows_in_it(SandboxProfile profile, int? major)
    {
        var sandbox = await sandboxes.SharedAsync(profile, major);
        await using var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None);

        Assert.Equal(
            [
                "platform.tenants " + (profile == SandboxProfile.AmazonRds ? "rdsadmin" : profile == SandboxProfile.AzureFlexible ? "azuresu" : "postgres") + " rp pk",
                "public.Weird \"Name\" 주문 shop_admin rp pk",
                "public.audit_log shop_admin rp --",
                "public.customers shop_admin rp pk",
                "public.events shop_admin pp pk",
                "public.events_last_month shop_admin rp pk",
                "public.events_next_month shop_admin rp pk",
                "public.events_this_month shop_admin rp pk",
                "public.open_orders shop_admin vp --",
                "public.order_items shop_admin rp pk",
                "public.orders shop_admin rp pk",
                "public.payments shop_admin rp pk",
                "public.products shop_admin rp pk",
                "public.regional_sales_totals_by_quarter_and_channel_with_forecasts📦 shop_admin rp pk",
                "public.sensor_readings shop_admin rp pk",
                "public.session_cache shop_admin ru pk",
                "public.tenant_notes shop_admin rp pk",
                "sales.invoice_lines sales_owner rp pk",
                "sales.invoices sales_owner rp pk",
                "sales.price_agreements sales_owner rp --",
            ],
            await ListAsync(
                superuser,
                """
                SELECT format('%s.%s %s %s%s %s', n.nspname, c.relname, pg_get_userbyid(c.relowner), c.relkind::text, c.relpersistence::text,
                    CASE WHEN EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary) THEN 'pk' ELSE '--' END)
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname IN ('public', 'sales', 'platform') AND c.relkind IN ('r', 'p', 'v') ORDER BY n.nspname, c.relname COLLATE "C"
                """));
        foreach (var table in await ListAsync(superuser, "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('public', 'sales', 'platform') AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition"))
        {
            Assert.True(await superuser.ScalarAsync<bool>($"SELECT EXISTS (SELECT FROM {table})"), $"{table} is empty.");
        }

        Assert.Equal(63, await superuser.ScalarAsync<int>("SELECT max(octet_length(relname::text)) FROM pg_class WHERE relname LIKE 'regional%' AND relkind = 'r'"));
        Assert.Equal(200, await superuser.ScalarAsync<short>("SELECT relnatts FROM pg_class WHERE relname = 'sensor_readings'"));
        Assert.True(await superuser.ScalarAsync<bool>("SELECT indisunique AND NOT indisprimary FROM pg_index WHERE indexrelid = 'sales.price_agreements_partner_sku'::regclass"));
        Assert.Equal(0, await superuser.ScalarAsync<long>("SET ROLE shop_app; SELECT count(*) FROM public.orders WHERE false"));
        await superuser.ExecuteAsync("RESET ROLE; GRANT SELECT ON public.tenant_notes TO shop_app; SET ROLE shop_app");
        Assert.Equal(0, await superuser.ScalarAsync<long>("SELECT count(*) FROM public.tenant_notes"));
        await superuser.ExecuteAsync("RESET ROLE; REVOKE SELECT ON public.tenant_notes FROM shop_app");
    }

    [Fact]
    public async Task Writer_lets_changes_flow_in_all_its_tables()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AzureFlexible, writer: true);
        await Eventually.TrueAsync(() => sandbox.ChangesWritten >= 4, "The writer does not write.");
        await using var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None);
        Assert.InRange(await superuser.ScalarAsync<long>("SELECT max(id) FROM public.orders"), 401, 450);
        Assert.True(await superuser.ScalarAsync<bool>("SELECT count(*) > 500 FROM public.events"));
        Assert.True(await superuser.ScalarAsync<bool>("SELECT count(*) > 300 FROM public.audit_log"));
        Assert.True(await superuser.ScalarAsync<bool>("SELECT count(*) > 0 FROM public.orders WHERE updated_at > placed_at AND status = 'sent' AND updated_at > (SELECT max(at) FROM public.audit_log WHERE action = 'signed in')"));
        Assert.DoesNotContain("ERROR", await File.ReadAllTextAsync(sandbox.ServerLogPath), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Thousands_of_tables_are_the_admins_and_fit_in_one_transaction()
    {
        var sandbox = await sandboxes.WithManyTablesAsync();
        await using var admin = new NpgsqlConnection(sandbox.AdminConnectionString);
        await admin.OpenAsync();
        Assert.Equal(SandboxFixture.ManyTables, await admin.ScalarAsync<long>("SELECT count(*) FROM pg_tables WHERE schemaname = 'many' AND tableowner = 'shop_admin'"));
        await admin.ExecuteAsync("GRANT SELECT ON ALL TABLES IN SCHEMA many TO shop_app");
    }

    private static async Task<List<string>> ListAsync(NpgsqlConnection connection, string sql)
    {
        var list = new List<string>();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            list.Add(reader.GetString(0));
        }

        return list;
    }
}
