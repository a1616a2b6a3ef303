using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements;

/// <summary>Boolean SQL expressions for scripts that may be run again.</summary>
internal static class Conditions
{
    /// <summary>The table's object identifier.</summary>
    public static string Oid(TableRef table) => PgLiteral.Quote(table.Quoted) + "::pg_catalog.regclass";

    /// <summary>There is a user of this name.</summary>
    public static string IsUser(string user) => $"EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {PgLiteral.Quote(user)})";

    /// <summary>There is a user of this name, and it may log in.</summary>
    public static string CanLogIn(string user) => $"EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {PgLiteral.Quote(user)} AND rolcanlogin)";

    /// <summary>What has these names still has these numbers, as a condition more; empty where nobody knows any. Another user may be called what the one was that is gone.</summary>
    /// <param name="oids">Numbers, by <c>user</c>, <c>publication</c> or <c>schema</c>.</param>
    /// <param name="names">The names, by the same.</param>
    public static string StillNamed(IReadOnlyDictionary<string, long>? oids, IReadOnlyDictionary<string, string>? names) => string.Concat((oids ?? new Dictionary<string, long>())
        .Select(o => (Of: o.Key switch
        {
            "user" => "pg_roles o WHERE o.rolname",
            "publication" => "pg_publication o WHERE o.pubname",
            "schema" => "pg_namespace o WHERE o.nspname",
            _ => null,
        }, Name: names?.GetValueOrDefault(o.Key), Oid: o.Value))
        .Where(static o => o is { Of: not null, Name: not null })
        .Select(static o => string.Create(CultureInfo.InvariantCulture, $" AND EXISTS (SELECT FROM pg_catalog.{o.Of} = {PgLiteral.Quote(o.Name!)} AND o.oid = {o.Oid})")));

    /// <summary>There is no publication of this name.</summary>
    public static string NoPublication(string publication) =>
        $"NOT EXISTS (SELECT FROM pg_catalog.pg_publication WHERE pubname = {PgLiteral.Quote(publication)})";

    /// <summary>Some of the tables are not listed in the publication. Where others are, the server says so: nothing is passed over without a word.</summary>
    public static string NotListed(string publication, IEnumerable<TableRef> tables) =>
        $"NOT EXISTS (SELECT FROM pg_catalog.pg_publication p WHERE p.pubname = {PgLiteral.Quote(publication)} AND NOT EXISTS (SELECT FROM pg_catalog.pg_class c "
        + "WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_publication_rel r WHERE r.prpubid = p.oid AND r.prrelid = c.oid) "
        + $"AND c.oid IN ({string.Join(", ", tables.Select(Oid))})))";

    /// <summary>Some of the schemas are not listed in the publication.</summary>
    public static string SchemasNotListed(string publication, IEnumerable<string> schemas) =>
        $"NOT EXISTS (SELECT FROM pg_catalog.pg_publication p WHERE p.pubname = {PgLiteral.Quote(publication)}"
        + string.Concat(schemas.Select(static n => " AND EXISTS (SELECT FROM pg_catalog.pg_publication_namespace n JOIN pg_catalog.pg_namespace s ON s.oid = n.pnnspid "
            + $"WHERE n.pnpubid = p.oid AND s.nspname = {PgLiteral.Quote(n)})")) + ")";

    /// <summary>The publication lists something that is none of these: somebody else put it there.</summary>
    /// <param name="publication">The publication.</param>
    /// <param name="major">The server's major version.</param>
    /// <param name="tables">The numbers of tables.</param>
    /// <param name="schemas">Whole schemas.</param>
    public static string ListsMore(string publication, int major, IReadOnlyCollection<long> tables, IReadOnlyCollection<string> schemas)
    {
        var of = $"pg_catalog.pg_publication p WHERE p.pubname = {PgLiteral.Quote(publication)} AND ";
        var others = $"EXISTS (SELECT FROM {of}EXISTS (SELECT FROM pg_catalog.pg_publication_rel l WHERE l.prpubid = p.oid"
            + (tables.Count == 0 ? "))" : $" AND l.prrelid NOT IN ({string.Join(", ", tables)})))");
        return major < PostgresFeatures.SchemaPublications ? others
            : $"{others} OR EXISTS (SELECT FROM {of}EXISTS (SELECT FROM pg_catalog.pg_publication_namespace l JOIN pg_catalog.pg_namespace n ON n.oid = l.pnnspid WHERE l.pnpubid = p.oid"
                + (schemas.Count == 0 ? "))" : $" AND n.nspname NOT IN ({string.Join(", ", schemas.Select(PgLiteral.Quote))})))");
    }

