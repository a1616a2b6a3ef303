using System.Globalization;
using System.Text;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Engine;
using SetupWizard.Core.HandOff;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;
using SetupWizard.Core.Text;

namespace SetupWizard.Core.Export;

/// <summary>What a script makes sure of before it changes anything: where it runs, as whom, and that what it names is there.</summary>
/// <param name="Database">The database it is for.</param>
/// <param name="Role">The role it was made for; null when nobody knows.</param>
/// <param name="Taken">What an undo must not hurt; null for a script that takes nothing back.</param>
/// <param name="Server">The one it was made for; null where it may be any with such a database, or where the server does not tell.</param>
/// <param name="Mark">What the script puts on the user and the publication it makes, or takes back; null where the record says which these are.</param>
internal sealed record ScriptChecks(string Database, string? Role, TakenBack? Taken = null, ServerIdentity? Server = null, ScriptMark? Mark = null)
{
    /// <summary>The psql variable by which somebody says that publications made since are read by another user.</summary>
    private const string OthersApart = "others_apart";

    /// <summary>The psql variable by which somebody says that what is there without the script's comment was made by the same plan.</summary>
    private const string SamePlan = "same_plan";

    /// <summary>The psql variable by which somebody says that the plan was reviewed for this server as well.</summary>
    private const string OtherServer = "other_server";

    private const int RowsInLine = 6;

