using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using SetupWizard.Core.HandOff;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Export;

/// <summary>
/// Writes statements as a psql script: one transaction for each phase, guards that make it re-runnable, passwords asked by psql.
/// See <see href="https://www.postgresql.org/docs/current/app-psql.html"/>.
/// </summary>
/// <param name="culture">The language of the comments.</param>
/// <param name="passwordAsText">Whether the password itself is sent, for a server that refuses verifiers.</param>
internal sealed partial class PsqlScript(CultureInfo culture, bool passwordAsText = false)
{
    /// <summary>The psql variable that holds what was typed.</summary>
    private const string PasswordVariable = "clickpipes_password";

    private readonly StringBuilder _text = new();

    /// <summary>A comment line. Nothing in it can end the comment.</summary>
    public void Comment(string text = "") => Line(text.Length == 0 ? "--" : "-- " + OneLine(text));

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
    /// What follows the header: stop at the first error, read the file as UTF-8, then the statements, those for other roles last and commented out.
    /// </summary>
    /// <param name="statements">The statements in their order.</param>
    /// <param name="user">The ClickPipes user, whose password psql asks for.</param>
    /// <param name="nothing">The key of what is said when there is nothing to run.</param>
    /// <param name="login">Who runs the script; what it has to run later, after other roles, stands among theirs.</param>
    public void Body(IReadOnlyList<PlanStatement> statements, string user, string nothing, string? login = null)
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

        Run(run, user);
        HandOff([.. statements.Where(s => s.RunBy is not null)], user, login);
    }

    /// <summary>A sentence of the resources.</summary>
    public string Say(string key, params (string Name, object? Value)[] arguments) => ReportText.Say(key, culture, arguments);

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    /// <summary>A row identity shares with none: the lock on its table must not wait with it for the next table's.</summary>
    private static bool Shares(PlanStatement first, PlanStatement next) =>
        next.Transactional && next.Phase == first.Phase && next.Phase != ChangePhase.ReplicaIdentity && !first.OwnTransaction && !next.OwnTransaction;

    /// <summary>Statements in their order: neighbours of one phase share a transaction, unless they say otherwise.</summary>
    private void Run(List<PlanStatement> changes, string user)
    {
        for (var i = 0; i < changes.Count;)
        {
            Line();
            if (!changes[i].Transactional)
            {
                Change(changes[i], user);
                i++;
                continue;
            }

            Line("BEGIN;");
            Line("SET LOCAL lock_timeout = '3s';");
            var first = changes[i];
            do
            {
                Change(changes[i], user);
                i++;
            }
            while (i < changes.Count && Shares(first, changes[i]));

            Line("COMMIT;");
        }
    }

    /// <summary>Statements that other roles have to run, in their order: commented out.</summary>
    private void HandOff(List<PlanStatement> changes, string user, string? login)
    {
        foreach (var (role, statements) in RoleRuns.Of(changes, c => c.RunBy))
        {
            Line();
            Comment(Say(role == login ? "Script.Waits" : "Script.RunBy", ("role", role)));
            foreach (var change in statements)
            {
                Comment(Heading(change));
                foreach (var line in Executable(change, user))
                {
                    Aside(line);
                }
            }
        }
    }

    private void Change(PlanStatement change, string user)
    {
        Comment(Heading(change));
        if (change.NeededWhen is not null)
        {
            Line($"SELECT coalesce(({change.NeededWhen}), true) AS needed \\gset");
            Line("\\if :needed");
        }

        foreach (var line in Executable(change, user))
        {
            Line(line);
        }

        if (change.NeededWhen is not null)
        {
            Line("\\endif");
        }
    }

    /// <summary>The statement as psql takes it. A password is left out and asked for: the shown form's dots would become the password.</summary>
    private IEnumerable<string> Executable(PlanStatement change, string user)
    {
        var statement = PlanSql.WithHole(change.Sql);
        if (!statement.HasSecret)
        {
            yield return change.Sql + ";";
            yield break;
        }

        if (passwordAsText)
        {
            // What psql makes of a password by itself is a verifier.
            yield return "-- " + Say("Script.PasswordAsText");
            yield return "\\prompt 'Password: ' " + PasswordVariable;
            yield return statement.Template.Replace(SqlText.PasswordHole, ":'" + PasswordVariable + "'", StringComparison.Ordinal) + ";";
            yield break;
        }

        if (WithoutPassword(statement) is { } without)
        {
            yield return without + ";";
        }

        yield return "-- " + Say("Script.Password");
        yield return "\\password " + PgIdentifier.Quote(user);
    }

    /// <summary>A statement with a password, without the password: the shown form's dots would become it. Null when nothing else is in it.</summary>
    public static string? WithoutPassword(SqlText statement)
    {
        var without = DanglingWith().Replace(PasswordClause().Replace(statement.Template, ""), "");
        return AlterNothing().IsMatch(without) ? null : without;
    }

    private void Aside(string lines)
    {
        foreach (var line in lines.Split('\n', '\r'))
        {
            Line("--   " + line);
        }
    }

    private static string Heading(PlanStatement change) => change.Code + "  " + change.Why;

    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c));

    [GeneratedRegex(@"(\s+ENCRYPTED)?\s+PASSWORD\s+\x00password\x00", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex PasswordClause();

    [GeneratedRegex(@"\s+WITH\s*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex DanglingWith();

    [GeneratedRegex("^ALTER\\s+(USER|ROLE)\\s+(\"([^\"]|\"\")+\"|[a-z_][a-z0-9_]*)\\s*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AlterNothing();
}
