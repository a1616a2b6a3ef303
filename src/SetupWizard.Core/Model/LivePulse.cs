namespace SetupWizard.Core.Model;

/// <summary>The few facts that change outside the wizard, read every couple of seconds while somebody looks.</summary>
/// <param name="At">When.</param>
/// <param name="Reachable">Whether the server answered.</param>
/// <param name="UnreachableFor">How long it has not answered; zero while it does.</param>
public sealed record LivePulse(DateTimeOffset At, bool Reachable, TimeSpan UnreachableFor)
{
    /// <summary>When the server process started: a new value means it restarted.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>The watched settings, by name (<c>wal_level</c>, the provider's switch), as <c>current_setting</c> gives them.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>(StringComparer.Ordinal);

    /// <summary>Settings that wait for a restart.</summary>
    public IReadOnlyList<string> PendingRestart { get; init; } = [];

    /// <summary>Replication slots: name, whether active, WAL held back in bytes.</summary>
    public IReadOnlyList<(string Name, bool Active, long RetainedBytes)> Slots { get; init; } = [];

    /// <summary>Connected WAL senders: user, application, client address.</summary>
    public IReadOnlyList<(string User, string Application, string? Address)> WalSenders { get; init; } = [];

    /// <summary>Whether anything a verdict depends on differs from <paramref name="other"/>.</summary>
    public bool DiffersFrom(LivePulse? other) =>
        other is null
        || Reachable != other.Reachable
        || StartedAt != other.StartedAt
        || !PendingRestart.SequenceEqual(other.PendingRestart)
        || Settings.Count != other.Settings.Count
        || Settings.Any(s => !other.Settings.TryGetValue(s.Key, out var v) || v != s.Value)
        || !Slots.Select(s => (s.Name, s.Active)).SequenceEqual(other.Slots.Select(s => (s.Name, s.Active)))
        || !WalSenders.SequenceEqual(other.WalSenders);
}
