using System.Globalization;
using Npgsql;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Requirements.Access;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Engine;

/// <summary>The stages of a proof that read, on an ordinary connection of the ClickPipes user.</summary>
/// <param name="user">That connection.</param>
/// <param name="open">Opens another one like it.</param>
/// <param name="goal">What is wanted.</param>
/// <param name="report">Receives the events of the stages.</param>
internal sealed class ReadingProof(NpgsqlConnection user, Func<CancellationToken, Task<OpenAttempt>> open, SetupGoal goal, ProofReport report)
{
    /// <summary>Maximum number of tables named in a problem; the rest is counted.</summary>
    private const int Named = 8;

    /// <summary>Every table ClickPipes asks for by name can be read.</summary>
    public async Task<bool> ProveReadAsync(Inspection inspection, CancellationToken cancellationToken)
    {
        var started = report.Begin(RequirementId.ProofRead);
        var large = ProofTables.Large(inspection.Snapshot!, inspection.Tables.Chosen);
        var tables = ProofTables.ByName(inspection);
        var reading = new TableReading(user, open, ProofTables.Columns(inspection), ProofTables.NamesMayNotConvert(inspection.Snapshot!));
        SortedDictionary<string, string> limits;
        await using (reading.ConfigureAwait(false))
        {
            try
            {
                // What holds for the user is known for certain here alone: another login's own settings hide the server's.
                limits = await LimitsAsync(cancellationToken).ConfigureAwait(false);
                if (limits.TryGetValue(RoleSettings.TransactionTimeout, out var most))
                {
                    report.Fail(
                        RequirementId.ProofRead,
                        started,
                        RequirementId.RoleSettings,
                        ProofReport.Problem("proof-transaction-timeout", ("user", goal.User), ("userSql", PgIdentifier.QuoteIfNeeded(goal.User)), ("value", most)));
                    return false;
                }

                await reading.ReadAsync(tables, large.Select(t => t.Table.Ref).ToHashSet(), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (ProofQueries.IsFailure(e, cancellationToken))
            {
                report.FailBy(e, RequirementId.ProofRead, started, RequirementId.TableSelect, "proof-failed");
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
            (large.Count > 0, limits.Count > 0) switch { (true, true) => "apart-limited", (true, false) => "apart", (false, true) => "limited", _ => null },
            RequirementId.ProofRead,
            started,
            ("count", tables.Count),
            ("apart", large.Count),
            ("tables", Names(large.Select(t => t.Table.Ref))),
            ("settings", string.Join(", ", limits.Select(l => l.Key + " = " + l.Value))));
        return true;
    }

    /// <summary>Settings in effect for this session that would get in ClickPipes' way, and that it does not set itself.</summary>
    private async Task<SortedDictionary<string, string>> LimitsAsync(CancellationToken cancellationToken)
    {
        var limits = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var command = new NpgsqlCommand("SELECT n, pg_catalog.current_setting(n, true) FROM pg_catalog.unnest($1::text[]) n WHERE pg_catalog.current_setting(n, true) IS NOT NULL", user)
        {
            Parameters = { new() { Value = RoleSettings.NotSent.Keys.ToArray() } },
        };
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    var (name, value) = (reader.GetString(0), reader.GetString(1));
                    if (!RoleSettings.IsHarmless(value, RoleSettings.NotSent[name]))
                    {
                        limits[name] = value;
                    }
                }
            }
        }

        return limits;
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
                ReadRefusal.NotText => ("proof-not-text", RequirementId.Names),
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
                ("what", Names(group.Select(r => r.Table))),
                ("schemas", string.Join(", ", group.Select(r => r.Table.Schema).Distinct(StringComparer.Ordinal).Take(Named))),
                ("relation", PgLiteral.Quote(first.Table.Quoted)),
            ];
            if (group.Key == ReadRefusal.LockTable && ChosenOf(inspection, first.Table) is { } table)
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

    /// <summary>The chosen table that one belongs to: itself, or one above it, whose whole tree is locked.</summary>
    private static TableFact? ChosenOf(Inspection inspection, TableRef refused)
    {
        var chosen = inspection.Tables.Chosen;
        return chosen.FirstOrDefault(t => t.Ref == refused)
            ?? chosen.FirstOrDefault(t => TableFamilies.Of(inspection.Snapshot!).Below(t).Any(m => m.Ref == refused))
            ?? inspection.Snapshot!.Tables.FirstOrDefault(t => t.Ref == refused);
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

    private static string Names(IEnumerable<TableRef> all) => NameList.Of(all.Select(static t => t.ToString()), Named);

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
        catch (PostgresException e) when (ProofQueries.IsNotText(e))
        {
            report.Fail(RequirementId.ProofPublication, started, RequirementId.Names, report.Problem("proof-not-text", e, ("what", goal.Publication)));
            return false;
        }
        catch (Exception e) when (ProofQueries.IsFailure(e, cancellationToken))
        {
            report.FailBy(e, RequirementId.ProofPublication, started, RequirementId.Publication, "proof-failed");
            return false;
        }
    }
}
