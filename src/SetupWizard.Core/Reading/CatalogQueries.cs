using SetupWizard.Core.Model;

namespace SetupWizard.Core.Reading;

/// <summary>
/// The statements that read a source. Each is written so that it cannot fail for want of an object or a right on a stock server:
/// what may not exist is asked for with <c>current_setting(name, true)</c>, <c>to_regproc</c> or by version. Parameters:
/// <c>$1</c> the ClickPipes user, <c>$2</c> the publication, unless said otherwise.
/// Nothing here touches a user's table.
/// </summary>
internal static class CatalogQueries
{
    /// <summary>One view of the catalog for all statements, and no effect on it.</summary>
    public const string Begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

    /// <summary>Somebody else's function or table of the same name must never run in place of the catalog's.</summary>
    public const string SearchPath = "SET LOCAL search_path = pg_catalog, pg_temp";

    public const string Commit = "COMMIT";

    /// <summary>Where the log ends; a standby is asked in its own words.</summary>
    private const string Here = "CASE WHEN pg_is_in_recovery() THEN coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) ELSE pg_current_wal_lsn() END";

    /// <summary>
    /// Compiling these statements takes longer than running them, and the planner, which counts what is behind a CASE for every row, would do it.
    /// A server without the setting has nothing to turn off. See <see href="https://www.postgresql.org/docs/current/jit-decision.html"/>.
    /// </summary>
    public const string NoJit = "SELECT set_config('jit', 'off', true) WHERE current_setting('jit', true) = 'on'";

    /// <summary>Schemas that belong to people; names beginning with <c>pg_</c> are the server's own.</summary>
    public const string UserSchema = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'";

    /// <summary>The ClickPipes user, or one row of nulls.</summary>
    private const string UserRow =
        "(SELECT max(r.oid::int8)::oid AS oid, coalesce(bool_or(r.rolsuper), false) AS super, coalesce(bool_or(r.rolsuper OR r.rolbypassrls), false) AS sees_all FROM pg_roles r WHERE r.rolname = $1) u";

    /// <summary>What every engine that speaks the protocol can answer, PostgreSQL or not. No parameters.</summary>
    public const string Engine =
        "SELECT current_setting('server_version_num'), version(), current_database()::text, current_user::text, clock_timestamp()";

    /// <summary>The database and the session.</summary>
    public const string Session =
        $"""
        SELECT pg_postmaster_start_time(), pg_is_in_recovery(), pg_backend_pid(),
               (SELECT s.version FROM pg_stat_ssl s WHERE s.pid = pg_backend_pid() AND s.ssl),
               d.oid::int8, pg_get_userbyid(d.datdba)::text,
               has_database_privilege(d.oid, 'CREATE'),
               has_database_privilege(u.oid, d.oid, 'CONNECT'),
               EXISTS (SELECT FROM aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a WHERE a.grantee = 0 AND a.privilege_type = 'CONNECT'),
               (SELECT has_function_privilege(u.oid, p.oid, 'EXECUTE') FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname = 'pg_logical_emit_message' AND p.proargtypes[2] = 'text'::regtype LIMIT 1),
               coalesce((SELECT EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE a.grantee = 0 AND a.privilege_type = 'EXECUTE')
                         FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname = 'pg_logical_emit_message' AND p.proargtypes[2] = 'text'::regtype LIMIT 1), false),
               session_user::text,
               CASE WHEN to_regproc('pg_catalog.aurora_version') IS NULL AND has_function_privilege('pg_control_system()', 'EXECUTE') THEN (SELECT s.system_identifier::text FROM pg_control_system() s) END
        FROM pg_database d, {UserRow}
        WHERE d.datname = current_database()
        """;

    /// <summary>Functions of pg_catalog by name ($1: text[]) that this server has.</summary>
    public const string Functions = "SELECT f FROM unnest($1::text[]) f WHERE to_regproc('pg_catalog.' || quote_ident(f)) IS NOT NULL";

    /// <summary>Extensions of other engines and services. No parameters.</summary>
    public const string Extensions = "SELECT e.extname::text FROM pg_extension e WHERE e.extname IN ('citus', 'timescaledb')";

