using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Sandbox;

[Collection(SandboxFixture.Collection)]
public sealed class SandboxRowTests(SandboxFixture sandboxes)
{
    [Theory]
    [InlineData("public", "customers", "full_name", "A visitor who moved")]
    [InlineData("public", "products", "price::text", "12.50")]
    [InlineData("sales", "invoices", "total::text", "12.50")]
    [InlineData("platform", "tenants", "plan", "team")]
    public async Task Row_is_put_in_changed_and_taken_out_by_the_statements_that_are_told(string schema, string table, string column, string changed)
    {
        var sandbox = await sandboxes.SharedAsync(SandboxProfile.AmazonRds, null);
        await using var superuser = await sandbox.OpenSuperuserAsync(null, CancellationToken.None);

        Assert.True(SandboxRow.FitsIn(schema, table));
        var row = await sandbox.InsertRowAsync(schema, table, CancellationToken.None);
        var value = $"SELECT coalesce(max({column}), 'no row') FROM {schema}.{table} WHERE id = {row.Id}";
        Assert.StartsWith($"INSERT INTO {schema}.{table} (", row.Statement, StringComparison.Ordinal);
        Assert.NotEqual(changed, await superuser.ScalarAsync<string>(value));
        Assert.NotEqual("no row", await superuser.ScalarAsync<string>(value));

        row = await sandbox.UpdateRowAsync(row, CancellationToken.None);
        Assert.EndsWith($" WHERE id = {row.Id}", row.Statement, StringComparison.Ordinal);
        Assert.Equal(changed, await superuser.ScalarAsync<string>(value));

        row = await sandbox.DeleteRowAsync(row, CancellationToken.None);
        Assert.Equal($"DELETE FROM {schema}.{table} WHERE id = {row.Id}", row.Statement);
        Assert.Equal("no row", await superuser.ScalarAsync<string>(value));
    }

    [Fact]
    public async Task Row_for_a_table_the_sandbox_does_not_know_is_refused()
    {
        var sandbox = await sandboxes.SharedAsync(SandboxProfile.AmazonRds, null);
        Assert.False(SandboxRow.FitsIn("public", "audit_log"));
        await Assert.ThrowsAsync<ArgumentException>(() => sandbox.InsertRowAsync("public", "audit_log", CancellationToken.None));
    }

    [Fact]
    public async Task Row_that_the_server_does_not_take_says_why_in_its_words()
    {
        var sandbox = await sandboxes.SharedAsync(SandboxProfile.AmazonRds, null);
        var row = new SandboxRow("public", "customers", 1, "");

        // Orders of the seed point to the first customer.
        var refusal = await Assert.ThrowsAsync<SandboxException>(() => sandbox.DeleteRowAsync(row, CancellationToken.None));
        Assert.Contains("orders_customer_id_fkey", refusal.Message, StringComparison.Ordinal);
    }
}
