using SetupWizard.Core.Model;

namespace SetupWizard.Components.Gallery;

/// <summary>A made-up shop's database, before a set-up, after it, and a while later. The rules judge it as they judge a real one.</summary>
public static class SampleSource
{
    private const string Admin = "shop_admin";
    private const string Root = "rdsadmin";
    private const string Billing = "billing_owner";

    /// <summary>When it was read.</summary>
    public static DateTimeOffset Noon { get; } = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    /// <summary>On Amazon RDS.</summary>
    public static SourceEndpoint Rds { get; } = new() { Host = "shop-prod.c9fk2ab7q1xz.eu-central-1.rds.amazonaws.com", Database = "shop" };

    /// <summary>On a server of one's own.</summary>
    public static SourceEndpoint Own { get; } = new() { Host = "db.example.com", Database = "shop" };

    /// <summary>Two schemas, read by ClickPipes from Frankfurt.</summary>
    public static SetupGoal Goal { get; } = new() { Schemas = ["public", "sales"], Region = "aws:eu-central-1", ServiceAge = ServiceAge.New };

    /// <summary>Everything as ClickPipes needs it.</summary>
    public static SourceSnapshot Ready { get; } = new()
    {
        ReadAt = Noon,
        Server = new ServerFacts
        {
            VersionNumber = 160010,
            VersionText = "PostgreSQL 16.10 on x86_64-pc-linux-gnu",
            Database = "shop",
            CurrentUser = Admin,
            DatabaseOwner = Admin,
            StartedAt = Noon.AddDays(-9),
            TlsVersion = "TLSv1.3",
            AdminCanCreate = true,
            PublicCanConnect = true,
            PublicCanEmitMessage = true,
            UserCanConnect = true,
            UserCanEmitMessage = true,
        },
        Settings = SettingsOf(
            new("wal_level", "logical", Context: "postmaster"),
            new("rds.logical_replication", "on", Context: "postmaster"),
            new("rds.iam_auth_for_replication", "off"),
            new("max_replication_slots", "10", "10", Context: "postmaster"),
            new("max_wal_senders", "10", "10", Context: "postmaster"),
            new("wal_sender_timeout", "1min", "60000", "ms", "user"),
            new("max_slot_wal_keep_size", "-1", "-1", "MB", "sighup"),
            new("hot_standby_feedback", "off"),
            new("max_worker_processes", "16", "16", Context: "postmaster"),
            new("max_locks_per_transaction", "64", "64"),
            new("max_prepared_transactions", "0", "0"),
            new("statement_timeout", "0", "0", "ms"),
            new("default_transaction_read_only", "off"),
            new("row_security", "on"),
            new("server_encoding", "UTF8"),
            new("max_connections", "100", "100"),
            new("superuser_reserved_connections", "3", "3")),
        Roles = RolesOf(
            new RoleFact { Name = Admin, CanLogin = true, CreateRole = true, CreateDb = true, AdminInherits = true },
            new RoleFact { Name = Root, Superuser = true },
            new RoleFact { Name = "rds_superuser", AdminInherits = true },
            new RoleFact { Name = "rds_iam", AdminMayGrant = true, UserIsMember = false },
            new RoleFact { Name = "rds_replication", AdminMayGrant = true, UserIsMember = true },
            new RoleFact { Name = SetupGoal.DefaultUser, CanLogin = true, AdminMayGrant = true }),
        RoleSettings = [new(SetupGoal.DefaultUser, false, "wal_sender_timeout", "0")],
        Schemas = [Schema("public", Admin), Schema("sales", Admin)],
        Tables =
        [
            Table("public", "customers", 48_200, 21),
            Table("public", "order_items", 3_940_000, 612),
            Table("public", "orders", 1_120_000, 240),
            Table("public", "payments", 1_080_000, 133),
            Table("sales", "invoices", 96_500, 34),
        ],
        DefaultPrivileges = [new(Admin, "public"), new(Admin, "sales")],
        Publication = new PublicationFact { Name = SetupGoal.DefaultPublication, Owner = Admin, Insert = true, Update = true, Delete = true, Truncate = true },
        PublicationNames = [SetupGoal.DefaultPublication],
        Connections = new ConnectionFacts(-1, 14, 22),
        Details = new[] { "customers", "order_items", "orders", "payments" }.Select(static t => new TableRef("public", t)).Append(new TableRef("sales", "invoices"))
            .ToDictionary(static t => t, static _ => new TableDetail([], [], [])),
        Addresses = ["198.51.100.7"],
        CertificateIssuer = "CN=Public Authority",
        WalBytesPerSecond = 420_000,
    };

