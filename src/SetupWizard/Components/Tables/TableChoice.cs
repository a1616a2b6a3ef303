using SetupWizard.Core.Model;
using SetupWizard.Sessions;

namespace SetupWizard.Components.Tables;

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
        foreach (var table in tables)
        {
            if (picked)
            {
                excluded.Remove(table);
                // What a chosen schema leaves out because it needs an identity comes in by name.
                if (!schemas.Contains(table.Schema) || session.Inspection?.Tables.LeftOut.Any(l => l.Table.Ref == table && l.Reason != "excluded") == true)
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

        return goal with
        {
            Tables = [.. named.Order()],
            Excluded = [.. excluded.Order()],
            Identities = picked ? goal.Identities : [.. goal.Identities.Where(i => !tables.Contains(i.Table))],
        };
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
