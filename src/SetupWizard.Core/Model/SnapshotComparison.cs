using System.Text.Json;
using System.Text.Json.Nodes;

namespace SetupWizard.Core.Model;

/// <summary>One fact that two readings of a database do not agree about.</summary>
/// <param name="What">Where it is: <c>Settings / wal_level / Value</c>.</param>
/// <param name="Before">What the first reading said; null when it had no such fact.</param>
/// <param name="After">What the second said; null when it has no such fact.</param>
public sealed record FactDifference(string What, string? Before, string? After);

/// <summary>Compares readings of a database by the facts that stay the same while nobody changes it.</summary>
public static class SnapshotComparison
{
    private static readonly JsonSerializerOptions s_readable = new() { WriteIndented = true };

    /// <summary>The lasting facts of a reading as text: clocks, WAL positions, estimates and other sessions left out.</summary>
    public static string Lasting(SourceSnapshot snapshot) => NodeOf(snapshot).ToJsonString(s_readable);

    /// <summary>Where two readings of one database, made for the same user and publication, differ; empty when the database is as it was.</summary>
    public static IReadOnlyList<FactDifference> Differences(SourceSnapshot before, SourceSnapshot after)
    {
        var (first, second) = (Facts(NodeOf(before)), Facts(NodeOf(after)));
        return
        [
            .. first.Keys.Union(second.Keys).Order(StringComparer.Ordinal)
                .Select(k => new FactDifference(k, first.GetValueOrDefault(k), second.GetValueOrDefault(k)))
                .Where(d => d.Before != d.After),
        ];
    }

    private static JsonNode NodeOf(SourceSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var lasting = snapshot with
        {
            ReadAt = default,
            Server = snapshot.Server with { StartedAt = default },
            Slots = [],
            SlotReaders = [],
            WalSendersInUse = 0,
            Standbys = 0,
            Connections = snapshot.Connections is { } connections ? connections with { InDatabase = 0, InServer = 0 } : null,
            Transactions = [],
            Addresses = [],
            WalBytesPerSecond = null,
            Tables = [.. snapshot.Tables.OrderBy(t => t.Ref).Select(t => t with { EstimatedRows = 0, EstimatedBytes = 0 })],
            Roles = new SortedDictionary<string, RoleFact>(snapshot.Roles.ToDictionary(), StringComparer.Ordinal),
            Settings = new SortedDictionary<string, SettingFact>(snapshot.Settings.ToDictionary(), StringComparer.Ordinal),
        };
        return JsonSerializer.SerializeToNode(lasting)!;
    }

    /// <summary>Every leaf by its path. What is in a list goes by its own name where it has one, so that a new table does not shift the others.</summary>
    private static Dictionary<string, string> Facts(JsonNode node)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        Walk("", node);
        return facts;

        void Walk(string path, JsonNode? current)
        {
            switch (current)
            {
                case JsonObject named:
                    foreach (var (name, value) in named)
                    {
                        Walk(Join(path, name), value);
                    }

                    break;
                case JsonArray list:
                    for (var i = 0; i < list.Count; i++)
                    {
                        Walk(Join(path, NameOf(list[i]) ?? "#" + i.ToString(System.Globalization.CultureInfo.InvariantCulture)), list[i]);
                    }

                    break;
                case not null:
                    facts[path] = current.ToString();
                    break;
            }
        }
    }

    private static string? NameOf(JsonNode? item) => item switch
    {
        JsonObject o when o["Ref"] is JsonObject table => table["Schema"] + "." + table["Name"],
        JsonObject o when o["Name"] is JsonValue name => name.ToString(),
        JsonValue value => value.ToString(),
        _ => null,
    };

    private static string Join(string path, string name) => path.Length == 0 ? name : path + " / " + name;
}
