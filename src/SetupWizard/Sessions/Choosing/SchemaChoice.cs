using SetupWizard.Core.Model;

namespace SetupWizard.Sessions.Choosing;

/// <summary>Turns ticked schemas into a goal.</summary>
public static class SchemaChoice
{
    /// <summary>Whether the whole schema is chosen. A goal that names nothing means schema public.</summary>
    public static bool Has(WizardSession session, string schema)
    {
        ArgumentNullException.ThrowIfNull(session);
        var goal = session.Goal;
        return goal.Schemas.Contains(schema) || goal.WholeSchemas.Contains(schema)
            || (schema == "public" && goal.Schemas.Count == 0 && goal.Tables.Count == 0 && goal.WholeSchemas.Count == 0);
    }

    /// <summary>Chooses or drops a schema, with whatever was picked in it.</summary>
    public static SetupGoal With(WizardSession session, string schema, bool chosen)
    {
        ArgumentNullException.ThrowIfNull(session);
        var goal = session.Goal;
        var schemas = goal.Schemas.Count == 0 && goal.Tables.Count == 0 && goal.WholeSchemas.Count == 0 ? ["public"] : goal.Schemas;
        return goal with
        {
            Schemas = chosen ? [.. schemas.Append(schema).Distinct().Order(StringComparer.Ordinal)] : [.. schemas.Where(s => s != schema)],
            WholeSchemas = [.. goal.WholeSchemas.Where(s => chosen || s != schema)],
            Tables = [.. goal.Tables.Where(t => t.Schema != schema)],
            Excluded = [.. goal.Excluded.Where(t => t.Schema != schema)],
            Identities = [.. goal.Identities.Where(i => chosen || i.Table.Schema != schema)],
        };
    }
}
