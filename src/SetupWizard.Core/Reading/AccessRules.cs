using System.Text.Json;
using System.Xml.Linq;
using Npgsql;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Reading;

/// <summary>Reads <c>pg_hba_file_rules</c> where this login may, in the same batch as everything else.</summary>
internal static class AccessRules
{
    /// <summary>
    /// One row: the lines, or null, and the roles of the user ($1). A server checks the right to a function it finds in a statement before the
    /// statement runs, behind a CASE too; the inner statement is text until it is needed, so that it cannot be refused to who may not.
    /// JSON inside the XML, because JSON alone can hold every character a name may have.
    /// </summary>
    public const string Query =
        """
        SELECT CASE WHEN has_function_privilege(to_regprocedure('pg_catalog.pg_hba_file_rules()')::oid, 'EXECUTE')
                    THEN query_to_xml('SELECT coalesce(pg_catalog.json_agg(r), ''[]'')::pg_catalog.text AS j FROM pg_catalog.pg_hba_file_rules() r', false, true, '')::text END,
               ARRAY (WITH RECURSIVE up AS (SELECT r.oid FROM pg_roles r WHERE r.rolname = $1 UNION SELECT m.roleid FROM up JOIN pg_auth_members m ON m.member = up.oid)
                      SELECT r.rolname::text FROM up JOIN pg_roles r USING (oid) ORDER BY 1)
        """;

    /// <summary>Takes the row.</summary>
    public static void Read(NpgsqlDataReader row, SnapshotDraft draft)
    {
        if (!row.IsDBNull(0))
        {
            using var lines = JsonDocument.Parse(XElement.Parse(row.GetString(0)).Element("j")!.Value);
            draft.Access = new AccessFacts([.. lines.RootElement.EnumerateArray().Select(Line)], row.GetFieldValue<string[]>(1));
        }
    }

    private static AccessRuleFact Line(JsonElement line) => new()
    {
        Line = line.GetProperty("line_number").GetInt32(),
        Type = line.GetProperty("type").GetString(),
        Databases = Words(line.GetProperty("database")),
        Users = Words(line.GetProperty("user_name")),
        Address = line.GetProperty("address").GetString(),
        Netmask = line.GetProperty("netmask").GetString(),
        Method = line.GetProperty("auth_method").GetString(),
        Options = Words(line.GetProperty("options")),
        Error = line.GetProperty("error").GetString(),
    };

    private static string[] Words(JsonElement list) =>
        list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Select(static w => w.GetString() ?? "")] : [];
}
