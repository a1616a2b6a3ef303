using System.Collections.Frozen;
using System.Text.RegularExpressions;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Reading;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.HandOff;

/// <summary>
/// Which statements of a plan file may become a script. A signature says who made the file; this says that each of its statements is one, of the kinds the
/// wizard makes, and nothing that psql itself would act on: no second statement, comment, meta-command or variable can hide in it.
/// See <see href="https://www.postgresql.org/docs/current/sql-syntax-lexical.html"/>.
/// </summary>
public static partial class PlanSql
{
    private const string Shown = "'" + SecretString.Mask + "'";

    /// <summary>How every statement of the wizard begins.</summary>
    private static readonly string[] s_beginnings =
    [
        "CREATE USER ", "ALTER USER ", "ALTER ROLE ", "ALTER DATABASE ", "ALTER DEFAULT PRIVILEGES ", "ALTER SYSTEM ", "ALTER TABLE ", "GRANT ", "REVOKE ",
        "CREATE POLICY ", "CREATE PUBLICATION ", "ALTER PUBLICATION ",
    ];

    private const string Reload = "SELECT pg_catalog.pg_reload_conf()";

    /// <summary>Words that stand outside of quotes in the wizard's statements. Names of tables and users are always in quotes.</summary>
    private static readonly FrozenSet<string> s_words =
        """
        CREATE USER ALTER ROLE DATABASE DEFAULT PRIVILEGES SYSTEM TABLE GRANT REVOKE POLICY PUBLICATION
        PASSWORD WITH REPLICATION BYPASSRLS NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS LOGIN CONNECTION LIMIT VALID UNTIL IN SET RESET TO ALL
        FOR ON SCHEMA TABLES USAGE SELECT INSERT UPDATE DELETE TRUNCATE CONNECT EXECUTE FUNCTION FROM INHERIT OPTION TRUE USING ADD REPLICA IDENTITY FULL INDEX ONLY
        true false on off publish publish_via_partition_root publish_generated_columns stored none
        pg_catalog pg_logical_emit_message boolean text
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
        .Concat(SettingNames.All)
        .Concat(ProviderCatalog.All.SelectMany(static p => new[] { p.AdminRole, p.ReplicationRole, p.Iam?.Role, p.ReplicationSwitch }.Concat(p.LoginRoles)).OfType<string>().SelectMany(static n => n.Split('.')))
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Words of the conditions that make a script re-runnable: they look at the catalog and call nothing else.</summary>
    private static readonly FrozenSet<string> s_conditionWords =
        """
        NOT EXISTS SELECT FROM WHERE AND JOIN ON IN pg_catalog pg_roles rolname pg_has_role pg_policy polname polrelid regclass pg_publication pg_publication_rel
        pg_publication_namespace pg_namespace pg_class relreplident oid pubname prpubid prrelid pnpubid pnnspid nspname r p n s c
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Words that only what takes something back has.</summary>
    private static readonly FrozenSet<string> s_undoWords =
        "DROP NOTHING NOREPLICATION NOLOGIN NOINHERIT SUPERUSER CREATEDB CREATEROLE ADMIN GRANTED BY INFINITY FALSE REFERENCES TRIGGER MAINTAIN"
        .Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>What may stand before an opening bracket in a look at the catalog: words of SQL, and functions that tell and do nothing.</summary>
    private static readonly FrozenSet<string> s_stateCalls =
        """
        SELECT FROM WHERE AND OR NOT IN ANY EXISTS FILTER CASE WHEN THEN ELSE JOIN ON LATERAL AS
        aclexplode acldefault bool_or coalesce nullif concat_ws count current_database pg_get_expr pg_get_userbyid pg_has_role split_part string_agg strpos substr to_char unnest
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether a statement of a file, and the condition it is needed under, are of the wizard's own kind.</summary>
    public static bool IsOfTheWizard(PlanStatement statement)
    {
        ArgumentNullException.ThrowIfNull(statement);
        return Lex(statement.Sql) is { } parts
            && (statement.Sql == Reload || (s_beginnings.Any(b => statement.Sql.StartsWith(b, StringComparison.Ordinal)) && parts.All(p => p.Kind != PartKind.Word || s_words.Contains(p.Text))))
            && PasswordsAreHoles(parts)
            && (statement.NeededWhen is null
                || (Lex(statement.NeededWhen) is { } condition && condition.All(p => p.Kind != PartKind.Word || s_conditionWords.Contains(p.Text))));
    }

    /// <summary>
    /// Whether what a line of the record would have run, its undo and its looks at the catalog, is of the kinds that the wizard makes. The record's chain says who wrote it;
    /// this says that nothing else can come of it.
    /// </summary>
    public static bool IsUndoOfTheWizard(AuditEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return (entry.Undo is null || AreUndos(entry.Undo))
            && (entry.Leaves is not { } state || (IsState(state.Query) && (state.Template is null || AreUndos(state.Template.Replace(LeftState.TablesHole, "\"t\".\"t\"", StringComparison.Ordinal)))));
    }

    private static bool AreUndos(string sql) => sql == Reload || (Lex(sql, Piece(), several: true) is { } parts && Split(parts).All(IsUndo));

    private static bool IsUndo(List<Part> parts) =>
        parts.TrueForAll(static p => p.Kind != PartKind.Word || s_words.Contains(p.Text) || s_undoWords.Contains(p.Text))
        && UndoShape().IsMatch(string.Join(' ', parts.Select(static p => p.Kind == PartKind.Name ? "\"\"" : p.Text)));

    private static bool IsState(string sql) =>
        Lex(sql, StatePiece(), several: false) is { } parts
        && parts.TrueForAll(p => p.Kind is PartKind.Literal || !sql.AsSpan(p.Start + p.Text.Length).TrimStart(' ').StartsWith("(") || s_stateCalls.Contains(p.Text));

    private static IEnumerable<List<Part>> Split(List<Part> parts)
    {
        List<Part> one = [];
        foreach (var part in parts)
        {
            if (part.Kind == PartKind.End)
            {
                yield return one;
                one = [];
            }
            else
            {
                one.Add(part);
            }
        }

        yield return one;
    }

    /// <summary>Tables, schemas and roles that statements name and do not make, each once, in order.</summary>
    public static (IReadOnlyList<TableRef> Tables, IReadOnlyList<string> Schemas, IReadOnlyList<string> Roles) NamedIn(IEnumerable<string> statements)
    {
        ArgumentNullException.ThrowIfNull(statements);
        var tables = new OrderedDictionary<TableRef, bool>();
        var schemas = new OrderedDictionary<string, bool>(StringComparer.Ordinal);
        var roles = new OrderedDictionary<string, bool>(StringComparer.Ordinal);
        var made = new HashSet<string>(StringComparer.Ordinal);
        foreach (var sql in statements)
        {
            var parts = Lex(sql, Piece(), several: true) ?? [];
            var ofSchema = false;
            for (var i = 0; i < parts.Count; i++)
            {
                ofSchema = parts[i].Kind == PartKind.Name ? ofSchema : parts[i].Text is "SCHEMA";

                // Who is changed, whose default privileges, what is joined, and who is granted: a provider's own role stands without quotes.
                if ((i > 1 && parts[i - 1].Text is "ROLE" or "USER" && parts[i - 2].Text is "FOR" or "ALTER")
                    || (i > 0 && parts[i - 1].Text is "GRANT" && i + 1 < parts.Count && parts[i + 1].Text is "TO")
                    || (i > 1 && parts[i].Kind == PartKind.Name && parts[i - 1].Text is "TO" && parts.Exists(static p => p.Text is "GRANT")))
                {
                    roles.TryAdd(parts[i].Kind == PartKind.Name ? Unquote(parts[i].Text) : parts[i].Text, true);
                    continue;
                }

                if (parts[i].Kind == PartKind.Name && i > 1 && parts[i - 1].Text is "USER" && parts[i - 2].Text is "CREATE")
                {
                    made.Add(Unquote(parts[i].Text));
                }

                if (parts[i].Kind != PartKind.Name)
                {
                    continue;
                }

                if (i + 1 < parts.Count && parts[i + 1].Kind == PartKind.Name && parts[i + 1].Start == parts[i].Start + parts[i].Text.Length + 1 && sql[parts[i + 1].Start - 1] == '.')
                {
                    tables.TryAdd(new TableRef(Unquote(parts[i].Text), Unquote(parts[i + 1].Text)), true);
                    i++;
                }
                else if (ofSchema)
                {
                    schemas.TryAdd(Unquote(parts[i].Text), true);
                }
            }
        }

        return ([.. tables.Keys], [.. schemas.Keys], [.. roles.Keys.Where(r => !made.Contains(r))]);

        static string Unquote(string name) => name[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal);
    }

    /// <summary>A shown statement with the hole for the password in the place of its dots.</summary>
    /// <param name="shown">The statement as <see cref="SqlText.Display"/> gives it.</param>
    /// <exception cref="ArgumentException">There are dots that may be a password's, in a statement that is none of the wizard's: they would become the password.</exception>
    public static SqlText WithHole(string shown)
    {
        ArgumentNullException.ThrowIfNull(shown);
        var parts = Lex(shown);
        if (parts is null && shown.Contains(Shown, StringComparison.Ordinal))
        {
            throw new ArgumentException("Where the password goes cannot be told.", nameof(shown));
        }

        var at = parts?.FindIndex(p => p is { Kind: PartKind.Literal, Text: Shown }) ?? -1;
        return at > 0 && parts![at - 1].Text == "PASSWORD"
            ? new SqlText(string.Concat(shown.AsSpan(0, parts[at].Start), SqlText.PasswordHole, shown.AsSpan(parts[at].Start + Shown.Length)))
            : new SqlText(shown);
    }

    private static bool PasswordsAreHoles(List<Part> parts) =>
        parts.Index().All(p => p.Item is not { Kind: PartKind.Word, Text: "PASSWORD" } || (p.Index + 1 < parts.Count && parts[p.Index + 1] is { Kind: PartKind.Literal, Text: Shown }));

    /// <summary>The parts of one statement; null when it is not one, or has something outside of quotes that no statement of the wizard has.</summary>
    private static List<Part>? Lex(string sql) => Lex(sql, Piece(), several: false);

    private static List<Part>? Lex(string sql, Regex piece, bool several)
    {
        var parts = new List<Part>();
        var open = 0;
        for (var at = 0; at < sql.Length;)
        {
            var match = several && sql[at] == ';' ? End().Match(sql, at) : piece.Match(sql, at);
            if (!match.Success || match.Index != at || sql[at] == '\0')
            {
                return null;
            }

            open += match.Value switch { "(" => 1, ")" => -1, _ => 0 };
            if (open < 0)
            {
                return null;
            }

            var kind = match.Groups["name"].Success ? PartKind.Name : match.Groups["literal"].Success ? PartKind.Literal : match.Groups["word"].Success ? PartKind.Word : match.Groups["end"].Success ? PartKind.End : PartKind.Other;
            parts.Add(new Part(kind, match.Value, at));
            at += match.Length;
        }

        parts.RemoveAll(static p => p.Kind == PartKind.Other);
        return open == 0 ? parts : null;
    }

    /// <summary>
    /// A name, a literal (backslashes only in one that says so, or a server of old would read on), a word, a number, or one of a few signs. A colon stands for a
    /// cast only: psql would put a variable there.
    /// </summary>
    [GeneratedRegex("""\G(?:(?<name>"(?:[^"\0]|"")+")(?!")|(?<literal>E'(?:[^'\\\0]|''|\\\\)*'|'(?:[^'\\\0]|'')*')(?!')|(?<word>[A-Za-z_][A-Za-z_0-9]*)(?!['"A-Za-z_0-9])|-?[0-9]+(?![A-Za-z_0-9'"])|::|<>|[ (),.=])""", RegexOptions.CultureInvariant)]
    private static partial Regex Piece();

    /// <summary>The same in a look at the catalog, which reckons and compares.</summary>
    [GeneratedRegex("""\G(?:(?<name>"(?:[^"\0]|"")+")(?!")|(?<literal>E'(?:[^'\\\0]|''|\\\\)*'|'(?:[^'\\\0]|'')*')(?!')|(?<word>[A-Za-z_][A-Za-z_0-9]*)(?!['"A-Za-z_0-9])|-?[0-9]+(?![A-Za-z_0-9'"])|::|<>|\|\||@>|[ (),.=<>*\[\]&+-])""", RegexOptions.CultureInvariant)]
    private static partial Regex StatePiece();

    /// <summary>What stands between two statements.</summary>
    [GeneratedRegex(@"\G(?<end>; )", RegexOptions.CultureInvariant)]
    private static partial Regex End();

    /// <summary>What takes something back, with <c>""</c> for each name. None of it drops a table, a column or what is in them.</summary>
    [GeneratedRegex(
        "^(?:DROP (?:USER|PUBLICATION) \"\"|DROP POLICY \"\" ON \"\" \"\""
        + "|ALTER TABLE (?:ONLY )?\"\" \"\" REPLICA IDENTITY (?:DEFAULT|FULL|NOTHING|USING INDEX \"\")"
        + "|ALTER PUBLICATION \"\" (?:SET|DROP TABLE|DROP TABLES IN SCHEMA) .*"
        + "|ALTER (?:USER|ROLE|DATABASE) \"\" .*"
        + "|ALTER DEFAULT PRIVILEGES (?:FOR ROLE \"\" )?(?:IN SCHEMA \"\" )?REVOKE SELECT ON TABLES FROM \"\""
        + "|ALTER SYSTEM (?:RESET|SET) .*"
        + "|(?:REVOKE|GRANT) .*)$",
        RegexOptions.CultureInvariant)]
    private static partial Regex UndoShape();

    private enum PartKind
    {
        Name,
        Literal,
        Word,
        End,
        Other,
    }

    private sealed record Part(PartKind Kind, string Text, int Start);
}
