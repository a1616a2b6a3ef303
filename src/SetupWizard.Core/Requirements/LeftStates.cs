using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements;

/// <summary>
/// The states that changes leave, as queries over the catalog. They are asked by whoever may take a change back, and stand in scripts: everything is named with its
/// schema, names are literals, and a thing that is gone gives NULL.
/// </summary>
internal static class LeftStates
{
    /// <summary>What a thing that is there gives, where nothing else is asked about it.</summary>
    public const string There = "there";

    /// <summary>What stands for nothing set, or granted, on something that is there: NULL means that it is gone, and then nothing can be given back to it.</summary>
    public const string None = "none";

    /// <summary>What stands between a privilege and those who granted it, where no REVOKE of this session takes it.</summary>
    public const string ByOthers = " by ";

    /// <summary>What stands before the name of an index that identifies rows.</summary>
    public const string ByIndex = "USING INDEX ";

    /// <summary>Tables as a record keeps them.</summary>
    public static IReadOnlyList<LeftTable> Tables(IEnumerable<TableFact> tables) =>
        new Projected<TableFact, LeftTable>(tables as IReadOnlyList<TableFact> ?? [.. tables], static t => new LeftTable(t.Ref.Schema, t.Ref.Name, t.Oid));

    private static string OnOff(string condition) => $"CASE WHEN {condition} THEN 'on' ELSE 'off' END";

    /// <summary>
    /// A privilege granted to the user on something with an owner.
    /// </summary>
    /// <param name="from">The catalog with an alias, and further tables it is joined to.</param>
    /// <param name="acl">Its ACL.</param>
    /// <param name="owner">Its owner.</param>
    /// <param name="condition">Which row.</param>
    /// <param name="user">The grantee.</param>
    /// <param name="privilege">The privilege.</param>
    public static LeftState Granted(string from, string acl, string owner, string condition, string user, string privilege) => new(
        $"(SELECT {Privilege(privilege, owner)} FROM {from}, {Entries(acl, user)} AND a.privilege_type = {PgLiteral.Quote(privilege)} AND {condition} HAVING pg_catalog.count(*) > 0)",
        null,
        privilege);

    /// <summary>SELECT granted to the user on tables, with a word where the user has handed it on, or single columns of it: it could not be taken back without that.</summary>
    public static LeftState Selectable(string user, IReadOnlyList<LeftTable> tables, string template) => new(
        $"(SELECT {Privilege("SELECT", "c.relowner")} || CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_attribute t, pg_catalog.aclexplode(t.attacl) h, pg_catalog.pg_roles g WHERE t.attrelid = c.oid AND h.grantor = g.oid AND g.rolname = {PgLiteral.Quote(user)}) "
        + $"OR EXISTS (SELECT FROM pg_catalog.aclexplode(c.relacl) h, pg_catalog.pg_roles g WHERE h.grantor = g.oid AND g.oid <> c.relowner AND g.rolname = {PgLiteral.Quote(user)}) THEN ', granted on' ELSE '' END "
        + $"FROM {Entries("c.relacl", user)} AND a.privilege_type = 'SELECT' HAVING pg_catalog.count(*) > 0)",
        null,
        "SELECT")
    {
        Tables = tables,
        Template = template,
    };

    /// <summary>Rights to change rows that the owner granted.</summary>
    public static LeftState Writable(string user, TableWrites before, IReadOnlyList<LeftTable> tables, string template) => new(
        WhileThere(
            $"pg_catalog.pg_roles r WHERE r.rolname = {PgLiteral.Quote(user)}",
            $"SELECT pg_catalog.string_agg(a.privilege_type || CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, ', ' ORDER BY a.privilege_type) FROM pg_catalog.aclexplode(c.relacl) a WHERE a.grantee = r.oid AND a.grantor = c.relowner AND a.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')"),
        string.Join(", ", Written(before).OrderBy(static w => w.Privilege, StringComparer.Ordinal).Select(static w => w.Privilege + (w.Grantable ? " WITH GRANT OPTION" : ""))),
        None)
    {
        Tables = tables,
        Template = template,
    };

    /// <summary>The privileges of a set, each with or without grant option.</summary>
    public static IEnumerable<(string Privilege, bool Grantable)> Written(TableWrites writes)
    {
        foreach (var (flag, name) in new[] { (TableWrites.Insert, "INSERT"), (TableWrites.Update, "UPDATE"), (TableWrites.Delete, "DELETE"), (TableWrites.Truncate, "TRUNCATE") })
        {
            if (writes.HasFlag(flag))
            {
                yield return (name, false);
            }

            if (writes.HasFlag((TableWrites)((int)flag << 4)))
            {
                yield return (name, true);
            }
        }
    }

