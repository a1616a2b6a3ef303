using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using SetupWizard.Core.HandOff;
using SetupWizard.Core.Model;
using SetupWizard.Core.Reading;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;
using SetupWizard.Core.Text;

namespace SetupWizard.Core.Export;

/// <summary>
/// Writes statements as a psql script: checks first, one transaction for each phase, guards that make it re-runnable, passwords asked by psql when no transaction is
/// open. No name ever stands behind a backslash: such a command ends with its line, and so would a name with a line end.
/// See <see href="https://www.postgresql.org/docs/current/app-psql.html"/>.
/// </summary>
/// <param name="culture">The language of the comments.</param>
/// <param name="passwordAsText">Whether the password itself is sent, for a server that refuses verifiers.</param>
/// <param name="verifier">The verifier of a password that is known already; null where psql asks.</param>
internal sealed partial class PsqlScript(CultureInfo culture, bool passwordAsText = false, SecretString? verifier = null)
{
    /// <summary>psql variables: who gets a password, what was typed, whether one is to be set now, and what somebody sets to have it set again.</summary>
    private const string UserVariable = "clickpipes_user";
    private const string PasswordVariable = "clickpipes_password";
    private const string Asks = "asks_for_password";
    private const string Again = "set_password";
    private const string Stops = "stops_updates";

    private readonly StringBuilder _text = new();

    /// <summary>A comment line. Nothing in it can end the comment, and nothing in it is hidden.</summary>
    public void Comment(string text = "") => Line(text.Length == 0 ? "--" : "-- " + VisibleText.Of(text));

    /// <summary>A line as it stands.</summary>
    public void Line(string text = "") => _text.Append(text).Append('\n');

    /// <summary>What is to be done in the provider's console, as comments.</summary>
    public void Guides(IReadOnlyList<PlanGuide> guides)
    {
        foreach (var guide in guides)
        {
            Comment();
            Comment(guide.Code + "  " + Say("Script.Console", ("title", guide.Title)));
            foreach (var (number, step) in guide.Steps.Index())
            {
                Comment(string.Create(culture, $"  {number + 1}. {step}"));
            }
        }
    }

    /// <summary>
    /// What follows the header: stop at the first error, read the file as UTF-8, make sure of where this runs, then the statements, those for other roles last and commented out.
    /// </summary>
    /// <param name="statements">The statements in their order.</param>
    /// <param name="user">The ClickPipes user, whose password psql asks for.</param>
    /// <param name="nothing">The key of what is said when there is nothing to run.</param>
    /// <param name="checks">What is made sure of first.</param>
    public void Body(IReadOnlyList<PlanStatement> statements, string user, string nothing, ScriptChecks checks)
    {
        Line();
        Line("\\set ON_ERROR_STOP on");
        Line("\\encoding UTF8");
        List<PlanStatement> run = [.. statements.Where(s => s.RunBy is null)];
        if (run.Count == 0)
        {
            Line();
            Comment(Say(nothing));
        }
        else
        {
            Line();
            if (checks.OtherThan(culture) is { } server)
            {
                Unless(server);
            }

            Line(checks.Statement(run, culture));
            foreach (var doubt in checks.Doubts(run, culture))
            {
                Unless(doubt);
            }

            if (checks.Rights(run, culture) is { } rights)
            {
                Line(rights);
            }

            if (run.Exists(static s => s.UpdatesOf is not null))
            {
                // Asked behind each statement about a row identity: what publications stop by a column list or a row filter, exactly as it is judged when a plan is made.
                Line();
                Line($"\\set {Stops} {PgLiteral.Quote(Spaces().Replace(ColumnQueries.PublishedParts, " "))}");
            }

            if (run.Find(Asked) is { } password)
            {
                WhoAnswers(password, user);
            }

            Run(run, checks);
            if (checks.Rest(culture) is { } rest)
            {
                Line();
                Line(rest);
            }
        }

        HandOff([.. statements.Where(s => s.RunBy is not null)], user, checks);
    }

    /// <summary>A check, passed over where somebody said so by its variable.</summary>
    private void Unless((string Variable, string Check) doubt)
    {
        IfSaid(doubt.Variable);
        Line("\\else");
        Line(doubt.Check);
        Line("\\endif");
    }

    /// <summary>Begins what is done where somebody said yes by a variable: by its value, which psql reads as any other of its switches, and not by its being set. <c>-v name=0</c> is no.</summary>
    private void IfSaid(string variable)
    {
        Line($"\\if :{{?{variable}}}");
        Line("\\else");
        Line($"\\set {variable} off");
        Line("\\endif");
        Line($"\\if :{variable}");
    }

    /// <summary>A file that does nothing but say why, and fails.</summary>
    public void Refuse(string why)
    {
        Line("\\set ON_ERROR_STOP on");
        Line("\\encoding UTF8");
        Line(Stop(why));
    }

