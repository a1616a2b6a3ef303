using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Export;

/// <summary>What is chosen for the ClickPipe, as far as this source lets it be.</summary>
internal sealed record PipeValues
{
    private PipeValues(Inspection inspection)
    {
        var chosen = inspection.Goal.Pipe;
        AllowNullableColumns = chosen.AllowNullableColumns;
        TlsHost = TlsHostOf(inspection);

        // Amazon takes an IAM token over TLS alone.
        Tls = chosen.Tls == PipeTls.Off && inspection.Goal.Authentication == LoginMethod.Iam ? PipeTls.Verify : chosen.Tls;
        FailoverSlots = chosen.FailoverSlots && (inspection.Snapshot?.Server.Major ?? 0) >= PostgresFeatures.FailoverSlots;
        FailoverTooOld = chosen.FailoverSlots && !FailoverSlots;
        Database = chosen.DestinationDatabase;
        Roles = chosen.DestinationRoles;
        SyncIntervalSeconds = chosen.SyncIntervalSeconds;
    }

    /// <summary>Whether NULL stays NULL; null while nobody has decided.</summary>
    public bool? AllowNullableColumns { get; }

    /// <summary>The name in the certificate; null for the host itself.</summary>
    public string? TlsHost { get; }

    /// <summary>How the pipe encrypts.</summary>
    public PipeTls Tls { get; }

    /// <summary>Whether ClickPipes asks for a failover slot.</summary>
    public bool FailoverSlots { get; }

    /// <summary>It was asked for, and this server's version has none.</summary>
    public bool FailoverTooOld { get; }

    /// <summary>The database in ClickHouse.</summary>
    public string Database { get; }

    /// <summary>Roles in ClickHouse; empty for the default one.</summary>
    public IReadOnlyList<string> Roles { get; }

    /// <summary>Seconds between two writes to ClickHouse; null for ClickPipes' default.</summary>
    public int? SyncIntervalSeconds { get; }

    /// <summary>The values of a reading.</summary>
    public static PipeValues Of(Inspection inspection) => new(inspection);

    /// <summary>Through a private endpoint the host has the endpoint's name: the certificate and the region of an IAM token are the database's.</summary>
    public static string? TlsHostOf(Inspection inspection) =>
        inspection.Goal.Pipe.TlsHost ?? (inspection.Goal.Network == NetworkPath.PrivateLink ? inspection.Endpoint.ShownHost : null);
}
