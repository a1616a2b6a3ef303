using Npgsql;

namespace SetupWizard.Server.Tests.Support;

/// <summary>One fact of the catalog that a set-up may change.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Who">The role or publication that has it; of a row identity, the table.</param>
/// <param name="What">The fact.</param>
internal readonly record struct CatalogLine(string Kind, string Who, string What)
{
    public override string ToString() => $"{Kind} {Who}: {What}";
}

/// <summary>
/// Everything a set-up may change, a fact a line, so that the lines of one role or publication can be told from everybody else's: roles of the whole server with what they are set and
/// members of, privileges whether or not they were ever written down, identities, publications, policies. By statements of its own, not the product's.
/// </summary>
internal static class CatalogLines
{
    private const string Query =
        """
        WITH mine AS (SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'),
        tables AS (SELECT c.*, jsonb_build_array(n.nspname, c.relname)::text AS name FROM pg_class c JOIN mine n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')),
        acls(kind, what, acl) AS (
            SELECT 'on database', d.datname::text, coalesce(d.datacl, acldefault('d', d.datdba)) FROM pg_database d
            UNION ALL SELECT 'on schema', n.nspname::text, coalesce(s.nspacl, acldefault('n', s.nspowner)) FROM mine n JOIN pg_namespace s USING (oid)
            UNION ALL SELECT 'on table', t.name, coalesce(t.relacl, acldefault('r', t.relowner)) FROM tables t
            UNION ALL SELECT 'on column', t.name || ' ' || a.attname, a.attacl FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid WHERE a.attacl IS NOT NULL
            UNION ALL SELECT 'on function', p.oid::regprocedure::text, p.proacl FROM pg_proc p WHERE p.proacl IS NOT NULL
            UNION ALL SELECT 'by default', jsonb_build_array(pg_get_userbyid(d.defaclrole), s.nspname, d.defaclobjtype)::text, d.defaclacl FROM pg_default_acl d LEFT JOIN pg_namespace s ON s.oid = d.defaclnamespace)
        SELECT acls.kind, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee)::text END,
               acls.what || ' ' || a.privilege_type || CASE WHEN a.is_grantable THEN ' and to grant it' ELSE '' END || ' by ' || pg_get_userbyid(a.grantor) FROM acls, aclexplode(acls.acl) a
        UNION ALL SELECT 'role', r.rolname::text, (to_jsonb(r) - ARRAY['oid', 'rolname', 'rolpassword'])::text FROM pg_roles r
        UNION ALL SELECT 'setting', coalesce(pg_get_userbyid(s.setrole)::text, ''), coalesce(d.datname::text, '') || ' ' || c FROM pg_db_role_setting s LEFT JOIN pg_database d ON d.oid = s.setdatabase, unnest(s.setconfig) c
        UNION ALL SELECT 'member', pg_get_userbyid(m.member)::text, pg_get_userbyid(m.roleid) || ' by ' || pg_get_userbyid(m.grantor) || ' ' || (to_jsonb(m) - ARRAY['oid', 'roleid', 'member', 'grantor'])::text FROM pg_auth_members m
        UNION ALL SELECT 'limit', d.datname::text, d.datconnlimit::text FROM pg_database d
        UNION ALL SELECT 'owner', t.name, pg_get_userbyid(t.relowner)::text FROM tables t
        UNION ALL SELECT 'identity', t.name, t.relreplident::text || coalesce((SELECT ' ' || i.indexrelid::regclass FROM pg_index i WHERE i.indrelid = t.oid AND i.indisreplident), '') FROM tables t
        UNION ALL SELECT 'row security', t.name, t.relrowsecurity::text || ' ' || t.relforcerowsecurity::text FROM tables t
        UNION ALL SELECT 'policy', t.name, p.polname || ' ' || p.polcmd::text || ' ' || p.polroles::regrole[]::text || ' ' || coalesce(pg_get_expr(p.polqual, p.polrelid), '') FROM pg_policy p JOIN tables t ON t.oid = p.polrelid
        UNION ALL SELECT 'publication', p.pubname::text, pg_get_userbyid(p.pubowner) || ' ' || (to_jsonb(p) - ARRAY['oid', 'pubname', 'pubowner'])::text FROM pg_publication p
        UNION ALL SELECT 'listed', p.pubname::text, t.name FROM pg_publication_rel l JOIN pg_publication p ON p.oid = l.prpubid JOIN tables t ON t.oid = l.prrelid
        """;

    private const string Schemas = " UNION ALL SELECT 'listed', p.pubname::text, n.nspname::text FROM pg_publication_namespace l JOIN pg_publication p ON p.oid = l.pnpubid JOIN pg_namespace n ON n.oid = l.pnnspid";

    /// <summary>The lines, in order.</summary>
    public static async Task<IReadOnlyList<CatalogLine>> ReadAsync(NpgsqlConnection superuser)
    {
        await using var command = new NpgsqlCommand(Query + (superuser.PostgreSqlVersion.Major >= 15 ? Schemas : ""), superuser);
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<CatalogLine>();
        while (await reader.ReadAsync())
        {
            lines.Add(new(reader.GetString(0), reader.GetString(1), reader.GetString(2)));
        }

        return [.. lines.OrderBy(static l => l.ToString(), StringComparer.Ordinal)];
    }

    /// <summary>What is in one of two readings only, in words; empty where they are the same.</summary>
    public static string Difference(IEnumerable<CatalogLine> before, IEnumerable<CatalogLine> now)
    {
        var (then, since) = (before.ToList(), now.ToList());
        return string.Join("\n", then.Except(since).Select(static l => "gone: " + l).Concat(since.Except(then).Select(static l => "new:  " + l)));
    }
}
