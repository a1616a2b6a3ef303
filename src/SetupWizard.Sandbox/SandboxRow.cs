using System.Globalization;
using Npgsql;

namespace SetupWizard.Sandbox;

/// <summary>A row of somebody's own in a sandbox: put in, changed and taken out again, one statement at a time.</summary>
/// <param name="Schema">The table's schema.</param>
/// <param name="Table">The table's name.</param>
/// <param name="Id">The row's primary key.</param>
/// <param name="Statement">The statement that was run last.</param>
public sealed record SandboxRow(string Schema, string Table, long Id, string Statement)
{
    /// <summary>The tables of the seed that take such a row, the plainest first, with the columns it fills and the one that is changed later.</summary>
    private static readonly (string Schema, string Table, string Columns, string Values, string Changed)[] s_kinds =
    [
        ("public", "customers", "email, full_name, country", "'visitor-{0}@example.com', 'A visitor', 'KR'", "full_name = 'A visitor who moved'"),
        ("public", "products", "sku, title, price", "'SKU-{0}', 'A new product', 9.99", "price = 12.50"),
        ("sales", "invoices", "number, customer, issued_on, total", "'INV-{0}', 'A visitor', current_date, 9.99", "total = 12.50"),
        ("platform", "tenants", "name, plan, since", "'visitor-{0}', 'free', current_date", "plan = 'team'"),
    ];

    /// <summary>Whether a table takes such a row.</summary>
    /// <param name="schema">The table's schema.</param>
    /// <param name="table">The table's name.</param>
    public static bool FitsIn(string schema, string table) => s_kinds.Any(k => k.Schema == schema && k.Table == table);

    /// <summary>Puts a new row into a table.</summary>
    internal static async Task<SandboxRow> InsertAsync(NpgsqlConnection connection, string schema, string table, CancellationToken cancellationToken)
    {
        var kind = Kind(schema, table);
        var values = string.Format(CultureInfo.InvariantCulture, kind.Values, Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..8]);
        var statement = $"INSERT INTO {schema}.{table} ({kind.Columns}) VALUES ({values})";
        var command = new NpgsqlCommand(statement + " RETURNING id", connection);
        await using (command.ConfigureAwait(false))
        {
            var id = (long)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
            return new SandboxRow(schema, table, id, statement);
        }
    }

    /// <summary>Changes the row.</summary>
    internal Task<SandboxRow> UpdateAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        RunAsync(connection, FormattableString.Invariant($"UPDATE {Schema}.{Table} SET {Kind(Schema, Table).Changed} WHERE id = {Id}"), cancellationToken);

    /// <summary>Takes the row out.</summary>
    internal Task<SandboxRow> DeleteAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        RunAsync(connection, FormattableString.Invariant($"DELETE FROM {Schema}.{Table} WHERE id = {Id}"), cancellationToken);

    private static (string Schema, string Table, string Columns, string Values, string Changed) Kind(string schema, string table) =>
        s_kinds.FirstOrDefault(k => k.Schema == schema && k.Table == table) is { Schema: not null } kind
            ? kind
            : throw new ArgumentException($"The sandbox makes no rows for {schema}.{table}.", nameof(table));

    private async Task<SandboxRow> RunAsync(NpgsqlConnection connection, string statement, CancellationToken cancellationToken)
    {
        await SandboxConnections.ExecuteAsync(connection, statement, cancellationToken).ConfigureAwait(false);
        return this with { Statement = statement };
    }
}
