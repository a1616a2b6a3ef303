using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Export;
using SetupWizard.Core.HandOff;
using SetupWizard.Core.Model;
using SetupWizard.Core.Wording;
using SetupWizard.Localization;
using SetupWizard.Security;
using SetupWizard.Sessions;

namespace SetupWizard.Endpoints;

/// <summary>Files made from the visitor's own session. No secret is in any of them.</summary>
public static class Downloads
{
    /// <summary>Those that can be taken at any time after the first reading; the undo script stands beside what was changed.</summary>
    public static readonly IReadOnlyList<ExportFormat> Formats =
        [ExportFormat.Markdown, ExportFormat.Sql, ExportFormat.Terraform, ExportFormat.Api, ExportFormat.Cli, ExportFormat.Json];

    private const string PlanPath = "/downloads/setup-plan";
    private const string PlanScriptPath = "/downloads/plan-script";
    private const string TicketName = "ticket";

    /// <summary>The address of a file of a session.</summary>
    public static string PathOf(ExportFormat format, WizardSession session) => WithTicket("/downloads/" + format.ToString().ToLowerInvariant(), session);

    /// <summary>The address of the plan as a signed file.</summary>
    public static string PlanOf(WizardSession session) => WithTicket(PlanPath, session);

    /// <summary>The address of a psql script made from the plan file that is open in the session.</summary>
    public static string PlanScriptOf(WizardSession session) => WithTicket(PlanScriptPath, session);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/downloads/{format}", GetAsync);
        routes.MapGet(PlanPath, GetPlanAsync);
        routes.MapGet(PlanScriptPath, GetPlanScript);
    }

    private static string WithTicket(string path, WizardSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return $"{path}?{TicketName}={session.Ticket}";
    }

    /// <summary>The visitor's session, for an address that one of its own pages gave: who has the cookie alone has not seen one.</summary>
    private static WizardSession? SessionOf(HttpContext context, WizardSessionStore store) =>
        store.Find(SessionCookie.IdOf(context)) is { } session
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(context.Request.Query[TicketName].ToString()), Encoding.UTF8.GetBytes(session.Ticket))
            ? session
            : null;

    private static IResult GetPlanScript(HttpContext context, WizardSessionStore store)
    {
        // Nothing is made of a file whose key nobody here has agreed to.
        if (SessionOf(context, store) is not { Prepared: { Since: not null } prepared } session)
        {
            return Results.NotFound();
        }

        context.Response.Headers.CacheControl = "no-store";
        var script = SqlScriptExporter.Write(prepared.File, prepared.Signer, session.Goal.SendPasswordAsText, CultureInfo.CurrentUICulture);
        return Results.File(Encoding.UTF8.GetBytes(script), "application/sql", PlanFileFormat.ScriptNameOf(prepared.File));
    }

    private static async Task<IResult> GetPlanAsync(HttpContext context, WizardSessionStore store, ISetupRunner runner, PlanKeys keys, TimeProvider time, ILogger<SetupWizardApp> log)
    {
        if (SessionOf(context, store) is not { Inspection: { Snapshot: not null } inspection } session)
        {
            return Results.NotFound();
        }

        var file = await AdministratorPlan.FileAsync(runner, session.Target, inspection, time.GetUtcNow(), CultureInfo.CurrentUICulture, context.RequestAborted) with { Note = session.HandOffNote };
        try
        {
            var document = keys.Sign(file);
            session.HandOver();
            context.Response.Headers.CacheControl = "no-store";
            return Results.File(Encoding.UTF8.GetBytes(document), "application/json", PlanFileFormat.NameOf(file));
        }
        catch (IOException exception)
        {
            Log.PlanKeyFailed(log, exception);
            await SayKeyTroubleAsync(context);
            return Results.Empty;
        }
    }

    /// <summary>Somebody has to see to the key first: until then there is no such file here. What the machine said about it is in the log.</summary>
    private static Task SayKeyTroubleAsync(HttpContext context)
    {
        var problem = new Problem("plan-key-unusable", new Dictionary<string, object?>(StringComparer.Ordinal) { ["reason"] = Ui.T("PlanFile.KeyReason") });
        var said = FindingText.For(problem, CultureInfo.CurrentUICulture);
        return PlainPage.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, said.Title, [said.Why, said.Consequence, said.Fix]);
    }

    private static async Task<IResult> GetAsync(string format, HttpContext context, WizardSessionStore store, ISetupRunner runner)
    {
        if (!Enum.TryParse<ExportFormat>(format, ignoreCase: true, out var wanted) || !Enum.IsDefined(wanted)
            || SessionOf(context, store) is not { Inspection: { } inspection } session
            || (wanted == ExportFormat.Undo && session.UndoPlan is null))
        {
            return Results.NotFound();
        }

        var gathered = await ExportReader.GatherAsync(runner, session.Target, inspection, wanted, context.RequestAborted);
        var input = gathered with { Undo = session.UndoPlan, Proof = session.Proof?.Latest ?? [] };
        var file = Exporter.Create(wanted, input, CultureInfo.CurrentUICulture);
        context.Response.Headers.CacheControl = "no-store";
        return Results.File(Encoding.UTF8.GetBytes(file.Text), file.ContentType, file.FileName);
    }
}