    /// <summary>
    /// A publication sends UPDATE or DELETE of a table that would not be told apart by its former row identity: with that, these would fail.
    /// </summary>
    /// <param name="major">The server's major version.</param>
    /// <param name="oid">The table's number.</param>
    /// <param name="before">What it was, in the words of a record.</param>
    /// <param name="after">What it is.</param>
    /// <returns>Null where it identifies rows whatever there is.</returns>
    public static string? Identifies(int major, long oid, string? before, string? after)
    {
        const string Index = "EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = ";
        var number = oid.ToString(CultureInfo.InvariantCulture);
        var known = before switch
        {
            "DEFAULT" => $"NOT {Index}{number} AND i.indisprimary AND i.indisvalid AND i.indimmediate) AND ",
            _ when before?.StartsWith(LeftStates.ByIndex, StringComparison.Ordinal) == true =>
                $"NOT {Index}{number} AND i.indisunique AND i.indisvalid AND i.indimmediate AND x.relname = {PgLiteral.Quote(before[LeftStates.ByIndex.Length..])}) AND ",
            _ => "",
        };
        var schemas = major < PostgresFeatures.SchemaPublications ? "" : " OR EXISTS (SELECT FROM up JOIN pg_catalog.pg_publication_namespace l ON l.pnnspid = up.schema WHERE l.pnpubid = p.oid)";
        var whole = before == "FULL" ? null : known + Sent($"(p.puballtables AND EXISTS (SELECT FROM up)) OR {Listed("")}{schemas}");

        // What goes with a row filter or a column list depends on its columns: it is left for a later run.
        var part = major < PostgresFeatures.PublicationFilters ? null : Sent(Listed($" AND ({NeedsColumns(after)})"));
        return whole is null ? part : part is null ? whole : $"({whole}) OR {part}";

        static string Listed(string how) => $"EXISTS (SELECT FROM up JOIN pg_catalog.pg_publication_rel l ON l.prrelid = up.oid WHERE l.prpubid = p.oid{how})";

        string Sent(string by) =>
            "EXISTS (WITH RECURSIVE up AS (SELECT c.oid, c.relnamespace AS schema, c.relispartition AS more FROM pg_catalog.pg_class c "
            + $"WHERE c.oid = {number} AND c.relkind = 'r' UNION SELECT k.oid, k.relnamespace, k.relispartition FROM up JOIN pg_catalog.pg_inherits i ON up.more AND i.inhrelid = up.oid JOIN pg_catalog.pg_class k ON k.oid = i.inhparent) "
            + $"SELECT FROM pg_catalog.pg_publication p WHERE (p.pubupdate OR p.pubdelete) AND ({by}))";
    }

    /// <summary>Whether an entry <c>l</c> of a publication may need the columns of an identity (PostgreSQL 15 and later). With FULL no column list goes: what it has of it is in nobody's way.</summary>
    /// <param name="identity">The identity, in the words of a record.</param>
    public static string NeedsColumns(string? identity) => identity == "FULL" ? "l.prqual IS NOT NULL AND l.prattrs IS NULL" : "l.prqual IS NOT NULL OR l.prattrs IS NOT NULL";

    /// <summary>
    /// Publications of a login that list something of an owner or in a schema of it, as the FROM and WHERE of a query over <c>p</c>: what made them needs to be a member of the owner to be
    /// changed or taken back.
    /// </summary>
    /// <param name="major">The server's major version.</param>
    /// <param name="owner">The owner.</param>
    /// <param name="member">The login.</param>
    /// <param name="except">Publications that are none of somebody else's.</param>
    public static string PublicationsOf(int major, string owner, string member, IEnumerable<string> except)
    {
        var names = string.Join(", ", except.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(PgLiteral.Quote));
        var schemas = major < PostgresFeatures.SchemaPublications ? "" : " UNION SELECT k.oid FROM pg_catalog.pg_publication_namespace l JOIN pg_catalog.pg_class k ON k.relnamespace = l.pnnspid WHERE l.pnpubid = p.oid";
        return $"FROM pg_catalog.pg_publication p JOIN pg_catalog.pg_roles h ON h.oid = p.pubowner WHERE h.rolname = {PgLiteral.Quote(member)}"
            + (names.Length == 0 ? "" : $" AND p.pubname NOT IN ({names})")
            + $" AND EXISTS (WITH RECURSIVE listed AS (SELECT l.prrelid AS oid FROM pg_catalog.pg_publication_rel l WHERE l.prpubid = p.oid{schemas}), "
            + "down AS (SELECT oid FROM listed UNION SELECT i.inhrelid FROM down JOIN pg_catalog.pg_inherits i ON i.inhparent = down.oid) "
            + "SELECT FROM down JOIN pg_catalog.pg_class c ON c.oid = down.oid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
            + $"JOIN pg_catalog.pg_roles o ON o.oid IN (c.relowner, n.nspowner) WHERE o.rolname = {PgLiteral.Quote(owner)})";
    }

    /// <summary>The table's replica identity is not this (<c>pg_class.relreplident</c>).</summary>
    public static string IdentityIsNot(TableRef table, char identity) =>
        $"(SELECT relreplident FROM pg_catalog.pg_class WHERE oid = {Oid(table)}) <> '{identity}'";

    /// <summary>
    /// That an entry of an ACL (<c>a</c>) was granted in a name a REVOKE of this session speaks in: the owner's, or that of a role whose rights it has, as the server
    /// goes by the role that holds the grant option. A superuser speaks for the owner alone. It stands in scripts: everything is named with its schema.
    /// See <see href="https://www.postgresql.org/docs/current/sql-grant.html"/>.
    /// </summary>
    /// <param name="owner">The owner of what was granted, as SQL.</param>
    public static string GrantedByOurs(string owner) =>
        $"(a.grantor = {owner} OR (pg_catalog.pg_has_role(a.grantor, 'USAGE') AND NOT (SELECT me.rolsuper FROM pg_catalog.pg_roles me WHERE me.rolname = current_user)))";
}
