using System.Globalization;

namespace SetupWizard.Core.Model;

/// <summary>The server and the session.</summary>
public sealed record ServerFacts
{
    /// <summary><c>server_version_num</c>: 150018 is 15.18.</summary>
    public required int VersionNumber { get; init; }

    /// <summary><c>version()</c>, verbatim.</summary>
    public required string VersionText { get; init; }

    /// <summary>The database.</summary>
    public required string Database { get; init; }

    /// <summary>Its object identifier.</summary>
    public long DatabaseOid { get; init; }

    /// <summary>
    /// The identifier of the server's data directory (<c>pg_control_system</c>), which its standbys and copies have, too; null where it is not told. Amazon Aurora has
    /// storage of its own and is not asked.
    /// </summary>
    public string? SystemIdentifier { get; init; }

    /// <summary>The role this session acts as.</summary>
    public required string CurrentUser { get; init; }

    /// <summary>
    /// The role that logged in: another than <see cref="CurrentUser"/> where the setting <c>role</c> is attached to it. Empty when that is not known.
    /// See <see href="https://www.postgresql.org/docs/current/functions-info.html"/>.
    /// </summary>
    public string SessionUser { get; init; } = "";

    /// <summary>When the server process started.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Whether it is a standby (<c>pg_is_in_recovery</c>).</summary>
    public bool InRecovery { get; init; }

    /// <summary>The process id the server announced at log-in differs from the backend's own: a pooler is in between.</summary>
    public bool BehindPooler { get; init; }

    /// <summary>The TLS version of this session (<c>TLSv1.3</c>); null when it is not encrypted.</summary>
    public string? TlsVersion { get; init; }

    /// <summary>Whether this login may create objects in the database (a publication needs it).</summary>
    public bool AdminCanCreate { get; init; }

    /// <summary>Whether the ClickPipes user may connect to the database; null while the user does not exist.</summary>
    public bool? UserCanConnect { get; init; }

    /// <summary>Whether the ClickPipes user may call <c>pg_logical_emit_message</c>; null while the user does not exist.</summary>
    public bool? UserCanEmitMessage { get; init; }

    /// <summary>Whether PUBLIC (everybody) may connect to the database.</summary>
    public bool PublicCanConnect { get; init; }

    /// <summary>Whether PUBLIC may call <c>pg_logical_emit_message</c>.</summary>
    public bool PublicCanEmitMessage { get; init; }

    /// <summary>The owner of the database.</summary>
    public string DatabaseOwner { get; init; } = "";

    /// <summary>Markers of other engines and services: names of functions and extensions seen, such as <c>aurora_version</c>, <c>citus</c>.</summary>
    public IReadOnlyList<string> Markers { get; init; } = [];

    /// <summary>Major version: 15.</summary>
    public int Major => VersionNumber / 10000;

    /// <summary>Major and minor: <c>15.18</c>.</summary>
    public string Version => string.Create(CultureInfo.InvariantCulture, $"{Major}.{VersionNumber % 10000}");
}
