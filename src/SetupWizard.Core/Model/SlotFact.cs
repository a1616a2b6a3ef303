namespace SetupWizard.Core.Model;

/// <summary>A replication slot.</summary>
public sealed record SlotFact
{
    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>Logical (true) or physical.</summary>
    public bool Logical { get; init; }

    /// <summary>The database of a logical slot.</summary>
    public string? Database { get; init; }

    /// <summary>Somebody reads from it.</summary>
    public bool Active { get; init; }

    /// <summary>WAL it holds back, in bytes; null when it holds none or it is not known.</summary>
    public long? RetainedBytes { get; init; }

    /// <summary><c>reserved</c>, <c>extended</c>, <c>unreserved</c>, <c>lost</c>; null before PostgreSQL 13.</summary>
    public string? WalStatus { get; init; }

    /// <summary>What may still be written before it is in danger, in bytes; null without a limit, when it is lost, and before PostgreSQL 13.</summary>
    public long? SafeBytes { get; init; }

    /// <summary>Since when nobody reads from it; null while somebody does, and before PostgreSQL 17.</summary>
    public DateTimeOffset? InactiveSince { get; init; }

    /// <summary>A standby's copy of a slot of the primary: nobody reads it until it takes over.</summary>
    public bool Synced { get; init; }
}
