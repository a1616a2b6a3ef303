using Npgsql;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;

namespace SetupWizard.Core.Reading;

/// <summary>
/// What somebody else may do, read by a login that may do nothing: who is a member of what, and who was granted what, is for everybody to see.
/// See <see href="https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-ACCESS-TABLE"/>.
/// </summary>
internal static class AdministratorReader
{
    /// <summary>
    /// The administrator a plan is handed to. $1: the role of the provider's administrators, null where superusers administer. This login itself when it is one;
    /// else the database's owner, else the first that may create roles.
    /// </summary>
    private const string Pick =
        """
        SELECT a.oid::int8, a.rolname::text
        FROM pg_roles a
        WHERE a.rolcanlogin
          AND CASE WHEN $1::text IS NULL THEN a.rolsuper
                   ELSE EXISTS (SELECT FROM pg_roles p WHERE p.rolname = $1 AND NOT a.rolsuper AND pg_has_role(a.oid, p.oid, 'USAGE')) END
        ORDER BY a.rolname = current_user DESC, a.oid = (SELECT d.datdba FROM pg_database d WHERE d.datname = current_database()) DESC, a.rolcreaterole DESC, a.oid
        LIMIT 1
        """;

    /// <summary>The administrator's own attributes ($1), and whether it may create objects in the database.</summary>
    private static string Attributes(int major) =>
        $"""
        SELECT r.rolsuper, r.rolreplication, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb, r.rolinherit, r.rolconnlimit,
               has_database_privilege(r.oid, current_database(), 'CREATE'),
               {CatalogQueries.MemberOf("r.oid", "true")}, {CatalogQueries.MemberOf("r.oid", CatalogQueries.Inherited(major))},
               EXISTS (SELECT FROM pg_auth_members m WHERE m.roleid = r.oid)
        FROM pg_roles r WHERE r.oid = $1::int8::oid
        """;

    /// <summary>Schemas whose USAGE the administrator ($1) has, and whether it may hand that on.</summary>
    private const string Schemas =
        "SELECT n.nspname::text, has_schema_privilege($1::int8::oid, n.oid, 'USAGE WITH GRANT OPTION') FROM pg_namespace n WHERE has_schema_privilege($1::int8::oid, n.oid, 'USAGE')";

    /// <summary>Tables that the administrator ($1) does not own and may hand on all the same.</summary>
    private const string Tables =
        """
        SELECT n.nspname::text, c.relname::text
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relacl IS NOT NULL
          AND NOT pg_has_role($1::int8::oid, c.relowner, 'USAGE') AND has_table_privilege($1::int8::oid, c.oid, 'SELECT WITH GRANT OPTION')
        """;

