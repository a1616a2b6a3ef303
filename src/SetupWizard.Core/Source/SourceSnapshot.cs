using SetupWizard.Core.Model;

namespace SetupWizard.Core.Source;

/// <summary>Facts of one moment, read in one read-only transaction. Immutable; rules judge it, nothing else reads the server.</summary>
public sealed record SourceSnapshot
{
    /// <summary>The server's clock at the reading.</summary>
    public required DateTimeOffset ReadAt { get; init; }

    /// <summary>The server and this session.</summary>
    public required ServerFacts Server { get; init; }

    /// <summary>Settings by name. A name that is not here does not exist on this server.</summary>
    public IReadOnlyDictionary<string, SettingFact> Settings { get; init; } = new Dictionary<string, SettingFact>(StringComparer.Ordinal);

    /// <summary>Roles that matter, by name: this login, the ClickPipes user, owners of schemas and tables, the provider's own roles.</summary>
    public IReadOnlyDictionary<string, RoleFact> Roles { get; init; } = new Dictionary<string, RoleFact>(StringComparer.Ordinal);

    /// <summary>Settings attached to the ClickPipes user, this database, or both (<c>pg_db_role_setting</c>).</summary>
    public IReadOnlyList<RoleSettingFact> RoleSettings { get; init; } = [];

    /// <summary>Schemas, without the system's own.</summary>
    public IReadOnlyList<SchemaFact> Schemas { get; init; } = [];

    /// <summary>Relations of these schemas that somebody might want to publish: tables of all kinds, views, foreign tables.</summary>
    public IReadOnlyList<TableFact> Tables { get; init; } = [];

    /// <summary>Columns of <see cref="Tables"/> with something to say: generated, or of a type that ClickHouse does not have as it is. In the order of the tables.</summary>
    public IReadOnlyList<ColumnFact> Columns { get; init; } = [];

    /// <summary>Row filters and column lists of the goal's publication.</summary>
    public IReadOnlyList<FilterFact> Filters { get; init; } = [];

    /// <summary>Default privileges that give the ClickPipes user SELECT on future tables.</summary>
    public IReadOnlyList<DefaultPrivilegeFact> DefaultPrivileges { get; init; } = [];

    /// <summary>The publication of the goal's name; null when there is none.</summary>
    public PublicationFact? Publication { get; init; }

    /// <summary>Names of all publications of the database.</summary>
    public IReadOnlyList<string> PublicationNames { get; init; } = [];

    /// <summary>Replication slots of the server.</summary>
    public IReadOnlyList<SlotFact> Slots { get; init; } = [];

    /// <summary>WAL senders at work.</summary>
    public int WalSendersInUse { get; init; }

    /// <summary>How many of them serve a standby, or something else that takes the log as it is.</summary>
    public int Standbys { get; init; }

    /// <summary>Transactions that have changed something and are not over, prepared ones too, the oldest first; a hundred at most.</summary>
    public IReadOnlyList<TransactionFact> Transactions { get; init; } = [];

    /// <summary>WAL written per second on average, in bytes, since the server's statistics began; null when not known (before PostgreSQL 14, or no right to read).</summary>
    public double? WalBytesPerSecond { get; init; }

    /// <summary>How much WAL a slot may hold back, in bytes (<c>max_slot_wal_keep_size</c>); null without a limit, or when that is not known.</summary>
    public long? SlotLimitBytes =>
        Settings.TryGetValue("max_slot_wal_keep_size", out var limit) && limit is { Raw: not null, Number: >= 0 and var megabytes } ? megabytes * 1024 * 1024 : null;

    /// <summary>Who may connect from where, as the server's file says; null when this login may not read it.</summary>
    public AccessFacts? Access { get; init; }

    /// <summary>The addresses the host name stood for, as this machine resolves it; empty when that is not known.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>Who signed the certificate the server showed; null without TLS.</summary>
    public string? CertificateIssuer { get; init; }

    /// <summary>What could not be read, and why.</summary>
    public IReadOnlyList<Unreadable> Unreadable { get; init; } = [];

    /// <summary>The login the facts were read as.</summary>
    public RoleFact Admin => Roles[Server.CurrentUser];

    /// <summary>The value of a setting, or null when it does not exist here.</summary>
    public string? Setting(string name) => Settings.TryGetValue(name, out var fact) ? fact.Value : null;

    /// <summary>A role, or null when it does not exist (or was not asked for).</summary>
    public RoleFact? Role(string name) => Roles.GetValueOrDefault(name);
}

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

    /// <summary>The role this session acts as.</summary>
    public required string CurrentUser { get; init; }

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
    public string Version => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Major}.{VersionNumber % 10000}");
}

