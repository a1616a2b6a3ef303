using SetupWizard.Core.Model;

namespace SetupWizard.Testing;

/// <summary>A source with one thing wrong, and the verdict it has to get.</summary>
public sealed record Scenario(string Code, string Case, FindingState State, Func<SnapshotBuilder> Source, string Note = "")
{
    public override string ToString() => Code + " " + Case + (Note.Length > 0 ? " (" + Note + ")" : "");
}

/// <summary>Every case of every rule, at least once.</summary>
public static class Scenarios
{
    private const FindingState Blocking = FindingState.Blocking;
    private const FindingState Warning = FindingState.Warning;
    private const FindingState Advice = FindingState.Advice;
    private const FindingState Pending = FindingState.Pending;
    private const FindingState Unknown = FindingState.Unknown;
    private const FindingState NotApplicable = FindingState.NotApplicable;

    private static readonly DateTimeOffset s_hourAgo = new(2026, 1, 15, 11, 0, 0, TimeSpan.Zero);
    /// <summary>"caf\xE9", as it is read.</summary>
    private static readonly string s_broken = "caf" + char.ConvertFromUtf32(0x10FFE9);

    private static readonly PostgresType s_int = new("int4", "integer");

    public static IReadOnlyList<Scenario> All { get; } = [.. Connect, .. Replication, .. Access, .. Tables, .. Network, .. CannotBeRead];

    private static IEnumerable<Scenario> Connect =>
    [
        new("SW102", "too-old", Blocking, () => SnapshotBuilder.Plain(110022)),
        new("SW102", "untested", Advice, () => SnapshotBuilder.Plain(190000)),
        new("SW102", "decoding-bug", Warning, () => SnapshotBuilder.Plain(170005)),
        new("SW103", "not-postgres", Blocking, () => SnapshotBuilder.Plain().Server(s => s with { VersionText = "PostgreSQL 15.2-YB-2025.1.0.0-b0 on x86_64" })),
        new("SW103", "not-postgres", Blocking, () => SnapshotBuilder.Plain().Server(s => s with { VersionText = "CockroachDB CCL v24.1.0" }), "CockroachDB"),
        new("SW103", "not-postgres", Blocking, () => SnapshotBuilder.Plain().Server(s => s with { VersionText = "PostgreSQL 8.0.2 on i686, Redshift 1.0.1" }), "Redshift"),
        new("SW103", "not-postgres", Blocking, () => SnapshotBuilder.Azure().Server(s => s with { Markers = ["citus"] })
            .Endpoint(e => e with { Host = "c-shop.abc123.postgres.cosmos.azure.com" }), "Cosmos DB"),
        new("SW104", "mismatch", Warning, () => SnapshotBuilder.Azure().Detected(new("amazon-rds", Core.Providers.DetectionSource.Server, "rds_superuser"))),
        new("SW104", "unconfirmed", Warning, () => SnapshotBuilder.Rds().Detected(Core.Providers.ProviderDetection.None)),
        new("SW105", "pooler-unnamed", Blocking, () => SnapshotBuilder.Plain().Server(s => s with { BehindPooler = true })),
        new("SW105", "pooler", Blocking, () => SnapshotBuilder.Rds().Endpoint(e => e with { Host = "shop.proxy-c9abcdef.eu-central-1.rds.amazonaws.com" }), "RDS Proxy"),
        new("SW105", "pooler-known", Blocking, () => SnapshotBuilder.Plain().Server(s => s with { BehindPooler = true }).Endpoint(e => e with { Port = 6432 })),
        new("SW106", "standby", Blocking, () => SnapshotBuilder.Plain(150013 + 1).Server(s => s with { InRecovery = true })),
        new("SW106", "standby-without-feedback", Blocking, () => SnapshotBuilder.Plain().Server(s => s with { InRecovery = true })),
        new("SW106", "standby-usable", Warning, () => SnapshotBuilder.Plain().Server(s => s with { InRecovery = true }).Setting("hot_standby_feedback", "on")),
        new("SW106", "reader", Blocking, () => Aurora("shop.cluster-ro-c9abcdef.eu-central-1.rds.amazonaws.com").Server(s => s with { InRecovery = true })),
        new("SW106", "reader-name", Warning, () => Aurora("shop.cluster-ro-c9abcdef.eu-central-1.rds.amazonaws.com")),
        new("SW106", "reader-name", Warning, () => Aurora("shop-1.c9abcdef.eu-central-1.rds.amazonaws.com"), "an instance"),
        new("SW107", "off", Warning, () => SnapshotBuilder.Plain().Server(s => s with { TlsVersion = null }).Endpoint(e => e with { Tls = TlsMode.Disable })),
        new("SW107", "off-local", Advice, () => SnapshotBuilder.Plain().Server(s => s with { TlsVersion = null }).Endpoint(e => e with { Host = "127.0.0.1", Tls = TlsMode.Disable })),
        new("SW107", "old", Warning, () => SnapshotBuilder.Plain().Server(s => s with { TlsVersion = "TLSv1.1" })),
        new("SW107", "not-verified", Warning, () => SnapshotBuilder.Plain().Endpoint(e => e with { Tls = TlsMode.Require })),
        new("SW107", "not-verified", Advice, () => SnapshotBuilder.Plain().Endpoint(e => e with { Host = "localhost", Tls = TlsMode.Require }), "this machine"),
        new("SW107", "name-not-checked", Advice, () => SnapshotBuilder.Plain().Endpoint(e => e with { Tls = TlsMode.VerifyCa })),
        new("SW108", "roles", Warning, () => SnapshotBuilder.Rds().Untouched().Role(SnapshotBuilder.Admin, r => r with { CreateRole = false })),
        new("SW108", "replication", Warning, () => SnapshotBuilder.Rds().Untouched().Role("rds_replication", r => r with { AdminMayGrant = false })),
        new("SW108", "grants", Warning, () => SnapshotBuilder.Rds().Table("public", "legacy", t => t with { Owner = "legacy", AdminMayGrant = false, UserCanSelect = false })),
        new("SW108", "ownership", Warning, () => SnapshotBuilder.Rds().Table("public", "legacy", t => t with { Owner = "legacy", RowSecurityHides = true }).Default("legacy", "public")),
        new("SW108", "login-role", Warning, () => Owned(SnapshotBuilder.Rds(150014), r => r with { MemberOf = ["rds_iam"], InheritsFrom = ["rds_iam"] })),
        new("SW108", "login-role", Warning, () => Owned(SnapshotBuilder.Rds(), r => r with { AdminMayGrant = true, MemberOf = ["rds_ad", "team"], InheritsFrom = ["rds_ad", "team"] })
            .Role(SnapshotBuilder.Admin, r => r with { MemberOf = ["legacy", "rds_ad", "team"] }), "inherited from 16 on"),
        new("SW108", "login-line", Warning, () => Owned(WithoutSuperuser(), r => r with { MemberOf = ["team"], InheritsFrom = ["team"] })
            .Access(new AccessRuleFact { Line = 0, Type = "host", Databases = ["all"], Users = ["+team"], Address = "all", Method = "reject" })),
        new("SW108", "circle", Warning, () => Owned(SnapshotBuilder.Rds(150014), r => r with { MemberOf = [SnapshotBuilder.Admin] })),
        new("SW108", "login-unseen", Advice, () => Owned(WithoutSuperuser(), r => r)),
        new("SW108", "acts-as", Advice, () => SnapshotBuilder.Rds().Server(s => s with { SessionUser = "deployer" }).RoleSetting(new("deployer", false, "role", SnapshotBuilder.Admin))),
        new("SW108", "acts-as", Warning, () => SnapshotBuilder.Rds().Untouched().Role(SnapshotBuilder.Admin, r => r with { CreateRole = false }).Server(s => s with { SessionUser = "deployer" }), "and lacks rights"),
        new("SW108", "publication", Warning, () => SnapshotBuilder.Rds().Untouched().Server(s => s with { AdminCanCreate = false, DatabaseOwner = SnapshotBuilder.Root })),
        new("SW109", "no-encoding", Warning, () => SnapshotBuilder.Rds().Setting("server_encoding", "SQL_ASCII")),
        new("SW109", "unreadable", Unknown, () => SnapshotBuilder.Rds().NoSetting("server_encoding")),
    ];

