using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Source;
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
    /// <param name="tables">The numbers of the tables.</param>
    /// <param name="condition">What has to be so besides, beginning with <c> AND </c>; empty for nothing.</param>
    /// <param name="again">Privileges on columns that go along and are given again, of the user of the template.</param>
    /// <param name="user">That user.</param>
    public static SqlText TakeBack(LeftState state, IReadOnlyCollection<LeftTable> tables, string condition, IEnumerable<ColumnGrantFact> again, string user)
    {
        var numbers = tables.GroupBy(static t => t.Ref).ToDictionary(static g => g.Key, static g => g.First().Oid);
        var columns = again.Where(g => numbers.ContainsKey(g.Table)).GroupBy(g => numbers[g.Table])
            .Select(g => string.Concat(
                $"        IF {Found}.oid = {Number(g.Key)} THEN\n",
                string.Concat(SelectGrants.OnColumns(g, user).Select(static s => $"            EXECUTE {Filled(s)};\n")),
                "        END IF;\n"));
        return Loop(
            $"pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid IN ({string.Join(", ", tables.Select(static t => Number(t.Oid)))}) AND {state.Stands}{condition}",
            state.Only,
            state.Template!,
            string.Concat(columns));
    }

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
        "");

    private static SqlText Loop(string from, bool only, string template, string more)
    {
        var name = (only ? "CASE WHEN c.relkind = 'p' THEN '' ELSE 'ONLY ' END || " : "") + "pg_catalog.format('%I.%I', n.nspname, c.relname)";
        return new SqlText(DoBlock.Of(
            $"DECLARE {Found} pg_catalog.record;\nBEGIN\n    FOR {Found} IN SELECT c.oid, {name} AS name FROM {from} LOOP\n        EXECUTE {Filled(template)};\n{more}    END LOOP;\nEND",
            "undo"));
    }

    /// <summary>A template as an expression that has the table's name in it.</summary>
    private static string Filled(string template) => string.Join($" || {Found}.name || ", template.Split(LeftState.TablesHole).Select(PgLiteral.Quote));

    private static string Number(long oid) => oid.ToString(CultureInfo.InvariantCulture);
}
