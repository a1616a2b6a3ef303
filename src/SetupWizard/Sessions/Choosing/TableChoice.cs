using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Sessions.Choosing;

/// <summary>Turns picks into a goal.</summary>
public static class TableChoice
{
    /// <summary>
    /// Picks or drops tables. A schema chosen as a whole stays so, with what was dropped listed as excluded; any other table is listed by name.
    /// </summary>
    public static SetupGoal With(WizardSession session, IReadOnlyCollection<TableRef> tables, bool picked)
    {
        ArgumentNullException.ThrowIfNull(session);
        var goal = Explicit(session.Goal);
        var named = goal.Tables.ToHashSet();
        var excluded = goal.Excluded.ToHashSet();
        var schemas = goal.Schemas.ToHashSet(StringComparer.Ordinal);
        var leftOut = (session.Inspection?.Tables.LeftOut ?? []).Where(static l => l.Reason != "excluded").Select(static l => l.Table.Ref).ToHashSet();
        foreach (var table in tables)
        {
            if (picked)
            {
                excluded.Remove(table);
                // What a chosen schema leaves out because it needs an identity comes in by name.
                if (!schemas.Contains(table.Schema) || leftOut.Contains(table))
                {
                    named.Add(table);
                }
            }
            else
            {
                named.Remove(table);
                if (schemas.Contains(table.Schema))
                {
                    excluded.Add(table);
                }
            }
        }

        var dropped = tables.ToHashSet();
        return goal with
        {
            Tables = [.. named.Order()],
            Excluded = [.. excluded.Order()],
            Identities = picked ? goal.Identities : [.. goal.Identities.Where(i => !dropped.Contains(i.Table))],
        };
    }

    /// <summary>Picks the tables of a list of names and patterns, of those that choosing all would choose or that are named one by one.</summary>
    /// <param name="session">Whose goal it is.</param>
    /// <param name="rows">The tables there are.</param>
    /// <param name="text">What was typed or pasted.</param>
    /// <returns>The goal, how many tables it newly has, and what could not be picked: entries that mean no table, and tables that cannot be published.</returns>
    public static (SetupGoal Goal, int Picked, IReadOnlyList<string> Unknown) WithNamed(WizardSession session, TableRows rows, string text)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var named = TableQuery.Named(text, rows.All.Select(static r => r.Table.Ref));
        var byRef = rows.All.ToDictionary(static r => r.Table.Ref);
        var found = named.Found.Select(t => byRef[t]).ToList();
        List<TableRef> pick = [.. found.Where(static r => r.Pickable && !r.Selected).Select(static r => r.Table.Ref)];
        return (With(session, pick, picked: true), pick.Count, [.. named.Unknown, .. found.Where(static r => r.Refusal is not null).Select(static r => r.Table.Ref.ToString())]);
    }

    /// <summary>
    /// Leaves out what is not in the database any more: tables, schemas, and what was said of them. Null where nothing would be chosen then: a goal that names nothing means all of
    /// schema public.
    /// </summary>
    public static SetupGoal? WithoutMissing(WizardSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (session.Inspection?.Snapshot is not { } snapshot)
        {
            return null;
        }

        var tables = snapshot.Tables.Select(static t => t.Ref).ToHashSet();
        var schemas = snapshot.Schemas.Select(static s => s.Name).ToHashSet(StringComparer.Ordinal);
        var goal = session.Goal with
        {
            Tables = [.. session.Goal.Tables.Where(tables.Contains)],
            Excluded = [.. session.Goal.Excluded.Where(tables.Contains)],
            Schemas = [.. session.Goal.Schemas.Where(schemas.Contains)],
            WholeSchemas = [.. session.Goal.WholeSchemas.Where(schemas.Contains)],
            Identities = [.. session.Goal.Identities.Where(i => tables.Contains(i.Table))],
        };
        return goal.Schemas.Count + goal.Tables.Count + goal.WholeSchemas.Count > 0 ? goal : schemas.Contains("public") ? goal with { Schemas = ["public"] } : null;
    }

    /// <summary>Chooses, changes or drops a table's row identity. Choosing one picks the table, unless it comes with another one anyway.</summary>
    public static SetupGoal WithIdentity(WizardSession session, TableRef table, IdentityChoice? choice, bool pick = true)
    {
        ArgumentNullException.ThrowIfNull(session);
        var goal = choice is null || !pick ? session.Goal : With(session, [table], picked: true);
        return goal with { Identities = [.. goal.Identities.Where(i => i.Table != table), .. choice is null ? Array.Empty<IdentityChoice>() : [choice]] };
    }

    /// <summary>Says, or says no more, that a table with FULL and without a primary key only grows. Picks nothing.</summary>
    /// <param name="session">Whose goal it is.</param>
    /// <param name="table">The table.</param>
    /// <param name="grows">Whether its rows are only inserted and all differ.</param>
    /// <param name="chosen">FULL is chosen for it, and stays so without consent; otherwise it has it already.</param>
    public static SetupGoal WithConsent(WizardSession session, TableRef table, bool grows, bool chosen)
    {
        ArgumentNullException.ThrowIfNull(session);
        var others = session.Goal.Identities.Where(i => i.Table != table);
        return session.Goal with { Identities = grows || chosen ? [.. others, new IdentityChoice(table, IdentityKind.Full, OnlyGrows: grows)] : [.. others] };
    }

    /// <summary>A goal that names nothing means schema public; from the first pick on, that is said.</summary>
    private static SetupGoal Explicit(SetupGoal goal) =>
        goal.Schemas.Count == 0 && goal.Tables.Count == 0 && goal.WholeSchemas.Count == 0 ? goal with { Schemas = ["public"] } : goal;
}
