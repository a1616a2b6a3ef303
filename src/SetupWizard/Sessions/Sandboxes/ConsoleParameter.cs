using System.Globalization;
using SetupWizard.Core.Model;

namespace SetupWizard.Sessions.Sandboxes;

/// <summary>A parameter as a provider's console lists it: what may be typed, and when it takes effect.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Static">Whether it takes effect at the next restart only.</param>
public sealed record ConsoleParameter(string Name, bool Static)
{
    /// <summary>Ranges the consoles print above the field; others are left to the server to judge.</summary>
    private static readonly Dictionary<string, (long Least, long Most)> s_ranges = new(StringComparer.Ordinal)
    {
        ["wal_sender_timeout"] = (0, 3_600_000),
        ["max_wal_senders"] = (5, 262_143),
        ["max_replication_slots"] = (2, 262_143),
        ["max_worker_processes"] = (1, 262_143),
        ["max_slot_wal_keep_size"] = (-1, int.MaxValue),
        ["idle_replication_slot_timeout"] = (0, int.MaxValue),
    };

    private static readonly HashSet<string> s_static = new(StringComparer.Ordinal) { "wal_level", "rds.logical_replication", "max_wal_senders", "max_replication_slots", "max_worker_processes" };

    /// <summary>The words it takes, as the console spells them; empty when it takes a number or any text.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>The numbers it takes; null when it takes others, or when the server alone knows.</summary>
    public (long Least, long Most)? Range { get; init; }

    /// <summary>What a reading gave, in the console's spelling; null before a reading.</summary>
    public string? Now { get; init; }

    /// <summary>Whether it is on or off.</summary>
    public bool IsSwitch => Choices is ["0", "1"];

    /// <summary>A parameter with what was read of it.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="fact">What was read; null when it was not.</param>
    public static ConsoleParameter Of(string name, SettingFact? fact)
    {
        string[] choices = name == "wal_level" ? ["REPLICA", "LOGICAL"]
            : name == "rds.logical_replication" || fact?.Value is "on" or "off" ? ["0", "1"]
            : [];
        return new ConsoleParameter(name, fact?.Context is { } context ? context == "postmaster" : s_static.Contains(name))
        {
            Choices = choices,
            Range = s_ranges.TryGetValue(name, out var range) ? range : null,
            Now = (fact?.Value, choices) switch
            {
                (null, _) => null,
                ("on", ["0", "1"]) => "1",
                ("off", ["0", "1"]) => "0",
                (var value, { Length: > 0 }) => value.ToUpperInvariant(),
                _ => fact!.Raw ?? fact.Value,
            },
        };
    }

    /// <summary>Whether the console lets one save this value.</summary>
    public bool Takes(string value) =>
        Choices.Count > 0 ? Choices.Contains(value, StringComparer.Ordinal)
        : Range is { } range ? long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= range.Least && number <= range.Most
        : value.Length > 0;
}
