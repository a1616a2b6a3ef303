using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements;

/// <summary>
/// Whether rows of a table can be identified in the change stream. A published table whose rows cannot makes the application's own
/// UPDATE and DELETE fail. See <see href="https://www.postgresql.org/docs/current/logical-replication-publication.html#LOGICAL-REPLICATION-PUBLICATION-REPLICA-IDENTITY"/>.
/// </summary>
internal static class RowIdentity
{
    /// <summary>Machine-short problems, in the order findings are given.</summary>
    public static readonly IReadOnlyList<string> Problems = ["no-key", "deferrable-key", "invalid-key", "identity-nothing", "index-invalid"];

    /// <summary>What is wrong with the table's own row identity; null when nothing is.</summary>
    public static string? ProblemOf(TableFact table) => table.Identity switch
    {
        ReplicaIdentityKind.Full => null,
        ReplicaIdentityKind.Nothing => "identity-nothing",
        ReplicaIdentityKind.Index => table.IdentityIndex == KeyState.Usable ? null : "index-invalid",
        _ => table.PrimaryKey switch
        {
            KeyState.Usable => null,
            KeyState.Deferrable => "deferrable-key",
            KeyState.Invalid => "invalid-key",
            _ => "no-key",
        },
    };

    /// <summary>
    /// What is wrong with the table, or with a partition or heir of it that holds rows: identity is each one's own, no key and no
    /// <c>REPLICA IDENTITY</c> is inherited.
    /// </summary>
    public static string? ProblemOf(TableFact table, TableFamilies families) =>
        ProblemOf(table) ?? families.RowsBelow(table).Select(ProblemOf).FirstOrDefault(p => p is not null);

    /// <summary>Whether the choice is not carried out before somebody says that the table only grows.</summary>
    public static bool NeedsConsent(TableFact table, IdentityChoice choice) => choice is { Kind: IdentityKind.Full, OnlyGrows: false } && table.IsKeyless;

    /// <summary>
    /// The same of a partition or heir of the table, under whose name its rows come: the table's key tells them apart in ClickHouse, if the partition or heir
    /// sees to it, which no heir does by inheriting.
    /// </summary>
    public static bool NeedsConsent(TableFact member, TableFact table, IdentityChoice choice) => NeedsConsent(member, choice) || NeedsConsent(table, choice);

    /// <summary>The choice made for a partition or heir itself, else for the table it belongs to, if any.</summary>
    public static IdentityChoice? ChoiceFor(SetupGoal goal, TableFact member, TableFact table) => ChoiceFor(goal, member) ?? ChoiceFor(goal, table);

    /// <summary>The choice made for a table, if any.</summary>
    public static IdentityChoice? ChoiceFor(SetupGoal goal, TableFact table)
    {
        // Asked for every table, and hardly ever is there a choice.
        for (var i = 0; i < goal.Identities.Count; i++)
        {
            if (goal.Identities[i].Table == table.Ref)
            {
                return goal.Identities[i];
            }
        }

        return null;
    }
}
