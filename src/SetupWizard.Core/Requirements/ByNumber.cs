using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements;

/// <summary>
/// Statements of scripts that find tables by their numbers: between the writing of a script and its run tables are dropped, renamed, moved and made. They are blocks of
/// PL/pgSQL, see <see href="https://www.postgresql.org/docs/current/plpgsql-statements.html#PLPGSQL-STATEMENTS-EXECUTING-DYN"/>.
/// </summary>
internal static class ByNumber
{
    // No alias of a query is called so: within the block the name is a variable's.
    private const string Found = "found_table";

    /// <summary>Takes a change back on those of these tables that are as it left them.</summary>
    /// <param name="state">What the change left, with the template of the statement.</param>
    /// <param name="tables">The tables.</param>
    /// <param name="condition">What has to be so besides, beginning with <c> AND </c>; empty for nothing.</param>
    /// <param name="reader">Whose SELECT is taken, and whose SELECT on single columns is given again; null where it is about something else.</param>
    public static SqlText TakeBack(LeftState state, IEnumerable<LeftTable> tables, string condition, string? reader) => Loop(
        $"pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid IN ({string.Join(", ", tables.Select(static t => Number(t.Oid)))}) AND {state.Stands}{condition}",
        state.Only,
        state.Template!,
        reader);

    /// <summary>Takes SELECT back on tables that got it by default privileges since: those of an owner in a schema, but for these.</summary>
    /// <param name="user">Who got it.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="owner">Whose default privileges they are.</param>
    /// <param name="there">The numbers of tables that were there before.</param>
    /// <param name="condition">What has to be so besides, beginning with <c> AND </c>; empty for nothing.</param>
    public static SqlText RevokeSince(string user, string schema, string owner, IReadOnlyCollection<long> there, string condition) => Loop(
        $"pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace JOIN pg_catalog.pg_roles o ON o.oid = c.relowner WHERE n.nspname = {PgLiteral.Quote(schema)} AND o.rolname = {PgLiteral.Quote(owner)}"
        + (there.Count == 0 ? "" : $" AND c.oid NOT IN ({string.Join(", ", there.Select(Number))})")
        + $" AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {LeftStates.Selectable(user, [], "").Stands}{condition}",
        only: false,
        SelectGrants.Revoke(user),
        user);

    private static SqlText Loop(string from, bool only, string template, string? reader)
    {
        var name = (only ? "CASE WHEN c.relkind = 'p' THEN '' ELSE 'ONLY ' END || " : "") + "pg_catalog.format('%I.%I', n.nspname, c.relname)";

        // A REVOKE on a table takes SELECT on its columns along, of those that are there when it runs.
        var (columns, again) = reader is null ? ("", "") : (
            $"        SELECT pg_catalog.array_agg(pg_catalog.format('GRANT SELECT (%I) ON ', t.attname) || {Found}.name || {PgLiteral.Quote(" TO " + PgIdentifier.Quote(reader))} || CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) INTO found_columns\n"
            + "            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute t ON t.attrelid = c.oid CROSS JOIN LATERAL pg_catalog.aclexplode(t.attacl) a JOIN pg_catalog.pg_roles r ON r.oid = a.grantee\n"
            + $"            WHERE c.oid = {Found}.oid AND NOT t.attisdropped AND a.privilege_type = 'SELECT' AND r.rolname = {PgLiteral.Quote(reader)} AND {Conditions.GrantedByOurs("c.relowner")} AND pg_catalog.pg_has_role(a.grantor, 'USAGE');\n",
            "        FOREACH found_column IN ARRAY coalesce(found_columns, '{}') LOOP\n            EXECUTE found_column;\n        END LOOP;\n");
        return new SqlText(DoBlock.Of(
            $"DECLARE\n    {Found} pg_catalog.record;\n    found_columns pg_catalog.text[];\n    found_column pg_catalog.text;\nBEGIN\n    FOR {Found} IN SELECT c.oid, {name} AS name FROM {from} LOOP\n"
            + $"{columns}        EXECUTE {Filled(template)};\n{again}    END LOOP;\nEND",
            "undo"));
    }

    /// <summary>A template as an expression that has the table's name in it.</summary>
    private static string Filled(string template) => string.Join($" || {Found}.name || ", template.Split(LeftState.TablesHole).Select(PgLiteral.Quote));

    private static string Number(long oid) => oid.ToString(CultureInfo.InvariantCulture);
}
