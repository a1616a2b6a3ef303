namespace SetupWizard.Core.Audit;

/// <summary>The record as it was read.</summary>
/// <param name="Entries">Its lines, oldest first, each with all that is known of its change.</param>
/// <param name="Damage">What is not as it was written; null when everything is. Nothing of a damaged record is run.</param>
public sealed record AuditRecord(IReadOnlyList<AuditEntry> Entries, AuditDamage? Damage)
{
    /// <summary>
    /// Set-ups in lines about another database under the name of the one asked about, by user and publication: another server answers there, or it was made anew, restored from a dump, or
    /// upgraded to another major version.
    /// </summary>
    public IReadOnlySet<(string User, string Publication)> OfAnother { get; init; } = new HashSet<(string, string)>();
}

/// <summary>The record is not as this installation wrote it.</summary>
/// <param name="Path">The file.</param>
/// <param name="Line">The first line, from 1, that does not follow from those before it; null when lines are missing at the end, or nothing tells whether there are.</param>
public sealed record AuditDamage(string Path, int? Line);
