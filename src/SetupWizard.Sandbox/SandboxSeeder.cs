using System.Globalization;
using System.Reflection;

namespace SetupWizard.Sandbox;

/// <summary>Fills a fresh cluster: roles, dressed views, the database "shop".</summary>
internal sealed class SandboxSeeder(SandboxConnections connections, SandboxProfile profile, ProviderRules rules)
{
    // Small enough for the lock table, large enough to be quick.
    private const int TablesPerBatch = 500;

    /// <summary>Fills the cluster.</summary>
    public async Task SeedAsync(string database, string adminPassword, string appPassword, CancellationToken cancellationToken)
    {
        var secrets = new Dictionary<string, string>
        {
            [":'admin_password'"] = SandboxConnections.Literal(adminPassword),
            [":'app_password'"] = SandboxConnections.Literal(appPassword),
        };
        // Views belong to a database: the template hands the dressed ones on to every database that is created later.
        foreach (var name in rules.OwnParameters.Count > 0 ? (string[])["template1", "postgres"] : [])
        {
            await RunAsync(name, "dress.sql", Dress(), cancellationToken).ConfigureAwait(false);
        }

        await RunAsync("postgres", $"roles-{profile.Word()}.sql", secrets, cancellationToken).ConfigureAwait(false);
        var connection = await connections.OpenAsync("postgres", cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            await SandboxConnections.ExecuteAsync(connection, $"CREATE DATABASE {database} OWNER shop_admin", cancellationToken).ConfigureAwait(false);
        }

        foreach (var script in (string[])["shop.sql", "sales.sql", "platform.sql"])
        {
            await RunAsync(database, script, secrets, cancellationToken).ConfigureAwait(false);
        }

        connection = await connections.OpenAsync(database, cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            await SandboxConnections.ExecuteAsync(connection, "ANALYZE", cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Gives the logins of a copied cluster passwords of their own.</summary>
    public async Task SetPasswordsAsync(string adminPassword, string appPassword, CancellationToken cancellationToken)
    {
        var connection = await connections.OpenAsync("postgres", cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            await SandboxConnections.ExecuteAsync(
                connection,
                $"ALTER ROLE shop_admin PASSWORD {SandboxConnections.Literal(adminPassword)}; ALTER ROLE shop_app PASSWORD {SandboxConnections.Literal(appPassword)}",
                cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Creates small tables in the schema "many".</summary>
    public async Task SeedManyAsync(string database, int count, CancellationToken cancellationToken)
    {
        for (var first = 1; first <= count; first += TablesPerBatch)
        {
            var range = new Dictionary<string, string>
            {
                [":first"] = first.ToString(CultureInfo.InvariantCulture),
                [":last"] = Math.Min(first + TablesPerBatch - 1, count).ToString(CultureInfo.InvariantCulture),
            };
            await RunAsync(database, "many.sql", range, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The text of a script.</summary>
    internal static string Script(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private Dictionary<string, string> Dress()
    {
        var rows = rules.OwnParameters.Select(p => $"({SandboxConnections.Literal(p.Name)}, {SandboxConnections.Literal(p.Context)}, {SandboxConnections.Literal(p.Type)})");
        return new Dictionary<string, string>
        {
            [":settings"] = string.Join(", ", rows),
            [":'replication_role'"] = SandboxConnections.Literal(rules.ReplicationRole),
        };
    }

    private async Task RunAsync(string database, string script, Dictionary<string, string> values, CancellationToken cancellationToken)
    {
        // Each placeholder is found in the script itself, never in a value that was put in before.
        var parts = new List<string> { Script(script) };
        foreach (var (placeholder, value) in values)
        {
            for (var i = parts.Count - 1; i >= 0; i--)
            {
                if (i % 2 == 0 && parts[i].Split(placeholder) is { Length: > 1 } pieces)
                {
                    parts.RemoveAt(i);
                    parts.InsertRange(i, pieces.SelectMany((piece, n) => n == 0 ? (string[])[piece] : [value, piece]));
                }
            }
        }

        var connection = await connections.OpenAsync(database, cancellationToken, changeSystemTables: true).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            await SandboxConnections.ExecuteAsync(connection, string.Concat(parts), cancellationToken).ConfigureAwait(false);
        }
    }
}