    /// <summary>A sentence of the resources.</summary>
    public string Say(string key, params (string Name, object? Value)[] arguments) => Messages.Get(key, culture, arguments);

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    /// <summary>
    /// A row identity shares with none: the lock on its table must not wait with it for the next table's. What is taken from a user goes with the user or not at all:
    /// what somebody else granted to it keeps it from being dropped, and then its own is to be there still.
    /// </summary>
    private bool Shares(PlanStatement first, PlanStatement next, bool taken) =>
        !Asked(first) && !Asked(next) && next.Transactional && (next.Phase == first.Phase || (taken && OfUser(next) && OfUser(first))) && next.Phase != ChangePhase.ReplicaIdentity && !first.OwnTransaction && !next.OwnTransaction;

    /// <summary>Whether psql asks for a password behind it: before the user is given anything, for some services let nobody change the password of one that replicates.</summary>
    private bool Asked(PlanStatement statement) => verifier is null && PlanSql.WithHole(statement.Sql).HasSecret;

    /// <summary>Whether it makes a user whose password is typed behind it. Until then nobody can log in as it, and a second run still knows that there is a password to ask for.</summary>
    private bool WaitsForPassword(PlanStatement statement) => Asked(statement) && statement.Sql.StartsWith("CREATE USER ", StringComparison.Ordinal);

    private static bool OfUser(PlanStatement statement) => statement.Phase is ChangePhase.Grants or ChangePhase.User;

    /// <summary>Whether a password is to be set, and that somebody is there to type it: without one the user would be made with none, and everything would look right.</summary>
    private void WhoAnswers(PlanStatement password, string user)
    {
        Line();
        Comment(Say("Script.PasswordAsks"));
        Line($"SELECT {PgLiteral.Quote(user)} AS {UserVariable}, coalesce(({password.NeededWhen ?? "true"}), true){(WaitsForPassword(password) ? " OR NOT " + Conditions.CanLogIn(user) : "")} AS {Asks} \\gset");
        IfSaid(Again);
        Line($"\\set {Asks} true");
        Line("\\endif");
        Line($"\\if :{Asks}");
        Answered("Script.PasswordPrompt", "Script.PasswordNobody");
        Line("\\endif");
    }

    /// <summary>Goes on when somebody types yes. psql itself neither says that nobody typed a password, nor that it was empty: the server only notices, and leaves the user with none.</summary>
    private void Answered(string question, string otherwise)
    {
        Line("\\set answer no");
        Line("\\set ON_ERROR_STOP off");
        Line($"\\prompt {Argument(Say(question))} answer");
        Line("\\set ON_ERROR_STOP on");
        Line("SELECT lower(trim(:'answer')) = 'yes' AS answered \\gset");
        Line("\\if :answered");
        Line("\\else");
        Line(Stop(Say(otherwise)));
        Line("\\endif");
    }

    /// <summary>Sets it when no transaction is open: nobody's clock runs while somebody types.</summary>
    private void Password(bool letIn)
    {
        Line();
        Line($"\\if :{Asks}");
        if (passwordAsText)
        {
            Comment(Say("Script.PasswordAsText"));
            Line($"\\prompt {Argument("Password: ")} {PasswordVariable}");
            Line($"SELECT :'{PasswordVariable}' <> '' AS answered \\gset");
            Line("\\if :answered");
            Line($"ALTER ROLE :\"{UserVariable}\" PASSWORD :'{PasswordVariable}';");
            Line("\\else");
            Line(Stop(Say("Script.PasswordEmpty")));
            Line("\\endif");
        }
        else
        {
            Comment(Say("Script.Password"));
            Line($"\\echo {Argument(Say("Script.PasswordStops"))}");
            Line($"\\password :\"{UserVariable}\"");
            Answered("Script.PasswordTaken", "Script.PasswordNotTaken");
        }

        if (letIn)
        {
            Line($"ALTER USER :\"{UserVariable}\" LOGIN;");
        }

        Line("\\endif");
    }

    /// <summary>Statements in their order: neighbours of one phase share a transaction, unless they say otherwise.</summary>
    private void Run(List<PlanStatement> changes, ScriptChecks checks)
    {
        var taken = checks.Taken is not null;
        for (var i = 0; i < changes.Count;)
        {
            Line();
            if (!changes[i].Transactional)
            {
                Change(changes[i], "", checks.Mark);
                i++;
                continue;
            }

            Line("BEGIN;");
            Line("SET LOCAL lock_timeout = '3s';");
            var first = changes[i];
            do
            {
                Change(changes[i], "", checks.Mark);
                i++;
            }
            while (i < changes.Count && Shares(first, changes[i], taken));

            Line("COMMIT;");
            if (Asked(first))
            {
                Password(letIn: WaitsForPassword(first));
            }
        }
    }

    /// <summary>Statements that other roles have to run, in their order: commented out.</summary>
    private void HandOff(List<PlanStatement> changes, string user, ScriptChecks checks)
    {
        foreach (var (role, statements) in HandOffBatches.Of(changes, c => c.RunBy))
        {
            Line();
            Comment(Say(role == checks.Role ? "Script.Waits" : "Script.RunBy", ("role", role)));
            foreach (var change in statements)
            {
                Change(change, "--   ", checks.Mark);
                if (Asked(change))
                {
                    Comment(Say("Script.PasswordByHand", ("command", "\\password " + PgIdentifier.Quote(user))));
                }
            }
        }
    }

