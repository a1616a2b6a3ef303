using System.Globalization;
using Npgsql;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Source;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Engine;

/// <summary>The stages of a proof that read, on an ordinary connection of the ClickPipes user.</summary>
/// <param name="user">That connection.</param>
/// <param name="open">Opens another one like it.</param>
/// <param name="goal">What is wanted.</param>
/// <param name="report">Hears how it goes.</param>
internal sealed class ReadingProof(NpgsqlConnection user, Func<CancellationToken, Task<OpenAttempt>> open, SetupGoal goal, ProofReport report)
{
    /// <summary>How many tables a problem names; more are counted.</summary>
    private const int Named = 8;

    /// <summary>Every table ClickPipes asks for by name can be read.</summary>
    public async Task<bool> ProveReadAsync(Inspection inspection, CancellationToken cancellationToken)
    {
        var started = report.Begin(RequirementId.ProofRead);
        var large = ProofTables.Large(inspection.Snapshot!, inspection.Tables.Chosen);
        var tables = ProofTables.ByName(inspection);
        var reading = new TableReading(user, open, ProofTables.Columns(inspection));
        await using (reading.ConfigureAwait(false))
        {
            try
            {
                await reading.ReadAsync(tables, large.Select(t => t.Table.Ref).ToHashSet(), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (ProofQueries.IsFailure(e, cancellationToken))
            {
                report.Fail(RequirementId.ProofRead, started, RequirementId.TableSelect, report.Problem("proof-failed", e));
                return false;
            }
        }

        var failures = Failures(reading, tables.Count, inspection).ToList();
        if (large is [{ Certain: true } largest, ..])
        {
            failures.Add(new ProofFailure(ProofReport.Problem("proof-lock-table-full", Locks(inspection, largest.Table)), RequirementId.LockTable));
        }

        if (failures.Count > 0)
        {
            report.Fail(RequirementId.ProofRead, started, failures);
            return false;
        }

        report.PassAs(
            large.Count > 0 ? "apart" : null,
            RequirementId.ProofRead,
            started,
            ("count", tables.Count),
            ("apart", large.Count),
            ("tables", Names(large.Select(t => t.Table.Ref))));
        return true;
    }

    /// <summary>One failure for each reason there is.</summary>
    private IEnumerable<ProofFailure> Failures(TableReading reading, int total, Inspection inspection)
    {
        foreach (var group in reading.Refused.GroupBy(r => r.Why).OrderBy(g => g.Key))
        {
            var first = group.First();
            var (key, owner) = group.Key switch
            {
                ReadRefusal.Schema => ("proof-read-schema", RequirementId.SchemaUsage),
                ReadRefusal.Select => ("proof-read", RequirementId.TableSelect),
                ReadRefusal.Rows => ("proof-read-rows", RequirementId.RoleSettings),
                ReadRefusal.Gone => ("proof-read-gone", RequirementId.TableKind),
                ReadRefusal.Locked => ("proof-read-locked", (RequirementId?)null),
                ReadRefusal.Cancelled => ("proof-read-cancelled", null),
                ReadRefusal.LockTable => ("proof-lock-table", RequirementId.LockTable),
                _ => ("proof-read-other", null),
            };
            (string, object?)[] arguments =
            [
                ("user", goal.User),
                ("userSql", PgIdentifier.Quote(goal.User)),
                ("count", group.Count()),
                ("total", total),
                ("untried", reading.Untried),
                ("tables", Names(group.Select(r => r.Table))),
                ("schemas", string.Join(", ", group.Select(r => r.Table.Schema).Distinct(StringComparer.Ordinal).Take(Named))),
                ("relation", PgLiteral.Quote(first.Table.Quoted)),
            ];
            if (group.Key == ReadRefusal.LockTable && inspection.Tables.Chosen.FirstOrDefault(t => t.Ref == first.Table) is { } table)
            {
                arguments = [.. arguments, .. Locks(inspection, table)];
            }

            yield return new ProofFailure(report.Problem(key, first.Error, arguments), owner);
        }

        if (reading.Untried > 0 && reading.Refused.All(r => r.Why != ReadRefusal.LockTable))
        {
            yield return new ProofFailure(ProofReport.Problem("proof-read-untried", ("count", reading.Untried), ("total", total)), null);
        }
    }

    /// <summary>What a query on a table takes of the server's lock table, and what would do.</summary>
    private static (string, object?)[] Locks(Inspection inspection, TableFact table)
    {
        var snapshot = inspection.Snapshot!;
        var families = TableFamilies.Of(snapshot);
        var locks = LockBudget.LocksOf(table, families, snapshot.Server.Major);
        var members = families.Below(table).Count;
        var budget = LockBudget.Of(snapshot);
        return
        [
            ("table", table.Ref.ToString()),
            ("locks", locks),
            ("partitions", members),
            ("indexes", locks - 1 - members),
            ("capacity", budget?.Capacity),
            ("value", snapshot.Setting(LockBudget.Setting)),
            ("raised", budget?.Raised(Math.Max(locks, budget.Capacity)).ToString(CultureInfo.InvariantCulture)),
        ];
    }

    private static string Names(IEnumerable<TableRef> all)
    {
        var names = all.ToList();
        var more = names.Count - Named;
        return string.Join(", ", names.Take(Named)) + (more > 0 ? string.Create(CultureInfo.InvariantCulture, $", +{more}") : "");
    }

    /// <summary>The publication is there and covers every chosen table.</summary>
    public async Task<bool> ProvePublicationAsync(Inspection inspection, CancellationToken cancellationToken)
    {
        var started = report.Begin(RequirementId.ProofPublication);
        try
        {
            if (await ProofQueries.ScalarAsync(user, "SELECT 1 FROM pg_catalog.pg_publication WHERE pubname = $1", goal.Publication, cancellationToken).ConfigureAwait(false) is null)
            {
                report.Fail(RequirementId.ProofPublication, started, RequirementId.Publication, ProofReport.Problem("proof-publication-missing", ("publication", goal.Publication)));
                return false;
            }

            var command = new NpgsqlCommand("SELECT schemaname::text, tablename::text FROM pg_catalog.pg_publication_tables WHERE pubname = $1", user) { Parameters = { new() { Value = goal.Publication } } };
            HashSet<TableRef> published;
            await using (command.ConfigureAwait(false))
            {
                published = [.. await ProofQueries.RowsAsync(command, cancellationToken).ConfigureAwait(false)];
            }

            // A root is listed by itself with publish_via_partition_root, by its leaves without; only the first is what ClickPipes looks for.
            var missing = TableFamilies.PublishedByName(inspection).Where(t => !published.Contains(t.Ref)).Select(t => t.Ref).ToList();
            if (missing.Count > 0)
            {
                report.Fail(
                    RequirementId.ProofPublication,
                    started,
                    RequirementId.PublicationTables,
                    ProofReport.Problem("proof-publication-tables", ("publication", goal.Publication), ("count", missing.Count), ("tables", string.Join(", ", missing.Take(8)))));
                return false;
            }

            report.Pass(RequirementId.ProofPublication, started, ("publication", goal.Publication), ("count", inspection.Tables.Chosen.Count));
            return true;
        }
        catch (Exception e) when (ProofQueries.IsFailure(e, cancellationToken))
        {
            report.Fail(RequirementId.ProofPublication, started, RequirementId.Publication, report.Problem("proof-failed", e));
            return false;
        }
    }
}
