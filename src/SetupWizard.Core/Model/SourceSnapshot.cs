using System.Text.Json.Serialization;

namespace SetupWizard.Core.Model;

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

    /// <summary>Columns of <see cref="Tables"/> with something to say: generated, or of a type that ClickHouse does not have as it is, dates aside. In the order of the tables.</summary>
    public IReadOnlyList<ColumnFact> Columns { get; init; } = [];

    /// <summary>A closer look at some of <see cref="Tables"/>: those the goal names, then the largest. Nothing is known of the columns of one that is not here.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<TableRef, TableDetail> Details { get; init; } = new Dictionary<TableRef, TableDetail>();

    /// <summary>Row filters and column lists of the goal's publication.</summary>
    public IReadOnlyList<FilterFact> Filters { get; init; } = [];

    /// <summary>Tables that any publication sends in part (PostgreSQL 15 and later).</summary>
    public IReadOnlyList<PublishedPartFact> PublishedParts { get; init; } = [];

    /// <summary>Tables and columns whose names are in bytes that are no characters; nearly always none.</summary>
    public IReadOnlyList<BrokenNameFact> BrokenNames { get; init; } = [];

    /// <summary>Default privileges that give the ClickPipes user SELECT on future tables.</summary>
    public IReadOnlyList<DefaultPrivilegeFact> DefaultPrivileges { get; init; } = [];

    /// <summary>Privileges on single columns that were granted to the ClickPipes user itself.</summary>
    public IReadOnlyList<ColumnGrantFact> ColumnGrants { get; init; } = [];

    /// <summary>Roles that were granted to the ClickPipes user or to this login.</summary>
    public IReadOnlyList<MembershipFact> Memberships { get; init; } = [];

    /// <summary>Slots of this database that a publication can be read through, and who reads them.</summary>
    public IReadOnlyList<SlotReaderFact> SlotReaders { get; init; } = [];

    /// <summary>The publication of the goal's name; null when there is none.</summary>
    public PublicationFact? Publication { get; init; }

    /// <summary>Names of all publications of the database.</summary>
    public IReadOnlyList<string> PublicationNames { get; init; } = [];

    /// <summary>Replication slots of the server.</summary>
    public IReadOnlyList<SlotFact> Slots { get; init; } = [];

    /// <summary>Sessions there are and may be; null when that could not be read.</summary>
    public ConnectionFacts? Connections { get; init; }

    /// <summary>WAL senders at work.</summary>
    public int WalSendersInUse { get; init; }

    /// <summary>How many of them serve a standby, or something else that takes the log as it is.</summary>
    public int Standbys { get; init; }

    /// <summary>Transactions that have changed something and are not over, prepared ones too, the oldest first; a hundred at most.</summary>
    public IReadOnlyList<TransactionFact> Transactions { get; init; } = [];

    /// <summary>WAL written per second on average, in bytes, since the server's statistics began, before PostgreSQL 14 since its last checkpoint; null when not known (less than a minute, or no right to read).</summary>
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

    /// <summary>
    /// Tables that a name in bytes that are no characters keeps from being read: their own, a column's, or one of a partition or heir, through which the table is read. They are never chosen.
    /// </summary>
    public IReadOnlySet<TableRef> TablesWithBrokenNames()
    {
        var broken = BrokenNames.Select(b => b.Table).ToHashSet();
        if (broken.Count > 0)
        {
            var facts = Tables.ToDictionary(t => t.Ref);
            var waiting = new Stack<TableRef>(broken);
            while (waiting.TryPop(out var next))
            {
                foreach (var above in facts.TryGetValue(next, out var fact) ? fact.Root is { } root ? fact.Parents.Append(root) : fact.Parents : [])
                {
                    if (broken.Add(above))
                    {
                        waiting.Push(above);
                    }
                }
            }
        }

        return broken;
    }

    /// <summary>The login the facts were read as.</summary>
    public RoleFact Admin => Roles[Server.CurrentUser];

    /// <summary>The value of a setting, or null when it does not exist here.</summary>
    public string? Setting(string name) => Settings.TryGetValue(name, out var fact) ? fact.Value : null;

    /// <summary>A role, or null when it does not exist (or was not asked for).</summary>
    public RoleFact? Role(string name) => Roles.GetValueOrDefault(name);
}

/// <summary>Something that could not be read.</summary>
/// <param name="What">The fact: <c>pg_stat_wal</c>.</param>
/// <param name="Why">The reason, machine-short: the SQLSTATE when the server refused.</param>
public sealed record Unreadable(string What, string Why)
{
    /// <summary>
    /// What the server refuses, for people. The statement that reads <see cref="What"/> reads other catalogs as well: the one the server names, in whatever language, when it names
    /// one of them, else all of them.
    /// </summary>
    public string Refused { get; init; } = What;

    /// <summary>What the server said; null when nobody knows.</summary>
    public string? Message { get; init; }
}