    /// <summary>An attribute of a role.</summary>
    /// <param name="role">The role.</param>
    /// <param name="attribute">An expression over <c>r</c>, its row in <c>pg_roles</c>, that gives text.</param>
    /// <param name="before">What it gave.</param>
    /// <param name="after">What it gives then.</param>
    public static LeftState Attribute(string role, string attribute, string before, string after) =>
        new($"(SELECT {attribute} FROM pg_catalog.pg_roles r WHERE r.rolname = {PgLiteral.Quote(role)})", before, after);

    /// <summary>An attribute of a role that is on or off.</summary>
    public static LeftState Flag(string role, string column, bool after) =>
        Attribute(role, OnOff("r." + column), after ? "off" : "on", after ? "on" : "off");

    /// <summary>That a role is there.</summary>
    public static LeftState Role(string name) => new($"(SELECT {PgLiteral.Quote(There)} FROM pg_catalog.pg_roles r WHERE r.rolname = {PgLiteral.Quote(name)})", null, There);

    /// <summary>That a publication is there.</summary>
    public static LeftState Publication(string name) => new($"(SELECT {PgLiteral.Quote(There)} FROM pg_catalog.pg_publication p WHERE p.pubname = {PgLiteral.Quote(name)})", null, There);

    /// <summary>An option of a publication.</summary>
    /// <param name="publication">The publication.</param>
    /// <param name="option">An expression over <c>p</c>, its row in <c>pg_publication</c>, that gives text.</param>
    /// <param name="before">What it gave.</param>
    /// <param name="after">What it gives then.</param>
    public static LeftState Option(string publication, string option, string before, string after) =>
        new($"(SELECT {option} FROM pg_catalog.pg_publication p WHERE p.pubname = {PgLiteral.Quote(publication)})", before, after);

    /// <summary>Tables that a publication lists, without a filter or a column list of their own.</summary>
    public static LeftState Listed(string publication, int major, IReadOnlyList<LeftTable> tables, string? template) => new(
        $"(SELECT {(major >= PostgresFeatures.PublicationFilters ? $"CASE WHEN l.prqual IS NULL AND l.prattrs IS NULL THEN {PgLiteral.Quote(There)} ELSE 'with a filter or a column list' END" : PgLiteral.Quote(There))} "
        + $"FROM pg_catalog.pg_publication_rel l JOIN pg_catalog.pg_publication p ON p.oid = l.prpubid WHERE l.prrelid = c.oid AND p.pubname = {PgLiteral.Quote(publication)})",
        null,
        There)
    {
        Tables = tables,
        Template = template,
    };

    /// <summary>Schemas that a publication has as a whole, of those named.</summary>
    public static LeftState ListedSchemas(string publication, IReadOnlyList<string> schemas) => new(
        "(SELECT pg_catalog.string_agg(n.nspname::pg_catalog.text, ', ' ORDER BY n.nspname::pg_catalog.text COLLATE \"C\") FROM pg_catalog.pg_publication_namespace l JOIN pg_catalog.pg_publication p ON p.oid = l.pnpubid JOIN pg_catalog.pg_namespace n ON n.oid = l.pnnspid "
        + $"WHERE p.pubname = {PgLiteral.Quote(publication)} AND n.nspname IN ({string.Join(", ", schemas.Select(PgLiteral.Quote))}))",
        null,
        string.Join(", ", schemas.Order(StringComparer.Ordinal)))
    {
        Schemas = schemas,
    };

    /// <summary>A table's replica identity, in the words of ALTER TABLE, with the bare name of an index.</summary>
    /// <param name="table">The table.</param>
    /// <param name="before">What it was.</param>
    /// <param name="after">What it is made.</param>
    /// <param name="undo">What it was, as the statement takes it.</param>
    public static LeftState Identity(TableFact table, string before, string after, string undo) => new(
        "(SELECT CASE c.relreplident WHEN 'd' THEN 'DEFAULT' WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING' ELSE coalesce("
        + $"(SELECT {PgLiteral.Quote(ByIndex)} || x.relname::pg_catalog.text FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = c.oid AND i.indisreplident), 'an index that is gone') END)",
        before,
        after)
    {
        Tables = Tables([table]),
        Template = $"ALTER TABLE {LeftState.TablesHole} REPLICA IDENTITY {undo}",
    };

