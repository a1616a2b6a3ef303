using Npgsql;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Model;
using SetupWizard.Core.Reading;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Engine;

/// <summary>A table as it is there now.</summary>
internal readonly record struct FoundTable(long Oid, TableRef Ref);

/// <summary>A table the user may read because SELECT on it was granted to it.</summary>
internal sealed record GrantedTable(FoundTable Table, string Owner, string State);

/// <summary>What has the name of something that the record knows by its number.</summary>
internal enum NameHolder
{
    /// <summary>The very thing, or one whose number was not kept; perhaps nothing any more.</summary>
    Same,

    /// <summary>It has another name now.</summary>
    Renamed,

    /// <summary>It is gone, and another thing has its name.</summary>
    Another,
}

/// <summary>What a publication lists: a table, with the numbers of itself and of those it descends from, or a schema as a whole.</summary>
internal sealed record PublicationMember(string Publication, TableRef? Table, string? Schema, IReadOnlyList<long> Ancestors);

/// <summary>Through what a publication sends UPDATE or DELETE of a table: the table it lists, or one above it; a schema; or neither, where it has all tables.</summary>
internal sealed record TablePublisher(string Publication, long? Listed, string? Schema);

/// <summary>How things stand that the record says were changed, read in one read-only transaction.</summary>
internal sealed class UndoFacts
{
    /// <summary>SELECT granted on the tables of some schemas, whoever is asked about: $1 schemas. With OFFSET the state is told once for each table that has an ACL.</summary>
    private const string GrantedTables =
        """
        SELECT c.oid::int8, n.nspname::text, c.relname::text, o.rolname::text, x.state
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles o ON o.oid = c.relowner CROSS JOIN LATERAL (SELECT {0} AS state OFFSET 0) x
        WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relacl IS NOT NULL AND x.state IS NOT NULL
        """;

    /// <summary>
    /// Privileges on columns that a REVOKE of this session would take along: $1 the users. It speaks in one name, which is not known here: all it may be are read, as
    /// what is granted twice does less harm than what is lost.
    /// </summary>
    private static readonly string s_columns =
        $"""
        SELECT r.rolname::text, n.nspname::text, c.relname::text, t.attname::text, a.privilege_type, a.is_grantable, pg_get_userbyid(a.grantor)::text
        {CatalogQueries.OnColumns} JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE r.rolname = ANY ($1) AND {Conditions.GrantedByOurs("c.relowner")} AND pg_has_role(a.grantor, 'USAGE')
        ORDER BY t.attnum
        """;

    /// <summary>Tables of publications, with those they descend from: $1 the publications.</summary>
    private const string Members =
        """
        WITH RECURSIVE up AS (
            SELECT p.pubname::text AS publication, l.prrelid AS listed, l.prrelid AS oid FROM pg_publication_rel l JOIN pg_publication p ON p.oid = l.prpubid WHERE p.pubname = ANY ($1)
            UNION
            SELECT up.publication, up.listed, i.inhparent FROM up JOIN pg_inherits i ON i.inhrelid = up.oid)
        SELECT up.publication, max(n.nspname::text) FILTER (WHERE up.oid = up.listed), max(c.relname::text) FILTER (WHERE up.oid = up.listed),
               array_agg(c.oid::int8)
        FROM up JOIN pg_class c ON c.oid = up.oid JOIN pg_namespace n ON n.oid = c.relnamespace
        GROUP BY up.publication, up.listed
        """;

    /// <summary>Tables of the record ($1 numbers) that are there.</summary>
    private const string Recorded = "FROM unnest($1::int8[]) WITH ORDINALITY w(oid, place) JOIN pg_class c ON c.oid = w.oid::oid";

    private const string Tables = $"SELECT w.place, c.oid::int8, n.nspname::text, c.relname::text {Recorded} JOIN pg_namespace n ON n.oid = c.relnamespace";

    /// <summary>What a table's rows could be identified by, in the words of a record.</summary>
    private const string Identities =
        $"""
        SELECT c.oid::int8, CASE WHEN i.indisprimary THEN 'DEFAULT' ELSE 'USING INDEX ' || x.relname::text END
        {Recorded} JOIN pg_index i ON i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indimmediate JOIN pg_class x ON x.oid = i.indexrelid
        UNION ALL SELECT c.oid::int8, 'USING INDEX ' || x.relname::text
        {Recorded} JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary AND i.indisvalid AND i.indimmediate JOIN pg_class x ON x.oid = i.indexrelid
        """;

