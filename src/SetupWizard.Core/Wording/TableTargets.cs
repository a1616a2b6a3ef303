using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Wording;

/// <summary>A source table and the name it gets in ClickHouse.</summary>
/// <param name="Source">The table.</param>
/// <param name="Target">The ClickHouse table: the same name, with its schema in front where two schemas share it.</param>
/// <param name="SortedByWholeRow">It has no primary key and its whole rows are logged: unless it is told a sorting key, ClickPipes takes all columns.</param>
/// <param name="Excluded">Columns that the publication's column list leaves out: the first copy must not have what no change ever fills again.</param>
internal sealed record TableTarget(TableRef Source, string Target, bool SortedByWholeRow, IReadOnlyList<string> Excluded);

/// <summary>Chosen tables as ClickPipes maps them.</summary>
internal static class TableTargets
{
    /// <summary>The engine that applies updates and deletes; the API's own default only appends.</summary>
    public const string Engine = "ReplacingMergeTree";

    /// <summary>The word for logging in with an IAM role.</summary>
    public const string IamAuthentication = "IAM_ROLE";

    public static IReadOnlyList<TableTarget> Of(Inspection inspection)
    {
        var chosen = inspection.Tables.Chosen;
        var shared = chosen.GroupBy(t => t.Ref.Name, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet(StringComparer.Ordinal);
        var taken = new HashSet<string>(StringComparer.Ordinal);

        // A list that leaves out columns of the key has to be mended first: without them ClickPipes has nothing to sort by.
        var excluded = (inspection.Snapshot?.Filters ?? []).Where(static f => f is { HiddenColumns.Count: > 0, MissesIdentity: false }).ToLookup(static f => f.Table, static f => f.HiddenColumns);
        return
        [
            .. chosen.Select(t => new TableTarget(
                t.Ref,
                Free(shared.Contains(t.Ref.Name) ? t.Ref.Schema + "_" + t.Ref.Name : t.Ref.Name),
                t.IsKeyless && IdentityOf(inspection.Goal, t) == ReplicaIdentityKind.Full,
                excluded[t.Ref].FirstOrDefault([]))),
        ];

        // A third table may have the name that two schemas' tables get.
        string Free(string name)
        {
            while (!taken.Add(name))
            {
                name += "_";
            }

            return name;
        }
    }

    /// <summary>The identity a table has, or gets from a choice whose change is still to be made. What nobody agreed to is not made.</summary>
    public static ReplicaIdentityKind IdentityOf(SetupGoal goal, TableFact table) =>
        RowIdentity.ChoiceFor(goal, table) is { Kind: IdentityKind.Full } choice && !RowIdentity.NeedsConsent(table, choice) ? ReplicaIdentityKind.Full : table.Identity;

    /// <summary>A name for the pipe: the database's.</summary>
    public static string PipeName(Inspection inspection) => inspection.Endpoint.Database;
}
