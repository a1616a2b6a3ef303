using Npgsql;

namespace SetupWizard.Server.Tests.Support;

/// <summary>One-line queries for tests.</summary>
public static class NpgsqlShortcuts
{
    /// <summary>The single value of a query.</summary>
    public static async Task<T> ScalarAsync<T>(this NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Runs statements.</summary>
    public static async Task ExecuteAsync(this NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