    /// <summary>Publications that send UPDATE or DELETE of recorded tables that hold rows, and through what.</summary>
    private static string Publishers(int major) =>
        $"""
        WITH RECURSIVE up AS (
            SELECT c.oid AS leaf, c.oid AS oid, c.relnamespace AS schema, c.relispartition AS more {Recorded} WHERE c.relkind = 'r'
            UNION
            SELECT up.leaf, k.oid, k.relnamespace, k.relispartition FROM up JOIN pg_inherits i ON up.more AND i.inhrelid = up.oid JOIN pg_class k ON k.oid = i.inhparent)
        SELECT up.leaf::int8, p.pubname::text, up.oid::int8, NULL::text, {(major < PostgresFeatures.PublicationFilters ? "false, false" : $"{Conditions.NeedsColumns("FULL")}, {Conditions.NeedsColumns(null)}")}
        FROM up JOIN pg_publication_rel l ON l.prrelid = up.oid JOIN pg_publication p ON p.oid = l.prpubid WHERE p.pubupdate OR p.pubdelete
        UNION ALL SELECT up.leaf::int8, p.pubname::text, NULL, NULL, false, false FROM up, pg_publication p WHERE up.oid = up.leaf AND p.puballtables AND (p.pubupdate OR p.pubdelete)
        """ + (major < PostgresFeatures.SchemaPublications ? "" :
        """

        UNION ALL SELECT up.leaf::int8, p.pubname::text, NULL, n.nspname::text, false, false
        FROM up JOIN pg_publication_namespace l ON l.pnnspid = up.schema JOIN pg_namespace n ON n.oid = up.schema JOIN pg_publication p ON p.oid = l.pnpubid WHERE p.pubupdate OR p.pubdelete
        """);

    private const string MemberSchemas =
        "SELECT p.pubname::text, n.nspname::text FROM pg_publication_namespace l JOIN pg_publication p ON p.oid = l.pnpubid JOIN pg_namespace n ON n.oid = l.pnnspid WHERE p.pubname = ANY ($1)";

    /// <summary>Users, publications and schemas by the names ($1, $3, $5) and numbers ($2, $4, $6) that the record has.</summary>
    private const string Holders =
        """
        SELECT 'user', r.oid::int8, r.rolname::text FROM pg_roles r WHERE r.rolname = ANY ($1) OR r.oid::int8 = ANY ($2)
        UNION ALL SELECT 'publication', p.oid::int8, p.pubname::text FROM pg_publication p WHERE p.pubname = ANY ($3) OR p.oid::int8 = ANY ($4)
        UNION ALL SELECT 'schema', n.oid::int8, n.nspname::text FROM pg_namespace n WHERE n.nspname = ANY ($5) OR n.oid::int8 = ANY ($6)
        """;

    private readonly Dictionary<string, string?> _states = new(StringComparer.Ordinal);
    private readonly Dictionary<LeftTable, FoundTable> _found = [];
    private readonly Dictionary<(string Query, long Oid), string?> _tableStates = [];
    private readonly Dictionary<string, string> _unread = new(StringComparer.Ordinal);
    private readonly Dictionary<(string User, string Schema), List<GrantedTable>> _granted = [];
    private readonly Dictionary<(string User, TableRef Table), List<ColumnGrantFact>> _columns = [];
    private readonly List<PublicationMember> _members = [];
    private readonly Dictionary<long, List<TablePublisher>> _publishers = [];
    private readonly HashSet<(long Oid, string Publication, bool Full)> _inPart = [];
    private readonly HashSet<(long Oid, string Identity)> _identities = [];
    private readonly Dictionary<(string Owner, string Member), List<string>> _over = [];

    private readonly Dictionary<(string Argument, string Name), long> _oids = [];
    private readonly Dictionary<(string Argument, long Oid), string> _names = [];

    private UndoFacts(bool read) => Read = read;

    /// <summary>Nothing was looked at.</summary>
    public static UndoFacts None { get; } = new(read: false);

    /// <summary>Whether anything was looked at.</summary>
    public bool Read { get; }

