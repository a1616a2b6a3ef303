namespace SetupWizard.Core.Model;

/// <summary>The stable name of a requirement: a code that never changes meaning, and a slug for people and URLs.</summary>
/// <param name="Code">For example <c>SW201</c>.</param>
/// <param name="Slug">For example <c>wal-level</c>.</param>
public readonly record struct RequirementId(string Code, string Slug) : IComparable<RequirementId>
{
    /// <summary>SW101: the server can be reached, logged in to and read.</summary>
    public static readonly RequirementId Reachable = new("SW101", "reachable");

    /// <summary>SW102: the server's version.</summary>
    public static readonly RequirementId ServerVersion = new("SW102", "server-version");

    /// <summary>SW103: the engine is PostgreSQL.</summary>
    public static readonly RequirementId Engine = new("SW103", "engine");

    /// <summary>SW104: the chosen provider agrees with what is seen.</summary>
    public static readonly RequirementId ProviderMatch = new("SW104", "provider-match");

    /// <summary>SW105: no pooler in between.</summary>
    public static readonly RequirementId DirectConnection = new("SW105", "direct-connection");

    /// <summary>SW106: the server is the primary.</summary>
    public static readonly RequirementId Primary = new("SW106", "primary");

    /// <summary>SW107: the session is encrypted and the certificate verified.</summary>
    public static readonly RequirementId Tls = new("SW107", "tls");

    /// <summary>SW108: what the administrator may do.</summary>
    public static readonly RequirementId AdminPowers = new("SW108", "admin-powers");

    /// <summary>SW109: the database's encoding.</summary>
    public static readonly RequirementId Encoding = new("SW109", "encoding");

    /// <summary>SW201: wal_level.</summary>
    public static readonly RequirementId WalLevel = new("SW201", "wal-level");

    /// <summary>SW202: rds.logical_replication.</summary>
    public static readonly RequirementId RdsLogicalReplication = new("SW202", "rds-logical-replication");

    /// <summary>SW203: free replication slots.</summary>
    public static readonly RequirementId ReplicationSlots = new("SW203", "replication-slots");

    /// <summary>SW204: free WAL senders.</summary>
    public static readonly RequirementId WalSenders = new("SW204", "wal-senders");

    /// <summary>SW205: wal_sender_timeout for the ClickPipes user.</summary>
    public static readonly RequirementId WalSenderTimeout = new("SW205", "wal-sender-timeout");

    /// <summary>SW206: how much WAL a slot may hold back.</summary>
    public static readonly RequirementId WalRetention = new("SW206", "wal-retention");

    /// <summary>SW207: an idle slot is not given up.</summary>
    public static readonly RequirementId IdleSlotTimeout = new("SW207", "idle-slot-timeout");

    /// <summary>SW208: no slot that nobody reads holds WAL back.</summary>
    public static readonly RequirementId AbandonedSlots = new("SW208", "abandoned-slots");

    /// <summary>SW209: no transaction is open that a new slot would wait for.</summary>
    public static readonly RequirementId OpenTransactions = new("SW209", "open-transactions");

    /// <summary>SW210: enough background workers.</summary>
    public static readonly RequirementId WorkerProcesses = new("SW210", "worker-processes");

    /// <summary>SW211: slots survive a failover.</summary>
    public static readonly RequirementId FailoverSlots = new("SW211", "failover-slots");

    /// <summary>SW212: replication connections may log in with IAM.</summary>
    public static readonly RequirementId IamReplication = new("SW212", "iam-replication");

    /// <summary>SW301: the ClickPipes user.</summary>
    public static readonly RequirementId User = new("SW301", "user");

    /// <summary>SW302: its replication privilege.</summary>
    public static readonly RequirementId ReplicationPrivilege = new("SW302", "replication-privilege");

    /// <summary>SW303: CONNECT on the database.</summary>
    public static readonly RequirementId Connect = new("SW303", "connect");

    /// <summary>SW304: USAGE on the schemas.</summary>
    public static readonly RequirementId SchemaUsage = new("SW304", "schema-usage");

    /// <summary>SW305: SELECT on the tables.</summary>
    public static readonly RequirementId TableSelect = new("SW305", "table-select");

    /// <summary>SW306: SELECT on future tables, for every owner.</summary>
    public static readonly RequirementId DefaultPrivileges = new("SW306", "default-privileges");

    /// <summary>SW307: no row security that hides rows.</summary>
    public static readonly RequirementId RowSecurity = new("SW307", "row-security");

    /// <summary>SW308: the user has no more than it needs.</summary>
    public static readonly RequirementId LeastPrivilege = new("SW308", "least-privilege");

    /// <summary>SW309: no setting that would end a long snapshot.</summary>
    public static readonly RequirementId RoleSettings = new("SW309", "role-settings");

    /// <summary>SW310: EXECUTE on pg_logical_emit_message.</summary>
    public static readonly RequirementId Heartbeat = new("SW310", "heartbeat");

    /// <summary>SW311: the IAM role ClickPipes logs in with.</summary>
    public static readonly RequirementId IamRole = new("SW311", "iam-role");

    /// <summary>SW312: room for the connections ClickPipes opens.</summary>
    public static readonly RequirementId Connections = new("SW312", "connections");

    /// <summary>SW401: the publication exists.</summary>
    public static readonly RequirementId Publication = new("SW401", "publication");

    /// <summary>SW402: it covers the chosen tables.</summary>
    public static readonly RequirementId PublicationTables = new("SW402", "publication-tables");

    /// <summary>SW403: it publishes insert, update and delete.</summary>
    public static readonly RequirementId PublicationOperations = new("SW403", "publication-operations");

    /// <summary>SW404: partitions arrive as their root.</summary>
    public static readonly RequirementId PartitionRoot = new("SW404", "partition-root");

    /// <summary>SW405: each table has a usable row identity.</summary>
    public static readonly RequirementId ReplicaIdentity = new("SW405", "replica-identity");

    /// <summary>SW406: each table is of a kind that can be published.</summary>
    public static readonly RequirementId TableKind = new("SW406", "table-kind");

    /// <summary>SW407: generated columns.</summary>
    public static readonly RequirementId GeneratedColumns = new("SW407", "generated-columns");

    /// <summary>SW408: values stored outside the row.</summary>
    public static readonly RequirementId Toast = new("SW408", "toast");

    /// <summary>SW409: names ClickPipes can carry.</summary>
    public static readonly RequirementId Names = new("SW409", "names");

    /// <summary>SW410: row filters and column lists of the publication.</summary>
    public static readonly RequirementId Filters = new("SW410", "filters");

    /// <summary>SW411: what each column becomes in ClickHouse.</summary>
    public static readonly RequirementId Types = new("SW411", "types");

    /// <summary>SW412: one query on the largest chosen tree fits the lock table.</summary>
    public static readonly RequirementId LockTable = new("SW412", "lock-table");

    /// <summary>SW413: what becomes of NULL.</summary>
    public static readonly RequirementId Nullable = new("SW413", "nullable");

    /// <summary>SW415: the publication is not changed under somebody else who reads it.</summary>
    public static readonly RequirementId PublicationReaders = new("SW415", "publication-readers");

    /// <summary>SW501: ClickPipes' addresses are let in.</summary>
    public static readonly RequirementId AllowList = new("SW501", "allow-list");

    /// <summary>SW502: the server has a public address, or a private path is chosen.</summary>
    public static readonly RequirementId PublicAddress = new("SW502", "public-address");

    /// <summary>SW503: who signed the server's certificate.</summary>
    public static readonly RequirementId CertificateAuthority = new("SW503", "certificate-authority");

    /// <summary>SW601: the ClickPipes user logs in with TLS.</summary>
    public static readonly RequirementId ProofLogin = new("SW601", "proof-login");

    /// <summary>SW602: a replication connection answers.</summary>
    public static readonly RequirementId ProofReplication = new("SW602", "proof-replication");

    /// <summary>SW603: every chosen table is readable.</summary>
    public static readonly RequirementId ProofRead = new("SW603", "proof-read");

    /// <summary>SW604: the publication covers the tables.</summary>
    public static readonly RequirementId ProofPublication = new("SW604", "proof-publication");

    /// <summary>SW605: a temporary slot starts streaming.</summary>
    public static readonly RequirementId ProofSlot = new("SW605", "proof-slot");

    /// <summary>SW606: a change arrives.</summary>
    public static readonly RequirementId ProofChange = new("SW606", "proof-change");

    /// <summary>SW607: nothing is left behind.</summary>
    public static readonly RequirementId ProofClean = new("SW607", "proof-clean");

    /// <inheritdoc/>
    public int CompareTo(RequirementId other) => string.CompareOrdinal(Code, other.Code);

    /// <summary>The code.</summary>
    public override string ToString() => Code;
}
