using System.Text.RegularExpressions;
using Npgsql;
using Npgsql.Replication;
using SetupWizard.Core.Model;

namespace SetupWizard.Server.Tests.Requirements.OnServers;

/// <summary>
/// What ClickPipes looks at when a pipe is created, in its order, said again in plain steps: as its user, over its two connections.
/// Nothing of it comes from the rules or the proof, so that it can contradict them.
/// </summary>
public sealed class ClickPipesValidation
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(15);

    private readonly NpgsqlConnectionStringBuilder _connection;
    private readonly string _publication;
    private readonly IReadOnlyList<TableRef> _tables;

    /// <summary>A pipe that somebody is about to create.</summary>
    /// <param name="connection">Where, and as whom.</param>
    /// <param name="publication">The publication that was typed.</param>
    /// <param name="tables">The tables that were picked.</param>
    public ClickPipesValidation(NpgsqlConnectionStringBuilder connection, string publication, IReadOnlyList<TableRef> tables)
    {
        _connection = connection;
        _publication = publication;
        _tables = tables;
    }

    /// <summary>The check that refuses and what it says; null when ClickPipes accepts the source.</summary>
    public async Task<string?> RefusalAsync()
    {
        await using var user = new NpgsqlConnection(_connection.ConnectionString);
        try
        {
            await user.OpenAsync().WaitAsync(s_deadline);
            await AskAsync(user, "SELECT 1");
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException)
        {
            return "P0 failed to establish connection: " + e.Message;
        }

        try
        {
            return await ChecksAsync(user);
        }
        catch (PostgresException e)
        {
            return "failed to look: " + e.MessageText;
        }
    }

    private async Task<string?> ChecksAsync(NpgsqlConnection user)
    {
        if (Regex.IsMatch(await AskAsync(user, "SELECT version()"), "-YB-|YugabyteDB", RegexOptions.CultureInvariant))
        {
            return "P1 YugabyteDB is not supported";
        }

        var version = await AskAsync(user, "SHOW server_version_num");
        var major = int.Parse(version, System.Globalization.CultureInfo.InvariantCulture) / 10000;
        if (major < 12)
        {
            return "P2 postgres must be of PG12 or above. Current version: " + version;
        }

        return await ReplicationAsync()
            ?? await ServerAsync(user, major)
            ?? await TablesAsync(user)
            ?? await PublicationAsync(user)
            ?? _tables.Where(t => t.ToString().Count(c => c == '.') != 1).Select(t => "M9 invalid source table identifier: " + t).FirstOrDefault();
    }

    /// <summary>M1.</summary>
    private async Task<string?> ReplicationAsync()
    {
        await using var replication = new LogicalReplicationConnection(_connection.ConnectionString + ";Options=-c wal_sender_timeout=120s");
        try
        {
            await replication.Open().WaitAsync(s_deadline);
            await replication.IdentifySystem();
            return null;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException)
        {
            return "M1 unable to establish replication connectivity: " + e.Message;
        }
    }

    /// <summary>M2 to M5.</summary>
    private static async Task<string?> ServerAsync(NpgsqlConnection user, int major)
    {
        if (await AskAsync(user, "SHOW wal_level") != "logical")
        {
            return "M2 wal_level is not logical";
        }

        if (await AskAsync(user, "SELECT rolreplication FROM pg_roles WHERE rolname = current_user") == "False"
            && await AskAsync(user, "SELECT setting FROM pg_settings WHERE name = 'rds.logical_replication'") is not ("" or "on"))
        {
            return "M3 rds.logical_replication setting must be enabled";
        }

        if (int.Parse(await AskAsync(user, "SHOW max_wal_senders"), System.Globalization.CultureInfo.InvariantCulture) < 2)
        {
            return "M4 max_wal_senders must be at least 2";
        }

        if (await AskAsync(user, "SELECT pg_is_in_recovery()") == "True")
        {
            if (major < 16)
            {
                return "M5 cannot create replication slots on a standby server with version <16";
            }

            if (await AskAsync(user, "SHOW hot_standby_feedback") != "on")
            {
                return "M5 hot_standby_feedback setting must be enabled on standby servers";
            }
        }

        return null;
    }

    /// <summary>M6.</summary>
    private async Task<string?> TablesAsync(NpgsqlConnection user)
    {
        foreach (var table in _tables)
        {
            try
            {
                await AskAsync(user, $"SELECT * FROM \"{Doubled(table.Schema)}\".\"{Doubled(table.Name)}\" LIMIT 0");
            }
            catch (PostgresException e)
            {
                return e.SqlState == PostgresErrorCodes.UndefinedTable
                    ? "M6 source tables do not exist: " + table
                    : "M6 failed to select from table " + table + ": " + e.MessageText;
            }
        }

        return null;

        static string Doubled(string name) => name.Replace("\"", "\"\"", StringComparison.Ordinal);
    }

    /// <summary>M7.</summary>
    private async Task<string?> PublicationAsync(NpgsqlConnection user)
    {
        if (_publication.Length == 0)
        {
            return "M8 invalid publication creation permissions: a user who only reads creates none";
        }

        var everything = await AskAsync(user, "SELECT puballtables FROM pg_publication WHERE pubname = $1", _publication);
        if (everything.Length == 0)
        {
            return "M7 publication does not exist: " + _publication;
        }

        if (everything == "True")
        {
            return null;
        }

        var published = new HashSet<(string, string)>();
        await using var command = new NpgsqlCommand("SELECT schemaname, tablename FROM pg_publication_tables WHERE pubname = $1", user) { Parameters = { new() { Value = _publication } } };
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            published.Add((reader.GetString(0), reader.GetString(1)));
        }

        var missing = _tables.Where(t => !published.Contains((t.Schema, t.Name))).ToList();
        return missing.Count > 0 ? $"M7 tables not in publication \"{_publication}\": {string.Join(", ", missing)}" : null;
    }

    /// <summary>The first value as text; empty when there is none.</summary>
    private static async Task<string> AskAsync(NpgsqlConnection user, string sql, params string[] values)
    {
        await using var command = new NpgsqlCommand(sql, user);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return Convert.ToString(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture) ?? "";
    }
}