    /// <summary>The same facts as the administrator would have read them; null when no administrator is to be seen, or this login is one.</summary>
    /// <param name="source">An open session.</param>
    /// <param name="snapshot">What this login read.</param>
    /// <param name="provider">Who says what an administrator is.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="NpgsqlException">The connection was lost, or the server refuses what stock PostgreSQL lets everybody ask.</exception>
    public static async Task<SourceSnapshot?> ReadAsync(OpenedSource source, SourceSnapshot snapshot, ProviderProfile provider, CancellationToken cancellationToken)
    {
        var transaction = await source.Connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            await RowsAsync(source, "SET TRANSACTION READ ONLY", [], static _ => 0, cancellationToken).ConfigureAwait(false);
            await RowsAsync(source, CatalogQueries.SearchPath, [], static _ => 0, cancellationToken).ConfigureAwait(false);
            var picked = await RowsAsync(source, Pick, [(object?)provider.AdminRole ?? DBNull.Value], static r => (Oid: r.GetInt64(0), Name: r.GetString(1)), cancellationToken).ConfigureAwait(false);
            if (picked is not [var (oid, name)] || name == snapshot.Server.CurrentUser)
            {
                return null;
            }

            var attributes = await RowsAsync(source, Attributes(source.Major), [oid], r => (Role: Administrator(snapshot, name, r), MayCreate: r.GetBoolean(7)), cancellationToken).ConfigureAwait(false);
            var reach = await RowsAsync(source, Reach, [oid, snapshot.Roles.Keys.ToArray()], ReadReach, cancellationToken).ConfigureAwait(false);
            var schemas = (await RowsAsync(source, Schemas, [oid], static r => (Name: r.GetString(0), MayGrant: r.GetBoolean(1)), cancellationToken).ConfigureAwait(false)).ToDictionary(static s => s.Name, static s => s.MayGrant, StringComparer.Ordinal);
            var tables = (await RowsAsync(source, Tables, [oid], static r => new Model.TableRef(r.GetString(0), r.GetString(1)), cancellationToken).ConfigureAwait(false)).ToHashSet();
            var memberships = await RowsAsync(source, CatalogQueries.Memberships(source.Major, "$1"), [name], SnapshotSections.MembershipOf, cancellationToken).ConfigureAwait(false);
            if (attributes is not [var (administrator, mayCreate)])
            {
                return null;
            }

            var roles = new Dictionary<string, RoleFact>(snapshot.Roles, StringComparer.Ordinal);
            foreach (var role in reach.Where(r => roles.ContainsKey(r.Name)))
            {
                roles[role.Name] = roles[role.Name] with { AdminInherits = role.Inherits, AdminMayGrant = role.MayGrant };
            }

            roles[name] = administrator with { AdminInherits = true };
            return snapshot with
            {
                Server = snapshot.Server with { CurrentUser = name, SessionUser = name, AdminCanCreate = mayCreate },
                Roles = roles,
                Memberships = [.. snapshot.Memberships.Union(memberships)],
                Schemas = [.. snapshot.Schemas.Select(s => s with { AdminMayGrant = schemas.GetValueOrDefault(s.Name), AdminHasUsage = schemas.ContainsKey(s.Name) })],
                Tables = [.. snapshot.Tables.Select(t => t with { AdminMayGrant = tables.Contains(t.Ref) || roles.GetValueOrDefault(t.Owner)?.AdminInherits == true })],
            };
        }
    }

    /// <summary>Which roles ($2) the administrator ($1) has the rights of, and which it may grant.</summary>
    private const string Reach =
        """
        SELECT r.rolname::text, pg_has_role($1::int8::oid, r.oid, 'USAGE'), pg_has_role($1::int8::oid, r.oid, 'MEMBER WITH ADMIN OPTION')
        FROM pg_roles r WHERE r.rolname = ANY ($2::text[])
        """;

    private static (string Name, bool Inherits, bool MayGrant) ReadReach(NpgsqlDataReader row) => (row.GetString(0), row.GetBoolean(1), row.GetBoolean(2));

    private static RoleFact Administrator(SourceSnapshot snapshot, string name, NpgsqlDataReader row) => (snapshot.Role(name) ?? new RoleFact { Name = name }) with
    {
        Superuser = row.GetBoolean(0),
        CanLogin = true,
        Replication = row.GetBoolean(1),
        BypassRls = row.GetBoolean(2),
        CreateRole = row.GetBoolean(3),
        CreateDb = row.GetBoolean(4),
        Inherits = row.GetBoolean(5),
        ConnectionLimit = row.GetInt32(6),
        MayCreate = row.GetBoolean(7),
        MemberOf = row.GetFieldValue<string[]>(8),
        InheritsFrom = row.GetFieldValue<string[]>(9),
        HasMembers = row.GetBoolean(10),
    };

    private static async Task<List<T>> RowsAsync<T>(OpenedSource source, string sql, object[] parameters, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        var command = new NpgsqlCommand(sql, source.Connection) { CommandTimeout = source.Connection.CommandTimeout };
        await using (command.ConfigureAwait(false))
        {
            foreach (var value in parameters)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            }

            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    rows.Add(read(reader));
                }
            }
        }

        return rows;
    }
}