    /// <summary>Reads how what these lines of the record changed stands now.</summary>
    public static async Task<UndoFacts> ReadAsync(NpgsqlConnection connection, IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken)
    {
        var facts = new UndoFacts(read: true);
        var questions = facts.Questions(entries, connection.PostgreSqlVersion.Major).ToList();
        try
        {
            await AskAsync(connection, questions, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException e) when (!ApplyProblems.IsConnectionLost(e))
        {
            // One of them is not for this login to ask: the others are asked one by one, and what is not known is left alone.
            await RollBackAsync(connection, cancellationToken).ConfigureAwait(false);
            facts.Forget();
            foreach (var question in questions)
            {
                try
                {
                    await AskAsync(connection, [question], cancellationToken).ConfigureAwait(false);
                }
                catch (PostgresException refused) when (!ApplyProblems.IsConnectionLost(refused))
                {
                    facts._unread[question.Query] = refused.SqlState;
                    await RollBackAsync(connection, cancellationToken).ConfigureAwait(false);
                }
            }
        }

        return facts;
    }

    /// <summary>What a state is now, as far as it was taken back already; false when that is not known.</summary>
    public bool TryStateOf(LeftState state, out string? now) => _states.TryGetValue(state.Query, out now);

    /// <summary>The same for one of its tables; false when that is not known.</summary>
    public bool TryStateOf(LeftState state, FoundTable table, out string? now) => _tableStates.TryGetValue((state.Query, table.Oid), out now);

    /// <summary>What has become of a table; false when it is gone, or when that is not known.</summary>
    public bool TryFind(LeftTable table, out FoundTable found) => _found.TryGetValue(table, out found);

    /// <summary>The numbers of those tables that are still there.</summary>
    public IEnumerable<long> Find(IEnumerable<LeftTable> tables) => tables.Where(_found.ContainsKey).Select(t => _found[t].Oid);

    /// <summary>Whether what a line changed may be as it left it: false where that is known not to be so.</summary>
    public bool MayStand(AuditEntry entry)
    {
        if (!Read || entry.Leaves is not { } state)
        {
            return true;
        }

        if (HolderOf(entry).Holder != NameHolder.Same)
        {
            return false;
        }

        return state.Template is null
            ? !TryStateOf(state, out var now) || now == state.After
            : WhyNot(state) is not null || state.Tables.Any(t => TryFind(t, out var found) && TryStateOf(state, found, out var its) && its == state.After);
    }

    /// <summary>Whether there may be a <c>user</c> or a <c>publication</c> of this name: false where it is known that there is none.</summary>
    public bool MayHave(string argument, string name) => name.Length == 0 || !Read || _unread.ContainsKey(Holders) || _oids.ContainsKey((argument, name));

    /// <summary>What has the names in a line now, the first that is not what had it then; with its name then and the name that thing has now.</summary>
    public (NameHolder Holder, string Name, string Now) HolderOf(AuditEntry entry)
    {
        foreach (var (argument, oid) in entry.Oids ?? new Dictionary<string, long>())
        {
            var name = UndoPlanner.Argument(entry, argument);
            if (!_unread.ContainsKey(Holders) && _oids.GetValueOrDefault((argument, name)) is var now && now != oid)
            {
                if (_names.TryGetValue((argument, oid), out var renamed))
                {
                    return (NameHolder.Renamed, name, renamed);
                }

                if (now != 0)
                {
                    return (NameHolder.Another, name, name);
                }
            }
        }

        return (NameHolder.Same, "", "");
    }

    /// <summary>Why a state is not known; null when it is.</summary>
    public string? WhyNot(LeftState state) => _unread.GetValueOrDefault(state.Query) ?? (state.Tables.Count > 0 ? _unread.GetValueOrDefault(Tables) : null);

    /// <summary>From here on the state is what it was before the change.</summary>
    public void Restore(LeftState state) => _states[state.Query] = state.Before;

    /// <summary>The same for one of its tables.</summary>
    public void Restore(LeftState state, FoundTable table) => _tableStates[(state.Query, table.Oid)] = state.Before;

    /// <summary>Tables of a schema that SELECT was granted on.</summary>
    public IEnumerable<GrantedTable> Granted(string user, string schema) => _granted.GetValueOrDefault((user, schema)) ?? [];

    /// <summary>Privileges on columns of a table that taking one on the whole table back takes along.</summary>
    public IEnumerable<ColumnGrantFact> ColumnsOf(string user, TableRef table) => _columns.GetValueOrDefault((user, table)) ?? [];

    /// <summary>The same of all tables of a schema.</summary>
    public IEnumerable<ColumnGrantFact> ColumnsIn(string user, string schema) => _columns.Where(c => c.Key.User == user && c.Key.Table.Schema == schema).SelectMany(static c => c.Value);

    /// <summary>Why it is not known what publications list; null when it is.</summary>
    public string? WhyNoMembers => _unread.GetValueOrDefault(Members) ?? _unread.GetValueOrDefault(MemberSchemas) ?? _unread.GetValueOrDefault(Tables);

    /// <summary>What a publication lists.</summary>
    public IEnumerable<PublicationMember> MembersOf(string publication) => _members.Where(m => m.Publication == publication);

    /// <summary>Through what publications send UPDATE and DELETE of a table whose identity was changed.</summary>
    public IEnumerable<TablePublisher> PublishersOf(FoundTable table) => _publishers.GetValueOrDefault(table.Oid) ?? [];

    /// <summary>Whether a publication sends a table by a row filter or a column list that may need the columns of this identity, in the words of a record.</summary>
    public bool MayNeed(FoundTable table, string publication, string? identity) => _inPart.Contains((table.Oid, publication, identity == "FULL"));

    /// <summary>Whether rows of a table whose identity was changed could be identified by this, in the words of a record.</summary>
    public bool CanHave(FoundTable table, string? identity) => identity == "FULL" || (identity is not null && _identities.Contains((table.Oid, identity)));

    /// <summary>Whether the index is missing that this identity is by, in the words of a record.</summary>
    public bool LacksIndex(FoundTable table, string? identity) =>
        identity?.StartsWith(LeftStates.ByIndex, StringComparison.Ordinal) == true && WhyNoPublishers is null && !CanHave(table, identity);

    /// <summary>Why it is not known who publishes tables whose identity was changed; null when it is.</summary>
    public string? WhyNoPublishers => _unread.GetValueOrDefault(nameof(Publishers)) ?? _unread.GetValueOrDefault(Identities);

    /// <summary>Publications of the login that a membership was taken for, as far as they list something of the owner.</summary>
    public IEnumerable<string> PublicationsOver(AuditEntry entry) => _over.GetValueOrDefault((UndoPlanner.Argument(entry, "owner"), UndoPlanner.Argument(entry, "admin"))) ?? [];

    private IEnumerable<Question> Questions(IReadOnlyList<AuditEntry> entries, int major)
    {
        if (entries.Count > 0)
        {
            var values = CommitFacts.Arguments.SelectMany(argument => new object[]
            {
                Arguments(entries, argument).Union(OfSetUps(entries, argument), StringComparer.Ordinal).ToArray(),
                entries.Select(e => e.Oids?.GetValueOrDefault(argument) ?? 0).Where(static oid => oid != 0).Distinct().ToArray(),
            });
            yield return new Question(Holders, Holders, [.. values], row =>
            {
                _oids[(row.GetString(0), row.GetString(2))] = row.GetInt64(1);
                _names[(row.GetString(0), row.GetInt64(1))] = row.GetString(2);
            });
        }

        var states = entries.Select(static e => e.Leaves).OfType<LeftState>().ToList();
        foreach (var query in states.Where(static s => s.Template is null).Select(static s => s.Query).Distinct(StringComparer.Ordinal))
        {
            yield return new Question(query, "SELECT " + query, [], row => _states[query] = Text(row, 0));
        }

        if (states.SelectMany(static s => s.Tables).Distinct().ToList() is { Count: > 0 } all)
        {
            yield return new Question(Tables, Tables, Places(all), row =>
            {
                // A table that no statement can name has nothing taken back by name.
                var table = new TableRef(row.GetString(2), row.GetString(3));
                if (!table.IsBroken)
                {
                    _found[all[(int)row.GetInt64(0) - 1]] = new FoundTable(row.GetInt64(1), table);
                }
            });
        }

        foreach (var state in states.Where(static s => s.Template is not null).GroupBy(static s => s.Query))
        {
            yield return new Question(
                state.Key,
                $"SELECT c.oid::int8, {state.Key} {Recorded}",
                Places([.. state.SelectMany(static s => s.Tables).Distinct()]),
                row => _tableStates[(state.Key, row.GetInt64(0))] = Text(row, 1));
        }

        if (entries.Where(UndoPlanner.IsIdentity).SelectMany(static e => e.Leaves?.Tables ?? []).Distinct().ToList() is { Count: > 0 } identified)
        {
            yield return new Question(nameof(Publishers), Publishers(major), Places(identified), row =>
            {
                Add(_publishers, row.GetInt64(0), new TablePublisher(row.GetString(1), row.IsDBNull(2) ? null : row.GetInt64(2), Text(row, 3)));
                if (row.GetBoolean(4))
                {
                    _inPart.Add((row.GetInt64(0), row.GetString(1), true));
                }

                if (row.GetBoolean(5))
                {
                    _inPart.Add((row.GetInt64(0), row.GetString(1), false));
                }
            });
            yield return new Question(Identities, Identities, Places(identified), row => _identities.Add((row.GetInt64(0), row.GetString(1))));
        }

        foreach (var (owner, member) in entries.Where(static e => e.Kind == OwnerChanges.Kind).Select(static e => (UndoPlanner.Argument(e, "owner"), UndoPlanner.Argument(e, "admin"))).Distinct())
        {
            var sql = $"SELECT p.pubname::text {Conditions.PublicationsOf(major, owner, member, [])} ORDER BY 1";
            yield return new Question(sql, sql, [], row => Add(_over, (owner, member), row.GetString(0)));
        }

        foreach (var user in Arguments(entries, "user"))
        {
            var schemas = entries.Where(e => UndoPlanner.Argument(e, "user") == user && e.Kind is UndoPlanner.GrantInSchema or UndoPlanner.DefaultPrivileges)
                .Select(static e => UndoPlanner.Argument(e, "schema")).Distinct(StringComparer.Ordinal).ToArray();
            if (schemas.Length > 0)
            {
                var sql = GrantedTables.Replace("{0}", LeftStates.Selectable(user, [], "").Query, StringComparison.Ordinal);
                yield return new Question(sql, sql, [schemas], row =>
                {
                    var table = new TableRef(row.GetString(1), row.GetString(2));
                    if (!table.IsBroken)
                    {
                        Add(_granted, (user, table.Schema), new GrantedTable(new FoundTable(row.GetInt64(0), table), row.GetString(3), row.GetString(4)));
                    }
                });
            }
        }

        if (Arguments(entries, "user") is { Length: > 0 } users)
        {
            yield return new Question(
                s_columns,
                s_columns,
                [users],
                row =>
                {
                    var table = new TableRef(row.GetString(1), row.GetString(2));
                    Add(_columns, (row.GetString(0), table), new ColumnGrantFact(table, row.GetString(3), row.GetString(4), row.GetBoolean(5), row.GetString(6)));
                });
        }

        if (Arguments(entries, "publication") is { Length: > 0 } publications)
        {
            yield return new Question(
                Members,
                Members,
                [publications],
                row => _members.Add(new PublicationMember(
                    row.GetString(0),
                    new TableRef(row.GetString(1), row.GetString(2)),
                    null,
                    row.GetFieldValue<long[]>(3))));
            if (major >= PostgresFeatures.SchemaPublications)
            {
                yield return new Question(MemberSchemas, MemberSchemas, [publications], row => _members.Add(new PublicationMember(row.GetString(0), null, row.GetString(1), [])));
            }
        }
    }

    private void Forget()
    {
        _oids.Clear();
        _names.Clear();
        _states.Clear();
        _found.Clear();
        _tableStates.Clear();
        _granted.Clear();
        _columns.Clear();
        _members.Clear();
        _publishers.Clear();
        _inPart.Clear();
        _identities.Clear();
        _over.Clear();
    }

    private static void Add<TKey, T>(Dictionary<TKey, List<T>> lists, TKey key, T item)
        where TKey : notnull
    {
        if (!lists.TryGetValue(key, out var list))
        {
            lists[key] = list = [];
        }

        list.Add(item);
    }

    private static object[] Places(List<LeftTable> tables) => [tables.Select(static t => t.Oid).ToArray()];

    /// <summary>The users or the publications of the set-ups that lines belong to.</summary>
    private static IEnumerable<string> OfSetUps(IReadOnlyList<AuditEntry> entries, string argument) =>
        entries.Select(e => argument switch { "user" => e.User, "publication" => e.Publication, _ => "" }).Where(static n => n.Length > 0);

    private static string[] Arguments(IReadOnlyList<AuditEntry> entries, string name) =>
        [.. entries.Select(e => UndoPlanner.Argument(e, name)).Where(static v => v.Length > 0).Distinct(StringComparer.Ordinal)];

    private static async Task AskAsync(NpgsqlConnection connection, IReadOnlyList<Question> questions, CancellationToken cancellationToken)
    {
        var batch = new NpgsqlBatch(connection) { Timeout = connection.CommandTimeout };
        await using (batch.ConfigureAwait(false))
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(CatalogQueries.Begin));
            batch.BatchCommands.Add(new NpgsqlBatchCommand(CatalogQueries.SearchPath));
            foreach (var question in questions)
            {
                var command = new NpgsqlBatchCommand(question.Sql);
                foreach (var value in question.Values)
                {
                    command.Parameters.Add(new NpgsqlParameter { Value = value });
                }

                batch.BatchCommands.Add(command);
            }

            batch.BatchCommands.Add(new NpgsqlBatchCommand(CatalogQueries.Commit));
            var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                foreach (var question in questions)
                {
                    while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    {
                        question.Take(reader);
                    }

                    await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    private static async Task RollBackAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand("ROLLBACK", connection);
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private sealed record Question(string Query, string Sql, IReadOnlyList<object> Values, Action<NpgsqlDataReader> Take);
}
