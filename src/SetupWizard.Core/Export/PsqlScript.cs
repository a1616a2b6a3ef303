using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Core.Text;

namespace SetupWizard.Core.Export;

/// <summary>
/// Writes statements as a psql script: one transaction for each phase, guards that make it re-runnable, passwords asked by psql.
/// See <see href="https://www.postgresql.org/docs/current/app-psql.html"/>.
/// </summary>
internal sealed partial class PsqlScript(CultureInfo culture)
{
    private readonly StringBuilder _text = new();

    /// <summary>A comment line. Nothing in it can end the comment.</summary>
    public void Comment(string text = "") => Line(text.Length == 0 ? "--" : "-- " + OneLine(text));

    /// <summary>A line as it stands.</summary>
    public void Line(string text = "") => _text.Append(text).Append('\n');

    /// <summary>What every script begins with, after its header: stop at the first error, read the file as UTF-8.</summary>
    public void Preamble()
    {
        Line("\\set ON_ERROR_STOP on");
        Line("\\encoding UTF8");
    }

    /// <summary>Changes in their order: neighbours of one phase share a transaction, unless they say otherwise.</summary>
    /// <param name="changes">The changes.</param>
    /// <param name="user">The ClickPipes user, whose password psql asks for.</param>
    public void Changes(IReadOnlyList<SqlChange> changes, string user)
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

    /// <summary>Changes that another role has to run: commented out, for each role apart.</summary>
    /// <param name="changes">The changes.</param>
    /// <param name="user">The ClickPipes user, whose password psql asks for.</param>
    public void HandOff(IReadOnlyList<SqlChange> changes, string user)
    {
        foreach (var role in changes.GroupBy(c => c.RunBy, StringComparer.Ordinal))
        {
            Line();
            Comment(Say("Script.RunBy", ("role", role.Key)));
            foreach (var change in role)
            {
                Comment(Heading(change));
                foreach (var line in Executable(change.Statement, user))
                {
                    Aside(line);
                }
            }
        }
    }

    /// <summary>A sentence of the resources.</summary>
    public string Say(string key, params (string Name, object? Value)[] arguments) => ReportText.Say(key, culture, arguments);

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private static bool Shares(SqlChange first, SqlChange next) =>
        next.Transactional && next.Phase == first.Phase && !first.OwnTransaction && !next.OwnTransaction;

    private void Change(SqlChange change, string user)
    {
        Comment(Heading(change));
        if (change.NeededWhen is not null)
        {
            Line($"SELECT coalesce(({change.NeededWhen}), true) AS needed \\gset");
            Line("\\if :needed");
        }

        foreach (var line in Executable(change.Statement, user))
        {
            Line(line);
        }

        if (change.NeededWhen is not null)
        {
            Line("\\endif");
        }
    }

    /// <summary>The statement as psql takes it. A password is left out and asked for: the shown form's dots would become the password.</summary>
    private IEnumerable<string> Executable(SqlText statement, string user)
    {
        if (!statement.HasSecret)
        {
            yield return statement.Display + ";";
            yield break;
        }

        var without = DanglingWith().Replace(PasswordClause().Replace(statement.Template, ""), "");
        if (!AlterNothing().IsMatch(without))
        {
            yield return without + ";";
        }

        yield return "-- " + Say("Script.Password");
        yield return "\\password " + PgIdentifier.Quote(user);
    }

    private void Aside(string lines)
    {
        foreach (var line in lines.Split('\n', '\r'))
        {
            Line("--   " + line);
        }
    }

    private string Heading(SqlChange change) => change.For.Code + "  " + FindingText.Title(change, culture);

    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c));

    [GeneratedRegex(@"(\s+ENCRYPTED)?\s+PASSWORD\s+\x00password\x00", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex PasswordClause();

    [GeneratedRegex(@"\s+WITH\s*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex DanglingWith();

    [GeneratedRegex("^ALTER\\s+(USER|ROLE)\\s+(\"([^\"]|\"\")+\"|[a-z_][a-z0-9_]*)\\s*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AlterNothing();
}
