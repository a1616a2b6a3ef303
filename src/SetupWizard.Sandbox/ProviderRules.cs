namespace SetupWizard.Sandbox;

/// <summary>What the sandbox knows about one profile: names, initial parameters, and which parameters its console lets one edit.</summary>
internal sealed record ProviderRules
{
    /// <summary>The console's switch for logical replication on Amazon RDS; wal_level follows it.</summary>
    public const string RdsLogicalReplication = "rds.logical_replication";

    /// <summary>The console's switch that makes Amazon RDS refuse connections without TLS.</summary>
    public const string RdsForceSsl = "rds.force_ssl";

    /// <summary>The console's switch that lets replication connections log in with IAM on Amazon RDS; in effect at once.</summary>
    public const string RdsIamForReplication = "rds.iam_auth_for_replication";

    /// <summary>The provider's name for people.</summary>
    public required string Name { get; init; }

    /// <summary>The superuser that makes the cluster, for the sandbox alone.</summary>
    public required string Superuser { get; init; }

    /// <summary>The host name that the console would show.</summary>
    public required string ConsoleHost { get; init; }

    /// <summary>The provider's own parameters with their initial value, and context and type as pg_settings would show them.</summary>
    public IReadOnlyList<(string Name, string Value, string Context, string Type)> OwnParameters { get; init; } = [];

    /// <summary>Stock parameters that the console lets one edit; null when all may be edited.</summary>
    public IReadOnlySet<string>? Editable { get; init; }

    /// <summary>Why certain parameters cannot be edited.</summary>
    public IReadOnlyDictionary<string, string> Refusals { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether an edit that needs a restart shows in pg_settings.pending_restart, or stays outside the server until the reboot.</summary>
    public bool PendingShows { get; init; }

    /// <summary>Whether connections without TLS are let in.</summary>
    public bool PlainConnections { get; init; }

    /// <summary>The role whose members may replicate, or "".</summary>
    public string ReplicationRole { get; init; } = "";

    // What both services let one edit among the parameters that matter here.
    private static readonly string[] s_commonParameters =
    [
        "max_wal_senders", "max_replication_slots", "max_worker_processes", "max_logical_replication_workers", "max_connections",
        "wal_sender_timeout", "idle_replication_slot_timeout", "logical_decoding_work_mem", "work_mem", "maintenance_work_mem",
        "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "default_transaction_read_only",
        "log_statement", "log_min_duration_statement", "password_encryption", "track_commit_timestamp",
    ];

    public static ProviderRules For(SandboxProfile profile) => profile switch
    {
        SandboxProfile.AmazonRds => s_rds,
        SandboxProfile.AzureFlexible => s_azure,
        _ => s_plain,
    };

    private static readonly ProviderRules s_rds = new()
    {
        Name = "Amazon RDS",
        Superuser = "rdsadmin",
        ConsoleHost = "shop-prod.c9fk2ab7q1xz.eu-central-1.rds.amazonaws.com",
        OwnParameters =
        [
            (RdsLogicalReplication, "off", "postmaster", "bool"),
            (RdsForceSsl, "1", "sighup", "bool"),
            (RdsIamForReplication, "off", "sighup", "bool"),
            ("rds.extensions", "address_standardizer, btree_gin, btree_gist, hstore, pg_stat_statements, pg_trgm, pglogical, plpgsql, postgis, uuid-ossp", "sighup", "string"),
        ],
        Editable = new HashSet<string>([.. s_commonParameters, RdsLogicalReplication, RdsForceSsl, RdsIamForReplication, "max_slot_wal_keep_size", "wal_keep_size"]),
        Refusals = new Dictionary<string, string>
        {
            ["wal_level"] = "Amazon RDS does not let one edit wal_level: set rds.logical_replication to 1 in the parameter group and reboot.",
            ["rds.extensions"] = "Amazon RDS shows rds.extensions, but does not let one edit it.",
        },
        ReplicationRole = "rds_replication",
    };

    private static readonly ProviderRules s_azure = new()
    {
        Name = "Azure Database for PostgreSQL",
        Superuser = "azuresu",
        ConsoleHost = "shop-prod.postgres.database.azure.com",
        OwnParameters = [("azure.extensions", "hstore,pg_stat_statements,pg_trgm,uuid-ossp", "sighup", "string")],
        Editable = new HashSet<string>([.. s_commonParameters, "wal_level", "azure.extensions"]),
        Refusals = new Dictionary<string, string>
        {
            ["max_slot_wal_keep_size"] = "Azure Database for PostgreSQL shows max_slot_wal_keep_size, but it is read-only (-1).",
        },
        PendingShows = true,
    };

    private static readonly ProviderRules s_plain = new()
    {
        Name = "PostgreSQL",
        Superuser = "postgres",
        ConsoleHost = "db.example.internal",
        PendingShows = true,
        PlainConnections = true,
    };
}
