using System.Globalization;
using Npgsql;

namespace SetupWizard.Sandbox;

/// <summary>The parameter page of the provider's console: what may be edited, what takes effect at once, what waits for the reboot.</summary>
internal sealed class ParameterEditor(ClusterFiles files, ProviderRules rules, int major, TimeProvider time)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly SortedDictionary<string, string> _staged = new(StringComparer.Ordinal);

    /// <summary>Edits that the server does not know of until the reboot.</summary>
    public IReadOnlyDictionary<string, string> Staged => _staged;

    /// <summary>Saves one parameter.</summary>
    /// <exception cref="SandboxRefusedException">The provider does not let one do this; nothing was changed.</exception>
    public async Task SetAsync(NpgsqlConnection connection, string name, string value, CancellationToken cancellationToken)
    {
        if (rules.Refusals.TryGetValue(name, out var reason))
        {
            throw new SandboxRefusedException(name, reason);
        }

        if (rules.Editable is { } editable && !editable.Contains(name))
        {
            throw new SandboxRefusedException(name, $"{rules.Name} does not let one edit \"{name}\" here.");
        }

        switch (name)
        {
            case ProviderRules.RdsLogicalReplication:
                var on = Flag(name, value);
                var running = (await CurrentAsync(connection, name, cancellationToken).ConfigureAwait(false)).Value;
                Stage(name, on ? "on" : "off", running);
                break;
            case ProviderRules.RdsForceSsl:
                var force = Flag(name, value);
                await files.WriteAccessAsync(!force, cancellationToken).ConfigureAwait(false);
                await AlterAsync(connection, name, force ? "1" : "0", cancellationToken).ConfigureAwait(false);
                await ReloadAsync(connection, cancellationToken).ConfigureAwait(false);
                break;
            case ProviderRules.RdsIamForReplication:
                await AlterAsync(connection, name, Flag(name, value) ? "on" : "off", cancellationToken).ConfigureAwait(false);
                await ReloadAsync(connection, cancellationToken).ConfigureAwait(false);
                break;
            case "wal_level" when rules.Editable is not null && value is not ("replica" or "logical"):
                throw new SandboxRefusedException(name, $"{rules.Name} takes replica or logical for wal_level, not \"{value}\".");
            default:
                await SetStockAsync(connection, name, value, cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    /// <summary>Puts the staged edits where the next start finds them. The server must be down.</summary>
    public async Task WriteStagedAsync(CancellationToken cancellationToken)
    {
        // The last line of a name counts, and ALTER SYSTEM tidies up behind us.
        var lines = _staged.Select(edit => $"{edit.Key} = {ClusterFiles.Quote(edit.Value)}\n").ToList();
        if (_staged.TryGetValue(ProviderRules.RdsLogicalReplication, out var logical))
        {
            lines.Add($"wal_level = {(logical == "on" ? "logical" : "replica")}\n");
        }

        await File.AppendAllTextAsync(files.AutoConf, string.Concat(lines), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Forgets the staged edits: they are in force, or given up.</summary>
    public void ForgetStaged() => _staged.Clear();

    private async Task SetStockAsync(NpgsqlConnection connection, string name, string value, CancellationToken cancellationToken)
    {
        var current = await CurrentAsync(connection, name, cancellationToken).ConfigureAwait(false);
        if (current.Context is not { } context)
        {
            throw new SandboxRefusedException(name, string.Create(CultureInfo.InvariantCulture, $"PostgreSQL {major} has no parameter \"{name}\"."));
        }

        if (context == "postmaster" && !rules.PendingShows)
        {
            // The server's own check of the value; then its file goes back to what it was, for only the reboot may bring the edit in.
            var before = await File.ReadAllTextAsync(files.AutoConf, cancellationToken).ConfigureAwait(false);
            await AlterAsync(connection, name, value, cancellationToken).ConfigureAwait(false);
            await File.WriteAllTextAsync(files.AutoConf, before, CancellationToken.None).ConfigureAwait(false);
            Stage(name, value, current.Value);
            return;
        }

        await AlterAsync(connection, name, value, cancellationToken).ConfigureAwait(false);
        await ReloadAsync(connection, cancellationToken).ConfigureAwait(false);
    }

    private void Stage(string name, string value, string? running)
    {
        if (string.Equals(value, running, StringComparison.OrdinalIgnoreCase))
        {
            _staged.Remove(name);
        }
        else
        {
            _staged[name] = value;
        }
    }

    private static bool Flag(string name, string value) => value.ToUpperInvariant() switch
    {
        "1" or "ON" or "TRUE" or "YES" => true,
        "0" or "OFF" or "FALSE" or "NO" => false,
        _ => throw new SandboxRefusedException(name, $"\"{name}\" takes 0 or 1, not \"{value}\"."),
    };

    private static async Task<(string? Value, string? Context)> CurrentAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand("SELECT s.setting, s.context FROM pg_catalog.pg_settings AS s WHERE s.name = $1", connection) { Parameters = { new() { Value = name } } };
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                return await reader.ReadAsync(cancellationToken).ConfigureAwait(false) ? (reader.GetString(0), reader.GetString(1)) : (null, null);
            }
        }
    }

    private static async Task AlterAsync(NpgsqlConnection connection, string name, string value, CancellationToken cancellationToken)
    {
        // Each part of a dotted name is an identifier of its own.
        var quoted = string.Join('.', name.Split('.').Select(part => "\"" + part.Replace("\"", "\"\"", StringComparison.Ordinal) + "\""));
        try
        {
            await SandboxConnections.ExecuteAsync(connection, $"ALTER SYSTEM SET {quoted} = {SandboxConnections.Literal(value)}", cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException refused)
        {
            throw new SandboxRefusedException(name, $"The server does not take this value: {refused.MessageText}.");
        }
    }

    private async Task ReloadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // The reload is asynchronous; our own session reads the files after the postmaster has.
        var before = await LoadedAsync(connection, cancellationToken).ConfigureAwait(false);
        await SandboxConnections.ExecuteAsync(connection, "SELECT pg_catalog.pg_reload_conf()", cancellationToken).ConfigureAwait(false);
        var began = time.GetTimestamp();
        while (await LoadedAsync(connection, cancellationToken).ConfigureAwait(false) == before)
        {
            if (time.GetElapsedTime(began) > s_patience)
            {
                throw new SandboxException("The sandbox's server does not read its parameters anew.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<string> LoadedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand("SELECT pg_catalog.pg_conf_load_time()::text", connection);
        await using (command.ConfigureAwait(false))
        {
            return (string)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
        }
    }
}
