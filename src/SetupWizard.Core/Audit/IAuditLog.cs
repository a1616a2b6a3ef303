using SetupWizard.Core.Model;

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

    /// <summary>
    /// The name the audit gives a database: host, port and database name. An address, or a name without a domain, says which server only together
    /// with the bastion it is seen from: behind another bastion, the same one is another server.
    /// </summary>
    static string NameOf(SourceEndpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        var name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{endpoint.Host.ToLowerInvariant()}:{endpoint.Port}/{endpoint.Database}");
        var local = System.Net.IPAddress.TryParse(endpoint.Host, out _) || !endpoint.Host.Contains('.', StringComparison.Ordinal);
        return local && endpoint.Ssh is { } ssh ? name + " via " + ssh.Address.ToLowerInvariant() : name;
    }
}
