using System.Globalization;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Reading;

/// <summary>A snapshot while its rows arrive. Names that repeat (schemas, owners) are kept once.</summary>
internal sealed class SnapshotDraft(int announcedPid)
{
    private readonly Dictionary<long, string> _roleNames = [];
    private readonly Dictionary<long, string> _schemaNames = [];
    private readonly Dictionary<long, RoleFact> _otherRoles = [];
    private readonly Dictionary<string, RoleFact> _roles = new(StringComparer.Ordinal);
    private readonly List<SchemaFact> _schemas = [];
    private readonly List<(long Oid, long? Root, TableFact Fact)> _tables = [];
    private readonly Dictionary<long, TableRef> _partitioned = [];
    private readonly Dictionary<long, List<TableRef>> _parents = [];
    private readonly List<ColumnFact> _columns = [];
    private readonly Dictionary<string, string> _columnNames = new(StringComparer.Ordinal);
    private readonly Dictionary<PostgresType, PostgresType> _types = [];

    /// <summary>Whose rows are arriving; null between two statements.</summary>
    public SnapshotSection? UnderWay { get; set; }

    public int VersionNumber { get; set; }

    public string VersionText { get; set; } = "";

    public string Database { get; set; } = "";

    public string CurrentUser { get; set; } = "";

    public string? SessionUser { get; set; }

