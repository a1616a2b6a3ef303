namespace SetupWizard.Core.Audit;

/// <summary>Where every statement is recorded before and after it runs. Append-only.</summary>
public interface IAuditLog
{
    /// <summary>Appends lines atomically. Throws when they cannot be written; the caller must then not run what they announce.</summary>
    /// <exception cref="IOException">They could not be written.</exception>
    Task AppendAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken);

    /// <summary>Precondition of an apply: why nothing could be recorded now, as the operating system says it; null when it could.</summary>
    Task<string?> TroubleAsync(CancellationToken cancellationToken);

    /// <summary>All lines about a database, oldest first; all databases when null.</summary>
    /// <exception cref="IOException">They could not be read.</exception>
    Task<AuditRecord> ReadAsync(AuditSource? about, CancellationToken cancellationToken);
}