    /// <summary>The check as a statement that fails, so that any client stops. Within the quotes of a DO block nothing means anything to psql.</summary>
    public string Statement(IReadOnlyList<PlanStatement> statements, CultureInfo culture)
    {
        var body = new StringBuilder("DECLARE found text;\nBEGIN\n");
        Raise(body, $"pg_catalog.current_database() <> {PgLiteral.Quote(Database)}", Say("Script.CheckDatabase", ("database", Database)));
        if (Taken is not null && Server is { } server)
        {
            Elsewhere(body, server, Say("Script.CheckServer"));
        }

        Raise(body, "pg_catalog.pg_is_in_recovery()", Say("Script.CheckStandby"));
        if (Role is { Length: > 0 } role)
        {
            Raise(body, $"NOT coalesce((SELECT pg_catalog.pg_has_role(current_user, r.oid, 'MEMBER') FROM pg_catalog.pg_roles r WHERE r.rolname = {PgLiteral.Quote(role)}), false)", Say("Script.CheckRole", ("role", role)));
        }

        if (Taken is null && Mark?.Somebodys() is { } somebodys)
        {
            Find(body, Listed(somebodys), Say("Script.CheckSomebodys"));
        }

        if (Taken is null)
        {
            // Asked of the catalog: a name in a schema that is still closed to this login cannot be resolved.
            var (tables, schemas, roles) = PlanSql.NamedIn(statements.Select(static s => s.Sql));
            Missing(body, [.. tables.Select(static t => $"({PgLiteral.Quote(t.Schema)}, {PgLiteral.Quote(t.Name)})")], "pg_catalog.format('%I.%I', w.s, w.n)", "w(s, n)", "pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = w.s AND c.relname = w.n");
            Missing(body, [.. schemas.Select(static s => $"({PgLiteral.Quote(s)})")], "pg_catalog.format('%I', w.s)", "w(s)", "pg_catalog.pg_namespace n WHERE n.nspname = w.s");
            Missing(body, [.. roles.Select(static r => $"({PgLiteral.Quote(r)})")], "pg_catalog.format('role %I', w.r)", "w(r)", "pg_catalog.pg_roles r WHERE r.rolname = w.r");
        }
        else
        {
            InUse(body, Taken, statements);
        }

        return DoBlock.Of(body.Append("END").ToString(), "check") + ";";

        void Missing(StringBuilder text, List<string> rows, string name, string alias, string same)
        {
            if (rows.Count > 0)
            {
                var values = string.Join(",\n        ", rows.Chunk(RowsInLine).Select(static c => string.Join(", ", c)));
                Find(text, $"SELECT pg_catalog.string_agg({name}, ', ') INTO found FROM (VALUES\n        {values}) {alias}\n    WHERE NOT EXISTS (SELECT FROM {same});", Say("Script.CheckMissing"));
            }
        }

        string Say(string key, params (string Name, object? Value)[] arguments) => Messages.Get(key, culture, arguments);

        void InUse(StringBuilder text, TakenBack taken, IReadOnlyList<PlanStatement> all)
        {
            foreach (var query in all.Select(static s => ParameterRoom.SlotsInTheWay(s.Sql)).OfType<string>())
            {
                Find(text, $"SELECT pg_catalog.string_agg(w.slot, ', ') INTO found FROM ({query}) w;", Say("Script.CheckRoom"));
            }

            var users = $"IN ({string.Join(", ", taken.Users.Select(PgLiteral.Quote))})";
            var names = string.Join(", ", taken.Users);
            if (all.Any(static s => s.Phase > Model.ChangePhase.AdminRights))
            {
                var ofClickPipes = $"pg_catalog.left(s.slot_name::pg_catalog.text, {ForeignReaders.SlotOfClickPipes.Length}) = '{ForeignReaders.SlotOfClickPipes}'";

                // Whoever reads a publication names it when the stream begins.
                var ofPublications = string.Concat(taken.Publications.Select(static p => $" OR (pg_catalog.strpos(a.query, 'publication_names') > 0 AND pg_catalog.strpos(a.query, {PgLiteral.Quote(p)}) > 0)"));
                var idle = taken.IdleSlotsUnused ? "" : $" OR (NOT s.active AND {ofClickPipes})";
                Find(
                    text,
                    "SELECT pg_catalog.string_agg(s.slot_name::pg_catalog.text, ', ') INTO found FROM pg_catalog.pg_replication_slots s LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = s.active_pid\n"
                    + $"    WHERE s.slot_type = 'logical' AND s.plugin = 'pgoutput' AND s.database = pg_catalog.current_database() AND ((s.active AND (a.usename {users} OR {ofClickPipes}{ofPublications})){idle});",
                    Say("Script.CheckSlots"));
            }

            if (all.Any(static s => s.Sql.StartsWith("DROP USER ", StringComparison.Ordinal)))
            {
                Find(text, $"SELECT pg_catalog.string_agg(w.process::pg_catalog.text, ', ') INTO found FROM (\n{UndoQuestions.Sessions(users)}) w(application, process, database);", Say("Script.CheckSessions", ("user", names)));
                Find(text, $"SELECT pg_catalog.string_agg(w.thing, ', ') INTO found FROM (\n{UndoQuestions.Belongings(users)}) w(thing);", Say("Script.CheckOwns", ("user", names)));
            }
        }
    }

    /// <summary>That this login may do what a script that takes back does, said before anything is gone: what comes first may need less. Null where nothing is known to be needed.</summary>
    public string? Rights(IReadOnlyList<PlanStatement> all, CultureInfo culture)
    {
        if (Taken is not { } taken)
        {
            return null;
        }

        var (users, names) = ($"IN ({string.Join(", ", taken.Users.Select(PgLiteral.Quote))})", string.Join(", ", taken.Users));
        var body = new StringBuilder();
        foreach (var drop in all.Where(static s => s.Sql.StartsWith("DROP USER ", StringComparison.Ordinal)))
        {
            var admin = $"(pg_catalog.current_setting('server_version_num')::pg_catalog.int4 < 160000 OR NOT EXISTS (SELECT FROM pg_catalog.pg_roles u WHERE u.rolname {users} AND NOT pg_catalog.pg_has_role(current_user, u.oid, 'USAGE WITH ADMIN OPTION')))";
            Raise(body, $"{IsDue(drop)} AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = current_user AND (r.rolsuper OR (r.rolcreaterole AND {admin})))", Messages.Get("Script.CheckCreateRole", culture, ("user", names)));
        }

        // Somebody else's of the same name is passed over.
        foreach (var publication in taken.Publications)
        {
            var about = all.Where(s => s.Sql.Contains(" PUBLICATION " + PgIdentifier.Quote(publication), StringComparison.Ordinal)).OrderBy(static s => s.Sql.StartsWith("DROP ", StringComparison.Ordinal) ? 0 : 1).FirstOrDefault();
            if (about is not null)
            {
                Find(
                    body,
                    "SELECT pg_catalog.string_agg(pg_catalog.format('%I (%I)', p.pubname, pg_catalog.pg_get_userbyid(p.pubowner)), ', ') INTO found FROM pg_catalog.pg_publication p\n"
                    + $"    WHERE p.pubname = {PgLiteral.Quote(publication)} AND NOT pg_catalog.pg_has_role(current_user, p.pubowner, 'USAGE') AND {IsDue(about)};",
                    Messages.Get("Script.CheckOwner", culture));
            }
        }

        return body.Length == 0 ? null : DoBlock.Of($"DECLARE found text;\nBEGIN\n{body}END", "rights") + ";";
    }