    /// <summary>Before anybody set anything up: much to do in the console, here, and for the owner of a schema.</summary>
    public static SourceSnapshot Untouched { get; } = WithoutUser(Ready) with
    {
        Settings = With(Ready, new("wal_level", "replica", Context: "postmaster"), new("rds.logical_replication", "off", Context: "postmaster")),
        Schemas =
        [
            Schema("public", Admin) with { UserHasUsage = null },
            new("sales", Billing, UserHasUsage: null, AdminMayGrant: false, PublicHasUsage: false, AdminHasUsage: true),
        ],
        Tables =
        [
            .. Ready.Tables.Where(static t => t.Ref.Schema == "public").Select(Unseen),
            Unseen(Table("public", "audit_log", 8_400_000, 1_900)) with { PrimaryKey = KeyState.None },
            Unseen(Table("public", "prices", 12_400, 3)) with { PrimaryKey = KeyState.None, CandidateIndex = "prices_sku_key" },
            Unseen(Table("public", "open_orders", -1, 0)) with { Kind = RelationKind.View, PrimaryKey = KeyState.None },
            Unseen(Table("public", "session_cache", 3_100, 1)) with { Persistence = 'u' },
            Unseen(Table("public", "shipments", -1, 0)) with { Kind = RelationKind.Partitioned },
            Unseen(Table("public", "shipments_2026_01", 210_000, 48)) with { Root = new TableRef("public", "shipments") },
            Unseen(Table("public", "shipments_2026_02", 187_000, 41)) with { Root = new TableRef("public", "shipments") },
            Unseen(Table("sales", "invoices", 96_500, 34)) with { Owner = Billing, AdminMayGrant = false },
        ],
        Roles = RolesOf([.. WithoutUser(Ready).Roles.Values, new RoleFact { Name = Billing }]),
    };

    /// <summary>The finished one a while later: a new table without a key, one that left the publication, and a setting that somebody changed.</summary>
    public static SourceSnapshot Later { get; } = Ready with
    {
        ReadAt = Noon.AddDays(24),
        Settings = With(Ready, new("max_slot_wal_keep_size", "20GB", "20480", "MB", "sighup"), new("max_wal_senders", "12", "12", Context: "postmaster")),
        RoleSettings = [],
        Tables =
        [
            .. Ready.Tables.Select(static t => t.Ref.Name == "payments" ? t with { InPublication = false } : t),
            Table("public", "returns", 3_300, 1) with { PrimaryKey = KeyState.None, InPublication = false },
        ],
    };

    /// <summary>A server of one's own before anybody set anything up: its parameters are changed by statements, and wait for a restart.</summary>
    public static SourceSnapshot OwnUntouched { get; } = WithoutUser(Ready) with
    {
        Settings = With(Ready, new("wal_level", "replica", Context: "postmaster"), new("max_wal_senders", "1", "1", Context: "postmaster")).Where(static s => !s.Key.StartsWith("rds.", StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal),
        Roles = RolesOf(new RoleFact { Name = Admin, CanLogin = true, Superuser = true, CreateRole = true, CreateDb = true, AdminInherits = true }),
        Tables = [.. Ready.Tables.Select(Unseen)],
        Schemas = [.. Ready.Schemas.Select(static s => s with { UserHasUsage = null })],
    };

    /// <summary>Settings of a reading, some of them other ones.</summary>
    public static IReadOnlyDictionary<string, SettingFact> With(SourceSnapshot snapshot, params SettingFact[] settings)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return SettingsOf([.. snapshot.Settings.Values.Where(s => settings.All(c => c.Name != s.Name)), .. settings]);
    }

    /// <summary>The columns of a table as a catalog has them.</summary>
    public static TableColumns Columns(TableRef table) => new(table, table.Name == "orders"
        ?
        [
            new("id", new("int8", "bigint"), ColumnOrigin.Written, 1),
            new("customer_id", new("int8", "bigint"), ColumnOrigin.Written, 0),
            new("status", new("order_status", "order_status", 'e'), ColumnOrigin.Written, 0),
            new("total", new("numeric", "numeric(12,2)", Precision: 12, Scale: 2), ColumnOrigin.Written, 0),
            new("weight", new("numeric", "numeric"), ColumnOrigin.Written, 0, Nullable: true),
            new("placed_at", new("timestamptz", "timestamp with time zone"), ColumnOrigin.Written, 0),
            new("delivery_window", new("tstzrange", "tstzrange", 'r'), ColumnOrigin.Written, 0, Nullable: true),
            new("tags", new("text", "text[]", IsArray: true), ColumnOrigin.Written, 0, Nullable: true),
            new("search", new("tsvector", "tsvector"), ColumnOrigin.Stored, 0),
        ]
        :
        [
            new("id", new("int8", "bigint"), ColumnOrigin.Written, 1),
            new("name", new("text", "text"), ColumnOrigin.Written, 0),
        ]);

    private static SourceSnapshot WithoutUser(SourceSnapshot snapshot) => snapshot with
    {
        Server = snapshot.Server with { UserCanConnect = null, UserCanEmitMessage = null },
        Roles = RolesOf([.. snapshot.Roles.Values.Where(static r => r.Name != SetupGoal.DefaultUser).Select(static r => r with { UserIsMember = null })]),
        RoleSettings = [],
        DefaultPrivileges = [],
        Publication = null,
        PublicationNames = [],
    };

    private static TableFact Unseen(TableFact table) => table with { UserCanSelect = null, InPublication = false };

    private static TableFact Table(string schema, string name, long rows, long megabytes) => new()
    {
        Ref = new TableRef(schema, name),
        Owner = Admin,
        PrimaryKey = KeyState.Usable,
        EstimatedRows = rows,
        EstimatedBytes = megabytes * 1024 * 1024,
        UserCanSelect = true,
        AdminMayGrant = true,
        InPublication = true,
    };

    private static SchemaFact Schema(string name, string owner) => new(name, owner, UserHasUsage: true, AdminMayGrant: true, PublicHasUsage: false, AdminHasUsage: true);

    private static Dictionary<string, SettingFact> SettingsOf(params SettingFact[] settings) => settings.ToDictionary(static s => s.Name, StringComparer.Ordinal);

    private static Dictionary<string, RoleFact> RolesOf(params RoleFact[] roles) => roles.ToDictionary(static r => r.Name, StringComparer.Ordinal);
}
