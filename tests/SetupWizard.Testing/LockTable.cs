using System.Globalization;
using Npgsql;
using SetupWizard.Core.Model;
using SetupWizard.Sandbox;

namespace SetupWizard.Testing;

/// <summary>The server's lock table. A sandbox has a large one for its own sake; here it is to be too small.</summary>
public static class LockTable
{
    /// <summary>The settings of a sandbox with so many locks for each connection; 64 is PostgreSQL's default.</summary>
    public static IReadOnlyDictionary<string, string> Of(int locks) =>
        new Dictionary<string, string>(StringComparer.Ordinal) { ["max_locks_per_transaction"] = locks.ToString(CultureInfo.InvariantCulture) };

    /// <summary>What the server says to one statement that publishes all of these tables; null when it does it. Nothing of it stays.</summary>
    public static async Task<string?> RefusalAsync(PostgresSandbox sandbox, IEnumerable<TableRef> tables, CancellationToken cancellationToken)
    {
        await using var admin = new NpgsqlConnection(sandbox.AdminConnectionString);
        await admin.OpenAsync(cancellationToken);
        var pid = admin.ProcessID;
        await using var transaction = await admin.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("CREATE PUBLICATION all_at_once FOR TABLE " + string.Join(", ", tables.Select(t => t.Quoted)), admin);
        string? refusal = null;
        try
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException e)
        {
            refusal = e.SqlState;
        }

        // Npgsql gives a connection up after 53200, and the server's end of it lets its locks go a moment later: what comes next needs them.
        while (refusal is not null && await LivesAsync(sandbox, pid, cancellationToken))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
        }

        return refusal;
    }

    private static async Task<bool> LivesAsync(PostgresSandbox sandbox, int pid, CancellationToken cancellationToken)
    {
        try
        {
            await using var other = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(sandbox.AdminConnectionString) { Pooling = false }.ConnectionString);
            await other.OpenAsync(cancellationToken);
            await using var command = new NpgsqlCommand("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = $1)", other) { Parameters = { new() { Value = pid } } };
            return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.OutOfMemory)
        {
            return true;
        }
    }
}