    /// <summary>That this is the server the plan was made for, before anything else is asked of it; null where nobody knows, and for what takes back, which no other server may run.</summary>
    public (string Unless, string Check)? OtherThan(CultureInfo culture)
    {
        if (Taken is not null || Server is not { } server)
        {
            return null;
        }

        var body = new StringBuilder("BEGIN\n");

        // Another database of the same server is told as that, right behind.
        Elsewhere(body, server, Messages.Get("Script.CheckOtherServer", culture, ("option", $"psql -v {OtherServer}=1 -f …")));
        return (OtherServer, DoBlock.Of(body.Append("END").ToString(), "server") + ";");
    }

    /// <summary>Checks that somebody who knows better can have passed over, each with the psql variable that says so.</summary>
    public IEnumerable<(string Unless, string Check)> Doubts(IReadOnlyList<PlanStatement> statements, CultureInfo culture)
    {
        if (Taken is not null && Mark?.Somebodys() is { } somebodys)
        {
            var body = new StringBuilder("DECLARE found text;\nBEGIN\n");
            Find(body, Listed(somebodys), Messages.Get("Script.CheckSomebodysUndo", culture, ("option", $"psql -v {SamePlan}=1 -f …")));
            yield return (SamePlan, DoBlock.Of(body.Append("END").ToString(), "made") + ";");
        }

        if (Others(statements, culture) is { } others)
        {
            yield return (OthersApart, others);
        }
    }

    private void Elsewhere(StringBuilder body, ServerIdentity server, string message)
    {
        // Within an IF of its own: what may not be called is not called.
        body.Append("    IF pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE') THEN\n");
        Raise(
            body,
            $"pg_catalog.current_database() = {PgLiteral.Quote(Database)} AND ((SELECT s.system_identifier::pg_catalog.text FROM pg_catalog.pg_control_system() s) <> {PgLiteral.Quote(server.System)} OR (SELECT d.oid::pg_catalog.int8 FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()) <> {server.Database.ToString(CultureInfo.InvariantCulture)})",
            message);
        body.Append("    END IF;\n");
    }

    /// <summary>Whether a statement is going to be run, and nobody keeps it back.</summary>
    private static string IsDue(PlanStatement statement) =>
        (statement.NeededWhen is { } needed ? $"coalesce(({needed}), true)" : "true") + (statement.KeptWhile is { } kept ? $" AND NOT coalesce(({kept}), false)" : "");

    private static string Listed(string things) => $"SELECT pg_catalog.string_agg(w.thing, ', ') INTO found FROM (\n    {things}) w(thing);";

