namespace SetupWizard.Core.Audit;

/// <summary>Where every statement is recorded before and after it runs. Append-only.</summary>
public interface IAuditLog
{
    /// <summary>Appends lines, all in one piece. What cannot be written throws, and what it announces must not happen.</summary>
    /// <exception cref="IOException">They could not be written.</exception>
    Task AppendAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken);

    /// <summary>Why nothing could be recorded now, in the system's words; null when it could. Whoever asks before an apply spares somebody a refusal.</summary>
    Task<string?> TroubleAsync(CancellationToken cancellationToken);

    /// <summary>All lines about a database, oldest first; all databases when null.</summary>
    /// <exception cref="IOException">They could not be read.</exception>
    Task<AuditRecord> ReadAsync(AuditSource? about, CancellationToken cancellationToken);
}
