using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Testing;

/// <summary>
/// Facts of a source on which everything is right, to break one thing at a time. <see cref="Untouched"/> gives the same source
/// before anybody set anything up.
/// </summary>
public sealed class SnapshotBuilder
{
    public const string Admin = "shop_admin";
    public const string User = SetupGoal.DefaultUser;
    public const string Root = "rdsadmin";

    private readonly Dictionary<string, SettingFact> _settings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RoleFact> _roles = new(StringComparer.Ordinal);
    private readonly List<SchemaFact> _schemas = [];
    private readonly List<TableFact> _tables = [];
    private readonly List<DefaultPrivilegeFact> _defaults = [];
    private readonly List<RoleSettingFact> _roleSettings = [];
    private readonly List<SlotFact> _slots = [];
    private readonly List<Unreadable> _unreadable = [];
    private ServerFacts _server;
    private PublicationFact? _publication;
    private ProviderProfile _provider;
    private ProviderDetection _detection;
    private SetupGoal _goal = new();
    private SourceEndpoint _endpoint = new() { Host = "db.example.com", Database = "app" };
    private int _walSenders;
    private double? _walRate;
    private int _standbys;
    private ConnectionFacts? _connections = new(-1, 3, 5);
    private readonly List<ColumnFact> _columns = [];
    private readonly Dictionary<string, TableDetail?> _details = new(StringComparer.Ordinal);
    private readonly List<FilterFact> _filters = [];
    private readonly List<PublishedPartFact> _parts = [];
    private readonly List<ColumnGrantFact> _columnGrants = [];
    private readonly List<SlotReaderFact> _readers = [];
    private readonly List<BrokenNameFact> _brokenNames = [];
    private readonly List<TransactionFact> _transactions = [];
    private IReadOnlyList<string> _addresses = ["198.51.100.7"];
    private AccessFacts? _access;
    private string? _issuer = "CN=Public Authority";

    private SnapshotBuilder(ProviderProfile provider, int version)
    {
        _provider = provider;
        _detection = new ProviderDetection(provider.Id, DetectionSource.Server, "marker");
        _server = new ServerFacts
        {
            VersionNumber = version,
            VersionText = "PostgreSQL on x86_64-pc-linux-gnu",
            Database = "app",
            CurrentUser = Admin,
            DatabaseOwner = Admin,
            TlsVersion = "TLSv1.3",
            AdminCanCreate = true,
            PublicCanConnect = true,
            PublicCanEmitMessage = true,
            UserCanConnect = true,
            UserCanEmitMessage = true,
        };
        Setting("wal_level", "logical").Setting("max_replication_slots", "10").Setting("max_wal_senders", "10")
            .Setting("wal_sender_timeout", "1min", "60000").Setting("max_slot_wal_keep_size", "-1").Setting("hot_standby_feedback", "off")
            .Setting("max_worker_processes", "16").Setting("max_locks_per_transaction", "64").Setting("max_prepared_transactions", "0").Setting("statement_timeout", "0").Setting("default_transaction_read_only", "off").Setting("row_security", "on")
            .Setting("server_encoding", "UTF8").Setting("max_connections", "100").Setting("superuser_reserved_connections", "3");
        if (version >= 170000)
        {
            Setting("sync_replication_slots", "off").Setting("transaction_timeout", "0");
        }

        if (version >= 180000)
        {
            Setting("idle_replication_slot_timeout", "0");
        }

        Role(new RoleFact { Name = Admin, CanLogin = true, CreateRole = true, CreateDb = true, AdminInherits = true })
            .Role(new RoleFact { Name = Root, Superuser = true })
            .Role(new RoleFact { Name = User, CanLogin = true, AdminMayGrant = true });
        Schema("public", Admin).Table("public", "customers").Table("public", "orders").Default(Admin, "public");
        _roleSettings.Add(new RoleSettingFact(User, false, "wal_sender_timeout", "0"));
        _publication = new PublicationFact { Name = SetupGoal.DefaultPublication, Owner = Admin, Insert = true, Update = true, Delete = true, Truncate = true };
    }

