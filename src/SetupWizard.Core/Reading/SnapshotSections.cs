using Npgsql;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Reading;

/// <summary>One statement of a reading.</summary>
/// <param name="Name">What it reads; the name an <see cref="Unreadable"/> carries.</param>
/// <param name="Sql">The statement.</param>
/// <param name="Parameters">Its parameters, by position.</param>
/// <param name="Read">Takes one row.</param>
/// <param name="Essential">Whether there is no reading without it.</param>
internal sealed record SnapshotSection(string Name, string Sql, IReadOnlyList<object> Parameters, Action<NpgsqlDataReader, SnapshotDraft> Read, bool Essential = false)
{
    /// <summary>What is left to do after the last row, while the server is at the next statement.</summary>
    public Action<SnapshotDraft>? Done { get; init; }
}

/// <summary>Which statements a reading is made of, and how their rows become facts.</summary>
internal static class SnapshotSections
{
    public static IReadOnlyList<SnapshotSection> For(int major, SetupGoal goal, bool hasEncoding = true)
    {
        object[] none = [];
        object[] user = [goal.User];
        object[] both = [goal.User, goal.Publication];
        var sections = new List<SnapshotSection>
        {
            new("version", CatalogQueries.Engine, none, Engine, Essential: true),
            new("jit", CatalogQueries.NoJit, none, static (_, _) => { }),
            new("session", CatalogQueries.Session, user, Session),
            new("pg_proc", CatalogQueries.Functions, [ProviderCatalog.All.SelectMany(static p => p.MarkerFunctions).ToArray()], Marker),
            new("pg_extension", CatalogQueries.Extensions, none, Marker),
            new("pg_settings", CatalogQueries.Settings, [SettingNames.All.ToArray()], Setting),
        };
        foreach (var profile in ProviderCatalog.All)
        {
            // A provider may hide a setting of its own; that must not cost the others.
            var names = profile.MarkerSettings.Concat(profile.Parameters.Select(p => p.ConsoleSetting ?? p.Setting)).Append(profile.Iam?.ReplicationSetting).OfType<string>().Except(SettingNames.All).Distinct().ToArray();
            if (names.Length == 0)
            {
                continue;
            }

            sections.Add(new("pg_settings " + profile.Id, CatalogQueries.Settings + " -- " + profile.Id, [names], Setting));
        }

        sections.Add(new("pg_replication_slots", CatalogQueries.Slots(major), none, Slot));
        sections.Add(new("pg_stat_replication", CatalogQueries.WalSenders, none, WalSenders));
        sections.Add(new("pg_stat_activity", CatalogQueries.Transactions, none, Transaction));
        sections.Add(new("pg_database", CatalogQueries.Connections, user, static (row, draft) => draft.Connections = new ConnectionFacts(row.GetInt32(0), (int)row.GetInt64(1), (int)row.GetInt64(2))));
        if (major >= PostgresFeatures.OldestReadable)
        {
            var name = major >= PostgresFeatures.StatWal ? "pg_stat_wal" : "pg_control_checkpoint";
            sections.Add(new(name, CatalogQueries.WalRate(major), none, static (row, draft) => draft.WalBytesPerSecond = row.GetDouble(0)));
        }

        sections.Add(new("pg_roles", CatalogQueries.Roles(major), [goal.User, goal.Publication, RoleNames()], Role));
        sections.Add(new("pg_db_role_setting", CatalogQueries.RoleSettings, user, RoleSetting));
        sections.Add(new("pg_auth_members", CatalogQueries.Memberships(major), user, Membership));
        if (major >= PostgresFeatures.OldestReadable)
        {
            sections.Add(new("pg_hba_file_rules", AccessRules.Query, user, AccessRules.Read));
            sections.Add(new("pg_namespace", CatalogQueries.Schemas, user, Schema));
            sections.Add(new("pg_default_acl", CatalogQueries.DefaultPrivileges, user, DefaultPrivilege));
            sections.Add(new("pg_publication", CatalogQueries.Publications(major), [goal.Publication], Publication));
            sections.Add(new(FactSources.ReadersOfSlots, CatalogQueries.SlotReaders, none, SlotReader));
            sections.Add(new("pg_depend", CatalogQueries.ExtensionTables, none, static (row, draft) => draft.ExtensionTables[row.GetInt64(0)] = row.GetString(1)));
            sections.Add(new("pg_index", CatalogQueries.Indexes, none, static (row, draft) => draft.Indexes[row.GetInt64(0)] = row.GetInt32(1)));
            sections.Add(new("pg_class", CatalogQueries.Tables(major), both, Table) { Done = static draft => draft.SortTables() });
            sections.Add(new(FactSources.GrantsOnColumns, CatalogQueries.ColumnGrants, user, ColumnGrant));
            sections.Add(new(
                "pg_attribute",
                ColumnQueries.Columns(major),
                [ClickHouseTypes.LossyNames.ToArray(), ClickHouseTypes.LossyElements.ToArray(), ClickHouseTypes.LossyKinds.ToArray(), ClickHouseTypes.MostDigits, ClickHouseTypes.LossyBehindDomains.ToArray()],
                Column));
            if (major >= PostgresFeatures.PublicationExceptions)
            {
                // Without it some would be taken for published that are not.
                sections.Add(new("pg_publication", CatalogQueries.Excepted, [goal.Publication], Excepted));
            }

            if (!hasEncoding)
            {
                sections.Add(new("pg_attribute names", ColumnQueries.NamesToDecode, none, NameToDecode));
            }

            if (major >= PostgresFeatures.PublicationFilters)
            {
                sections.Add(new("pg_publication_rel", ColumnQueries.Filters, [goal.Publication], Filter));
                sections.Add(new(FactSources.PublishedParts, ColumnQueries.PublishedParts, none, PublishedPart));
            }

            sections.Add(new("datestyle", ColumnQueries.IsoDates, none, static (_, _) => { }));
            sections.Add(new(
                "pg_stats",
                ColumnQueries.Details(major),
                [
                    goal.Tables.Take(ColumnQueries.MostDetails).Select(static t => t.Schema).ToArray(),
                    goal.Tables.Take(ColumnQueries.MostDetails).Select(static t => t.Name).ToArray(),
                    goal.Schemas.Concat(goal.WholeSchemas).ToArray(),
                    ClickHouseTypes.Dated.ToArray(),
                    ClickHouseTypes.DatedElements.ToArray(),
                ],
                Detail));
        }

        return sections;
    }