/// <summary>A setting as <c>current_setting</c> gives it (units included), with what <c>pg_settings</c> adds when it lists it.</summary>
/// <param name="Name">Name.</param>
/// <param name="Value">The value in effect for this session, as <c>SHOW</c> prints it.</param>
/// <param name="Raw">The value in the setting's base unit, from <c>pg_settings</c>; null when not listed.</param>
/// <param name="Unit">The base unit (<c>ms</c>, <c>MB</c>); null when it has none.</param>
/// <param name="Context">Who may change it and when (<c>postmaster</c>, <c>sighup</c>, <c>user</c>); null when not listed.</param>
/// <param name="PendingRestart">Changed on disk, waits for a restart.</param>
/// <param name="Source">Where the value comes from (<c>configuration file</c>, <c>default</c>).</param>
/// <param name="ByAlterSystem">Somebody gave it with <c>ALTER SYSTEM</c>; only those who may read all settings see that.</param>
public sealed record SettingFact(
    string Name, string Value, string? Raw = null, string? Unit = null, string? Context = null, bool PendingRestart = false, string? Source = null, bool ByAlterSystem = false)
{
    /// <summary>The raw value as a whole number, or null.</summary>
    public long? Number => long.TryParse(Raw ?? Value, System.Globalization.NumberStyles.Integer, System.Globalization.CultureInfo.InvariantCulture, out var n) ? n : null;
}

/// <summary>A role, and what this login can do with it.</summary>
public sealed record RoleFact
{
    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>Superuser.</summary>
    public bool Superuser { get; init; }

    /// <summary>LOGIN.</summary>
    public bool CanLogin { get; init; }

    /// <summary>REPLICATION, on the role itself.</summary>
    public bool Replication { get; init; }

    /// <summary>BYPASSRLS, on the role itself.</summary>
    public bool BypassRls { get; init; }

    /// <summary>CREATEROLE.</summary>
    public bool CreateRole { get; init; }

    /// <summary>CREATEDB.</summary>
    public bool CreateDb { get; init; }

    /// <summary>INHERIT: before PostgreSQL 16 a member without it has the rights of its roles only after <c>SET ROLE</c>.</summary>
    public bool Inherits { get; init; } = true;

    /// <summary>Connection limit; -1 is none.</summary>
    public int ConnectionLimit { get; init; } = -1;

    /// <summary>When the password ends to be valid; null is never.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>This login has the role's privileges without SET ROLE (<c>pg_has_role(…, 'USAGE')</c>): what ownership tests ask for.</summary>
    public bool AdminInherits { get; init; }

    /// <summary>This login may grant membership in the role (<c>'MEMBER WITH ADMIN OPTION'</c>).</summary>
    public bool AdminMayGrant { get; init; }

    /// <summary>This login has granted the role to itself already, without its privileges (PostgreSQL 16 and later: <c>WITH INHERIT FALSE</c>).</summary>
    public bool AdminGrantedItself { get; init; }

    /// <summary>The ClickPipes user is a member, directly or not; null while that user does not exist.</summary>
    public bool? UserIsMember { get; init; }

    /// <summary>For roles that are a provider's own: what the ClickPipes user itself was granted that makes it a member, this role or others.</summary>
    public IReadOnlyList<string> UserIsMemberThrough { get; init; } = [];
}

/// <summary>A setting attached to a role, a database or both.</summary>
/// <param name="Role">The role; null is every role.</param>
/// <param name="InDatabase">Only in this database.</param>
/// <param name="Name">The setting.</param>
/// <param name="Value">Its value.</param>
public sealed record RoleSettingFact(string? Role, bool InDatabase, string Name, string Value);

/// <summary>A schema.</summary>
/// <param name="Name">Name.</param>
/// <param name="Owner">Owner.</param>
/// <param name="UserHasUsage">The ClickPipes user has USAGE; null while that user does not exist.</param>
/// <param name="AdminMayGrant">This login may hand on USAGE (owner, or grant option).</param>
/// <param name="PublicHasUsage">Everybody has USAGE.</param>
public sealed record SchemaFact(string Name, string Owner, bool? UserHasUsage, bool AdminMayGrant, bool PublicHasUsage);

/// <summary>What kind of relation it is; the letters of <c>pg_class.relkind</c>.</summary>
public enum RelationKind
{
    /// <summary>An ordinary table (r).</summary>
    Ordinary,

    /// <summary>A partitioned table (p).</summary>
    Partitioned,

    /// <summary>A view (v).</summary>
    View,

    /// <summary>A materialized view (m).</summary>
    MaterializedView,

    /// <summary>A foreign table (f).</summary>
    Foreign,
}

