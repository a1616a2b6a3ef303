
namespace SetupWizard.Core.Model;

/// <summary>
/// A table that holds rows and that a publication sends in part: some columns (a column list) or some rows (a row filter). PostgreSQL lets its UPDATE and DELETE pass only while
/// the list holds every column that identifies rows, the filter looks at no other column, and there is no list at all where the whole row identifies (PostgreSQL 15 and later).
/// See <see href="https://www.postgresql.org/docs/current/logical-replication-row-filter.html#LOGICAL-REPLICATION-ROW-FILTER-RESTRICTIONS"/> and
/// <see href="https://www.postgresql.org/docs/current/logical-replication-col-lists.html"/>.
/// </summary>
/// <param name="Table">The table.</param>
/// <param name="Publication">The publication, whosever it is.</param>
/// <param name="SendsChanges">Whether it sends UPDATE or DELETE now.</param>
/// <param name="HasList">Whether there is a column list, which FULL refuses.</param>
/// <param name="Fits">Whether the row identity the table has goes with it.</param>
/// <param name="Indexes">The unique indexes that would.</param>
public sealed record PublishedPartFact(TableRef Table, string Publication, bool SendsChanges, bool HasList, bool Fits, IReadOnlyList<string> Indexes);