    /// <summary>
    /// Looks for publications that were made since the script was written and hold tables the user reads: a pipe of theirs may log in as it, and nothing in the catalog says so. In a
    /// block of its own, so that somebody who knows better can have it passed over. Null where the user stays, or where nobody knows what there was.
    /// </summary>
    private string? Others(IReadOnlyList<PlanStatement> statements, CultureInfo culture)
    {
        if (Taken?.Known is not { } known || !statements.Any(static s => s.Sql.StartsWith("DROP USER ", StringComparison.Ordinal)))
        {
            return null;
        }

        var body = new StringBuilder("DECLARE found text;\nBEGIN\n");
        Find(
            body,
            "SELECT pg_catalog.string_agg(pg_catalog.quote_ident(p.pubname), ', ') INTO found FROM pg_catalog.pg_publication p\n"
            + $"    WHERE p.pubname NOT IN ({string.Join(", ", known.Concat(Taken.Publications).Distinct(StringComparer.Ordinal).Select(PgLiteral.Quote))})\n"
            + "      AND EXISTS (SELECT FROM pg_catalog.pg_publication_tables t JOIN pg_catalog.pg_namespace n ON n.nspname = t.schemaname JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = t.tablename, pg_catalog.pg_roles r\n"
            + $"        WHERE t.pubname = p.pubname AND r.rolname IN ({string.Join(", ", Taken.Users.Select(PgLiteral.Quote))}) AND pg_catalog.has_table_privilege(r.oid, c.oid, 'SELECT'));",
            Messages.Get("Script.CheckOthers", culture, ("user", string.Join(", ", Taken.Users)), ("option", $"psql -v {OthersApart}=1 -f …")));
        return DoBlock.Of(body.Append("END").ToString(), "others") + ";";
    }

    /// <summary>What is left under these names in the end, said where there is something: what is there and is no longer as it was left was passed over.</summary>
    public string? Rest(CultureInfo culture)
    {
        if (Taken is null)
        {
            return null;
        }

        var body = new StringBuilder("DECLARE found text;\nBEGIN\n    SELECT pg_catalog.string_agg(w.thing, ', ') INTO found FROM (\n    ")
            .Append("SELECT pg_catalog.format('user %I', r.rolname) FROM pg_catalog.pg_roles r WHERE r.rolname IN (").AppendJoin(", ", Taken.Users.Select(PgLiteral.Quote))
            .Append(")\n    UNION ALL SELECT pg_catalog.format('publication %I', p.pubname) FROM pg_catalog.pg_publication p WHERE p.pubname IN (").AppendJoin(", ", Taken.Publications.Select(PgLiteral.Quote))
            .Append(")\n    UNION ALL SELECT pg_catalog.format('replication slot %I', s.slot_name) FROM pg_catalog.pg_replication_slots s WHERE s.slot_type = 'logical' AND s.plugin = 'pgoutput' AND s.database = pg_catalog.current_database() AND NOT s.active")
            .Append(") w(thing);\n    IF found IS NOT NULL THEN\n        RAISE NOTICE USING MESSAGE = ").Append(PgLiteral.Quote(Messages.Get("Script.Rest", culture))).Append(" || found;\n    END IF;\nEND");
        return DoBlock.Of(body.ToString(), "rest") + ";";
    }

    private static void Raise(StringBuilder text, string condition, string message) =>
        text.Append("    IF ").Append(condition).Append(" THEN\n        RAISE EXCEPTION USING MESSAGE = ").Append(PgLiteral.Quote(message)).Append(";\n    END IF;\n");

    private static void Find(StringBuilder text, string query, string message) =>
        text.Append("    ").Append(query).Append("\n    IF found IS NOT NULL THEN\n        RAISE EXCEPTION USING MESSAGE = ").Append(PgLiteral.Quote(message)).Append(" || found;\n    END IF;\n");
}

/// <summary>What a script that takes back must not take from somebody who uses it.</summary>
/// <param name="Users">The ClickPipes users.</param>
/// <param name="Publications">The publications.</param>
/// <param name="IdleSlotsUnused">Slots of ClickPipes that nobody reads are not this set-up's.</param>
/// <param name="Known">The publications there were when it was written; null when nobody knows.</param>
internal sealed record TakenBack(IReadOnlyList<string> Users, IReadOnlyList<string> Publications, bool IdleSlotsUnused, IReadOnlyList<string>? Known);
