using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements;

/// <summary>A row identity that was chosen and is to be set.</summary>
/// <param name="Member">The table that gets it: a chosen one, or a partition or heir of it.</param>
/// <param name="Choice">What it gets; an index is this table's own.</param>
/// <param name="Grows">It is FULL without a primary key, and somebody said that the table only grows.</param>
internal sealed record PlannedIdentity(TableFact Member, IdentityChoice Choice, bool Grows);

/// <summary>
/// The statements that give a table the row identity that was chosen for it, one for each partition or heir that holds rows: it does not cascade.
/// Each is weighed for itself: of none is anything lost that nobody agreed to, and of none UPDATE and DELETE are stopped.
/// See <see href="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-REPLICA-IDENTITY"/>.
/// </summary>
internal static class IdentityChanges
{
    /// <summary>The kind of a change to FULL.</summary>
    public const string ToFull = "identity-full";

    /// <summary>The kind of a change to a unique index.</summary>
    public const string ToIndex = "identity-index";

    private const string UsingIndex = "USING INDEX ";

    /// <summary>Whether every row can be identified with what was chosen, may be done and this login can run.</summary>
    public static bool Solves(RequirementContext context, TableFact table) =>
        Members(context, table).All(m => RowIdentity.ProblemOf(m) is null || (Planned(context, m, table) is not null && AdminPowers.CanBecome(context.Snapshot, m.Owner)));

    /// <summary>
    /// Whose rows cannot be identified, with nothing chosen that mends it and may be done. Of a partitioned table without a key it is that itself, which would
    /// give its partitions one; heirs have to have their own. What only waits for consent is not among them.
    /// </summary>
    public static IEnumerable<TableFact> Unsolved(RequirementContext context, TableFact table)
    {
        if (IsSound(context, table))
        {
            return [];
        }

        var unsolved = Members(context, table).Where(m => RowIdentity.ProblemOf(m) is not null && Planned(context, m, table) is null && !Waits(context, m, table));
        return table.Kind == RelationKind.Partitioned && RowIdentity.ProblemOf(table) is not null ? unsolved.Take(1) : unsolved;
    }

    /// <summary>Who is to get FULL without a primary key, and nobody said that it only grows: of a partitioned table that itself, else each heir without a key.</summary>
    public static IEnumerable<TableFact> WithoutConsent(RequirementContext context, TableFact table)
    {
        if (IsSound(context, table))
        {
            return [];
        }

        var waiting = Members(context, table).Where(m => m.IsKeyless && Waits(context, m, table));
        return table.Kind == RelationKind.Partitioned ? waiting.Take(1) : waiting;
    }

    /// <summary>Who has FULL and no primary key, each with whether somebody said that it only grows: of a partitioned table that itself.</summary>
    public static IEnumerable<(TableFact Member, bool Grows)> KeylessFull(RequirementContext context, TableFact table)
    {
        if (IsSound(context, table))
        {
            return [];
        }

        var full = Members(context, table)
            .Where(m => m.Identity == ReplicaIdentityKind.Full && m.IsKeyless)
            .Select(m => (Member: m, Grows: Chosen(context, m, table) is { Kind: IdentityKind.Full, OnlyGrows: true }));
        return table.Kind == RelationKind.Partitioned ? full.Take(1) : full;
    }

    /// <summary>What is to be set for the table, and for what is below it, as it was chosen and is not there yet; without what may not be done.</summary>
    public static IEnumerable<PlannedIdentity> Planned(RequirementContext context, TableFact table)
    {
        foreach (var member in Members(context, table))
        {
            if (Planned(context, member, table) is { } choice)
            {
                yield return new PlannedIdentity(member, choice, choice.Kind == IdentityKind.Full && (member.IsKeyless || table.IsKeyless));
            }
        }
    }

    /// <summary>The changes for that. Whatever the publication has to send for it comes before.</summary>
    public static IReadOnlyList<Change> For(RequirementContext context, TableFact table, IReadOnlyList<PlannedIdentity> planned) => planned.Count == 0 ? [] :
    [
        .. OwnerChanges.Memberships(context.Snapshot, planned.Select(p => p.Member.Owner)),
        .. SchemaEntry.For(context.Snapshot, planned.Select(p => p.Member).Where(m => AdminPowers.CanBecome(context.Snapshot, m.Owner))),
        .. GeneratedKeys.Of(context).Settings([table]),
        .. planned.Select(p => Alter(context, p.Member, p.Choice.Kind, p.Choice.Index ?? "")),
    ];

