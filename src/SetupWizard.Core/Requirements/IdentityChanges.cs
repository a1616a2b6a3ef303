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
    /// <summary>Whether every row can be identified with what was chosen and this login can run.</summary>
    public static bool Solves(RequirementContext context, TableFact table) =>
        Members(context, table).All(m => RowIdentity.ProblemOf(m) is null || (Fix(context, m, table) is not null && AdminPowers.CanBecome(context.Snapshot, m.Owner)));

    /// <summary>
    /// Whose rows cannot be identified, with nothing chosen that mends it. Of a partitioned table without a key it is that itself, which would give its
    /// partitions one; heirs have to have their own.
    /// </summary>
    public static IEnumerable<TableFact> Unsolved(RequirementContext context, TableFact table)
    {
        var unsolved = Members(context, table).Where(m => RowIdentity.ProblemOf(m) is not null && Fix(context, m, table) is null);
        return table.Kind == RelationKind.Partitioned && RowIdentity.ProblemOf(table) is not null ? unsolved.Take(1) : unsolved;
    }

    /// <summary>The changes that give the table, and what is below it, an identity of this kind where one was chosen and is not there yet.</summary>
    public static IReadOnlyList<Change> For(RequirementContext context, TableFact table, IdentityKind kind)
    {
        var changing = Members(context, table).Select(m => (Member: m, Fix: Fix(context, m, table))).Where(c => c.Fix?.Kind == kind).ToList();
        return
        [
            .. OwnerChanges.Memberships(context.Snapshot, changing.Select(c => c.Member.Owner)),
            .. changing.Select(c => Alter(context, c.Member, kind, c.Fix!.Index ?? "")),
        ];
    }

    private static IEnumerable<TableFact> Members(RequirementContext context, TableFact table) => context.Families.RowsBelow(table).Prepend(table);

    /// <summary>
    /// What is to be done to one of the members: what was chosen for itself, or for the table it belongs to, with a partition's or heir's own index in the
    /// place of the table's. Null when nothing was chosen, it is so already, or there is no index.
    /// </summary>
    private static IdentityChoice? Fix(RequirementContext context, TableFact member, TableFact table)
    {
        var own = RowIdentity.ChoiceFor(context.Goal, member);
        if ((own ?? RowIdentity.ChoiceFor(context.Goal, table)) is not { } choice
            || (IsChosen(member, choice.Kind) && RowIdentity.ProblemOf(member) is null))
        {
            return null;
        }

        var index = (own is null ? null : choice.Index) ?? member.CandidateIndex;
        return choice.Kind == IdentityKind.Full ? choice with { Index = null } : index is null ? null : choice with { Index = index };
    }

    private static bool IsChosen(TableFact table, IdentityKind kind) =>
        table.Identity == (kind == IdentityKind.Full ? ReplicaIdentityKind.Full : ReplicaIdentityKind.Index);

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
            Leaves = former is null ? null : LeftStates.Identity(table.Ref, former, full ? "FULL" : "USING INDEX " + index),
            NeededWhen = full ? Conditions.IdentityIsNot(table.Ref, 'f') : null,
            RunBy = AdminPowers.CanBecome(context.Snapshot, table.Owner) ? null : table.Owner,
            Arguments = Verdicts.Args(("table", table.Ref.ToString()), ("index", index)),
        };
    }
}
