using SetupWizard.Core.Model;

namespace SetupWizard.Core.Audit;

/// <summary>One statement of the record with all that happened to it: it is in the record once for each of these.</summary>
/// <param name="Entries">What happened, in order. At least one.</param>
/// <param name="TakenBack">When a later undo took it back; null while it stands, and for what never came into effect.</param>
public sealed record ActivityItem(IReadOnlyList<AuditEntry> Entries, DateTimeOffset? TakenBack)
{
    /// <summary>What happened last.</summary>
    public AuditEntry Last => Entries[^1];

    /// <summary>The setting it changed, as the last reading has it; null where it changed none, or there was no reading.</summary>
    public SettingFact? Setting { get; init; }

    /// <summary>
    /// How it stands, as a word: <c>TakenBack</c>, <c>TookBack</c> for what an undo did, the last event, or, for a setting that the server takes at its next start only,
    /// <c>AwaitsRestart</c>; <c>Written</c> where nothing was read that tells. The record knows that a setting was written, and not that it is in effect.
    /// </summary>
    public string Outcome =>
        TakenBack is not null ? nameof(TakenBack)
        : Last.Event != AuditEvent.InEffect ? Last.Event.ToString()
        : IsSetting && Setting is null ? "Written"
        : IsSetting && Setting is { PendingRestart: true } ? "AwaitsRestart"
        : Last.Undoing ? "TookBack"
        : nameof(AuditEvent.InEffect);

    private bool IsSetting => Last.Kind is SqlChange.AlterSystemKind or AuditTrail.UndoPrefix + SqlChange.AlterSystemKind;

    /// <summary>The statements of a record, the latest first.</summary>
    /// <param name="entries">The record, in order.</param>
    /// <param name="standing">What of it stands.</param>
    /// <param name="settings">The server's settings as last read; null without a reading.</param>
    public static IReadOnlyList<ActivityItem> Of(IReadOnlyList<AuditEntry> entries, AuditStanding standing, IReadOnlyDictionary<string, SettingFact>? settings = null)
    {
        ArgumentNullException.ThrowIfNull(entries);
        ArgumentNullException.ThrowIfNull(standing);
        var done = new OrderedDictionary<(string Run, int Index), List<AuditEntry>>();
        foreach (var entry in entries)
        {
            if (!done.TryGetValue((entry.Run, entry.Index), out var happened))
            {
                done.Add((entry.Run, entry.Index), happened = []);
            }

            happened.Add(entry);
        }

        return
        [
            .. done.Reverse().Select(d => new ActivityItem(
                d.Value,
                d.Value[^1].Event == AuditEvent.InEffect && standing.TakenBack.TryGetValue(d.Key, out var at) ? at : null)
            {
                Setting = d.Value[^1].Arguments?.GetValueOrDefault("setting") is { } setting ? settings?.GetValueOrDefault(setting) : null,
            }),
        ];
    }

    /// <summary>Whether every word of a search is in what the page shows of it: statement, login, code, outcome, or what the server said.</summary>
    /// <param name="search">The words, with blanks between.</param>
    /// <param name="outcome">How the page calls its outcome.</param>
    public bool Matches(string search, string outcome)
    {
        ArgumentNullException.ThrowIfNull(search);
        var shown = string.Join('\n', [Last.Sql, Last.Login, Last.Code, outcome, .. Entries.SelectMany(static e => new[] { e.SqlState, e.Message }).OfType<string>()]);
        return search.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(word => shown.Contains(word, StringComparison.OrdinalIgnoreCase));
    }
}