    public DateTimeOffset ReadAt { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    public bool InRecovery { get; set; }

    public int? BackendPid { get; set; }

    public string? TlsVersion { get; set; }

    public long DatabaseOid { get; set; }

    public string? SystemIdentifier { get; set; }

    public string DatabaseOwner { get; set; } = "";

    public bool AdminCanCreate { get; set; }

    public bool? UserCanConnect { get; set; }

    public bool PublicCanConnect { get; set; }

    public bool? UserCanEmitMessage { get; set; }

    public bool PublicCanEmitMessage { get; set; }

    public ConnectionFacts? Connections { get; set; }

    public int WalSendersInUse { get; set; }

    public int Standbys { get; set; }

    public List<TransactionFact> Transactions { get; } = [];

    public List<FilterFact> Filters { get; } = [];

    /// <summary>Tables that publications send in part.</summary>
    public List<PublishedPartFact> PublishedParts { get; } = [];

    public Dictionary<TableRef, TableDetail> Details { get; } = [];

    public List<BrokenNameFact> BrokenNames { get; } = [];

    /// <summary>Tables that the publication leaves out by name, which are listed with it all the same.</summary>
    public List<TableRef> Excepted { get; } = [];

    public double? WalBytesPerSecond { get; set; }

    public PublicationFact? Publication { get; set; }

    public AccessFacts? Access { get; set; }

    /// <summary>The extension of a relation that is a part of one.</summary>
    public Dictionary<long, string> ExtensionTables { get; } = [];

    public List<string> Markers { get; } = [];

    /// <summary>Indexes of members of trees, by the table's object identifier; read before the tables.</summary>
    public Dictionary<long, int> Indexes { get; } = [];

    public Dictionary<string, SettingFact> Settings { get; } = new(StringComparer.Ordinal);

    public List<RoleSettingFact> RoleSettings { get; } = [];

    public List<DefaultPrivilegeFact> DefaultPrivileges { get; } = [];

    public List<ColumnGrantFact> ColumnGrants { get; } = [];

    public List<MembershipFact> Memberships { get; } = [];

    public List<SlotReaderFact> SlotReaders { get; } = [];

    public List<string> PublicationNames { get; } = [];

    public List<SlotFact> Slots { get; } = [];

    /// <summary>Adds a role; one that is not wanted for itself is kept when it owns a table.</summary>
    public void AddRole(long oid, bool wanted, RoleFact role)
    {
        _roleNames[oid] = role.Name;
        if (wanted)
        {
            _roles[role.Name] = role;
        }
        else
        {
            _otherRoles[oid] = role;
        }
    }

    public void AddSchema(long oid, SchemaFact schema)
    {
        _schemaNames[oid] = schema.Name;
        _schemas.Add(schema);
    }

    /// <summary>The name of a table's owner; a role that was dropped under its objects shows as its number, as the server shows it.</summary>
    public string RoleName(long oid)
    {
        if (_otherRoles.Remove(oid, out var role))
        {
            _roles[role.Name] = role;
        }

        if (!_roleNames.TryGetValue(oid, out var name))
        {
            name = string.Create(CultureInfo.InvariantCulture, $"unknown (OID={oid})");
            _roleNames[oid] = name;
        }

        return name;
    }

    public bool TryRef(long schemaOid, string name, out TableRef table)
    {
        var known = _schemaNames.TryGetValue(schemaOid, out var schema);
        table = known ? new TableRef(schema!, name) : default;
        return known;
    }

    /// <summary>Adds a table.</summary>
    /// <param name="oid">Its number.</param>
    /// <param name="root">The number of the root it is a partition of, if any.</param>
    /// <param name="children">The numbers of the tables that inherit from it: few have any, so that it is the parent that is asked.</param>
    /// <param name="table">The rest.</param>
    public void AddTable(long oid, long? root, IReadOnlyList<long> children, TableFact table)
    {
        if (table.Kind == RelationKind.Partitioned)
        {
            _partitioned[oid] = table.Ref;
        }

        foreach (var child in children)
        {
            if (!_parents.TryGetValue(child, out var parents))
            {
                _parents[child] = parents = [];
            }

            parents.Add(table.Ref);
        }

        if (table.Kind is RelationKind.Ordinary or RelationKind.Partitioned && table.Ref.IsBroken)
        {
            BrokenNames.Add(new BrokenNameFact(table.Ref, oid));
        }

        _tables.Add((oid, root, table));
    }

    /// <summary>By schema and name, once all are there.</summary>
    public void SortTables() => _tables.Sort(static (a, b) => a.Fact.Ref.CompareTo(b.Fact.Ref));

    /// <summary>Adds a column. Names and types repeat from table to table and are kept once.</summary>
    public void AddColumn(ColumnFact column)
    {
        if (_columns.Count > 0 && _columns[^1].Table == column.Table)
        {
            column = column with { Table = _columns[^1].Table };
        }

        if (!_columnNames.TryGetValue(column.Name, out var sameName))
        {
            _columnNames[column.Name] = sameName = column.Name;
        }

        if (!_types.TryGetValue(column.Type, out var sameType))
        {
            _types[column.Type] = sameType = column.Type;
        }

        _columns.Add(column with { Name = sameName, Type = sameType });
    }

    public SourceSnapshot Build(IReadOnlyList<Unreadable> unreadable)
    {
        // A login whose own role cannot be read still acts as somebody.
        _roles.TryAdd(CurrentUser, new RoleFact { Name = CurrentUser, CanLogin = true, AdminInherits = true });
        var publication = Excepted.Count > 0 && Publication is not null ? Publication with { Excepted = [.. Excepted.Order()] } : Publication;
        var tables = new List<TableFact>(_tables.Count);
        foreach (var (oid, root, fact) in _tables)
        {
            var table = root is { } number && _partitioned.TryGetValue(number, out var top) ? fact with { Root = top } : fact;
            table = _parents.Count > 0 && _parents.TryGetValue(oid, out var parents) ? table with { Parents = [.. parents.Order()] } : table;
            tables.Add(publication?.LeavesOut(table) == true ? table with { InPublication = false } : table);
        }

        AddEngineMarkers();
        return new SourceSnapshot
        {
            ReadAt = ReadAt,
            Server = new ServerFacts
            {
                VersionNumber = VersionNumber,
                VersionText = VersionText,
                Database = Database,
                DatabaseOid = DatabaseOid,
                SystemIdentifier = SystemIdentifier,
                CurrentUser = CurrentUser,
                SessionUser = SessionUser ?? CurrentUser,
                StartedAt = StartedAt,
                InRecovery = InRecovery,
                BehindPooler = BackendPid is { } pid && pid != announcedPid,
                TlsVersion = TlsVersion,
                AdminCanCreate = AdminCanCreate,
                UserCanConnect = UserCanConnect,
                UserCanEmitMessage = UserCanEmitMessage,
                PublicCanConnect = PublicCanConnect,
                PublicCanEmitMessage = PublicCanEmitMessage,
                DatabaseOwner = DatabaseOwner,
                Markers = Markers,
            },
            Settings = Settings,
            Roles = _roles,
            RoleSettings = RoleSettings,
            Schemas = _schemas,
            Tables = tables,
            DefaultPrivileges = DefaultPrivileges,
            ColumnGrants = ColumnGrants,
            Memberships = Memberships,
            SlotReaders = SlotReaders,
            Publication = publication,
            Access = Access,
            PublicationNames = PublicationNames,
            Slots = Slots,
            Columns = _columns,
            Filters = Filters,
            PublishedParts = PublishedParts,
            Details = Details,
            BrokenNames = BrokenNames,
            Transactions = Transactions,
            Connections = Connections,
            WalSendersInUse = WalSendersInUse,
            Standbys = Standbys,
            WalBytesPerSecond = WalBytesPerSecond,
            Unreadable = unreadable,
        };
    }

    /// <summary>Engines that speak the protocol and say so in their version.</summary>
    private void AddEngineMarkers()
    {
        foreach (var (text, marker) in new[] { ("-YB-", "yugabyte"), ("CockroachDB", "cockroach"), ("Redshift", "redshift") })
        {
            if (VersionText.Contains(text, StringComparison.OrdinalIgnoreCase))
            {
                Markers.Add(marker);
            }
        }
    }
}