    /// <summary>Amazon RDS: the admin gives replication by membership and is no superuser.</summary>
    public static SnapshotBuilder Rds(int version = 160010) => new SnapshotBuilder(AmazonRds.Profile, version)
        .Setting("rds.logical_replication", "on")
        .Setting("rds.iam_auth_for_replication", "off")
        .Role(new RoleFact { Name = "rds_iam", AdminMayGrant = true, UserIsMember = false })
        .Role(new RoleFact { Name = "rds_superuser", AdminInherits = true })
        .Role(new RoleFact { Name = "rds_replication", AdminMayGrant = true, UserIsMember = true });

    /// <summary>The same, set up for an IAM role in place of a password.</summary>
    public static SnapshotBuilder RdsWithIam(int version = 160010) => Rds(version)
        .Goal(g => g with { Authentication = LoginMethod.Iam })
        .Endpoint(e => e with { Host = "shop-prod.c9akciq32.eu-central-1.rds.amazonaws.com" })
        .Setting("rds.iam_auth_for_replication", "on")
        .Role("rds_iam", r => r with { UserIsMember = true, UserIsMemberThrough = ["rds_iam"] });

    /// <summary>Azure: the admin gives the attribute, having it itself.</summary>
    public static SnapshotBuilder Azure(int version = 160010) => new SnapshotBuilder(AzureFlexible.Profile, version)
        .Role(new RoleFact { Name = "azure_pg_admin", AdminInherits = true })
        .Role(Admin, r => r with { Replication = true })
        .Role(User, r => r with { Replication = true });

    /// <summary>A server of one's own, with a superuser.</summary>
    public static SnapshotBuilder Plain(int version = 160010) => new SnapshotBuilder(SelfManaged.Profile, version) { _detection = ProviderDetection.None }
        .Role(Admin, r => r with { Superuser = true })
        .Role(User, r => r with { Replication = true });

    public SnapshotBuilder Server(Func<ServerFacts, ServerFacts> change) => With(() => _server = change(_server));

    public SnapshotBuilder Setting(string name, string value, string? raw = null, bool pending = false, string? source = null) =>
        With(() => _settings[name] = new SettingFact(name, value, raw ?? value, PendingRestart: pending, Source: source));

    public SnapshotBuilder NoSetting(string name) => With(() => _settings.Remove(name));

    public SnapshotBuilder Role(RoleFact role) => With(() => _roles[role.Name] = role);

    public SnapshotBuilder Role(string name, Func<RoleFact, RoleFact> change) =>
        With(() => _roles[name] = change(_roles.GetValueOrDefault(name) ?? new RoleFact { Name = name }));

    public SnapshotBuilder NoRole(string name) => With(() => _roles.Remove(name));

    public SnapshotBuilder Schema(string name, string owner, Func<SchemaFact, SchemaFact>? change = null)
    {
        var fact = new SchemaFact(name, owner, UserHasUsage: true, AdminMayGrant: owner == Admin, PublicHasUsage: false, AdminHasUsage: true);
        return With(() =>
        {
            _schemas.RemoveAll(s => s.Name == name);
            _schemas.Add(change is null ? fact : change(fact));
        });
    }

    /// <summary>A table with a primary key that is published and readable, and what is different about it.</summary>
    public SnapshotBuilder Table(string schema, string name, Func<TableFact, TableFact>? change = null)
    {
        var fact = new TableFact
        {
            Ref = new TableRef(schema, name),
            Owner = Admin,
            PrimaryKey = KeyState.Usable,
            UserCanSelect = true,
            AdminMayGrant = true,
            InPublication = true,
        };
        return With(() =>
        {
            _tables.RemoveAll(t => t.Ref == fact.Ref);
            _tables.Add(change is null ? fact : change(fact));
        });
    }

    /// <summary>A partitioned table that is as it should be, with so many partitions and so many indexes on each.</summary>
    public SnapshotBuilder Tree(string name, int partitions, int indexes) => With(() =>
    {
        Table("public", name, t => t with { Kind = RelationKind.Partitioned, Indexes = indexes }).Publication(p => p with { ViaRoot = true });
        for (var n = 1; n <= partitions; n++)
        {
            Table("public", name + "_" + n, t => t with { Root = new TableRef("public", name), Indexes = indexes });
        }
    });

    /// <summary>One more such table, for those who want very many: nobody looks whether there is one of that name.</summary>
    public SnapshotBuilder More(int number) => With(() => _tables.Add(
        new TableFact { Ref = new TableRef("public", "more_" + number), Owner = Admin, PrimaryKey = KeyState.Usable, UserCanSelect = true, AdminMayGrant = true, InPublication = true }));