    private void Change(PlanStatement change, string aside, ScriptMark? mark)
    {
        Comment(Heading(change));
        if (Executable(change) is not { } statement)
        {
            return;
        }

        if (change.NeededWhen is not null)
        {
            var needed = $"coalesce(({change.NeededWhen}), true)";
            if (change.KeptWhile is { } kept)
            {
                Lines(aside, DoBlock.Of($"BEGIN\n    IF {needed} AND ({kept}) THEN\n        RAISE NOTICE USING MESSAGE = {PgLiteral.Quote(Say("Script.Kept", ("title", change.Why)))};\n    END IF;\nEND", "kept") + ";");
                needed += $" AND NOT coalesce(({kept}), false)";
            }

            Lines(aside, $"SELECT {needed} AS needed \\gset");
            Lines(aside, "\\if :needed");
        }

        Lines(aside, statement.StartsWith("DROP USER ", StringComparison.Ordinal) ? Dropped(statement) : statement + (WaitsForPassword(change) && aside.Length == 0 ? " NOLOGIN;" : ";"));
        if (mark?.Beside(change) is { } comment)
        {
            Lines(aside, comment + ";");
        }

        if (change.UpdatesOf is { } table && aside.Length == 0)
        {
            Line("SET LOCAL search_path = pg_catalog, pg_temp;");
            Line($"SELECT EXISTS (SELECT FROM (:{Stops}) w WHERE w.oid = {Conditions.Oid(table)} AND w.sends AND NOT w.fits) AS stops \\gset");
            Line("\\if :stops");
            Line(Stop(Say("Script.CheckUpdates", ("title", change.Why))));
            Line("\\endif");
        }

        if (change.NeededWhen is not null)
        {
            Lines(aside, "\\endif");
        }
    }

    /// <summary>The statement, with what keeps the user told in our words as well as the server's.</summary>
    private string Dropped(string statement) => DoBlock.Of(
        $"DECLARE found text;\nBEGIN\n    {statement};\nEXCEPTION WHEN dependent_objects_still_exist THEN\n    GET STACKED DIAGNOSTICS found = PG_EXCEPTION_DETAIL;\n"
        + $"    RAISE EXCEPTION USING ERRCODE = 'dependent_objects_still_exist', MESSAGE = {PgLiteral.Quote(Say("Script.CheckDepends"))} || found;\nEND",
        "drop") + ";";

    /// <summary>
    /// The statement as psql takes it. A password is left out and asked for later, or it is the verifier: the shown form's dots would become the password. Null when nothing else is in it.
    /// </summary>
    private string? Executable(PlanStatement change)
    {
        var statement = PlanSql.WithHole(change.Sql);
        return !statement.HasSecret ? change.Sql
            : verifier is null ? WithoutPassword(statement)
            : statement.Execute(verifier);
    }

    /// <summary>An argument of a backslash command; quotes and backslashes mean something in it, and it ends with the line.</summary>
    private static string Argument(string text) => "'" + VisibleText.Of(text).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal) + "'";

    /// <summary>Stops psql, and any other client: <c>\quit</c> would end it as if all were well.</summary>
    private static string Stop(string message) => DoBlock.Of($"BEGIN RAISE EXCEPTION USING MESSAGE = {PgLiteral.Quote(message)}; END", "stop") + ";";

    /// <summary>A statement with a password, without the password: the shown form's dots would become it. Null when nothing else is in it.</summary>
    public static string? WithoutPassword(SqlText statement)
    {
        var without = DanglingWith().Replace(PasswordClause().Replace(statement.Template, ""), "");
        return AlterNothing().IsMatch(without) ? null : without;
    }

    /// <summary>Code in a comment, for people: it stays in it, whatever line ends are in its names, and what is hidden in them is seen.</summary>
    /// <param name="code">The code.</param>
    /// <param name="aside">What begins each line.</param>
    public void Aside(string code, string aside = "-- ")
    {
        foreach (var line in VisibleText.Sql(code).Split('\n'))
        {
            Line(aside + line);
        }
    }

    /// <summary>What is run stands as it is.</summary>
    private void Lines(string aside, string text)
    {
        if (aside.Length == 0)
        {
            Line(text);
        }
        else
        {
            Aside(text, aside);
        }
    }

    private static string Heading(PlanStatement change) => change.Code + "  " + change.Why;

    [GeneratedRegex(@"(\s+ENCRYPTED)?\s+PASSWORD\s+\x00password\x00", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex PasswordClause();

    [GeneratedRegex(@"\s+WITH\s*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex DanglingWith();

    [GeneratedRegex("\\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Spaces();

    [GeneratedRegex("^ALTER\\s+(USER|ROLE)\\s+(\"([^\"]|\"\")+\"|[a-z_][a-z0-9_]*)\\s*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AlterNothing();
}