    /// <summary>Settings by name ($1: text[]). A placeholder such as a provider's switch has a value and no row in pg_settings.</summary>
    public const string Settings =
        """
        SELECT n, current_setting(n, true), s.setting, s.unit, s.context, coalesce(s.pending_restart, false), s.source,
               coalesce(s.sourcefile LIKE '%postgresql.auto.conf', false)
        FROM unnest($1::text[]) n LEFT JOIN pg_settings s ON s.name = n
        WHERE current_setting(n, true) IS NOT NULL
        """;

    /// <summary>A role that matters whatever the tables are.</summary>
    private const string WantedRole =
        $"""
        (r.rolname = current_user OR r.rolname = $1 OR r.rolname = ANY ($3::text[])
         OR r.oid IN (SELECT d.datdba FROM pg_database d WHERE d.datname = current_database())
         OR r.oid IN (SELECT p.pubowner FROM pg_publication p WHERE p.pubname = $2)
         OR r.oid IN (SELECT n.nspowner FROM pg_namespace n WHERE {UserSchema}))
        """;

    /// <summary>
    /// Roles that matter; $3: names asked for (text[]). The last column is false for those that own relations, perhaps none that is read:
    /// pg_shdepend has them together, which pg_class would have to be read as a whole for. What the first superuser owns is not in it.
    /// See <see href="https://www.postgresql.org/docs/current/catalog-pg-shdepend.html"/>.
    /// </summary>
    public static string Roles(int major) =>
        $"""
        SELECT r.oid::int8, r.rolname::text, r.rolsuper, r.rolcanlogin, r.rolreplication, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb, r.rolconnlimit,
               CASE WHEN r.rolvaliduntil <> 'infinity' THEN greatest(r.rolvaliduntil, 'epoch') END,
               pg_has_role(r.oid, 'USAGE'), pg_has_role(r.oid, 'MEMBER WITH ADMIN OPTION'), pg_has_role(u.oid, r.oid, 'MEMBER'), r.rolinherit,
               has_database_privilege(r.oid, current_database(), 'CREATE'),
               CASE WHEN r.rolname = ANY ($3::text[]) THEN ARRAY (SELECT g.rolname::text FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = u.oid AND (g.oid = r.oid OR {Uses(major)}) GROUP BY 1 ORDER BY 1) ELSE ARRAY[]::text[] END,
               {WantedRole},
               {MemberOf("r.oid", "true")}, {(major >= PostgresFeatures.CreateRoleNeedsAdminOption ? MemberOf("r.oid", Inherited(major)) : "NULL::text[]")},
               EXISTS (SELECT FROM pg_auth_members m WHERE m.roleid = r.oid)
        FROM pg_roles r, {UserRow}
        WHERE {WantedRole} OR r.oid = 10
           OR r.oid IN (SELECT s.refobjid FROM pg_shdepend s JOIN pg_database d ON d.oid = s.dbid
                        WHERE d.datname = current_database() AND s.classid = 'pg_class'::regclass AND s.refclassid = 'pg_authid'::regclass AND s.deptype = 'o')
        """;

    /// <summary>A membership (<c>pg_auth_members m</c>) that hands the role's rights on; before 16 the member decides that for all of its own.</summary>
    public static string Inherited(int major) => major >= PostgresFeatures.CreateRoleNeedsAdminOption ? "m.inherit_option" : "true";

    /// <summary>The roles a role is a member of, directly or not, over memberships of one kind; most roles are a member of none.</summary>
    /// <param name="member">The role's object identifier, as SQL.</param>
    /// <param name="kind">What a row of <c>pg_auth_members m</c> has to be.</param>
    public static string MemberOf(string member, string kind) =>
        $"""
        CASE WHEN EXISTS (SELECT FROM pg_auth_members m WHERE m.member = {member} AND {kind})
             THEN ARRAY (WITH RECURSIVE up AS (SELECT m.roleid FROM pg_auth_members m WHERE m.member = {member} AND {kind}
                                               UNION SELECT m.roleid FROM up JOIN pg_auth_members m ON m.member = up.roleid AND {kind})
                         SELECT g.rolname::text FROM up JOIN pg_roles g ON g.oid = up.roleid ORDER BY 1)
             ELSE ARRAY[]::text[] END
        """;