    private static string[] RoleNames() =>
    [
        .. ProviderCatalog.All
            .SelectMany(static p => p.MarkerRoles.Append(p.AdminRole).Append(p.ReplicationRole).Append(p.Iam?.Role).Concat(p.LoginRoles).Concat(p.TextPasswords.Select(static s => s.Role)))
            .OfType<string>()
            .Append("pg_read_all_data")
            .Distinct(),
    ];

    private static void Marker(NpgsqlDataReader row, SnapshotDraft draft) => draft.Markers.Add(row.GetString(0));

    private static void Engine(NpgsqlDataReader row, SnapshotDraft draft)
    {
        draft.VersionNumber = int.TryParse(row.GetString(0), out var number) ? number : 0;
        draft.VersionText = row.GetString(1);
        draft.Database = row.GetString(2);
        draft.CurrentUser = row.GetString(3);
        draft.ReadAt = row.GetFieldValue<DateTimeOffset>(4);
    }

    private static void Session(NpgsqlDataReader row, SnapshotDraft draft)
    {
        draft.StartedAt = row.GetFieldValue<DateTimeOffset>(0);
        draft.InRecovery = row.GetBoolean(1);
        draft.BackendPid = row.GetInt32(2);
        draft.TlsVersion = Text(row, 3);
        draft.DatabaseOid = row.GetInt64(4);
        draft.DatabaseOwner = Text(row, 5) ?? "";
        draft.AdminCanCreate = row.GetBoolean(6);
        draft.UserCanConnect = Flag(row, 7);
        draft.PublicCanConnect = row.GetBoolean(8);
        draft.UserCanEmitMessage = Flag(row, 9);
        draft.PublicCanEmitMessage = row.GetBoolean(10);
        draft.SessionUser = row.GetString(11);
        draft.SystemIdentifier = Text(row, 12);
    }

    private static void Setting(NpgsqlDataReader row, SnapshotDraft draft)
    {
        var name = row.GetString(0);
        draft.Settings[name] = new SettingFact(name, row.GetString(1), Text(row, 2), Text(row, 3), Text(row, 4), row.GetBoolean(5), Text(row, 6), row.GetBoolean(7));
    }

    private static void Slot(NpgsqlDataReader row, SnapshotDraft draft) => draft.Slots.Add(new SlotFact
    {
        Name = row.GetString(0),
        Logical = row.GetBoolean(1),
        Database = Text(row, 2),
        Active = row.GetBoolean(3),
        RetainedBytes = row.IsDBNull(4) ? null : row.GetInt64(4),
        WalStatus = Text(row, 5),
        SafeBytes = row.IsDBNull(6) ? null : row.GetInt64(6),
        InactiveSince = Time(row, 7),
        Synced = row.GetBoolean(8),
    });

    private static void WalSenders(NpgsqlDataReader row, SnapshotDraft draft)
    {
        draft.WalSendersInUse = (int)row.GetInt64(0);
        draft.Standbys = (int)row.GetInt64(1);
    }

