using System.Globalization;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Engine;
using SetupWizard.Core.HandOff;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Source;
using SetupWizard.Core.Text;

namespace SetupWizard.Core.Export;

/// <summary>A plan that takes back what was applied, as a script for psql. It asks for nothing.</summary>
public static class UndoScriptExporter
{
    /// <summary>Writes the script.</summary>
    /// <param name="inspection">A reading of the source.</param>
    /// <param name="undo">The undo plan, newest change first.</param>
    /// <param name="culture">The language of the comments.</param>
    public static string Write(Inspection inspection, SetupPlan undo, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        ArgumentNullException.ThrowIfNull(undo);

        // A record is about one server.
        return Write(inspection, undo, ServerIdentity.Of(inspection.Snapshot), culture);
    }

    private static string Write(Inspection inspection, SetupPlan undo, ServerIdentity? server, CultureInfo culture)
    {
        var script = new PsqlScript(culture);
        script.Comment(script.Say("Undo.Title", ("database", inspection.Endpoint.Database), ("host", inspection.Endpoint.ShownHost)));
        script.Comment(script.Say("Undo.Pipe"));
        if (undo.LeftAlone.Count > 0)
        {
            script.Comment();
            script.Comment(script.Say("Undo.Left"));
        }

        foreach (var left in undo.LeftAlone)
        {
            var text = FindingText.For(FindingText.ProblemOf(left, culture), culture);
            script.Comment($"  {text.Title} {text.Why} {text.Fix}");
        }

        Write(script, inspection, undo, server, culture);
        return script.ToString();
    }

    /// <summary>Writes the script that takes back what a plan is going to make, to be kept beside the plan's own: it can be run anywhere, and needs no record.</summary>
    /// <param name="inspection">The reading the plan is for.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="culture">The language of the comments.</param>
    public static string WriteFor(Inspection inspection, SetupPlan plan, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        ArgumentNullException.ThrowIfNull(plan);
        return Write(inspection, plan with { Undo = UndoRequest.OfGoal, Changes = [.. TakenBack(plan).SelectMany(c => Back(c, inspection.Snapshot?.Server.Major ?? PostgresFeatures.OldestReadable, plan))], HandOff = [], Waiting = [], ConsoleChanges = [] }, server: null, culture);
    }

    /// <summary>What a plan makes that can be taken back, newest first; the server reads its configuration again when all of it is as it was.</summary>
    private static IEnumerable<SqlChange> TakenBack(SetupPlan plan) =>
        plan.Changes.Concat(plan.Afterwards).Reverse().Where(static c => c.Undo is not null).OrderBy(static c => c.Kind == ParameterChanges.ReloadKind ? 1 : 0);

    /// <summary>What takes a change back as long as it stands: table by table, for one of them may be gone or renamed by then, and must not keep the others.</summary>
    private static IEnumerable<SqlChange> Back(SqlChange change, int major, SetupPlan plan)
    {
        var back = change with { Kind = AuditTrail.UndoPrefix + change.Kind, Undo = null };
        if (change.Leaves is { Template: not null, Tables.Count: > 0 } state)
        {
            return state.Tables.Select(t => back with
            {
                Statement = state.UndoFor([t.Ref]),
                NeededWhen = state.StandsUnderItsName(t),
                KeptWhile = change.Kind is IdentityChanges.ToFull or IdentityChanges.ToIndex ? Conditions.Identifies(major, t.Oid, state.Before) : null,
            });
        }

        var publication = plan.Goal.Publication;
        return
        [
            back with
            {
                Statement = change.Undo!,
                NeededWhen = change.Leaves is { Template: null } whole ? whole.Stands : null,
                KeptWhile = change.Kind == OwnerChanges.Kind ? $"EXISTS (SELECT {Conditions.PublicationsOf(major, (string)change.Arguments["owner"]!, (string)change.Arguments["admin"]!, [publication])})"
                    : change.Kind == UndoPlanner.CreatePublication ? Conditions.ListsMore(
                        publication,
                        major,
                        [.. States(plan).SelectMany(static s => s.Tables).Select(static t => t.Oid)],
                        [.. States(plan).SelectMany(static s => s.Schemas)])
                    : null,
            },
        ];
    }

    private static IEnumerable<LeftState> States(SetupPlan plan) =>
        plan.Changes.Concat(plan.Afterwards).Where(static c => c.Phase == ChangePhase.Publication).Select(static c => c.Leaves).OfType<LeftState>();

    private static IReadOnlyList<string> NamesOf(SetupPlan undo, string argument, string ofGoal) =>
        [.. undo.Changes.Select(c => c.Arguments.GetValueOrDefault(argument) as string).OfType<string>().Append(ofGoal).Distinct(StringComparer.Ordinal)];

    /// <summary>
    /// What goes with the user stands first: where something keeps the user, nothing is changed yet. What publishes goes before what identifies rows, as ever.
    /// </summary>
    private static void Write(PsqlScript script, Inspection inspection, SetupPlan undo, ServerIdentity? server, CultureInfo culture)
    {
        List<PlanStatement> statements = [.. PlanStatement.Of(undo, null, culture).OrderBy(static s => s.Phase is ChangePhase.Grants or ChangePhase.User ? 0 : 1)];
        script.Body(statements, undo.Goal.User, "Undo.Nothing", new ScriptChecks(inspection.Endpoint.Database, null, new TakenBack(NamesOf(undo, "user", undo.Goal.User), NamesOf(undo, "publication", undo.Goal.Publication), undo.Undo?.IdleSlotsUnused == true), server));
    }
}