    /// <summary>A role that another one is granted to in earnest; since 16 it may also be there to be handed on only.</summary>
    private static string Uses(int major) => major >= PostgresFeatures.CreateRoleNeedsAdminOption
        ? "pg_has_role(g.oid, r.oid, 'USAGE') OR pg_has_role(g.oid, r.oid, 'SET')"
        : "pg_has_role(g.oid, r.oid, 'MEMBER')";

    /// <summary>Settings attached to the user, this database or both; and what makes another role of this session's than the one that logged in.</summary>
    public const string RoleSettings =
        """
        SELECT r.rolname::text, s.setdatabase <> 0, split_part(c, '=', 1), substr(c, strpos(c, '=') + 1)
        FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole, unnest(s.setconfig) c
        WHERE (s.setrole = 0 OR r.rolname = $1 OR (r.rolname = session_user AND session_user <> current_user AND split_part(c, '=', 1) = 'role'))
          AND s.setdatabase IN (0, (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()))
        ORDER BY 1, 2, 3
        """;

    /// <summary>Schemas.</summary>
    public const string Schemas =
        $"""
        SELECT n.oid::int8, n.nspname::text, pg_get_userbyid(n.nspowner)::text, has_schema_privilege(u.oid, n.oid, 'USAGE'),
               has_schema_privilege(n.oid, 'USAGE WITH GRANT OPTION'),
               EXISTS (SELECT FROM aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a WHERE a.grantee = 0 AND a.privilege_type = 'USAGE'),
               has_schema_privilege(n.oid, 'USAGE')
        FROM pg_namespace n, {UserRow}
        WHERE {UserSchema}
        ORDER BY n.nspname
        """;

    /// <summary>Default privileges that let the user read future tables: its own, everybody's, or those of a role it inherits from.</summary>
    public const string DefaultPrivileges =
        $"""
        SELECT DISTINCT pg_get_userbyid(d.defaclrole)::text, n.nspname::text
        FROM {UserRow}, pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace, aclexplode(d.defaclacl) a
        WHERE d.defaclobjtype = 'r' AND a.privilege_type = 'SELECT'
          AND (a.grantee = 0 OR pg_has_role(u.oid, a.grantee, 'USAGE'))
        ORDER BY 1, 2
        """;

    /// <summary>
    /// What roles (<c>r</c>) were granted on single columns: FROM, with the entries of their ACLs (<c>a</c>), the columns (<c>t</c>) and tables (<c>c</c>). What mentions a role in
    /// its ACL stands in pg_shdepend under that role, a column with its number
    /// (<see href="https://www.postgresql.org/docs/current/catalog-pg-shdepend.html"/>): no other column is looked at.
    /// </summary>
    public const string OnColumns =
        """
        FROM pg_roles r
             JOIN pg_shdepend s ON s.refclassid = 'pg_authid'::regclass AND s.refobjid = r.oid AND s.deptype = 'a' AND s.classid = 'pg_class'::regclass AND s.objsubid <> 0
             JOIN pg_database d ON d.oid = s.dbid AND d.datname = current_database()
             JOIN pg_class c ON c.oid = s.objid
             JOIN pg_attribute t ON t.attrelid = c.oid AND t.attnum = s.objsubid AND NOT t.attisdropped
             JOIN LATERAL aclexplode(t.attacl) a ON a.grantee = r.oid
        """;

    /// <summary>Privileges of the user on single columns.</summary>
    public const string ColumnGrants =
        $"""
        SELECT c.relnamespace::int8, c.relname::text, t.attname::text, a.privilege_type, a.is_grantable, pg_get_userbyid(a.grantor)::text
        {OnColumns}
        WHERE r.rolname = $1
        ORDER BY c.oid, t.attnum, 4, 6
        """;

