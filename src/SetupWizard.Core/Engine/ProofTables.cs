using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Engine;

/// <summary>A tree that one query would take too many locks for.</summary>
/// <param name="Table">The root.</param>
/// <param name="Locks">How many one query on it takes.</param>
/// <param name="Certain">Whether the server has no room for them, whoever else is there or not.</param>
internal sealed record LargeTree(TableFact Table, long Locks, bool Certain);

/// <summary>Which tables the proof reads, and how.</summary>
internal static class ProofTables
{
    /// <summary>The relations ClickPipes asks for by their own names: each of them must be readable so.</summary>
    public static IReadOnlyList<TableRef> ByName(Inspection inspection) => [.. TableFamilies.ReadByName(inspection).Select(t => t.Ref)];

    /// <summary>Whether there may be names that a client of UTF-8 cannot be given: in UTF-8 itself there are none.</summary>
    public static bool NamesMayNotConvert(SourceSnapshot snapshot) => snapshot.Setting("server_encoding") != "UTF8";

    /// <summary>How many columns the server has to look at for a query on a table: those of everything below it, too.</summary>
    public static Func<TableRef, int> Columns(Inspection inspection)
    {
        var snapshot = inspection.Snapshot!;
        var families = TableFamilies.Of(snapshot);
        var columns = snapshot.Tables.ToDictionary(t => t.Ref, t => families.Members(t).Sum(static m => m.Columns));

        return table => columns.GetValueOrDefault(table);
    }

    /// <summary>
    /// Chosen trees of which a query would take more than its share of the lock table, which belongs to the application as well: they are not queried
    /// as a whole. The largest first.
    /// </summary>
    public static IReadOnlyList<LargeTree> Large(SourceSnapshot snapshot, IEnumerable<TableFact> chosen)
    {
        if (LockBudget.Of(snapshot) is not { } budget)
        {
            return [];
        }

        var families = TableFamilies.Of(snapshot);
        return
        [
            .. chosen.Where(t => families.Below(t).Count > 0)
                .Select(t => (Table: t, Locks: LockBudget.LocksOf(t, families, snapshot.Server.Major)))
                .Where(t => t.Locks > budget.Share)
                .OrderByDescending(t => t.Locks)
                .Select(t => new LargeTree(t.Table, t.Locks, t.Locks > budget.Most)),
        ];
    }
}
