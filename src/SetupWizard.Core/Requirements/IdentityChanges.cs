using SetupWizard.Core.Model;
using SetupWizard.Core.Source;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements;

/// <summary>
/// The statements that give a table the row identity that was chosen for it, one for each partition or heir that holds rows: it does not cascade.
/// See <see href="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-REPLICA-IDENTITY"/>.
/// </summary>
internal static class IdentityChanges
{
    /// <summary>Whether the choice makes every row identifiable with what this login can run.</summary>
    public static bool Solves(RequirementContext context, TableFact table, TableFamilies families)
    {
        if (RowIdentity.ChoiceFor(context.Goal, table) is not { } choice)
        {
            return false;
        }

        return Members(table, families).All(t =>
            (IsChosen(t, choice.Kind) && RowIdentity.ProblemOf(t) is null)
            || (IndexOf(t, table, choice) is not null && AdminPowers.CanBecome(context.Snapshot, t.Owner)));
    }

    /// <summary>Whether the table, or a partition or heir of it, does not have the chosen identity yet.</summary>
    public static bool Differs(TableFact table, IdentityChoice choice, TableFamilies families) =>
        Members(table, families).Any(t => !IsChosen(t, choice.Kind) || RowIdentity.ProblemOf(t) is not null);

    /// <summary>The changes for the chosen identity.</summary>
    public static IEnumerable<Change> For(RequirementContext context, TableFact table, IdentityChoice choice, TableFamilies families)
    {
        var changing = Members(table, families)
            .Where(t => (!IsChosen(t, choice.Kind) || RowIdentity.ProblemOf(t) is not null) && IndexOf(t, table, choice) is not null)
            .ToList();
        return
        [
            .. OwnerChanges.Memberships(context.Snapshot, changing.Select(t => t.Owner)),
            .. changing.Select(t => Alter(context, t, choice.Kind, IndexOf(t, table, choice)!)),
        ];
    }

    private static IEnumerable<TableFact> Members(TableFact table, TableFamilies families) =>
        families.RowsBelow(table).Prepend(table);

    private static bool IsChosen(TableFact table, IdentityKind kind) =>
        table.Identity == (kind == IdentityKind.Full ? ReplicaIdentityKind.Full : ReplicaIdentityKind.Index);

    /// <summary>The index to use: the chosen one for the table itself, a partition's or heir's own candidate for one of these; empty for FULL; null when there is none.</summary>
    private static string? IndexOf(TableFact member, TableFact table, IdentityChoice choice) =>
        choice.Kind == IdentityKind.Full ? ""
        : member.Ref == table.Ref ? choice.Index ?? member.CandidateIndex
        : member.CandidateIndex;

    private static SqlChange Alter(RequirementContext context, TableFact table, IdentityKind kind, string index)
    {
        var full = kind == IdentityKind.Full;
        var alter = "ALTER TABLE " + table.Ref.Quoted + " REPLICA IDENTITY ";
        var former = table.Identity switch
        {
            ReplicaIdentityKind.Default => "DEFAULT",
            ReplicaIdentityKind.Full => "FULL",
            ReplicaIdentityKind.Nothing => "NOTHING",
            _ => null,
        };
        return new SqlChange
        {
            For = RequirementId.ReplicaIdentity,
            Kind = full ? "identity-full" : "identity-index",
            Phase = ChangePhase.ReplicaIdentity,
            Risk = full ? ChangeRisk.Cost : ChangeRisk.Lock,
            Statement = new SqlText(alter + (full ? "FULL" : "USING INDEX " + PgIdentifier.Quote(index))),
            Undo = former is null ? null : new SqlText(alter + former),
            NeededWhen = full ? Conditions.IdentityIsNot(table.Ref, 'f') : null,
            RunBy = AdminPowers.CanBecome(context.Snapshot, table.Owner) ? null : table.Owner,
            Arguments = Verdicts.Args(("table", table.Ref.ToString()), ("index", index)),
        };
    }
}