    /// <summary>What was granted to the user and to a login.</summary>
    /// <param name="major">The server's major version.</param>
    /// <param name="login">The login's name, as SQL.</param>
    public static string Memberships(int major, string login = "current_user::text") =>
        $"""
        SELECT pg_get_userbyid(m.roleid)::text, k.rolname::text, pg_get_userbyid(m.grantor)::text, m.admin_option,
               {(major >= PostgresFeatures.CreateRoleNeedsAdminOption ? "m.inherit_option, m.set_option" : "true, true")}
        FROM pg_auth_members m JOIN pg_roles k ON k.oid = m.member
        WHERE k.rolname IN ($1, {login})
        ORDER BY 1, 2, 3
        """;

    /// <summary>
    /// Slots that a publication can be read through. Which one is read the server keeps nowhere; since PostgreSQL 14 the command of the reader's process
    /// shows it, to those who may see that. No parameters.
    /// See <see href="https://www.postgresql.org/docs/current/view-pg-replication-slots.html"/>.
    /// </summary>
    public const string SlotReaders =
        """
        SELECT s.slot_name::text, a.usename::text, a.application_name, CASE WHEN s.active THEN coalesce(s.active_pid, 0) END,
               CASE WHEN strpos(a.query, 'START_REPLICATION') > 0 THEN a.query END
        FROM pg_replication_slots s LEFT JOIN pg_stat_activity a ON s.active AND a.pid = s.active_pid
        WHERE s.slot_type = 'logical' AND s.plugin = 'pgoutput' AND s.database = current_database()
        ORDER BY 1
        """;

    /// <summary>All publications, the one named $1 with its properties.</summary>
    public static string Publications(int major) =>
        $"""
        SELECT p.pubname::text, p.pubname = $1, pg_get_userbyid(p.pubowner)::text, p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate,
               {(major >= PostgresFeatures.PublishViaPartitionRoot ? "p.pubviaroot" : "false")},
               {(major >= PostgresFeatures.SchemaPublications ? "ARRAY (SELECT n.nspname::text FROM pg_publication_namespace s JOIN pg_namespace n ON n.oid = s.pnnspid WHERE s.pnpubid = p.oid ORDER BY 1)" : "'{}'::text[]")},
               {(major >= PostgresFeatures.PublishGeneratedColumns ? "p.pubgencols = 's'" : "false")},
               {(major >= PostgresFeatures.PublicationExceptions ? "p.puballsequences" : "false")}
        FROM pg_publication p
        ORDER BY p.pubname
        """;

    /// <summary>Tables that the publication named $1 leaves out by name (PostgreSQL 19 and later; from its manual, not tried).</summary>
    public const string Excepted =
        """
        SELECT c.relnamespace::int8, c.relname::text
        FROM pg_publication p JOIN pg_publication_rel r ON r.prpubid = p.oid JOIN pg_class c ON c.oid = r.prrelid
        WHERE p.pubname = $1 AND r.prexcept
        """;

    /// <summary>
    /// Slots, with what they hold back. No parameters.
    /// </summary>
    public static string Slots(int major) =>
        $"""
        SELECT s.slot_name::text, s.slot_type = 'logical', s.database::text, s.active,
               pg_wal_lsn_diff({Here}, s.restart_lsn)::int8,
               {(major >= PostgresFeatures.SlotWalStatus ? "s.wal_status, s.safe_wal_size" : "NULL::text, NULL::int8")},
               {(major >= PostgresFeatures.FailoverSlots ? "s.inactive_since, s.synced" : "NULL::timestamptz, false")}
        FROM pg_replication_slots s
        ORDER BY s.slot_name
        """;

    /// <summary>
    /// WAL senders at work, which every login may count, and those that serve a standby: they hold a physical slot, or stream without a slot
    /// (which only some logins may see). No parameters.
    /// </summary>
    public const string WalSenders =
        """
        SELECT count(*),
               count(*) FILTER (WHERE EXISTS (SELECT FROM pg_replication_slots s WHERE s.active_pid = r.pid AND s.slot_type = 'physical')
                                      OR (r.state IN ('catchup', 'streaming') AND NOT EXISTS (SELECT FROM pg_replication_slots s WHERE s.active_pid = r.pid)))
        FROM pg_stat_replication r
        """;