    private static IEnumerable<Scenario> Replication =>
    [
        new("SW201", "not-logical", Blocking, () => SnapshotBuilder.Plain().Setting("wal_level", "replica")),
        new("SW201", "on-demand", Blocking, () => SnapshotBuilder.Plain(190001).Setting("wal_level", "replica").Setting("effective_wal_level", "logical")),
        new("SW201", "pending", Pending, () => SnapshotBuilder.Plain().Setting("wal_level", "replica", pending: true)),
        new("SW201", "unreadable", Unknown, () => SnapshotBuilder.Plain().NoSetting("wal_level")),
        new("SW202", "off", Blocking, () => SnapshotBuilder.Rds().Setting("rds.logical_replication", "off")),
        new("SW202", "pending", Pending, () => SnapshotBuilder.Rds().Setting("rds.logical_replication", "off", pending: true)),
        new("SW202", "no-switch", Unknown, () => SnapshotBuilder.Rds().NoSetting("rds.logical_replication")),
        new("SW202", "not-applicable", NotApplicable, () => SnapshotBuilder.Azure()),
        new("SW203", "none-free", Blocking, () => SnapshotBuilder.Plain().Slots(10, active: true)),
        new("SW203", "idle-slots", Blocking, () => SnapshotBuilder.Plain().Slots(8, active: true).Slots(2)),
        new("SW203", "one-left", Warning, () => SnapshotBuilder.Plain().Slots(9)),
        new("SW203", "pending", Pending, () => SnapshotBuilder.Plain().Slots(10).Setting("max_replication_slots", "10", pending: true)),
        new("SW203", "unreadable", Unknown, () => SnapshotBuilder.Plain().NoSetting("max_replication_slots")),
        new("SW204", "too-few", Blocking, () => SnapshotBuilder.Plain().Setting("max_wal_senders", "1")),
        new("SW204", "none-free", Blocking, () => SnapshotBuilder.Plain().WalSenders(10)),
        new("SW204", "pending", Pending, () => SnapshotBuilder.Plain().WalSenders(10).Setting("max_wal_senders", "10", pending: true)),
        new("SW204", "unreadable", Unknown, () => SnapshotBuilder.Plain().NoSetting("max_wal_senders")),
        new("SW205", "not-zero", Advice, () => SnapshotBuilder.Azure().NoRoleSettings()),
        new("SW205", "not-zero-attached", Advice, () => SnapshotBuilder.Azure().NoRoleSettings().RoleSetting(new(null, true, "wal_sender_timeout", "30s"))),
        new("SW205", "hidden", Advice, () => SnapshotBuilder.Azure().NoRoleSettings().Setting("wal_sender_timeout", "0", source: "user")),
        new("SW205", "unreadable", Unknown, () => SnapshotBuilder.Azure().NoSetting("wal_sender_timeout")),
        new("SW206", "low", Advice, () => SnapshotBuilder.Plain().Setting("max_slot_wal_keep_size", "50GB", "51200")),
        new("SW206", "low-rate", Advice, () => SnapshotBuilder.Plain().Setting("max_slot_wal_keep_size", "50GB", "51200").WalRate(100_000)),
        new("SW206", "short", Warning, () => SnapshotBuilder.Plain().Setting("max_slot_wal_keep_size", "10GB", "10240").WalRate(1_000_000)),
        new("SW206", "fixed", Advice, () => SnapshotBuilder.Azure()),
        new("SW206", "unreadable", Unknown, () => SnapshotBuilder.Plain().NoSetting("max_slot_wal_keep_size")),
        new("SW206", "not-applicable", NotApplicable, () => SnapshotBuilder.Plain(120022)),
        new("SW207", "on", Warning, () => SnapshotBuilder.Rds(180001).Setting("idle_replication_slot_timeout", "1d", "86400")),
        new("SW207", "unreadable", Unknown, () => SnapshotBuilder.Rds(180001).NoSetting("idle_replication_slot_timeout")),
        new("SW207", "unreadable", Unknown, () => SnapshotBuilder.Rds(180001).Unreadable("pg_settings"), "pg_settings"),
        new("SW207", "not-applicable", NotApplicable, () => SnapshotBuilder.Rds(170010)),
        new("SW208", "lost", Warning, () => SnapshotBuilder.Rds().Slot(new SlotFact { Name = "old_pipe", Logical = true, Database = "app", WalStatus = "lost" })),
        new("SW208", "unreserved", Warning, () => SnapshotBuilder.Rds().Slot(new SlotFact { Name = "slow", Logical = true, Active = true, WalStatus = "unreserved", RetainedBytes = 5_000_000_000 })),
        new("SW208", "idle", Warning, () => SnapshotBuilder.Rds().Slots(1)),
        new("SW208", "idle", Warning, () => SnapshotBuilder.Rds().Slot(new SlotFact { Name = "standby's", RetainedBytes = 70_000, WalStatus = "reserved", InactiveSince = s_hourAgo }), "physical"),
        new("SW209", "long", Warning, () => SnapshotBuilder.Rds().Transaction(new(4711, "shop_app", "batch", "app", s_hourAgo, null))),
        new("SW209", "long", Warning, () => SnapshotBuilder.Rds().Transaction(new(null, "shop_app", null, "app", s_hourAgo, "it's 1")), "prepared"),
        new("SW209", "open", Advice, () => SnapshotBuilder.Rds().Transaction(new(4711, "shop_app", "", "other", s_hourAgo.AddMinutes(58), null))),
        new("SW209", "hidden", Advice, () => SnapshotBuilder.Rds().Transaction(new(4711, "shop_app", "batch", "app", null, null))),
        new("SW210", "low", Advice, () => SnapshotBuilder.Azure().Setting("max_worker_processes", "8")),
        new("SW210", "pending", Advice, () => SnapshotBuilder.Azure().Setting("max_worker_processes", "8", pending: true)),
        new("SW210", "unreadable", Unknown, () => SnapshotBuilder.Azure().NoSetting("max_worker_processes")),
        new("SW210", "unreadable", Unknown, () => SnapshotBuilder.Azure().Unreadable("pg_settings"), "pg_settings"),
        new("SW210", "not-applicable", NotApplicable, () => SnapshotBuilder.Rds().Setting("max_worker_processes", "8")),
        new("SW211", "off", Advice, () => SnapshotBuilder.Azure(170010).Standbys(1)),
        new("SW211", "pipe-off", Advice, () => SnapshotBuilder.Azure(170010).Standbys(1).Setting("sync_replication_slots", "on").Setting("hot_standby_feedback", "on")),
        new("SW211", "unreadable", Unknown, () => SnapshotBuilder.Azure(170010).Standbys(1).NoSetting("sync_replication_slots")),
        new("SW211", "unreadable", Unknown, () => SnapshotBuilder.Azure(170010).Unreadable("pg_stat_replication"), "pg_stat_replication"),
        new("SW211", "not-applicable", NotApplicable, () => SnapshotBuilder.Azure(170010)),
        new("SW211", "not-applicable", NotApplicable, () => SnapshotBuilder.Azure(160010).Standbys(1), "16"),
        new("SW212", "off", Blocking, () => SnapshotBuilder.RdsWithIam().Setting("rds.iam_auth_for_replication", "off")),
        new("SW212", "off", Blocking, () => SnapshotBuilder.RdsWithIam().Setting("rds.iam_auth_for_replication", "0"), "0"),
        new("SW212", "absent", Unknown, () => SnapshotBuilder.RdsWithIam().NoSetting("rds.iam_auth_for_replication")),
        new("SW212", "unreadable", Unknown, () => SnapshotBuilder.RdsWithIam().Unreadable("pg_settings amazon-rds")),
        new("SW212", "unreadable", Unknown, () => SnapshotBuilder.RdsWithIam().Unreadable("pg_settings"), "pg_settings"),
        new("SW212", "not-applicable", NotApplicable, () => SnapshotBuilder.Rds()),
        new("SW212", "not-applicable", NotApplicable, () => SnapshotBuilder.Azure().Goal(g => g with { Authentication = LoginMethod.Iam }), "elsewhere"),
    ];

