using Npgsql;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Server.Tests.Generated;

/// <summary>What a database looks like from the outside: its catalog, what the application can do, what the ClickPipes user sees. By statements of its own, not the product's.</summary>
public static class SourceState
{
    /// <summary>Everything a set-up may change, as lines of text. A privilege that is there by default and one that is written down are the same.</summary>
    private const string Catalog =
        """
        SELECT line FROM (
            SELECT 'table ' || c.oid::regclass || ' owner ' || pg_get_userbyid(c.relowner) || ' identity ' || c.relreplident::text || ' rls ' || c.relrowsecurity || c.relforcerowsecurity
                   || ' acl ' || coalesce((SELECT string_agg(coalesce(r.rolname, 'PUBLIC') || '=' || a.privilege_type || CASE WHEN a.is_grantable THEN '*' ELSE '' END || '/' || pg_get_userbyid(a.grantor), ' ' ORDER BY r.rolname, a.privilege_type, a.grantor)
                                 FROM aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a LEFT JOIN pg_roles r ON r.oid = a.grantee), '-') AS line
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
            UNION ALL
            SELECT 'column ' || a.attrelid::regclass || '.' || a.attname || ' ' || string_agg(coalesce(r.rolname, 'PUBLIC') || '=' || x.privilege_type || CASE WHEN x.is_grantable THEN '*' ELSE '' END || '/' || pg_get_userbyid(x.grantor), ' ' ORDER BY r.rolname, x.privilege_type, x.grantor)
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(a.attacl) x LEFT JOIN pg_roles r ON r.oid = x.grantee
            WHERE a.attacl IS NOT NULL AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' GROUP BY a.attrelid, a.attname
            UNION ALL
            SELECT 'index ' || i.indexrelid::regclass || ' identity ' || i.indisreplident FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname !~ '^pg_'
            UNION ALL
            SELECT 'schema ' || n.nspname || ' ' || pg_get_userbyid(n.nspowner) || ' acl ' || coalesce((SELECT string_agg(coalesce(r.rolname, 'PUBLIC') || '=' || a.privilege_type || CASE WHEN a.is_grantable THEN '*' ELSE '' END, ' ' ORDER BY r.rolname, a.privilege_type)
                                 FROM aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a LEFT JOIN pg_roles r ON r.oid = a.grantee), '-')
            FROM pg_namespace n WHERE n.nspname !~ '^pg_'
            UNION ALL
            SELECT 'database acl ' || coalesce((SELECT string_agg(coalesce(r.rolname, 'PUBLIC') || '=' || a.privilege_type, ' ' ORDER BY r.rolname, a.privilege_type)
                                 FROM aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a LEFT JOIN pg_roles r ON r.oid = a.grantee), '-') || ' limit ' || d.datconnlimit
            FROM pg_database d WHERE d.datname = current_database()
            UNION ALL
            SELECT 'default ' || pg_get_userbyid(d.defaclrole) || ' ' || coalesce(d.defaclnamespace::regnamespace::text, '') || ' ' || d.defaclobjtype::text || ' ' || coalesce(r.rolname, 'PUBLIC') || '=' || a.privilege_type
            FROM pg_default_acl d, aclexplode(d.defaclacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
            UNION ALL
            SELECT 'publication ' || (to_jsonb(p) - ARRAY['oid', 'pubowner'])::text FROM (SELECT p.*, pg_get_userbyid(p.pubowner) AS owner FROM pg_publication p) p
            UNION ALL
            SELECT 'published ' || p.pubname || ' ' || r.prrelid::regclass FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid
            UNION ALL
            SELECT 'policy ' || p.polrelid::regclass || ' ' || p.polname || ' ' || p.polcmd::text || ' ' || coalesce(pg_get_expr(p.polqual, p.polrelid), '') FROM pg_policy p
            UNION ALL
            SELECT 'member ' || m.member::regrole::text || ' of ' || m.roleid::regrole::text || ' ' || (to_jsonb(m) - ARRAY['oid', 'roleid', 'member', 'grantor'])::text FROM pg_auth_members m
            WHERE m.member::regrole::text LIKE '%' || $1 || '%' OR m.roleid::regrole::text LIKE '%' || $1 || '%'
            UNION ALL
            SELECT 'role ' || r.rolname || ' ' || (to_jsonb(r) - ARRAY['oid', 'rolpassword'])::text FROM pg_roles r WHERE r.rolname LIKE '%' || $1 || '%'
            UNION ALL
            SELECT 'setting ' || coalesce(s.setrole::regrole::text, '') || ' ' || c FROM pg_db_role_setting s, unnest(s.setconfig) c WHERE s.setrole::regrole::text LIKE '%' || $1 || '%'
        ) all_of_it ORDER BY 1
        """;

    public static async Task<IReadOnlyList<string>> CatalogAsync(NpgsqlConnection superuser, string suffix)
    {
        await using var command = new NpgsqlCommand(Catalog, superuser) { Parameters = { new() { Value = suffix } } };
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
        {
            lines.Add(reader.GetString(0));
        }

        return lines;
    }

