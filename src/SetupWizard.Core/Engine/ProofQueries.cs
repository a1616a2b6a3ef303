using Npgsql;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Engine;

/// <summary>What several stages of a proof ask in the same way.</summary>
internal static class ProofQueries
{
    public static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql, object parameter, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = parameter } } };
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public static async Task<List<TableRef>> RowsAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var rows = new List<TableRef>();
        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                rows.Add(new TableRef(reader.GetString(0), reader.GetString(1)));
            }
        }

        return rows;
    }

    /// <summary>The server could not hand something over as UTF-8: a name or a value is in bytes that are none, or has no counterpart there.</summary>
    public static bool IsNotText(PostgresException e) => e.SqlState is PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter;

    /// <summary>What a server or a network did, or our own patience running out; a cancelled proof is neither. A session that ended before says so by the last of these.</summary>
    public static bool IsFailure(Exception e, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested && (ConnectionErrors.IsOfEndedSession(e) || e is OperationCanceledException);
}