    private static IEnumerable<Scenario> Access =>
    [
        new("SW301", "missing", Blocking, () => SnapshotBuilder.Rds().Untouched()),
        new("SW301", "missing-text-needed", Blocking, () => SnapshotBuilder.Plain().Untouched().Endpoint(e => e with { Host = "ep-cool-1.eu-central-1.aws.neon.tech" })),
        new("SW301", "missing-text-needed", Blocking, () => SnapshotBuilder.Plain().Untouched().Role(new RoleFact { Name = "databricks_superuser" }), "by role"),
        new("SW301", "reset-text-needed", Warning, () => SnapshotBuilder.Plain().Goal(g => g with { ResetPassword = true }).Role(new RoleFact { Name = "neon_superuser" })),
        new("SW301", "reset-as-text", Warning, () => SnapshotBuilder.Rds().Goal(g => g with { ResetPassword = true, SendPasswordAsText = true })),
        new("SW301", "missing-as-text", Blocking, () => SnapshotBuilder.Rds().Untouched().Goal(g => g with { SendPasswordAsText = true })),
        new("SW301", "missing-iam", Blocking, () => SnapshotBuilder.RdsWithIam().Untouched()),
        new("SW301", "iam-not-offered", Blocking, () => SnapshotBuilder.Azure().Goal(g => g with { Authentication = LoginMethod.Iam })),
        new("SW301", "iam-role-missing", Blocking, () => SnapshotBuilder.RdsWithIam().NoRole("rds_iam")),
        new("SW301", "not-iam", Blocking, () => SnapshotBuilder.RdsWithIam().Role("rds_iam", r => r with { UserIsMember = false, UserIsMemberThrough = [] })),
        new("SW301", "iam-member", Blocking, () => SnapshotBuilder.RdsWithIam().Goal(g => g with { Authentication = LoginMethod.Password })),
        new("SW301", "iam-inherited", Blocking, () => SnapshotBuilder.Rds().Role("rds_iam", r => r with { UserIsMember = true, UserIsMemberThrough = ["team"] })),
        new("SW301", "iam-inherited", Blocking, () => SnapshotBuilder.Rds().Role("rds_iam", r => r with { UserIsMember = true, UserIsMemberThrough = ["rds_iam", "team"] }), "twice"),
        new("SW301", "other-proof", Blocking, () => SnapshotBuilder.Rds().Role(new RoleFact { Name = "rds_ad", AdminMayGrant = true, UserIsMember = true, UserIsMemberThrough = ["rds_ad"] })),
        new("SW301", "invalid-name", Blocking, () => SnapshotBuilder.Rds().Goal(g => g with { User = new string('ü', 32) })),
        new("SW301", "invalid-name", Blocking, () => SnapshotBuilder.Rds().Goal(g => g with { User = "pg_pipes" }), "reserved"),
        new("SW301", "no-login", Blocking, () => SnapshotBuilder.Rds().Role(SnapshotBuilder.User, r => r with { CanLogin = false })),
        new("SW301", "expired", Blocking, () => SnapshotBuilder.Rds().Role(SnapshotBuilder.User, r => r with { ValidUntil = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) })),
        new("SW301", "connection-limit", Blocking, () => SnapshotBuilder.Rds().Role(SnapshotBuilder.User, r => r with { ConnectionLimit = 5 })),
        new("SW301", "reset-password", Warning, () => SnapshotBuilder.Rds().Goal(g => g with { ResetPassword = true })),
        new("SW302", "no-attribute", Blocking, () => SnapshotBuilder.Azure().Role(SnapshotBuilder.User, r => r with { Replication = false })),
        new("SW302", "no-attribute", Blocking, () => SnapshotBuilder.Azure().Provider(p => p with { AdminsSetReplication = true })
            .Role(SnapshotBuilder.Admin, r => r with { Replication = false }).Role(SnapshotBuilder.User, r => r with { Replication = false }), "admin takes it first"),
        new("SW302", "no-membership", Blocking, () => SnapshotBuilder.Rds().Role("rds_replication", r => r with { UserIsMember = false })),
        new("SW302", "role-missing", Blocking, () => SnapshotBuilder.Rds().NoRole("rds_replication")),
        new("SW303", "missing", Blocking, () => SnapshotBuilder.Rds().Server(s => s with { UserCanConnect = false })),
        new("SW304", "missing", Blocking, () => SnapshotBuilder.Rds().Schema("public", SnapshotBuilder.Admin, s => s with { UserHasUsage = false })),
        new("SW304", "not-applicable", NotApplicable, () => SnapshotBuilder.Rds().NoTables()),
        new("SW305", "missing", Blocking, () => SnapshotBuilder.Rds().Table("public", "orders", t => t with { UserCanSelect = false })),
        new("SW305", "missing", Blocking, () => SnapshotBuilder.Rds().Role(new RoleFact { Name = "sales_owner", AdminMayGrant = true })
            .Table("public", "sales", t => t with { Owner = "sales_owner", AdminMayGrant = false, UserCanSelect = false }), "owner within reach"),
        new("SW305", "missing", Blocking, () => SnapshotBuilder.Rds().Untouched(), "all of a schema"),
        new("SW305", "columns", Blocking, () => SnapshotBuilder.Rds().Table("public", "orders", t => t with { UserCanSelect = false }).ColumnGrant("orders", "id").ColumnGrant("orders", "status")),
        new("SW305", "not-applicable", NotApplicable, () => SnapshotBuilder.Rds().NoTables()),
        new("SW306", "missing", Warning, () => SnapshotBuilder.Rds().NoDefaults()),
        new("SW306", "later-members", Advice, () => Named(WithChild(t => t with { Owner = "legacy" })).Role(new RoleFact { Name = "legacy" })),
        new("SW306", "not-applicable", NotApplicable, () => SnapshotBuilder.Rds().Goal(g => g with { FutureTables = false })),
        new("SW306", "not-applicable", NotApplicable, () => SnapshotBuilder.Rds().NoDefaults().Goal(g => g with { Tables = [new("public", "orders")] }), "tables one by one"),
        new("SW307", "hidden-bypass", Blocking, () => SnapshotBuilder.Plain().Table("public", "notes", t => t with { RowSecurityHides = true })),
        new("SW307", "hidden-policy", Blocking, () => SnapshotBuilder.Rds().Table("public", "notes", t => t with { RowSecurityHides = true })),
        new("SW307", "hidden-restrictive", Blocking, () => SnapshotBuilder.Rds().Table("public", "notes", t => t with { RowSecurityHides = true, RestrictivePolicyHides = true })),
        new("SW307", "not-applicable", NotApplicable, () => SnapshotBuilder.Rds().NoTables()),
        new("SW308", "administrator", Advice, () => SnapshotBuilder.Plain().Role(SnapshotBuilder.User, r => r with { Superuser = true })),
        new("SW308", "attributes", Advice, () => SnapshotBuilder.Rds().Role(SnapshotBuilder.User, r => r with { CreateDb = true })),
        new("SW308", "can-write", Advice, () => SnapshotBuilder.Rds().Table("public", "orders", t => t with { UserCanWrite = true, UserWrites = TableWrites.Insert })),
        new("SW308", "can-write-otherwise", Advice, () => SnapshotBuilder.Rds().Table("public", "orders", t => t with { UserCanWrite = true })),
        new("SW308", "not-applicable", NotApplicable, () => SnapshotBuilder.Rds().Untouched()),
        new("SW309", "limits", Advice, () => SnapshotBuilder.Rds().RoleSetting(new(SnapshotBuilder.User, false, "statement_timeout", "30s"))),
        new("SW309", "limits", Advice, () => SnapshotBuilder.Rds().RoleSetting(new(null, true, "default_transaction_read_only", "on")), "database"),
        new("SW309", "limits", Advice, () => SnapshotBuilder.Rds().Setting("statement_timeout", "1min", "60000", source: "configuration file"), "server"),
        new("SW309", "hidden", Advice, () => SnapshotBuilder.Rds().Setting("row_security", "on", source: "user").Setting("statement_timeout", "0", source: "database user")),
        new("SW309", "rows", Blocking, () => SnapshotBuilder.Rds().Setting("row_security", "off", source: "configuration file").EachTable(t => t with { RowSecurityApplies = true })),
        new("SW309", "rows-hidden", Warning, () => SnapshotBuilder.Rds().Setting("row_security", "on", source: "user").EachTable(t => t with { RowSecurityApplies = true })),
        new("SW309", "transaction", Blocking, () => SnapshotBuilder.Rds(170010).Setting("transaction_timeout", "2min", "120000", source: "configuration file")),
        new("SW309", "transaction", Blocking, () => SnapshotBuilder.Rds(170010).RoleSetting(new(SnapshotBuilder.User, true, "transaction_timeout", "2min")), "user"),
        new("SW309", "transaction-hidden", Warning, () => SnapshotBuilder.Rds(170010).Setting("transaction_timeout", "0", source: "user")),
        new("SW310", "missing", Advice, () => SnapshotBuilder.Rds().Server(s => s with { UserCanEmitMessage = false })),
        new("SW310", "not-applicable", NotApplicable, () => SnapshotBuilder.Rds(130022)),
        new("SW311", "other-cloud", Blocking, () => SnapshotBuilder.RdsWithIam().Goal(g => g with { Region = "gcp:europe-west4" })),
        new("SW311", "no-region", Warning, () => SnapshotBuilder.RdsWithIam().Endpoint(e => e with { Host = "vpce-0123-abc.vpce-svc-0123.eu-central-1.vpce.amazonaws.com" })),
        new("SW311", "private", Advice, () => SnapshotBuilder.RdsWithIam().Goal(g => g with { Network = NetworkPath.PrivateLink })),
        new("SW311", "unseen", Advice, () => SnapshotBuilder.RdsWithIam()),
        new("SW311", "unseen", Advice, () => SnapshotBuilder.RdsWithIam().Goal(g => g with { Region = "aws:eu-central-1", IamRoleArn = "arn:aws:iam::123456789012:role/clickpipes" }), "named"),
        new("SW311", "not-applicable", NotApplicable, () => SnapshotBuilder.Rds()),
        new("SW312", "database", Blocking, () => SnapshotBuilder.Rds().Connections(5, 0, 0)),
        new("SW312", "database", Blocking, () => SnapshotBuilder.Rds().Connections(0, 0, 0), "closed"),
        new("SW312", "database-crowded", Warning, () => SnapshotBuilder.Rds().Connections(20, 15, 15)),
        new("SW312", "server", Blocking, () => SnapshotBuilder.Plain().Setting("max_connections", "8")),
        new("SW312", "server", Blocking, () => SnapshotBuilder.Rds().Setting("max_connections", "20").Setting("reserved_connections", "12"), "reserved"),
        new("SW312", "server-crowded", Warning, () => SnapshotBuilder.Rds().Connections(-1, 20, 92)),
        new("SW312", "pending", Pending, () => SnapshotBuilder.Plain().Setting("max_connections", "8", pending: true)),
        new("SW312", "unreadable", Unknown, () => SnapshotBuilder.Rds().NoSetting("max_connections")),
        new("SW312", "unreadable", Unknown, () => SnapshotBuilder.Rds().NoConnections(), "not listed"),
    ];

    private static IEnumerable<Scenario> Tables =>
    [
        new("SW401", "missing", Blocking, () => SnapshotBuilder.Rds().NoPublication()),
        new("SW401", "no-create", Blocking, () => SnapshotBuilder.Rds().NoPublication().Server(s => s with { AdminCanCreate = false, DatabaseOwner = SnapshotBuilder.Root })),
        new("SW401", "nothing-to-publish", Blocking, () => SnapshotBuilder.Rds().NoPublication().EachTable(t => t with { PrimaryKey = KeyState.None }).Goal(g => g with { Tables = [new("public", "orders")] })),
        new("SW401", "nothing-chosen", Blocking, () => SnapshotBuilder.Rds().NoTables()),
        new("SW401", "invalid-name", Blocking, () => SnapshotBuilder.Rds().Goal(g => g with { Publication = "" })),
        new("SW402", "held-back", Blocking, () => ReadElsewhere(SnapshotBuilder.Rds().Table("public", "orders", t => t with { InPublication = false }))),
        new("SW402", "missing", Blocking, () => SnapshotBuilder.Rds().Table("public", "orders", t => t with { InPublication = false })),
        new("SW402", "missing-by-others", Blocking, () => SnapshotBuilder.Rds().Role(new RoleFact { Name = "legacy" }).Publication(p => p with { Owner = "legacy" })
            .Table("public", "orders", t => t with { Owner = "legacy", InPublication = false })),
        new("SW402", "excepted", Blocking, () => SnapshotBuilder.Plain(190001).Publication(p => p with { AllTables = true, Excepted = [new("public", "orders"), new("public", "secret")] })
            .Table("public", "orders", t => t with { InPublication = false })),
        new("SW402", "sequences", Blocking, () => SnapshotBuilder.Plain(190001).Publication(p => p with { AllSequences = true }).EachTable(t => t with { InPublication = false })),
        new("SW402", "heirs-missing", Blocking, () => WithChild(t => t with { InPublication = false })),
        new("SW402", "withheld", Blocking, () => SnapshotBuilder.Rds().Table("public", "log", t => t with { InPublication = false, PrimaryKey = KeyState.None }).Goal(g => g with { Tables = [new("public", "log")] })),
        new("SW402", "schema-by-table", Advice, () => SnapshotBuilder.Rds().Goal(g => g with { WholeSchemas = ["public"] })),
        new("SW402", "schema-by-table", Warning, () => SnapshotBuilder.Plain().Goal(g => g with { WholeSchemas = ["public"] }), "superuser"),
        new("SW402", "extra", Advice, () => SnapshotBuilder.Rds().Goal(g => g with { Tables = [new("public", "orders")] })),
        new("SW402", "extra-by-schema", Advice, () => SnapshotBuilder.Rds().Publication(p => p with { Schemas = ["public"] }).Goal(g => g with { Tables = [new("public", "orders")] })),
        new("SW402", "all-tables", Advice, () => SnapshotBuilder.Rds().Publication(p => p with { AllTables = true })),
        new("SW402", "not-applicable", NotApplicable, () => SnapshotBuilder.Rds().NoPublication()),
        new("SW403", "held-back", Warning, () => ReadElsewhere(SnapshotBuilder.Rds().Publication(p => p with { Delete = false }))),
        new("SW403", "incomplete", Warning, () => SnapshotBuilder.Rds().Publication(p => p with { Delete = false })),
        new("SW403", "incomplete-unsafe", Warning, () => SnapshotBuilder.Rds().Publication(p => p with { Update = false, Delete = false }).Table("public", "log", t => t with { PrimaryKey = KeyState.None })),
        new("SW403", "unreadable", Unknown, () => SnapshotBuilder.Rds(150013).Publication(p => p with { Delete = false }).Unreadable("pg_publication_rel parts"), "parts"),
        new("SW403", "not-applicable", NotApplicable, () => SnapshotBuilder.Rds().NoPublication()),
        new("SW404", "held-back", Blocking, () => ReadElsewhere(SnapshotBuilder.Rds().Table("public", "events", t => t with { Kind = RelationKind.Partitioned }))),
        new("SW404", "off", Blocking, () => SnapshotBuilder.Rds().Table("public", "events", t => t with { Kind = RelationKind.Partitioned })),
        new("SW404", "two-parents", Blocking, () => WithChild(t => t with { Parents = [new("public", "customers"), new("public", "orders")] })),
        new("SW404", "second-level", Warning, () => WithChild(t => t).Table("public", "deep", t => t with { Parents = [new("public", "kid")] })),
        new("SW404", "future-children", Advice, () => WithChild(t => t)),
        new("SW404", "not-applicable", NotApplicable, () => SnapshotBuilder.Rds()),
        new("SW405", "no-key", Blocking, () => Keyless(t => t)),
        new("SW405", "deferrable-key", Blocking, () => Keyless(t => t with { PrimaryKey = KeyState.Deferrable })),
        new("SW405", "invalid-key", Blocking, () => Keyless(t => t with { PrimaryKey = KeyState.Invalid })),
        new("SW405", "identity-nothing", Blocking, () => Keyless(t => t with { PrimaryKey = KeyState.Usable, Identity = ReplicaIdentityKind.Nothing })),
        new("SW405", "index-invalid", Blocking, () => Keyless(t => t with { Identity = ReplicaIdentityKind.Index, IdentityIndex = KeyState.None })),
        new("SW405", "parts", Blocking, () => SnapshotBuilder.Rds(150013).PublishedPart("orders", "o2").Goal(g => g with { Identities = [new(new("public", "orders"), IdentityKind.Full)] })),
        new("SW405", "unreadable", Unknown, () => SnapshotBuilder.Rds(150013).Unreadable("pg_publication_rel parts").Goal(g => g with { Identities = [new(new("public", "orders"), IdentityKind.Full)] }), "parts"),
        new("SW405", "full-without-key", Blocking, () => Keyless(t => t).Goal(g => g with { Identities = [new(new("public", "log"), IdentityKind.Full)] })),
        new("SW405", "full-without-key", Blocking, () => Heir().Goal(g => g with { Identities = [new(new("public", "orders"), IdentityKind.Full)] }), "of an heir"),
        new("SW405", "is-full-without-key", Warning, () => Heir(t => t with { Identity = ReplicaIdentityKind.Full }), "of an heir"),
        new("SW405", "chosen-full-grows", Blocking, () => Keyless(t => t).Goal(Grows)),
        new("SW405", "is-full-without-key", Warning, () => Keyless(t => t with { Identity = ReplicaIdentityKind.Full })),
        new("SW405", "only-grows", Advice, () => Keyless(t => t with { Identity = ReplicaIdentityKind.Full }).Goal(Grows)),
        new("SW405", "chosen-full", Blocking, () => Keyless(t => t with { PrimaryKey = KeyState.Deferrable }).Goal(g => g with { Identities = [new(new("public", "log"), IdentityKind.Full)] }), "deferrable key"),
        new("SW405", "chosen-full", Warning, () => SnapshotBuilder.Rds().Goal(g => g with { Identities = [new(new("public", "orders"), IdentityKind.Full)] }), "key is fine"),
        new("SW405", "chosen-index", Blocking, () => Keyless(t => t).Goal(g => g with { Identities = [new(new("public", "log"), IdentityKind.Index, "log_at")] })),
        new("SW405", "future-tables", Advice, () => SnapshotBuilder.Plain(150013).Publication(p => p with { Schemas = ["public"] })),
        new("SW405", "future-partitions", Warning, () => Partitioned(t => t with { PrimaryKey = KeyState.None, Identity = ReplicaIdentityKind.Full })
            .Table("public", "events", t => t with { Kind = RelationKind.Partitioned, PrimaryKey = KeyState.None, Identity = ReplicaIdentityKind.Full })),
        new("SW405", "left-out", Advice, () => Keyless(t => t).Goal(g => g with { Tables = [] })),
        new("SW405", "not-applicable", NotApplicable, () => SnapshotBuilder.Rds().NoTables()),
        new("SW406", "unlogged", Blocking, () => Chosen(t => t with { Persistence = 'u' })),
        new("SW406", "temporary", Blocking, () => Chosen(t => t with { Persistence = 't' })),
        new("SW406", "foreign", Blocking, () => Chosen(t => t with { Kind = RelationKind.Foreign })),
        new("SW406", "view", Blocking, () => Chosen(t => t with { Kind = RelationKind.MaterializedView })),
        new("SW406", "partitioned", Blocking, () => Chosen(t => t with { Kind = RelationKind.Partitioned }, 120022)),
        new("SW406", "unlogged-partition", Blocking, () => Partitioned(t => t with { Persistence = 'u' })),
        new("SW406", "foreign-partition", Blocking, () => Partitioned(t => t with { Kind = RelationKind.Foreign })),
        new("SW406", "unlogged-heir", Blocking, () => Named(WithChild(t => t with { Persistence = 'u' }))),
        new("SW406", "foreign-heir", Blocking, () => Named(WithChild(t => t with { Kind = RelationKind.Foreign }))),
        new("SW406", "not-excluded", Advice, () => WithChild(t => t).Goal(g => g with { Schemas = ["public"], Excluded = [new("public", "kid")] })),
        new("SW406", "not-found", Blocking, () => SnapshotBuilder.Rds().Goal(g => g with { Tables = [new("public", "Orders")] })),
        new("SW406", "schema-not-found", Blocking, () => SnapshotBuilder.Rds().Goal(g => g with { Schemas = ["Public"] })),
        new("SW406", "extension", Advice, () => SnapshotBuilder.Rds().Table("public", "spatial_ref_sys", t => t with { Owner = SnapshotBuilder.Root, Extension = "postgis", InPublication = false })),
        new("SW406", "left-out", Advice, () => SnapshotBuilder.Rds().Table("public", "cache", t => t with { Persistence = 'u' })),
        new("SW406", "not-applicable", NotApplicable, () => SnapshotBuilder.Rds().NoTables()),
        new("SW407", "in-key", Blocking, () => SnapshotBuilder.Rds().Column("orders", "shard", s_int, ColumnOrigin.Stored, inIdentity: true)),
        new("SW407", "stops-updates", Blocking, () => SnapshotBuilder.Rds(180001).Column("orders", "shard", s_int, ColumnOrigin.Stored, inIdentity: true)),
        new("SW407", "stops-updates", Blocking, () => Full(180001).Column("orders", "gross", s_int, ColumnOrigin.Stored), "FULL"),
        new("SW407", "stops-updates-held-back", Blocking, () => ReadElsewhere(Full(180001).Column("orders", "gross", s_int, ColumnOrigin.Stored))),
        new("SW407", "stops-updates-elsewhere", Blocking, () => Full(180001).Column("orders", "gross", s_int, ColumnOrigin.Stored, unsentBy: ["clickpipes", "search \"index\""])),
        new("SW407", "stops-updates-virtual", Blocking, () => Full(180001).Column("orders", "gross", s_int, ColumnOrigin.Virtual)),
        new("SW407", "publishable", Advice, () => SnapshotBuilder.Rds(180001).Column("orders", "total_gross", s_int, ColumnOrigin.Stored)),
        new("SW407", "not-streamed", Advice, () => SnapshotBuilder.Rds().Column("orders", "total_gross", s_int, ColumnOrigin.Stored)),
        new("SW407", "not-streamed", Advice, () => SnapshotBuilder.Rds(180001).Publication(p => p with { GeneratedColumns = true }).Column("orders", "total_gross", s_int, ColumnOrigin.Virtual), "virtual"),
        new("SW407", "not-applicable", NotApplicable, () => SnapshotBuilder.Rds().NoTables()),
        new("SW408", "not-full", Advice, () => SnapshotBuilder.Rds().Table("public", "notes", t => t with { MayToast = true }).Detail("notes", new TableDetail([], [], ["body", "tags"]))),
        new("SW408", "not-full", Advice, () => SnapshotBuilder.Rds().Table("public", "notes", t => t with { MayToast = true }).Detail("notes", null), "not looked at"),
        new("SW408", "not-full", Advice, () => SnapshotBuilder.Rds().Publication(p => p with { ViaRoot = true }).Table("public", "events", t => t with { Kind = RelationKind.Partitioned })
            .Table("public", "events_1", t => t with { Root = new("public", "events"), MayToast = true }), "partition"),
        new("SW408", "full-unfit", Advice, () => SnapshotBuilder.Rds()
            .Table("public", "notes", t => t with { MayToast = true, PrimaryKey = KeyState.None, Identity = ReplicaIdentityKind.Index, IdentityIndex = KeyState.Usable })),
        new("SW408", "full-unfit", Advice, () => SnapshotBuilder.Rds(180001).Table("public", "notes", t => t with { MayToast = true })
            .Column("notes", "words", s_int, ColumnOrigin.Virtual), "virtual"),
        new("SW408", "not-applicable", NotApplicable, () => SnapshotBuilder.Rds().NoTables()),
        new("SW409", "dot", Blocking, () => SnapshotBuilder.Rds().Table("public", "a.b").Goal(g => g with { Tables = [new("public", "a.b")] })),
        new("SW409", "left-out", Advice, () => SnapshotBuilder.Rds().Table("public", "a.b")),
        new("SW409", "bytes", Blocking, () => SnapshotBuilder.Rds().Table("public", s_broken).BrokenName(new("public", s_broken))),
        new("SW409", "bytes", Blocking, () => SnapshotBuilder.Rds().BrokenName(new("public", "orders"), s_broken), "column"),
        new("SW409", "bytes-left-out", Advice, () => SnapshotBuilder.Rds().Table("public", s_broken, t => t with { InPublication = false }).BrokenName(new("public", s_broken))),
        new("SW409", "not-applicable", NotApplicable, () => SnapshotBuilder.Rds().NoTables()),
        new("SW410", "identity-hidden", Warning, () => SnapshotBuilder.Rds().Filter(new(new("public", "orders"), "(status = 'paid'::text)", [], true))),
        new("SW410", "rows-hidden", Warning, () => SnapshotBuilder.Rds().Filter(new(new("public", "orders"), "(id > 5)", [], false))),
        new("SW410", "columns-hidden", Warning, () => SnapshotBuilder.Rds().Filter(new(new("public", "orders"), null, ["note", "secret"], false))),
        new("SW410", "not-applicable", NotApplicable, () => SnapshotBuilder.Rds().NoPublication()),
        new("SW410", "not-applicable", NotApplicable, () => SnapshotBuilder.Rds(140020), "14"),
        new("SW411", "digits", Advice, () => SnapshotBuilder.Rds().Column("orders", "amount", new("numeric", "numeric"))),
        new("SW411", "range", Advice, () => SnapshotBuilder.Rds().Column("orders", "days", new("date", "date[]", IsArray: true))),
        new("SW411", "zone", Advice, () => SnapshotBuilder.Rds().Column("orders", "opens", new("timetz", "time with time zone"))),
        new("SW411", "shape", Advice, () => SnapshotBuilder.Rds().Column("orders", "valid", new("int4range", "int4range", 'r'))),
        new("SW411", "shape", Advice, () => SnapshotBuilder.Rds().Column("orders", "span", Domain("int4range", 'r')), "domain"),
        new("SW411", "domain-bool", Warning, () => SnapshotBuilder.Rds().Column("orders", "paid", Domain("bool"))),
        new("SW411", "domain-array", Warning, () => SnapshotBuilder.Rds().Column("orders", "tags", Domain("text", array: true))),
        new("SW411", "domain-bytes", Warning, () => SnapshotBuilder.Rds().Column("orders", "raw", Domain("bytea"))),
        new("SW411", "years-seen", Advice, () => SnapshotBuilder.Rds().Detail("orders", new TableDetail(["made", "until"], ["until"], []))),
        new("SW411", "years", Advice, () => SnapshotBuilder.Rds().Detail("orders", new TableDetail(["made"], [], []))),
        new("SW411", "years", Advice, () => SnapshotBuilder.Rds().Detail("orders", null), "not looked at"),
        new("SW412", "tight", Advice, () => SnapshotBuilder.Rds().Tree("events", 1_000, 3)),
        new("SW412", "tight", Warning, () => SnapshotBuilder.Rds().Tree("events", 1_000, 6), "more than promised"),
        new("SW412", "full", Blocking, () => SnapshotBuilder.Plain().Tree("events", 4_000, 6)),
        new("SW412", "pending", Pending, () => SnapshotBuilder.Plain().Tree("events", 4_000, 6).Setting("max_locks_per_transaction", "64", pending: true)),
        new("SW412", "pending", Warning, () => SnapshotBuilder.Plain().Tree("events", 1_000, 6).Setting("max_locks_per_transaction", "64", pending: true), "more than promised"),
        new("SW412", "unreadable", Unknown, () => SnapshotBuilder.Rds().Tree("events", 2, 1).NoSetting("max_locks_per_transaction"), "not listed"),
        new("SW412", "unreadable", Unknown, () => SnapshotBuilder.Rds().Tree("events", 2, 1).Unreadable("pg_index"), "pg_index"),
        new("SW412", "not-applicable", NotApplicable, () => SnapshotBuilder.Rds()),
        new("SW411", "not-applicable", NotApplicable, () => SnapshotBuilder.Rds().NoTables()),
        new("SW413", "undecided", Advice, () => SnapshotBuilder.Rds().Table("public", "notes", t => t with { HasNullable = true })),
        new("SW413", "undecided-many", Advice, () => SnapshotBuilder.Rds().EachTable(t => t with { HasNullable = null })),
        new("SW413", "not-applicable", NotApplicable, () => SnapshotBuilder.Rds().NoTables()),
        new("SW415", "read-elsewhere", Blocking, () => ReadElsewhere(Unpublished())),
        new("SW415", "reader-hidden", Unknown, () => Unpublished().Reader("debezium", null)),
        new("SW415", "agreed", Warning, () => ReadElsewhere(Unpublished()).Goal(g => g with { ChangePublication = true })),
        new("SW415", "agreed", Warning, () => Unpublished().Reader("debezium", null).Goal(g => g with { ChangePublication = true }), "hidden"),
        new("SW415", "reader-away", Warning, () => Unpublished().Reader("debezium", null, active: false)),
        new("SW415", "shared", Advice, () => ReadElsewhere(SnapshotBuilder.Rds())),
        new("SW415", "not-applicable", NotApplicable, () => ReadElsewhere(SnapshotBuilder.Rds().NoPublication())),
    ];

    private static IEnumerable<Scenario> Network =>
    [
        new("SW501", "no-line", Blocking, () => SnapshotBuilder.Plain().Goal(Frankfurt).Access(Line("10.0.0.0", "255.0.0.0"))),
        new("SW501", "rejected", Blocking, () => SnapshotBuilder.Plain().Goal(Frankfurt).Access(Line("0.0.0.0", "128.0.0.0") with { Method = "reject" }, Line("all"))),
        new("SW501", "one-list", Warning, () => SnapshotBuilder.Plain().Goal(g => g with { Region = "aws:eu-west-1" })
            .Access([.. Core.Providers.ClickPipesRegions.Find("aws:eu-west-1")!.Addresses.Select(a => Line(a, "255.255.255.255"))])),
        new("SW501", "file-error", Warning, () => SnapshotBuilder.Plain().Goal(Frankfurt).Access(Line("all"), new AccessRuleFact { Line = 0, Error = "invalid authentication method \"scrum\"" })),
        new("SW501", "host-names", Unknown, () => SnapshotBuilder.Plain().Goal(Frankfurt).Access(Line(".example.com"))),
        new("SW501", "unseen", Unknown, () => SnapshotBuilder.Rds().Goal(Frankfurt)),
        new("SW501", "private-path", NotApplicable, () => SnapshotBuilder.Rds().Goal(g => Frankfurt(g) with { Network = NetworkPath.Ssh })),
        new("SW501", "private-host", NotApplicable, () => SnapshotBuilder.Rds().Goal(Frankfurt).Addresses("10.0.3.7")),
        new("SW501", "no-region", NotApplicable, () => SnapshotBuilder.Rds()),
        new("SW502", "private", Warning, () => SnapshotBuilder.Rds().Addresses("10.0.3.7", "fd00::7")),
        new("SW502", "local", Advice, () => SnapshotBuilder.Plain().Addresses("127.0.0.1", "::1")),
        new("SW502", "not-applicable", NotApplicable, () => SnapshotBuilder.Rds().Addresses("10.0.3.7").Goal(g => g with { Network = NetworkPath.Ssh })),
        new("SW502", "not-applicable", NotApplicable, () => SnapshotBuilder.Rds().Addresses(), "not resolved"),
        new("SW503", "bundle", Advice, () => SnapshotBuilder.Rds().Issuer("CN=Amazon RDS eu-central-1 Root CA RSA2048 G1")),
        new("SW503", "bundle", Advice, () => SnapshotBuilder.Rds().Endpoint(e => e with { Tls = TlsMode.Require }), "not verified"),
        new("SW503", "own", Advice, () => SnapshotBuilder.Plain().Endpoint(e => e with { CaCertificatePem = "-----BEGIN CERTIFICATE-----" })),
        new("SW503", "not-applicable", NotApplicable, () => SnapshotBuilder.Plain().Issuer(null)),
        new("SW503", "not-applicable", NotApplicable, () => SnapshotBuilder.Plain().Endpoint(e => e with { Tls = TlsMode.Require }), "not verified"),
    ];

    private static SnapshotBuilder WithChild(Func<TableFact, TableFact> child) =>
        SnapshotBuilder.Rds().Table("public", "kid", t => child(t with { Parents = [new("public", "orders")] }));

    private static SnapshotBuilder Named(SnapshotBuilder source) => source.Goal(g => g with { Tables = [new("public", "orders")] });

    private static SnapshotBuilder Partitioned(Func<TableFact, TableFact> partition) => SnapshotBuilder.Rds().Publication(p => p with { ViaRoot = true })
        .Table("public", "events", t => t with { Kind = RelationKind.Partitioned })
        .Table("public", "events_1", t => partition(t with { Root = new("public", "events") }));

    private static SnapshotBuilder Unpublished() => SnapshotBuilder.Rds().Table("public", "orders", t => t with { InPublication = false });

    private static SnapshotBuilder ReadElsewhere(SnapshotBuilder source) => source.Reader("debezium", ["other", SetupGoal.DefaultPublication]);

    private static SnapshotBuilder Aurora(string host) => SnapshotBuilder.Rds().Provider(_ => Core.Providers.AmazonAurora.Profile).Endpoint(e => e with { Host = host });

    private static SetupGoal Frankfurt(SetupGoal goal) => goal with { Region = "aws:eu-central-1" };

    private static AccessRuleFact Line(string address, string? mask = null) =>
        new() { Line = 0, Type = "hostssl", Databases = ["all"], Users = ["all"], Address = address, Netmask = mask, Method = "scram-sha-256" };

    /// <summary>A reading that was refused leaves each verdict that rests on it open.</summary>
    private static IEnumerable<Scenario> CannotBeRead =>
        from pair in new (string What, string[] Codes)[]
        {
            ("pg_database", ["SW312"]),
            ("session", ["SW106", "SW107", "SW303", "SW310", "SW312", "SW401"]),
            ("pg_settings", ["SW109", "SW201", "SW202", "SW203", "SW204", "SW205", "SW206", "SW309", "SW312"]),
            ("pg_replication_slots", ["SW203", "SW208"]),
            ("pg_replication_slots readers", ["SW415"]),
            ("pg_shdepend", ["SW305"]),
            ("pg_stat_replication", ["SW204", "SW312"]),
            ("pg_stat_activity", ["SW209"]),
            ("pg_db_role_setting", ["SW205", "SW309"]),
            ("pg_attribute", ["SW407", "SW411"]),
            ("pg_publication_rel", ["SW410"]),
            ("pg_attribute names", ["SW409"]),
            ("pg_roles", ["SW108", "SW301", "SW302", "SW303", "SW304", "SW305", "SW306", "SW307", "SW308", "SW309", "SW310", "SW312", "SW401", "SW402", "SW403", "SW404", "SW405", "SW407"]),
            ("pg_namespace", ["SW304", "SW406"]),
            ("pg_default_acl", ["SW306"]),
            ("pg_publication", ["SW401", "SW402", "SW403", "SW404", "SW407", "SW410", "SW415"]),
            ("pg_class", ["SW304", "SW305", "SW306", "SW307", "SW308", "SW401", "SW402", "SW403", "SW404", "SW405", "SW406", "SW407", "SW408", "SW409", "SW410", "SW411", "SW412", "SW413"]),
        }
        from code in pair.Codes
        select new Scenario(code, "unreadable", Unknown, () => SnapshotBuilder.Rds().Unreadable(pair.What), pair.What);

    private static SetupGoal Grows(SetupGoal goal) => goal with { Identities = [new(new("public", "log"), IdentityKind.Full, OnlyGrows: true)] };

    private static SnapshotBuilder Full(int version) => SnapshotBuilder.Rds(version).Table("public", "orders", t => t with { Identity = ReplicaIdentityKind.Full });

    private static PostgresType Domain(string name, char kind = 'b', bool array = false) =>
        new("own", "public.own", 'd') { Base = new PostgresType(name, array ? name + "[]" : name, kind, array) };

    private static SnapshotBuilder Heir(Func<TableFact, TableFact>? change = null) => SnapshotBuilder.Rds()
        .Table("public", "orders", t => t with { HasChildren = true })
        .Table("public", "orders_old", t => (change ?? (static u => u))(t with { Parents = [new("public", "orders")], PrimaryKey = KeyState.None }))
        .Goal(g => g with { Tables = [new("public", "orders")] });

    private static SnapshotBuilder Keyless(Func<TableFact, TableFact> change) => SnapshotBuilder.Rds()
        .Table("public", "log", t => change(t with { PrimaryKey = KeyState.None, InPublication = false }))
        .Goal(g => g with { Tables = [new("public", "log")] });

    private static SnapshotBuilder Chosen(Func<TableFact, TableFact> change, int version = 160010) => SnapshotBuilder.Rds(version)
        .Table("public", "odd", t => change(t with { InPublication = false }))
        .Goal(g => g with { Tables = [new("public", "odd")] });

    /// <summary>A table that the user may not read yet, of an owner this login is no member of.</summary>
    private static SnapshotBuilder Owned(SnapshotBuilder source, Func<RoleFact, RoleFact> owner) => source
        .Role("legacy", owner)
        .Table("public", "legacy", t => t with { Owner = "legacy", AdminMayGrant = false, UserCanSelect = false });

    private static SnapshotBuilder WithoutSuperuser() => SnapshotBuilder.Plain(150014).Role(SnapshotBuilder.Admin, r => r with { Superuser = false });
}
