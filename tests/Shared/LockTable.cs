using Npgsql;
using SetupWizard.Core.Model;
using SetupWizard.Sandbox;

namespace SetupWizard.Testing;

/// <summary>The server's lock table, as small as it is where nobody made it larger. A sandbox has a large one for its own sake.</summary>
public static class LockTable
{
    /// <summary>Gives the server PostgreSQL's default and restarts it.</summary>
    public static async Task ShrinkAsync(PostgresSandbox sandbox, CancellationToken cancellationToken)
    {
        await using (var superuser = await sandbox.OpenSuperuserAsync(null, cancellationToken))
        {
            await using var command = new NpgsqlCommand("ALTER SYSTEM SET max_locks_per_transaction = 64", superuser);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await sandbox.RebootAsync(cancellationToken);
    }

    /// <summary>What the server says to one statement that publishes all of these tables; null when it does it. Nothing of it stays.</summary>
    public static async Task<string?> RefusalAsync(PostgresSandbox sandbox, IEnumerable<TableRef> tables, CancellationToken cancellationToken)
    {
        await using var admin = new NpgsqlConnection(sandbox.AdminConnectionString);
        await admin.OpenAsync(cancellationToken);
        await using var transaction = await admin.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("CREATE PUBLICATION all_at_once FOR TABLE " + string.Join(", ", tables.Select(t => t.Quoted)), admin);
        try
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
            return null;
        }
        catch (PostgresException e)
        {
            return e.SqlState;
        }
    }
}