/// <summary>How a key stands.</summary>
public enum KeyState
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>Valid and immediate: it identifies rows.</summary>
    Usable,

    /// <summary>Deferrable: logical replication does not accept it.</summary>
    Deferrable,

    /// <summary>Not valid (a failed concurrent build).</summary>
    Invalid,

    /// <summary>It does not tell every row from every other: partial, on an expression, or on a column that may be NULL.</summary>
    Unsuitable,
}

/// <summary>A relation's <c>REPLICA IDENTITY</c> (<c>pg_class.relreplident</c>).</summary>
public enum ReplicaIdentityKind
{
    /// <summary>The primary key (d).</summary>
    Default,

    /// <summary>A unique index (i).</summary>
    Index,

    /// <summary>The whole row (f).</summary>
    Full,

    /// <summary>Nothing (n).</summary>
    Nothing,
}

/// <summary>A relation that somebody might want to publish. A class with few fields: a source may have 50,000 of them.</summary>
public sealed record TableFact
{
    /// <summary>Schema and name.</summary>
    public required TableRef Ref { get; init; }

    /// <summary>Kind.</summary>
    public RelationKind Kind { get; init; }

    /// <summary>'p' permanent, 'u' unlogged, 't' temporary.</summary>
    public char Persistence { get; init; } = 'p';

    /// <summary>Owner.</summary>
    public required string Owner { get; init; }

    /// <summary>The topmost partitioned table it belongs to; null when it is not a partition.</summary>
    public TableRef? Root { get; init; }

    /// <summary>Row security is enabled and, as the policies stand, may hide rows from the ClickPipes user.</summary>
    public bool RowSecurityHides { get; init; }

    /// <summary>One of these policies is restrictive: no policy that permits more can lift it.</summary>
    public bool RestrictivePolicyHides { get; init; }

    /// <summary>Its replica identity.</summary>
    public ReplicaIdentityKind Identity { get; init; }

    /// <summary>Its primary key.</summary>
    public KeyState PrimaryKey { get; init; }

    /// <summary>The replica identity index, when <see cref="Identity"/> is Index.</summary>
    public KeyState IdentityIndex { get; init; }

    /// <summary>A unique index that could serve as replica identity (valid, immediate, not partial, no expression, NOT NULL columns); null when there is none.</summary>
    public string? CandidateIndex { get; init; }

    /// <summary>The server's own estimate of its rows; -1 when it was never analysed.</summary>
    public long EstimatedRows { get; init; } = -1;

    /// <summary>It has somewhere to put values that are too long for a row (a TOAST table).</summary>
    public bool MayToast { get; init; }

    /// <summary>Its main storage by the server's own estimate, in bytes.</summary>
    public long EstimatedBytes { get; init; }

    /// <summary>The ClickPipes user may SELECT from it; null while that user does not exist.</summary>
    public bool? UserCanSelect { get; init; }

    /// <summary>The ClickPipes user may INSERT, UPDATE, DELETE or TRUNCATE.</summary>
    public bool UserCanWrite { get; init; }

    /// <summary>This login may hand on SELECT (owner's rights, or grant option).</summary>
    public bool AdminMayGrant { get; init; }

    /// <summary>It is in the goal's publication: itself, through its root, its schema, or because all tables are.</summary>
    public bool InPublication { get; init; }

    /// <summary>Whether it is one of a partitioned table's leaves or branches.</summary>
    public bool IsPartition => Root is not null;
}

/// <summary>Default privileges of one owner that give the ClickPipes user SELECT on future tables.</summary>
/// <param name="Owner">Whose future tables.</param>
/// <param name="Schema">In which schema; null is every schema.</param>
public sealed record DefaultPrivilegeFact(string Owner, string? Schema);

/// <summary>A publication.</summary>
public sealed record PublicationFact
{
    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>Owner.</summary>
    public required string Owner { get; init; }

    /// <summary>FOR ALL TABLES.</summary>
    public bool AllTables { get; init; }

    /// <summary>Publishes INSERT.</summary>
    public bool Insert { get; init; }

    /// <summary>Publishes UPDATE.</summary>
    public bool Update { get; init; }

    /// <summary>Publishes DELETE.</summary>
    public bool Delete { get; init; }

    /// <summary>Publishes TRUNCATE.</summary>
    public bool Truncate { get; init; }

    /// <summary>publish_generated_columns = stored (PostgreSQL 18 and later).</summary>
    public bool GeneratedColumns { get; init; }

    /// <summary>publish_via_partition_root (PostgreSQL 13 and later).</summary>
    public bool ViaRoot { get; init; }

    /// <summary>Schemas published as a whole.</summary>
    public IReadOnlyList<string> Schemas { get; init; } = [];
}

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

/// <summary>Something that could not be read.</summary>
/// <param name="What">The fact: <c>pg_stat_wal</c>.</param>
/// <param name="Why">The reason, machine-short.</param>
public sealed record Unreadable(string What, string Why);