    public SnapshotBuilder EachTable(Func<TableFact, TableFact> change) => With(() =>
    {
        var changed = _tables.ConvertAll(t => change(t));
        _tables.Clear();
        _tables.AddRange(changed);
    });

    public SnapshotBuilder NoTables() => With(_tables.Clear);

    public SnapshotBuilder Default(string owner, string? schema) => With(() => _defaults.Add(new DefaultPrivilegeFact(owner, schema)));

    public SnapshotBuilder NoDefaults() => With(_defaults.Clear);

    public SnapshotBuilder RoleSetting(RoleSettingFact setting) => With(() => _roleSettings.Add(setting));

    public SnapshotBuilder NoRoleSettings() => With(_roleSettings.Clear);

    public SnapshotBuilder Slots(int count, bool active = false) => With(() => _slots.AddRange(
        Enumerable.Range(_slots.Count, count).Select(n => new SlotFact { Name = "slot_" + n, Logical = true, Active = active, RetainedBytes = 1024 })));

    public SnapshotBuilder Slot(SlotFact slot) => With(() => _slots.Add(slot));

    public SnapshotBuilder Connections(int limit, int inDatabase, int inServer) => With(() => _connections = new ConnectionFacts(limit, inDatabase, inServer));

    public SnapshotBuilder NoConnections() => With(() => _connections = null);

    public SnapshotBuilder Standbys(int count) => With(() => _standbys = count);

    public SnapshotBuilder Transaction(TransactionFact transaction) => With(() => _transactions.Add(transaction));

    /// <summary>A column with something to say.</summary>
    public SnapshotBuilder Column(string table, string name, PostgresType type, ColumnOrigin origin = ColumnOrigin.Written, bool inIdentity = false, string[]? indexes = null, string[]? unsentBy = null) =>
        With(() => _columns.Add(new ColumnFact(new TableRef("public", table), name, type, origin, inIdentity) { UniqueIndexes = indexes ?? [], UnsentBy = unsentBy ?? [] }));

    /// <summary>What a closer look at a table of schema public shows; null when nobody looked. Otherwise it shows nothing.</summary>
    public SnapshotBuilder Detail(string table, TableDetail? detail) => With(() => _details[table] = detail);

    /// <summary>A privilege on a column of a table, granted to the user by this login.</summary>
    public SnapshotBuilder ColumnGrant(string table, string column, string privilege = "SELECT", bool grantable = false) =>
        With(() => _columnGrants.Add(new ColumnGrantFact(new TableRef("public", table), column, privilege, grantable, Admin)));

    /// <summary>Somebody else's slot; read by somebody unless told, with these publications, null for those that cannot be seen.</summary>
    public SnapshotBuilder Reader(string slot, IReadOnlyList<string>? publications, bool active = true, string user = "dbz") =>
        With(() => _readers.Add(new SlotReaderFact(slot, active ? user : null, active ? "Debezium Streaming" : null, active ? 4711 : null, active ? publications : null)));

    /// <summary>A name that is not UTF-8: of a table or, when there is one, of a column.</summary>
    public SnapshotBuilder BrokenName(TableRef table, string? column = null) => With(() => _brokenNames.Add(new BrokenNameFact(table, 16406, column, column is null ? 0 : 2)));

    /// <summary>A table of which a publication sends a part: with a column list that leaves its key out.</summary>
    public SnapshotBuilder PublishedPart(string table, string publication) =>
        With(() => _parts.Add(new PublishedPartFact(new("public", table), publication, SendsChanges: true, HasList: true, Fits: false, [])));

    public SnapshotBuilder Filter(FilterFact filter) => With(() => _filters.Add(filter));

    public SnapshotBuilder Addresses(params string[] addresses) => With(() => _addresses = addresses);

    /// <summary>pg_hba.conf, readable, from its first line on.</summary>
    public SnapshotBuilder Access(params AccessRuleFact[] rules) => With(() => _access = new AccessFacts([.. rules.Select((r, n) => r with { Line = n + 1 })], [User, "pipes"]));

    public SnapshotBuilder Issuer(string? issuer) => With(() => _issuer = issuer);

    public SnapshotBuilder WalSenders(int used) => With(() => _walSenders = used);

    public SnapshotBuilder WalRate(double? bytesPerSecond) => With(() => _walRate = bytesPerSecond);