    /// <summary>
    /// The database's connection limit, and the sessions that count, which every login may count: those of the ClickPipes user ($1) and this one are not others'.
    /// Only who may see a session's kind tells parallel workers apart; they are not many.
    /// See <see href="https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW"/>.
    /// </summary>
    public const string Connections =
        """
        SELECT d.datconnlimit, count(a.pid) FILTER (WHERE a.datid = d.oid), count(a.pid)
        FROM pg_database d
             LEFT JOIN pg_stat_activity a ON a.usesysid IS NOT NULL AND a.pid <> pg_backend_pid() AND a.usename <> $1 AND coalesce(a.backend_type, 'client backend') = 'client backend'
                                             AND NOT EXISTS (SELECT FROM pg_stat_replication r WHERE r.pid = a.pid)
        WHERE d.datname = current_database()
        GROUP BY d.oid, d.datconnlimit
        """;

    /// <summary>
    /// Open transactions that have an identifier, so that a new slot waits for them, wherever they are. Every login sees that they are there;
    /// since when takes pg_read_all_stats. No parameters.
    /// </summary>
    public const string Transactions =
        """
        SELECT a.pid, coalesce(a.usename::text, a.backend_type), a.application_name, a.datname::text, a.xact_start AS since, NULL::text
        FROM pg_stat_activity a
        WHERE a.backend_xid IS NOT NULL AND a.pid <> pg_backend_pid()
        UNION ALL
        SELECT NULL, p.owner::text, NULL, p.database::text, p.prepared, p.gid
        FROM pg_prepared_xacts p
        ORDER BY since NULLS LAST
        LIMIT 100
        """;

    /// <summary>
    /// WAL written per second, when it was measured long enough to mean something: since the statistics began; before they existed, since the last
    /// checkpoint, whose place and time the server keeps (<see href="https://www.postgresql.org/docs/12/functions-info.html#FUNCTIONS-PG-CONTROL-CHECKPOINT"/>),
    /// or since the server started after it. No parameters.
    /// </summary>
    public static string WalRate(int major) => major >= PostgresFeatures.StatWal
        ? """
        SELECT (w.wal_bytes / extract(epoch FROM clock_timestamp() - w.stats_reset))::float8
        FROM pg_stat_wal w
        WHERE clock_timestamp() - w.stats_reset > interval '1 minute'
        """
        : $"""
        SELECT pg_wal_lsn_diff({Here}, c.redo_lsn)::float8 / extract(epoch FROM clock_timestamp() - m.since)
        FROM pg_control_checkpoint() c, LATERAL (SELECT greatest(c.checkpoint_time, pg_postmaster_start_time()) AS since) m
        WHERE clock_timestamp() - m.since > interval '1 minute'
        """;

    /// <summary>Relations that are parts of extensions: few, and found by the extensions. No parameters. See <see href="https://www.postgresql.org/docs/current/catalog-pg-depend.html"/>.</summary>
    public const string ExtensionTables =
        """
        SELECT d.objid::int8, e.extname::text
        FROM pg_extension e JOIN pg_depend d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
        WHERE d.classid = 'pg_class'::regclass AND d.deptype = 'e'
        """;

    /// <summary>
    /// How many indexes a table has, for members of a tree: planning one statement on it locks them all. Other tables have few, and are not counted.
    /// No parameters.
    /// </summary>
    public const string Indexes =
        """
        SELECT i.indrelid::int8, count(*)::int4
        FROM pg_index i
        WHERE i.indrelid IN (SELECT h.inhrelid FROM pg_inherits h UNION ALL SELECT h.inhparent FROM pg_inherits h)
        GROUP BY i.indrelid
        """;

