using System.Text.Json;
using SetupWizard.Core.Source;

namespace SetupWizard.Testing;

/// <summary>What stays the same from one reading to the next while nobody changes the database.</summary>
public static class LastingFacts
{
    private static readonly JsonSerializerOptions s_readable = new() { WriteIndented = true };

    /// <summary>The lasting facts of a snapshot as text: clocks, WAL positions, estimates and other sessions left out.</summary>
    public static string Of(SourceSnapshot snapshot) => JsonSerializer.Serialize(
        snapshot with
        {
            ReadAt = default,
            Server = snapshot.Server with { StartedAt = default },
            Slots = [],
            WalSendersInUse = 0,
            Standbys = 0,
            Transactions = [],
            Addresses = [],
            WalBytesPerSecond = null,
            Tables = [.. snapshot.Tables.OrderBy(t => t.Ref).Select(t => t with { EstimatedRows = 0, EstimatedBytes = 0 })],
            Roles = new SortedDictionary<string, RoleFact>(snapshot.Roles.ToDictionary(), StringComparer.Ordinal),
            Settings = new SortedDictionary<string, SettingFact>(snapshot.Settings.ToDictionary(), StringComparer.Ordinal),
        },
        s_readable);
}
