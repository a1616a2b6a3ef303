namespace SetupWizard.Core.Model;

/// <summary>How the ClickPipe encrypts its way to the source.</summary>
public enum PipeTls
{
    /// <summary>Encrypted, and the certificate is verified: ClickPipes' default.</summary>
    Verify,

    /// <summary>Encrypted, with whatever certificate the server shows (<c>skipCertVerification</c>).</summary>
    SkipVerification,

    /// <summary>Not encrypted (<c>disableTls</c>).</summary>
    Off,
}

/// <summary>
/// What the ClickPipe itself is told when it is created: nothing here changes the database. The defaults are ClickPipes' own; most of them cannot be
/// changed on a pipe that exists. See <see href="https://clickhouse.com/docs/integrations/clickpipes/programmatic-access/openapi"/>.
/// </summary>
public sealed record PipeSettings
{
    /// <summary>The destination database when nobody names another.</summary>
    public const string DefaultDatabase = "default";

    /// <summary>How often ClickPipes writes changes to ClickHouse when nobody says, in seconds.</summary>
    public const int DefaultSyncIntervalSeconds = 60;

    /// <summary>A day: longer would be a mistake in the unit.</summary>
    public const int MostSyncIntervalSeconds = 86_400;

    /// <summary>
    /// Whether a column that may be NULL becomes <c>Nullable</c> in ClickHouse; false writes the type's default in place of NULL (0, an empty text,
    /// 1970-01-01). Null while nobody has decided, which ClickPipes takes for false. Fixed when the pipe is created.
    /// </summary>
    public bool? AllowNullableColumns { get; init; }

    /// <summary>The name the certificate has and the region of an IAM token is read from, when the pipe connects to another name; null for the host itself.</summary>
    public string? TlsHost { get; init; }

    /// <summary>How the pipe encrypts.</summary>
    public PipeTls Tls { get; init; }

    /// <summary>Whether the slot ClickPipes makes is kept in step on standbys (PostgreSQL 17 and later).</summary>
    public bool FailoverSlots { get; init; }

    /// <summary>The database in ClickHouse that gets the tables.</summary>
    public string DestinationDatabase { get; init; } = DefaultDatabase;

    /// <summary>Roles of ClickHouse that the pipe writes with; empty for the default one.</summary>
    public IReadOnlyList<string> DestinationRoles { get; init; } = [];

    /// <summary>How often changes are written to ClickHouse, in seconds; null for ClickPipes' default.</summary>
    public int? SyncIntervalSeconds { get; init; }

    /// <summary>Whether everything in it can be what it says.</summary>
    public bool IsValid => (TlsHost is null || IsHost(TlsHost)) && IsName(DestinationDatabase) && DestinationRoles.All(IsName) && IsSyncInterval(SyncIntervalSeconds) && Enum.IsDefined(Tls);

    /// <summary>Whether a TLS host can be one: a host name or an address without a port.</summary>
    public static bool IsHost(string? host) => host is { Length: > 0 and <= 253 } && Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6;

    /// <summary>Whether a name can be a database's or a role's in ClickHouse, which takes any text; what nobody can see is a mistake.</summary>
    public static bool IsName(string? name) => name is { Length: > 0 and <= 255 } && name.Trim() == name && !name.Any(char.IsControl);

    /// <summary>Whether changes can be written that often.</summary>
    public static bool IsSyncInterval(int? seconds) => seconds is null or (>= 1 and <= MostSyncIntervalSeconds);

    /// <inheritdoc/>
    public bool Equals(PipeSettings? other) =>
        other is not null && (AllowNullableColumns, TlsHost, Tls, FailoverSlots, DestinationDatabase, SyncIntervalSeconds)
            == (other.AllowNullableColumns, other.TlsHost, other.Tls, other.FailoverSlots, other.DestinationDatabase, other.SyncIntervalSeconds)
        && DestinationRoles.SequenceEqual(other.DestinationRoles, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(AllowNullableColumns, TlsHost, Tls, FailoverSlots, DestinationDatabase, SyncIntervalSeconds, DestinationRoles.Count);
}