    /// <summary>
    /// Everything about tables, in one pass: plain joins over the catalog, no size functions, no statement for each table.
    /// The planner needs the table's own columns first; whatever costs more is behind a CASE or an OR that few rows enter: an owner has every
    /// grant option on what it owns (<see href="https://www.postgresql.org/docs/current/sql-grant.html"/>), which costs less to ask than the table's privileges.
    /// </summary>
    public static string Tables(int major)
    {
        var partitions = major >= PostgresFeatures.PartitionFunctions;
        var root = partitions
            ? "CASE WHEN c.relispartition THEN pg_partition_root(c.oid)::oid::int8 END"
            : "CASE WHEN c.relispartition THEN (WITH RECURSIVE up AS (SELECT i.inhparent AS oid FROM pg_inherits i WHERE i.inhrelid = c.oid UNION ALL SELECT i.inhparent FROM up JOIN pg_inherits i ON i.inhrelid = up.oid) SELECT up.oid::int8 FROM up JOIN pg_class t ON t.oid = up.oid WHERE NOT t.relispartition LIMIT 1) END";
        var schemas = major >= PostgresFeatures.SchemaPublications;
        var schemaPublished = schemas ? " OR c.relnamespace IN (SELECT s.pnnspid FROM pg_publication_namespace s JOIN pg_publication p ON p.oid = s.pnpubid WHERE p.pubname = $2)" : "";
        var ancestorSchema = schemas ? " OR EXISTS (SELECT FROM pg_publication_namespace s WHERE s.pnpubid = p.oid AND s.pnnspid = t.relnamespace)" : "";
        var ancestorPublished = partitions
            ? $" OR (c.relispartition AND EXISTS (SELECT FROM pg_partition_ancestors(c.oid) a JOIN pg_class t ON t.oid = a.relid, pg_publication p WHERE p.pubname = $2 AND (EXISTS (SELECT FROM pg_publication_rel r WHERE r.prpubid = p.oid AND r.prrelid = a.relid){ancestorSchema})))"
            : "";
        return $"""
            SELECT c.oid::int8, c.relnamespace::int8, c.relname::text, ascii(c.relkind::text), ascii(c.relpersistence::text), c.relowner::int8, {root},
                   CASE WHEN {SeesAllRows} THEN false
                        ELSE NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polpermissive AND p.polcmd IN ('r', '*') AND pg_get_expr(p.polqual, p.polrelid) = 'true' AND {Applies})
                             OR {Restricted} END,
                   ascii(c.relreplident::text),
                   {State("pk", "false")},
                   CASE WHEN c.relreplident = 'i' THEN coalesce((SELECT {State("ri", Unsuitable)} FROM pg_index ri WHERE ri.indrelid = c.oid AND ri.indisreplident), 0) ELSE 0 END,
                   CASE WHEN pk.indisvalid AND pk.indimmediate OR c.relkind NOT IN ('r', 'p') THEN NULL ELSE (
                        SELECT min(x.relname)::text FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
                        WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indimmediate AND NOT i.indisprimary AND i.indpred IS NULL AND i.indexprs IS NULL
                          AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]) AND NOT a.attnotnull)) END,
                   c.reltuples::int8, c.relpages::int8 * (SELECT current_setting('block_size')::int8),
                   has_table_privilege(u.oid, c.oid, 'SELECT'),
                   CASE WHEN has_table_privilege(u.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') IS NOT TRUE THEN 0
                        WHEN c.relowner = u.oid THEN 1
                        ELSE 1 + coalesce((SELECT sum(CASE a.privilege_type WHEN 'INSERT' THEN 2 WHEN 'UPDATE' THEN 4 WHEN 'DELETE' THEN 8 WHEN 'TRUNCATE' THEN 16 ELSE 0 END
                                                      * CASE WHEN a.is_grantable THEN 16 ELSE 1 END)
                                           FROM aclexplode(c.relacl) a WHERE a.grantee = u.oid AND a.grantor = c.relowner), 0)::int END,
                   pg_has_role(c.relowner, 'USAGE') OR has_table_privilege(c.oid, 'SELECT WITH GRANT OPTION'),
                   c.relkind IN ('r', 'p') AND c.relpersistence = 'p' AND (
                        (SELECT coalesce(bool_or(p.puballtables), false) FROM pg_publication p WHERE p.pubname = $2)
                        OR c.oid IN (SELECT r.prrelid FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid WHERE p.pubname = $2){schemaPublished}{ancestorPublished}),
                   c.reltoastrelid <> 0,
                   CASE WHEN {SeesAllRows} THEN false ELSE {Restricted} END,
                   CASE WHEN c.relhassubclass AND c.relkind IN ('r', 'f') THEN ARRAY (SELECT i.inhrelid::int8 FROM pg_inherits i WHERE i.inhparent = c.oid) END,
                   CASE WHEN u.oid IS NULL AND c.relacl IS NOT NULL THEN has_table_privilege('public', c.oid, 'SELECT') IS TRUE ELSE false END,
                   c.relnatts::int4,
                   {HasNullable(major)},
                   CASE WHEN c.relreplident = 'i' THEN (SELECT x.relname::text FROM pg_index ri JOIN pg_class x ON x.oid = ri.indexrelid WHERE ri.indrelid = c.oid AND ri.indisreplident) END,
                   ({SeesAllRows}) IS NOT TRUE
            FROM {UserRow}, pg_class c
                 JOIN pg_namespace n ON n.oid = c.relnamespace
                 LEFT JOIN pg_index pk ON pk.indrelid = c.oid AND pk.indisprimary
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {UserSchema}
            """;
    }

