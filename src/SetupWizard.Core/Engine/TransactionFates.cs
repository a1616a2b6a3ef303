using System.Globalization;
using Npgsql;
using SetupWizard.Core.Audit;

namespace SetupWizard.Core.Engine;

/// <summary>
/// Asks the server what became of transactions that the record leaves open.
/// See <see href="https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SNAPSHOT"/>.
/// </summary>
internal static class TransactionFates
{
    /// <summary>The older name, which every version has.</summary>
    private const string Sql = "SELECT pg_catalog.txid_status($1)";

    /// <summary>What the server knows; a transaction it knows nothing of is left out.</summary>
    public static async Task<IReadOnlyDictionary<string, TransactionFate>> ReadAsync(NpgsqlConnection connection, IReadOnlyList<AuditEntry> open, CancellationToken cancellationToken)
    {
        var fates = new Dictionary<string, TransactionFate>(StringComparer.Ordinal);
        foreach (var number in open.Select(static e => e.Transaction).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            if (long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var transaction) && await ReadAsync(connection, transaction, cancellationToken).ConfigureAwait(false) is { } fate)
            {
                fates[number] = fate;
            }
        }

        return fates;
    }

    private static async Task<TransactionFate?> ReadAsync(NpgsqlConnection connection, long transaction, CancellationToken cancellationToken)
    {
        try
        {
            var command = new NpgsqlCommand(Sql, connection) { Parameters = { new() { Value = transaction } } };
            await using (command.ConfigureAwait(false))
            {
                return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) switch
                {
                    "committed" => TransactionFate.Committed,
                    "aborted" => TransactionFate.Aborted,
                    "in progress" => TransactionFate.Running,
                    _ => null,
                };
            }
        }
        catch (PostgresException e) when (!ApplyProblems.IsConnectionLost(e))
        {
            // A number that is still to come: the server was set back to an earlier time.
            return null;
        }
    }
}