    private static void Transaction(NpgsqlDataReader row, SnapshotDraft draft) =>
        draft.Transactions.Add(new TransactionFact(row.IsDBNull(0) ? null : row.GetInt32(0), Text(row, 1), Text(row, 2), Text(row, 3), Time(row, 4), Text(row, 5)));

    private static void Role(NpgsqlDataReader row, SnapshotDraft draft) => draft.AddRole(row.GetInt64(0), row.GetBoolean(16), new RoleFact
    {
        Name = row.GetString(1),
        Superuser = row.GetBoolean(2),
        CanLogin = row.GetBoolean(3),
        Replication = row.GetBoolean(4),
        BypassRls = row.GetBoolean(5),
        CreateRole = row.GetBoolean(6),
        CreateDb = row.GetBoolean(7),
        ConnectionLimit = row.GetInt32(8),
        ValidUntil = Time(row, 9),
        AdminInherits = row.GetBoolean(10),
        AdminMayGrant = row.GetBoolean(11),
        UserIsMember = Flag(row, 12),
        Inherits = row.GetBoolean(13),
        MayCreate = row.GetBoolean(14),
        UserIsMemberThrough = row.GetFieldValue<string[]>(15),
        MemberOf = row.GetFieldValue<string[]>(17),
        InheritsFrom = row.GetFieldValue<string[]>(row.IsDBNull(18) ? 17 : 18),
        HasMembers = row.GetBoolean(19),
    });

    private static void RoleSetting(NpgsqlDataReader row, SnapshotDraft draft) =>
        draft.RoleSettings.Add(new RoleSettingFact(Text(row, 0), row.GetBoolean(1), row.GetString(2), row.GetString(3)));

    private static void Schema(NpgsqlDataReader row, SnapshotDraft draft)
    {
        if (IsStillThere(row, 4))
        {
            draft.AddSchema(row.GetInt64(0), new SchemaFact(row.GetString(1), row.GetString(2), Flag(row, 3), row.GetBoolean(4), row.GetBoolean(5), row.GetBoolean(6)));
        }
    }

    private static void DefaultPrivilege(NpgsqlDataReader row, SnapshotDraft draft) =>
        draft.DefaultPrivileges.Add(new DefaultPrivilegeFact(row.GetString(0), Text(row, 1)));

    private static void Membership(NpgsqlDataReader row, SnapshotDraft draft) => draft.Memberships.Add(MembershipOf(row));

    /// <summary>A row of <see cref="CatalogQueries.Memberships"/>.</summary>
    public static MembershipFact MembershipOf(NpgsqlDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.GetString(2), row.GetBoolean(3), row.GetBoolean(4), row.GetBoolean(5));

    private static void ColumnGrant(NpgsqlDataReader row, SnapshotDraft draft)
    {
        if (draft.TryRef(row.GetInt64(0), row.GetString(1), out var table))
        {
            draft.ColumnGrants.Add(new ColumnGrantFact(table, row.GetString(2), row.GetString(3), row.GetBoolean(4), row.GetString(5)));
        }
    }

    private static void SlotReader(NpgsqlDataReader row, SnapshotDraft draft) =>
        draft.SlotReaders.Add(new SlotReaderFact(row.GetString(0), Text(row, 1), Text(row, 2), row.IsDBNull(3) ? null : row.GetInt32(3), PublicationNames.Of(Text(row, 4))));

    private static void Publication(NpgsqlDataReader row, SnapshotDraft draft)
    {
        draft.PublicationNames.Add(row.GetString(0));
        if (row.GetBoolean(1))
        {
            draft.Publication = new PublicationFact
            {
                Name = row.GetString(0),
                Owner = row.GetString(2),
                AllTables = row.GetBoolean(3),
                Insert = row.GetBoolean(4),
                Update = row.GetBoolean(5),
                Delete = row.GetBoolean(6),
                Truncate = row.GetBoolean(7),
                ViaRoot = row.GetBoolean(8),
                Schemas = row.GetFieldValue<string[]>(9),
                GeneratedColumns = row.GetBoolean(10),
                AllSequences = row.GetBoolean(11),
            };
        }
    }