    /// <summary>
    /// What is to be done to one of the members: what was chosen for itself, or for the table it belongs to, with a partition's or heir's own index in the
    /// place of the table's. Null when nothing was chosen, it is so already, or there is no index.
    /// </summary>
    public static IdentityChoice? Fix(RequirementContext context, TableFact member, TableFact table)
    {
        if (Chosen(context, member, table) is not { } choice || (IsChosen(member, choice.Kind) && RowIdentity.ProblemOf(member) is null))
        {
            return null;
        }

        var index = (choice.Table == member.Ref ? choice.Index : null) ?? member.CandidateIndex;
        return choice.Kind == IdentityKind.Full ? choice with { Index = null } : index is null ? null : choice with { Index = index };
    }

    /// <summary>All of that of a table and its members that hold rows, whether it may be done or not.</summary>
    public static IEnumerable<(TableFact Member, IdentityChoice Choice)> Fixes(RequirementContext context, TableFact table) =>
        Members(context, table).Where(m => m.Kind == RelationKind.Ordinary).Select(m => (m, Fix(context, m, table)!)).Where(static f => f.Item2 is not null);

    /// <summary>That, where it may be done: nothing is lost by it that nobody agreed to, and UPDATE and DELETE go on.</summary>
    public static IdentityChoice? Planned(RequirementContext context, TableFact member, TableFact table) =>
        Fix(context, member, table) is { } choice && !RowIdentity.NeedsConsent(member, table, choice) && !GeneratedKeys.Of(context).Forbid(member, choice) && !PublishedParts.Of(context).Forbid(member, choice) ? choice : null;

    /// <summary>What most tables are: nothing below them, a primary key, which is their identity, and nothing chosen for any. Asked with every table.</summary>
    private static bool IsSound(RequirementContext context, TableFact table) =>
        context.Goal.Identities.Count == 0 && table is { PrimaryKey: KeyState.Usable, Identity: ReplicaIdentityKind.Default } && context.Families.Below(table).Count == 0;

    private static IReadOnlyList<TableFact> Members(RequirementContext context, TableFact table) =>
        context.Families.RowsBelow(table) is { Count: > 0 } below ? [table, .. below] : [table];

    private static IdentityChoice? Chosen(RequirementContext context, TableFact member, TableFact table) => RowIdentity.ChoiceFor(context.Goal, member, table);

    private static bool Waits(RequirementContext context, TableFact member, TableFact table) =>
        Fix(context, member, table) is { } choice && RowIdentity.NeedsConsent(member, table, choice);

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

            // Whose index is gone there is no way back to.
            _ => table.IdentityIndexName is { } name ? UsingIndex + PgIdentifier.Quote(name) : null,
        };
        var before = table.Identity == ReplicaIdentityKind.Index ? UsingIndex + table.IdentityIndexName : former;
        var runBy = AdminPowers.CanBecome(context.Snapshot, table.Owner) ? null : table.Owner;
        return new SqlChange
        {
            For = RequirementId.ReplicaIdentity,
            Kind = full ? ToFull : ToIndex,
            Phase = ChangePhase.ReplicaIdentity,
            Risk = full ? ChangeRisk.Cost : ChangeRisk.Lock,
            Statement = new SqlText(alter + (full ? "FULL" : UsingIndex + PgIdentifier.Quote(index))),
            Undo = former is null ? null : new SqlText(alter + former),
            Leaves = former is null ? null : LeftStates.Identity(table, before!, full ? "FULL" : UsingIndex + index, former),
            NeededWhen = full ? Conditions.IdentityIsNot(table.Ref, 'f') : null,
            UpdatesOf = table.Kind == RelationKind.Ordinary && context.Snapshot.Server.Major >= PostgresFeatures.PublicationFilters ? table.Ref : null,
            Needs = SchemaEntry.Needs(context.Snapshot, [table], runBy),
            RunBy = runBy,
            Arguments = Verdicts.Args(("table", table.Ref.ToString()), ("index", index)),
        };
    }
}
