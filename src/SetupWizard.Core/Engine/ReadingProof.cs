using Npgsql;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Engine;

/// <summary>The stages of a proof that read, on an ordinary connection of the ClickPipes user.</summary>
internal sealed class ReadingProof(NpgsqlConnection user, SetupGoal goal, ProofReport report)
{
    private const int TablesPerBatch = 500;

    /// <summary>Every chosen table can be read.</summary>
    public async Task<bool> ProveReadAsync(Inspection inspection, CancellationToken cancellationToken)
    {
        var started = report.Begin(RequirementId.ProofRead);
        var tables = TableFamilies.ReadByName(inspection).Select(t => t.Ref).ToList();
        try
        {
            foreach (var chunk in tables.Chunk(TablesPerBatch))
            {
                var batch = new NpgsqlBatch(user) { Timeout = 60 };
                await using (batch.ConfigureAwait(false))
                {
                    foreach (var table in chunk)
                    {
                        batch.BatchCommands.Add(new NpgsqlBatchCommand($"SELECT * FROM {table.Quoted} LIMIT 0"));
                    }

                    await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                }
            }

            report.Pass(RequirementId.ProofRead, started, ("count", tables.Count));
            return true;
        }
        catch (Exception e) when (ProofQueries.IsFailure(e, cancellationToken))
        {
            if (await UnreadableAsync(tables, cancellationToken).ConfigureAwait(false) is not { } unreadable)
            {
                report.Fail(RequirementId.ProofRead, started, RequirementId.TableSelect, report.Problem("proof-failed", e));
                return false;
            }

            var owner = e is PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } p && p.MessageText.Contains("schema", StringComparison.Ordinal)
                ? RequirementId.SchemaUsage
                : RequirementId.TableSelect;
            report.Fail(
                RequirementId.ProofRead,
                started,
                owner,
                report.Problem("proof-read", e, ("user", goal.User), ("count", unreadable.Count), ("tables", string.Join(", ", unreadable.Take(8))), ("total", tables.Count)));
            return false;
        }
    }

    /// <summary>Which ones; null when the server does not answer that either.</summary>
    private async Task<List<string>?> UnreadableAsync(List<TableRef> tables, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT t.s, t.n
            FROM unnest($1::text[], $2::text[]) t(s, n)
            LEFT JOIN pg_catalog.pg_namespace ns ON ns.nspname = t.s
            LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = ns.oid AND c.relname = t.n
            WHERE c.oid IS NULL OR NOT pg_catalog.has_schema_privilege(ns.oid, 'USAGE') OR NOT pg_catalog.has_table_privilege(c.oid, 'SELECT')
            """;
        var command = new NpgsqlCommand(Sql, user)
        {
            Parameters = { new() { Value = tables.Select(t => t.Schema).ToArray() }, new() { Value = tables.Select(t => t.Name).ToArray() } },
        };
        await using (command.ConfigureAwait(false))
        {
            try
            {
                return [.. (await ProofQueries.RowsAsync(command, cancellationToken).ConfigureAwait(false)).Select(r => r.ToString())];
            }
            catch (Exception e) when (ProofQueries.IsFailure(e, cancellationToken))
            {
                return null;
            }
        }
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