    public SnapshotBuilder Publication(Func<PublicationFact, PublicationFact> change) => With(() => _publication = change(_publication!));

    public SnapshotBuilder NoPublication() => With(() => _publication = null).EachTable(t => t with { InPublication = false });

    public SnapshotBuilder Unreadable(string what, string why = "42501") => With(() => _unreadable.Add(new Unreadable(what, why)));

    public SnapshotBuilder Goal(Func<SetupGoal, SetupGoal> change) => With(() => _goal = change(_goal));

    public SnapshotBuilder Endpoint(Func<SourceEndpoint, SourceEndpoint> change) => With(() => _endpoint = change(_endpoint));

    public SnapshotBuilder Provider(Func<ProviderProfile, ProviderProfile> change) => With(() => _provider = change(_provider));

    public SnapshotBuilder Detected(ProviderDetection detection) => With(() => _detection = detection);

    /// <summary>The ClickPipes user does not exist: whatever is known about it alone is not known.</summary>
    public SnapshotBuilder NoUser()
    {
        NoRole(User).NoDefaults().NoRoleSettings()
            .Server(s => s with { UserCanConnect = null, UserCanEmitMessage = null })
            .EachTable(t => t with { UserCanSelect = null, UserCanWrite = false });
        foreach (var role in _roles.Values.ToList())
        {
            Role(role with { UserIsMember = null, UserIsMemberThrough = [] });
        }

        var schemas = _schemas.ConvertAll(s => s with { UserHasUsage = null });
        _schemas.Clear();
        _schemas.AddRange(schemas);
        return this;
    }

    /// <summary>Nothing has been set up yet.</summary>
    public SnapshotBuilder Untouched() => NoUser().NoPublication();

    public RequirementContext Build()
    {
        var parents = _tables.SelectMany(t => t.Parents).ToHashSet();
        var snapshot = new SourceSnapshot
        {
            ReadAt = new DateTimeOffset(2026, 1, 15, 12, 0, 0, TimeSpan.Zero),
            Server = _server,
            Settings = _settings,
            Roles = _roles,
            RoleSettings = _roleSettings,
            Schemas = _schemas,
            Tables = parents.Count == 0 ? _tables : [.. _tables.Select(t => parents.Contains(t.Ref) ? t with { HasChildren = true } : t)],
            DefaultPrivileges = _defaults,
            Publication = _publication,
            PublicationNames = _publication is null ? [] : [_publication.Name],
            Slots = _slots,
            WalSendersInUse = _walSenders,
            Standbys = _standbys,
            Connections = _connections,
            Columns = _columns,
            Filters = _filters,
            PublishedParts = _parts,
            ColumnGrants = _columnGrants,
            SlotReaders = _readers,
            Details = _tables.Select(t => (t.Ref, Detail: _details.GetValueOrDefault(t.Ref.Name, new TableDetail([], [], [])))).Where(t => t.Detail is not null).ToDictionary(t => t.Ref, t => t.Detail!),
            BrokenNames = _brokenNames,
            Transactions = _transactions,
            Addresses = _addresses,
            CertificateIssuer = _issuer,
            Access = _access,
            WalBytesPerSecond = _walRate,
            Unreadable = _unreadable,
        };
        return new RequirementContext(_goal, snapshot, _provider, _detection, _endpoint, TableSelector.Resolve(_goal, snapshot));
    }

    /// <summary>The verdicts of one rule.</summary>
    public IReadOnlyList<Finding> Judge(string code)
    {
        var context = Build();
        return [.. RequirementCatalog.All.Single(r => r.Id.Code == code).Evaluate(context)];
    }

    /// <summary>The only verdict of one rule.</summary>
    public Finding One(string code) => Judge(code) is [var only] ? only : throw new InvalidOperationException($"{code} has {Judge(code).Count} verdicts, not one.");

    /// <summary>All verdicts of all rules.</summary>
    public IReadOnlyList<Finding> JudgeAll()
    {
        var context = Build();
        return [.. RequirementCatalog.All.SelectMany(r => r.Evaluate(context))];
    }

    /// <summary>The statements one rule would have run, in order, as shown.</summary>
    public IReadOnlyList<string> Statements(string code) => [.. Judge(code).SelectMany(f => f.Fixes).OfType<SqlChange>().Select(c => c.Statement.Display)];

    private SnapshotBuilder With(Action change)
    {
        change();
        return this;
    }
}
