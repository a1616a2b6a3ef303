using System.Globalization;
using SetupWizard.Core.Audit;
using SetupWizard.Core.HandOff;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;
using SetupWizard.Core.Text;

namespace SetupWizard.Core.Export;

/// <summary>The plan as a script for <c>psql -f</c>, to be read, kept and run as often as one likes. The password is never in it: psql asks.</summary>
public static class SqlScriptExporter
{
    /// <summary>Writes the script of a plan for the login that made it.</summary>
    /// <param name="inspection">The reading the plan is for.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="culture">The language of the comments.</param>
    /// <param name="verifier">The verifier of the ClickPipes user's password, to stand in the script; null to have psql ask for the password.</param>
    public static string Write(Inspection inspection, SetupPlan plan, CultureInfo culture, SecretString? verifier = null)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        ArgumentNullException.ThrowIfNull(plan);
        var script = new PsqlScript(culture, plan.Goal.SendPasswordAsText, verifier);
        script.Comment(script.Say("Script.Title", ("database", inspection.Endpoint.Database), ("host", inspection.Endpoint.ShownHost)));
        script.Comment(script.Say("Script.For", ("user", plan.Goal.User), ("publication", plan.Goal.Publication), ("count", inspection.Tables.Chosen.Count)));
        if (inspection.Snapshot is { } snapshot)
        {
            script.Comment(script.Say("Script.RunAs", ("role", snapshot.Server.CurrentUser), ("provider", inspection.Provider.Name), ("version", snapshot.Server.Version)));
        }

        script.Comment(script.Say("Script.How"));
        if (plan.Changes.Concat(plan.Afterwards).Any(static c => c.Restart == RestartNeed.Restart))
        {
            script.Comment(script.Say("Script.Restart"));
        }

        if (verifier is not null)
        {
            script.Comment(script.Say("Script.Verifier"));
        }

        script.Guides(PlanGuide.Of(inspection, plan, culture));
        var login = inspection.Snapshot?.Server.CurrentUser;
        script.Body(PlanStatement.Of(plan, login, culture), plan.Goal.User, "Script.Nothing", new ScriptChecks(inspection.Endpoint.Database, login, Server: ServerIdentity.Of(inspection.Snapshot), Mark: MarkOf(inspection, plan, culture)));
        LaterReport.Write(script, LaterMembers.Of(inspection));
        return script.ToString();
    }

    /// <summary>What stands in the file when there is no script: psql would run an empty one, and all would look well.</summary>
    /// <param name="why">Why there is none.</param>
    /// <param name="culture">The language.</param>
    public static string Refused(Explanation why, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(why);
        var script = new PsqlScript(culture);
        script.Refuse($"{why.Title} {why.Why} {why.Fix}");
        return script.ToString();
    }

    /// <summary>What a plan's script puts on what it makes, by which its undo knows it.</summary>
    internal static ScriptMark MarkOf(Inspection inspection, SetupPlan plan, CultureInfo culture) =>
        ScriptMark.Of(PlanStatement.Of(plan, null, culture), inspection.Endpoint.Database, plan.Goal.User, plan.Goal.Publication);

    /// <summary>Statements to paste into any client, in their order, with who runs them. A password is left out and asked for in a comment.</summary>
    /// <param name="changes">The statements.</param>
    /// <param name="goal">Whose password it is, and whether the server takes nothing but the password itself.</param>
    /// <param name="culture">The language of the comments.</param>
    public static string Paste(IReadOnlyList<SqlChange> changes, SetupGoal goal, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(changes);
        ArgumentNullException.ThrowIfNull(goal);
        var script = new PsqlScript(culture);
        foreach (var (number, change) in changes.Index())
        {
            if (number > 0)
            {
                script.Line();
            }

            if (change.RunBy is { } role)
            {
                script.Comment(script.Say("Script.RunBy", ("role", role)));
            }

            if ((change.Statement.HasSecret ? PsqlScript.WithoutPassword(change.Statement) : change.Statement.Display) is { } statement)
            {
                script.Line(statement + ";");
            }

            if (change.Statement.HasSecret)
            {
                var user = Sql.PgIdentifier.Quote(goal.User);
                script.Comment(goal.SendPasswordAsText
                    ? script.Say("Script.PasswordByHandAsText", ("command", $"ALTER ROLE {user} PASSWORD '…'"))
                    : script.Say("Script.PasswordByHand", ("command", "\\password " + user)));
            }
        }

        return script.ToString();
    }

    /// <summary>Writes the script of a plan that came as a file: the file's own statements, for whoever would rather not let a tool connect.</summary>
    /// <param name="file">The file; its signature was checked and its key agreed to.</param>
    /// <param name="signer">The fingerprint of that key.</param>
    /// <param name="passwordAsText">Whether the password itself is sent, which a file does not decide.</param>
    /// <param name="culture">The language of the comments; what the statements do stands in the language of whoever made the file.</param>
    public static string Write(PlanFile file, string signer, bool passwordAsText, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(file);
        var script = new PsqlScript(culture, passwordAsText);
        script.Comment(script.Say("Script.Title", ("database", file.Server.Database), ("host", file.Server.Host)));
        script.Comment(script.Say("Script.OfFile", ("at", file.MadeAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)), ("version", file.MadeWith), ("key", signer)));
        script.Comment(script.Say("Script.ForNames", ("user", file.Goal.User), ("publication", file.Goal.Publication)));
        if (file.RunAs is { } role)
        {
            script.Comment(script.Say("Script.RunAs", ("role", role), ("provider", ProviderCatalog.Find(file.Provider)?.Name ?? file.Provider), ("version", file.Server.Version)));
        }

        script.Comment(script.Say("Script.How"));
        script.Guides(file.Guides);
        script.Body(file.Statements, file.Goal.User, "Script.Nothing", new ScriptChecks(file.Server.Database, file.RunAs, Server: file.Server.Identity, Mark: ScriptMark.Of(file.Statements, file.Server.Database, file.Goal.User, file.Goal.Publication)));
        return script.ToString();
    }
}
