namespace SetupWizard.Core.Audit;

/// <summary>What the record says about a database.</summary>
/// <param name="Standing">What was applied and not taken back, oldest first: as far as the record and the server's transactions tell. What else took it back, the catalog tells.</param>
/// <param name="Undecided">Changes whose transaction is still under way, and those of which nothing tells whether they are in effect.</param>
/// <param name="Happened">What was committed, applied or taken back, oldest first, by the record's own account or the server's.</param>
public sealed record AuditStanding(IReadOnlyList<AuditEntry> Standing, IReadOnlyList<AuditEntry> Undecided, IReadOnlyList<AuditEntry> Happened)
{
    /// <summary>Changes that were taken back, by their run and their place in it, and when.</summary>
    public IReadOnlyDictionary<(string Run, int Index), DateTimeOffset> TakenBack { get; init; } = new Dictionary<(string, int), DateTimeOffset>();
}

/// <summary>What became of a transaction.</summary>
public enum TransactionFate
{
    /// <summary>The server does not know (any more).</summary>
    Unknown,

    /// <summary>It is in effect.</summary>
    Committed,

    /// <summary>It was taken back.</summary>
    Aborted,

    /// <summary>It is still under way.</summary>
    Running,
}