    /// <summary>What comes of an INSERT, UPDATE and DELETE of the application on every table, each taken back.</summary>
    public static async Task<IReadOnlyList<string>> WritesAsync(NpgsqlConnection superuser, GeneratedSource source)
    {
        var tries = new System.Text.StringBuilder();
        tries.Append("CREATE TEMP TABLE IF NOT EXISTS tried (line text); TRUNCATE pg_temp.tried; GRANT ALL ON pg_temp.tried TO PUBLIC;");
        foreach (var table in source.Tables)
        {
            var target = table.Ref.Quoted;
            foreach (var (what, sql) in new[]
            {
                ("insert", $"INSERT INTO {target} (id, v) VALUES ({table.Id + 40}, 'new')"),
                ("update", $"UPDATE {target} SET v = v || 'x' WHERE id >= 0"),
                ("delete", $"DELETE FROM {target} WHERE id >= 0"),
            })
            {
                // A block with an exception handler is a subtransaction: what it did goes with the exception that ends it well.
                tries.Append(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $$"""
                    DO $try$
                    DECLARE said text := 'ok';
                    BEGIN
                        BEGIN
                            SET LOCAL SESSION AUTHORIZATION {{PgIdentifier.Quote(source.Application)}};
                            EXECUTE {{PgLiteral.Quote(sql)}};
                            RAISE EXCEPTION USING ERRCODE = 'ZZ999';
                        EXCEPTION WHEN OTHERS THEN
                            IF SQLSTATE <> 'ZZ999' THEN said := SQLSTATE || ' ' || SQLERRM; END IF;
                        END;
                        INSERT INTO pg_temp.tried VALUES ({{PgLiteral.Quote(what + " " + table.Ref)}} || ': ' || said);
                    END $try$;
                    """);
            }
        }

        await using (var command = new NpgsqlCommand(tries.ToString(), superuser))
        {
            await command.ExecuteNonQueryAsync();
        }

        return await LinesAsync(superuser, "SELECT line FROM pg_temp.tried ORDER BY 1");
    }

    /// <summary>
    /// For each relation that holds rows of a chosen table, at every level: what the user does not read of it, and whether its changes are not published.
    /// </summary>
    public static async Task<IReadOnlyList<string>> MissedAsync(NpgsqlConnection superuser, GeneratedSource source, IEnumerable<TableRef> chosen)
    {
        var lines = new List<string>();
        foreach (var table in chosen)
        {
            var members = await LinesAsync(
                superuser,
                $"""
                WITH RECURSIVE down AS (SELECT {PgLiteral.Quote(table.Quoted)}::regclass::oid AS oid UNION SELECT i.inhrelid FROM down JOIN pg_inherits i ON i.inhparent = down.oid)
                SELECT c.oid::regclass::text FROM down JOIN pg_class c USING (oid) WHERE c.relkind = 'r' ORDER BY 1
                """);
            foreach (var member in members)
            {
                var all = await LinesAsync(superuser, $"SELECT count(*)::text FROM ONLY {member}");
                var seen = await AsAsync(superuser, source.User, $"SELECT count(*)::text FROM ONLY {member}");
                if (seen != all[0])
                {
                    lines.Add($"{source.User} reads {seen} of {all[0]} rows of {member}");
                }

                var published = await LinesAsync(
                    superuser,
                    $"""
                    WITH RECURSIVE up AS (SELECT {PgLiteral.Quote(member)}::regclass::oid AS oid UNION SELECT i.inhparent FROM up JOIN pg_inherits i ON i.inhrelid = up.oid JOIN pg_class c ON c.oid = i.inhrelid WHERE c.relispartition)
                    SELECT '1' FROM up JOIN pg_class c USING (oid) JOIN pg_namespace n ON n.oid = c.relnamespace
                    JOIN pg_publication_tables p ON p.schemaname = n.nspname AND p.tablename = c.relname WHERE p.pubname = {PgLiteral.Quote(source.Goal.Publication)} LIMIT 1
                    """);
                if (published.Count == 0)
                {
                    lines.Add($"changes of {member} are not published");
                }
            }
        }

        return lines;
    }

    private static async Task<string> AsAsync(NpgsqlConnection superuser, string role, string sql)
    {
        await using var transaction = await superuser.BeginTransactionAsync();
        try
        {
            await using var command = new NpgsqlCommand($"SET LOCAL SESSION AUTHORIZATION {PgIdentifier.Quote(role)}; {sql}", superuser, transaction);
            return (string)(await command.ExecuteScalarAsync())!;
        }
        catch (PostgresException e)
        {
            return e.SqlState + " " + e.MessageText;
        }
    }

    public static async Task<IReadOnlyList<string>> LinesAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
        {
            lines.Add(reader.GetString(0));
        }

        return lines;
    }
}
