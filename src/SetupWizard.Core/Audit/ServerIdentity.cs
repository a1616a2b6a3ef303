using SetupWizard.Core.Model;

namespace SetupWizard.Core.Audit;

/// <summary>
/// Which database of which server, by the server's own account: whatever host name, port or bastion it is reached by.
/// See <see href="https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-CONTROLDATA"/>.
/// </summary>
/// <param name="System">The identifier a data directory got when it was made (<c>pg_control_system().system_identifier</c>), as text: it has 64 bits.</param>
/// <param name="Database">The database's number (<c>pg_database.oid</c>).</param>
public sealed record ServerIdentity(string System, long Database)
{
    /// <summary>The identity of what was read; null where it could not be read or the server does not tell.</summary>
    public static ServerIdentity? Of(SourceSnapshot? snapshot) =>
        snapshot?.Server is { SystemIdentifier: { } system, DatabaseOid: > 0 and var database } ? new ServerIdentity(system, database) : null;
}

/// <summary>The database that a part of the record is about.</summary>
/// <param name="Name">See <see cref="SourceEndpoint.Identity"/>: what is gone by where one side knows no identity.</param>
/// <param name="Identity">Its identity; null where the server does not tell.</param>
public sealed record AuditSource(string Name, ServerIdentity? Identity)
{
    /// <summary>The database that was read.</summary>
    public static AuditSource Of(SourceEndpoint endpoint, SourceSnapshot? snapshot) => new(endpoint.Identity, ServerIdentity.Of(snapshot));

    /// <summary>Whether a line is about this database.</summary>
    public bool Has(AuditEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry.Server is { } server && Identity is not null ? server == Identity : entry.Source == Name;
    }
}
