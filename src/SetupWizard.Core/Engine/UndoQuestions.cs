namespace SetupWizard.Core.Engine;

/// <summary>What is asked before a user is dropped, by the undo itself and by the scripts that take back.</summary>
internal static class UndoQuestions
{
    /// <summary>Other sessions of the users: the application's name, the process, the database.</summary>
    /// <param name="users">What the name of a user has to be: <c>= $1</c>, <c>IN (…)</c>.</param>
    public static string Sessions(string users) =>
        $"""
        SELECT coalesce(nullif(a.application_name, ''), '?'), a.pid, coalesce(a.datname::pg_catalog.text, '')
        FROM pg_catalog.pg_stat_activity a WHERE a.usename {users} AND a.pid <> pg_catalog.pg_backend_pid() ORDER BY a.backend_start
        """;

    /// <summary>What the users own anywhere, and what they were granted in other databases, where an undo cannot reach. See <see href="https://www.postgresql.org/docs/current/catalog-pg-shdepend.html"/>.</summary>
    /// <param name="users">What the name of a user has to be: <c>= $1</c>, <c>IN (…)</c>.</param>
    public static string Belongings(string users) =>
        $"""
        SELECT CASE
                 WHEN d.dbid IN (0, here.oid) THEN pg_catalog.pg_describe_object(d.classid, d.objid, d.objsubid)
                 ELSE 'database ' || coalesce(o.datname::pg_catalog.text, '?')
               END
        FROM pg_catalog.pg_shdepend d
        JOIN pg_catalog.pg_roles r ON d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND d.refobjid = r.oid
        JOIN pg_catalog.pg_database here ON here.datname = pg_catalog.current_database()
        LEFT JOIN pg_catalog.pg_database o ON o.oid = d.dbid
        WHERE r.rolname {users} AND (d.deptype = 'o' OR (d.deptype = 'a' AND d.dbid NOT IN (0, here.oid)))
        GROUP BY 1 ORDER BY 1
        """;
}