    /// <summary>A policy: for what, and for which rows.</summary>
    public static LeftState Policy(string name, TableRef table, string after) => new(
        "(SELECT p.polcmd::pg_catalog.text || ' ' || coalesce(pg_catalog.pg_get_expr(p.polqual, p.polrelid), '') FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        + $"WHERE p.polname = {PgLiteral.Quote(name)} AND n.nspname = {PgLiteral.Quote(table.Schema)} AND c.relname = {PgLiteral.Quote(table.Name)})",
        null,
        after);

    /// <summary>A setting attached to a role, in this database or in all.</summary>
    public static LeftState Setting(string role, bool inDatabase, string setting, string? before, string? after) => new(
        WhileThere(
            $"pg_catalog.pg_roles r WHERE r.rolname = {PgLiteral.Quote(role)}",
            "SELECT pg_catalog.substr(v, pg_catalog.strpos(v, '=') + 1) FROM pg_catalog.pg_db_role_setting s, pg_catalog.unnest(s.setconfig) v "
            + $"WHERE s.setrole = r.oid AND s.setdatabase = {(inDatabase ? "(SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())" : "0")} "
            + $"AND pg_catalog.split_part(v, '=', 1) = {PgLiteral.Quote(setting)}"),
        before ?? None,
        after ?? None);

    /// <summary>How many sessions a database lets in.</summary>
    public static LeftState DatabaseLimit(string database, int before, int after) => new(
        $"(SELECT d.datconnlimit::pg_catalog.text FROM pg_catalog.pg_database d WHERE d.datname = {PgLiteral.Quote(database)})",
        before.ToString(System.Globalization.CultureInfo.InvariantCulture),
        after.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>What ALTER SYSTEM has for a parameter, applied already or not. See <see href="https://www.postgresql.org/docs/current/view-pg-file-settings.html"/>.</summary>
    public static LeftState Parameter(string name, string? before, string after) => new(
        $"(SELECT f.setting FROM pg_catalog.pg_file_settings f WHERE f.name = {PgLiteral.Quote(name)} AND f.sourcefile LIKE '%postgresql.auto.conf' ORDER BY f.seqno DESC LIMIT 1)",
        before,
        after);

    /// <summary>
    /// That a role was granted to another, with its options, whoever granted it. Before PostgreSQL 16 there is one option.
    /// </summary>
    public static LeftState Membership(SourceSnapshot snapshot, string role, string member, MembershipFact? after)
    {
        var optional = snapshot.Server.Major >= PostgresFeatures.CreateRoleNeedsAdminOption;
        var options = optional
            ? "CASE WHEN pg_catalog.bool_or(m.admin_option) THEN 'ADMIN ' ELSE '' END || CASE WHEN pg_catalog.bool_or(m.inherit_option) THEN 'INHERIT ' ELSE '' END || CASE WHEN pg_catalog.bool_or(m.set_option) THEN 'SET ' ELSE '' END || 'MEMBER'"
            : "CASE WHEN pg_catalog.bool_or(m.admin_option) THEN 'ADMIN ' ELSE '' END || 'MEMBER'";
        var before = snapshot.Memberships.Where(m => m.Role == role && m.Member == member).ToList();
        List<MembershipFact> then = after is null ? [] : [.. before.Where(m => m.Grantor != after.Grantor), after];
        return new(
            WhileThere(
                $"pg_catalog.pg_roles g, pg_catalog.pg_roles k WHERE g.rolname = {PgLiteral.Quote(role)} AND k.rolname = {PgLiteral.Quote(member)}",
                $"SELECT {options} FROM pg_catalog.pg_auth_members m WHERE m.roleid = g.oid AND m.member = k.oid HAVING pg_catalog.count(*) > 0"),
            Options(before),
            Options(then));

        string Options(List<MembershipFact> all) => all.Count == 0
            ? None
            : (all.Exists(static m => m.Admin) ? "ADMIN " : "") + (optional && all.Exists(static m => m.Inherit) ? "INHERIT " : "") + (optional && all.Exists(static m => m.Set) ? "SET " : "") + "MEMBER";
    }

    /// <summary>
    /// A privilege as those granted it that a REVOKE of this session speaks for. Where only others granted it, their names stand behind it.
    /// </summary>
    private static string Privilege(string name, string owner)
    {
        var ours = Conditions.GrantedByOurs(owner);
        return $"CASE WHEN pg_catalog.bool_or(a.is_grantable) FILTER (WHERE {ours}) THEN {PgLiteral.Quote(name + " WITH GRANT OPTION")} WHEN pg_catalog.bool_or({ours}) THEN {PgLiteral.Quote(name)} "
            + $"ELSE {PgLiteral.Quote(name + ByOthers)} || pg_catalog.string_agg(pg_catalog.pg_get_userbyid(a.grantor)::pg_catalog.text, ', ' ORDER BY a.grantor) END";
    }

    /// <summary>A state of something that may be gone.</summary>
    /// <param name="holder">FROM and WHERE of its one row.</param>
    /// <param name="state">The query for its state; no row, or NULL, where it has none.</param>
    private static string WhileThere(string holder, string state) => $"(SELECT coalesce(({state}), {PgLiteral.Quote(None)}) FROM {holder})";

    private static string Entries(string acl, string user) =>
        $"pg_catalog.aclexplode({acl}) a JOIN pg_catalog.pg_roles k ON k.oid = a.grantee WHERE k.rolname = {PgLiteral.Quote(user)}";
}
