using SetupWizard.Core.Model;

namespace SetupWizard.Core.Audit;

/// <summary>Where every statement is recorded before and after it runs. Append-only.</summary>
public interface IAuditLog
{
    /// <summary>Appends a line. A line that cannot be written throws, and the statement it announces must not run.</summary>
    /// <exception cref="IOException">The line could not be written.</exception>
    Task AppendAsync(AuditEntry entry, CancellationToken cancellationToken);

    /// <summary>All lines about a database, oldest first; all databases when null.</summary>
    IAsyncEnumerable<AuditEntry> ReadAsync(string? source, CancellationToken cancellationToken);

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
