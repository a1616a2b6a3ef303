using System.Globalization;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Engine;
using SetupWizard.Core.HandOff;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;
using SetupWizard.Core.Wording;

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
        return Write(inspection, undo, ServerIdentity.Of(inspection.Snapshot), mark: null, culture);
    }

    private static string Write(Inspection inspection, SetupPlan undo, ServerIdentity? server, ScriptMark? mark, CultureInfo culture)
    {
        var script = new PsqlScript(culture);
        script.Comment(script.Say("Undo.Title", ("database", inspection.Endpoint.Database), ("host", inspection.Endpoint.ShownHost)));
        script.Comment(script.Say("Undo.Pipe"));
        if (undo.LeftAlone.Count > 0)
        {
            script.Comment();
            script.Comment(script.Say("Undo.Left"));
        }

        if (undo.Unrecorded is { } part)
        {
            var text = FindingText.For(part, culture);
            script.Comment();
            script.Comment($"{text.Title} {text.Why} {text.Consequence} {text.Fix}");
        }

        foreach (var left in undo.LeftAlone)
        {
            var text = FindingText.For(FindingText.ProblemOf(left, culture), culture);
            script.Comment($"  {text.Title} {text.Why} {text.Fix}");
        }

        Write(script, inspection, undo, server, mark, culture);
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
        return Write(inspection, plan with { Undo = UndoRequest.OfGoal, Changes = [.. TakenBack(plan).Select(c => Back(c, inspection, plan))], HandOff = [], Waiting = [], ConsoleChanges = [] }, server: null, SqlScriptExporter.MarkOf(inspection, plan, culture), culture);
    }

    /// <summary>What a plan makes that can be taken back, newest first; the server reads its configuration again when all of it is as it was.</summary>
    private static IEnumerable<SqlChange> TakenBack(SetupPlan plan) =>
        plan.Changes.Concat(plan.Afterwards).Reverse().Where(static c => c.Undo is not null).OrderBy(static c => c.Kind == SqlChange.ReloadKind ? 1 : 0);

    /// <summary>What takes a change back as long as it stands.</summary>
    private static SqlChange Back(SqlChange change, Inspection inspection, SetupPlan plan)
    {
        var major = inspection.Snapshot?.Server.Major ?? PostgresFeatures.OldestReadable;
        var (user, publication) = (plan.Goal.User, plan.Goal.Publication);
        var back = change with { Kind = AuditTrail.UndoPrefix + change.Kind, Statement = change.Undo!, Undo = null, NeededWhen = null, UpdatesOf = null };
        return change switch
        {
            { Leaves: { Template: not null, Tables: { Count: > 0 } tables } state } => back with
            {
                Later = ByNumber.TakeBack(state, tables, "", state.Template == SelectGrants.Revoke(user) ? user : null),
                NeededWhen = state.StandsFor(tables.Select(static t => t.Oid)),
                KeptWhile = change.Kind is IdentityChanges.ToFull or IdentityChanges.ToIndex && tables is [var table] ? Conditions.Identifies(major, table.Oid, state.Before, state.After) : null,
            },
            { Kind: UndoPlanner.DefaultPrivileges, Leaves: { } state } => back with
            {
                // What was made in between got SELECT by them.
                Later = new SqlText(ByNumber.RevokeSince(user, (string)change.Arguments["schema"]!, (string)change.Arguments["owner"]!, [.. state.Tables.Select(static t => t.Oid)], "").Display + ";\n" + change.Undo!.Display),
                NeededWhen = state.Stands,
            },
            _ => back with
            {
                NeededWhen = change.Leaves is { Template: null } state ? state.Stands : null,
                KeptWhile = change.Kind switch
                {
                    OwnerChanges.Kind => $"EXISTS (SELECT {Conditions.PublicationsOf(major, (string)change.Arguments["owner"]!, (string)change.Arguments["admin"]!, [publication])})",
                    UndoPlanner.CreatePublication => Conditions.ListsMore(
                        publication,
                        major,
                        [.. States(plan).SelectMany(static s => s.Tables).Select(static t => t.Oid)],
                        [.. States(plan).SelectMany(static s => s.Schemas)]),
                    _ => null,
                },
            },
        };
    }

    /// <summary>The publications there are; null where they could not be read.</summary>
    private static IReadOnlyList<string>? KnownIn(Inspection inspection) =>
        inspection.Snapshot is { } snapshot && snapshot.Unreadable.All(static u => u.What != "pg_publication") ? [.. snapshot.PublicationNames.Where(static p => !ServerText.IsBroken(p))] : null;

    private static IEnumerable<LeftState> States(SetupPlan plan) =>
        plan.Changes.Concat(plan.Afterwards).Where(static c => c.Phase == ChangePhase.Publication).Select(static c => c.Leaves).OfType<LeftState>();

    private static IReadOnlyList<string> NamesOf(SetupPlan undo, string argument, string ofGoal) =>
        [.. undo.Changes.Select(c => c.Arguments.GetValueOrDefault(argument) as string).OfType<string>().Append(ofGoal).Distinct(StringComparer.Ordinal)];

    /// <summary>
    /// What goes with the user stands first: where something keeps the user, nothing is changed yet. What publishes goes before what identifies rows, as ever.
    /// </summary>
    private static void Write(PsqlScript script, Inspection inspection, SetupPlan undo, ServerIdentity? server, ScriptMark? mark, CultureInfo culture)
    {
        // It may be run long after it was written.
        undo = undo with { Changes = [.. undo.Changes.Where(static c => c.Later != SqlText.Nothing).Select(static c => c.Later is { } later ? c with { Statement = later } : c)] };
        List<PlanStatement> statements = [.. PlanStatement.Of(undo, null, culture).OrderBy(static s => s.Phase is ChangePhase.Grants or ChangePhase.User ? 0 : 1)];
        var taken = new TakenBack(
            NamesOf(undo, "user", undo.Goal.User), NamesOf(undo, "publication", undo.Goal.Publication), undo.Undo?.IdleSlotsUnused == true, KnownIn(inspection));
        script.Body(statements, undo.Goal.User, "Undo.Nothing", new ScriptChecks(inspection.Endpoint.Database, null, taken, server, mark));
    }
}
