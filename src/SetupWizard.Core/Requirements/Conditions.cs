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

    /// <summary>There is no publication of this name.</summary>
    public static string NoPublication(string publication) =>
        $"NOT EXISTS (SELECT FROM pg_catalog.pg_publication WHERE pubname = {PgLiteral.Quote(publication)})";

    /// <summary>The table is not listed in the publication.</summary>
    public static string NotListed(string publication, TableRef table) =>
        "NOT EXISTS (SELECT FROM pg_catalog.pg_publication_rel r JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid "
        + $"WHERE p.pubname = {PgLiteral.Quote(publication)} AND r.prrelid = {Oid(table)})";

    /// <summary>The schema is not listed in the publication.</summary>
    public static string SchemaNotListed(string publication, string schema) =>
        "NOT EXISTS (SELECT FROM pg_catalog.pg_publication_namespace n JOIN pg_catalog.pg_publication p ON p.oid = n.pnpubid "
        + "JOIN pg_catalog.pg_namespace s ON s.oid = n.pnnspid "
        + $"WHERE p.pubname = {PgLiteral.Quote(publication)} AND s.nspname = {PgLiteral.Quote(schema)})";

    /// <summary>The table's replica identity is not this (<c>pg_class.relreplident</c>).</summary>
    public static string IdentityIsNot(TableRef table, char identity) =>
        $"(SELECT relreplident FROM pg_catalog.pg_class WHERE oid = {Oid(table)}) <> '{identity}'";
}