    private static void Table(NpgsqlDataReader row, SnapshotDraft draft)
    {
        if (!IsStillThere(row, 16) || !draft.TryRef(row.GetInt64(1), row.GetString(2), out var name))
        {
            return;
        }

        long? root = row.IsDBNull(6) ? null : row.GetInt64(6);
        var children = row.IsDBNull(20) ? [] : row.GetFieldValue<long[]>(20);
        draft.AddTable(row.GetInt64(0), root, children, new TableFact
        {
            Ref = name,
            Oid = row.GetInt64(0),
            Kind = (char)row.GetInt32(3) switch
            {
                'p' => RelationKind.Partitioned,
                'v' => RelationKind.View,
                'm' => RelationKind.MaterializedView,
                'f' => RelationKind.Foreign,
                _ => RelationKind.Ordinary,
            },
            Persistence = (char)row.GetInt32(4),
            Owner = draft.RoleName(row.GetInt64(5)),
            RowSecurityHides = row.GetBoolean(7),
            Identity = (char)row.GetInt32(8) switch
            {
                'i' => ReplicaIdentityKind.Index,
                'f' => ReplicaIdentityKind.Full,
                'n' => ReplicaIdentityKind.Nothing,
                _ => ReplicaIdentityKind.Default,
            },
            PrimaryKey = (KeyState)row.GetInt32(9),
            IdentityIndex = (KeyState)row.GetInt32(10),
            CandidateIndex = Text(row, 11),
            EstimatedRows = row.GetInt64(12),
            EstimatedBytes = row.GetInt64(13),
            UserCanSelect = Flag(row, 14),
            UserCanWrite = row.GetInt32(15) > 0,
            UserWrites = (TableWrites)(row.GetInt32(15) >> 1),
            AdminMayGrant = row.GetBoolean(16),
            InPublication = row.GetBoolean(17),
            Indexes = draft.Indexes.GetValueOrDefault(row.GetInt64(0)),
            MayToast = row.GetBoolean(18),
            RestrictivePolicyHides = row.GetBoolean(19),
            HasChildren = children.Length > 0,
            PublicCanSelect = row.GetBoolean(21),
            Extension = draft.ExtensionTables.GetValueOrDefault(row.GetInt64(0)),
            Columns = row.GetInt32(22),
            HasNullable = Flag(row, 23),
            IdentityIndexName = Text(row, 24),
            RowSecurityApplies = row.GetBoolean(25),
        });
    }

    private static void Column(NpgsqlDataReader row, SnapshotDraft draft)
    {
        if (draft.TryRef(row.GetInt64(0), row.GetString(1), out var table))
        {
            draft.AddColumn(
                new ColumnFact(table, row.GetString(2), ColumnQueries.TypeOf(row, 5), OriginOf(row.GetInt32(3)), row.GetBoolean(4))
                {
                    UniqueIndexes = row.IsDBNull(13) ? [] : row.GetFieldValue<string[]>(13),
                    UnsentBy = row.IsDBNull(14) ? [] : row.GetFieldValue<string[]>(14),
                });
        }
    }

    private static void Detail(NpgsqlDataReader row, SnapshotDraft draft)
    {
        if (draft.TryRef(row.GetInt64(0), row.GetString(1), out var table))
        {
            draft.Details[table] = new TableDetail(row.GetFieldValue<string[]>(2), row.GetFieldValue<string[]>(3), row.GetFieldValue<string[]>(4));
        }
    }

    private static void Excepted(NpgsqlDataReader row, SnapshotDraft draft)
    {
        if (draft.TryRef(row.GetInt64(0), row.GetString(1), out var table))
        {
            draft.Excepted.Add(table);
        }
    }

    private static void NameToDecode(NpgsqlDataReader row, SnapshotDraft draft)
    {
        if (ServerText.IsBroken(row.GetString(2)) && draft.TryRef(row.GetInt64(0), row.GetString(1), out var table))
        {
            draft.BrokenNames.Add(new BrokenNameFact(table, row.GetInt64(3), row.GetString(2), row.GetInt32(4)));
        }
    }

    /// <summary>What <c>pg_attribute.attgenerated</c> says.</summary>
    public static ColumnOrigin OriginOf(int letter) => (char)letter switch { 's' => ColumnOrigin.Stored, 'v' => ColumnOrigin.Virtual, _ => ColumnOrigin.Written };

    private static void Filter(NpgsqlDataReader row, SnapshotDraft draft)
    {
        if (draft.TryRef(row.GetInt64(0), row.GetString(1), out var table))
        {
            draft.Filters.Add(new FilterFact(table, Text(row, 2), row.GetFieldValue<string[]>(3), row.GetBoolean(4), row.GetBoolean(5), row.GetFieldValue<string[]>(6)));
        }
    }

    private static void PublishedPart(NpgsqlDataReader row, SnapshotDraft draft)
    {
        if (draft.TryRef(row.GetInt64(0), row.GetString(1), out var table))
        {
            draft.PublishedParts.Add(new PublishedPartFact(
                table, row.GetString(2), row.GetBoolean(3), row.GetBoolean(4), row.GetBoolean(5), row.GetFieldValue<string[]>(6)));
        }
    }

    /// <summary>
    /// What somebody drops while we read is in the transaction's view of the catalog to its end. Functions about privileges look past that view, and say
    /// null of what is gone.
    /// </summary>
    private static bool IsStillThere(NpgsqlDataReader row, int ownPrivilege) => !row.IsDBNull(ownPrivilege);

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static bool? Flag(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetBoolean(column);
}