    /// <summary>So many tables are looked into one by one.</summary>
    internal const int MostLookedInto = 5000;

    /// <summary>
    /// Whether a column may be NULL, which takes a look at each table's columns: only where there are few tables, else null. Among very many there is such
    /// a column for certain, and looking for it would take as long as everything else. The root's columns stand for its partitions'.
    /// </summary>
    /// <param name="major">The version: before PostgreSQL 13 partitions are what is chosen.</param>
    private static string HasNullable(int major) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"""
        CASE WHEN c.relkind NOT IN ('r', 'p'){(major >= PostgresFeatures.PublishViaPartitionRoot ? " OR c.relispartition" : "")} THEN false
             WHEN EXISTS (SELECT FROM pg_class m WHERE m.relkind IN ('r', 'p') OFFSET {MostLookedInto}) THEN NULL
             ELSE (SELECT true FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attnotnull AND NOT a.attisdropped LIMIT 1) IS TRUE END
        """);

    /// <summary>No policy is asked whether the user may see a row. See <see href="https://www.postgresql.org/docs/current/ddl-rowsecurity.html"/>.</summary>
    private const string SeesAllRows = "NOT c.relrowsecurity OR u.sees_all OR (NOT c.relforcerowsecurity AND coalesce(pg_has_role(u.oid, c.relowner, 'USAGE'), false))";

    /// <summary>A restrictive policy may hide rows from the user, whatever others permit.</summary>
    private const string Restricted =
        $"EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND NOT p.polpermissive AND p.polcmd IN ('r', '*') AND pg_get_expr(p.polqual, p.polrelid) <> 'true' AND {Applies})";

    /// <summary>A policy that is for the user: everybody's, or a role's it has the privileges of.</summary>
    private const string Applies = "(p.polroles @> ARRAY[0::oid] OR EXISTS (SELECT FROM unnest(p.polroles) g WHERE pg_has_role(u.oid, g, 'USAGE')))";

    /// <summary>The replica identity index does not tell every row from every other. The server checks that when it is chosen, and not always afterwards.</summary>
    private const string Unsuitable =
        "(ri.indpred IS NOT NULL OR ri.indexprs IS NOT NULL OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY ((ri.indkey::int2[])[0:ri.indnkeyatts - 1]) AND NOT a.attnotnull))";

    /// <summary>An index as <see cref="KeyState"/> counts: 0 none, 1 usable, 2 deferrable, 3 invalid, 4 unsuitable.</summary>
    private static string State(string index, string unsuitable) =>
        $"CASE WHEN {index}.indexrelid IS NULL THEN 0 WHEN NOT {index}.indisvalid THEN 3 WHEN NOT {index}.indimmediate THEN 2 WHEN {unsuitable} THEN 4 ELSE 1 END";
}
