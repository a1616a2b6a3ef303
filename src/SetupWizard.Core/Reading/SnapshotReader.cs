using System.Data;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Npgsql;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Reading;

/// <summary>A reading and what it cost.</summary>
/// <param name="Snapshot">The facts.</param>
/// <param name="Cost">Round trips after log-in, and the time they took.</param>
public sealed record SourceReading(SourceSnapshot Snapshot, ReadCost Cost);

/// <summary>
/// Reads a source: one read-only transaction in one batch, so one round trip, however many tables there are. Only when a server
/// refuses a statement that stock PostgreSQL lets everybody run is the rest read again without it, and the refusal recorded.
/// </summary>
public static partial class SnapshotReader
{
    /// <summary>Classes of SQLSTATE: connection exception, insufficient resources, operator intervention, system error, internal error.</summary>
    private static readonly string[] s_notAboutTheStatement = ["08", "53", "57", "58", "XX"];

    /// <summary>Opens nothing and closes nothing: reads on an open session.</summary>
    /// <param name="source">The session.</param>
    /// <param name="goal">Whose user and publication the facts are about.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="NpgsqlException">The connection was lost, or the server cannot even say what it is.</exception>
    public static async Task<SourceReading> ReadAsync(OpenedSource source, SetupGoal goal, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(goal);
        var started = Stopwatch.GetTimestamp();
        var connection = source.Connection;

        // Beside the reading, not after it: the name was resolved a moment ago.
        var addresses = HostAddresses.OfAsync(connection.Host, cancellationToken);
        var sections = SnapshotSections.For(source.Major, goal, source.HasEncoding);
        var refused = new List<Unreadable>();
        var roundTrips = 0;
        while (true)
        {
            var draft = new SnapshotDraft(connection.ProcessID);
            roundTrips++;
            try
            {
                await RunAsync(connection, sections, draft, cancellationToken).ConfigureAwait(false);
                var cost = new ReadCost(roundTrips, Stopwatch.GetElapsedTime(started));
                var snapshot = draft.Build(refused) with
                {
                    Addresses = await addresses.ConfigureAwait(false),
                    CertificateIssuer = source.Certificate?.Issuer,
                };
                return new SourceReading(snapshot, cost);
            }
            catch (PostgresException exception) when (Culprit(exception, sections, draft.UnderWay) is { Essential: false } culprit)
            {
                refused.Add(new Unreadable(culprit.Name, exception.SqlState) { Refused = RefusedIn(exception, culprit), Message = ServerMessage.Cut(exception.MessageText) });
                sections = [.. sections.Where(s => s != culprit)];
                roundTrips++;
                var rollback = new NpgsqlCommand("ROLLBACK", connection);
                await using (rollback.ConfigureAwait(false))
                {
                    await rollback.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    /// <summary>The statement the server refused; null when what happened has nothing to do with one (it is shutting down, it is overloaded, the session ran out of time).</summary>
    private static SnapshotSection? Culprit(PostgresException exception, IReadOnlyList<SnapshotSection> sections, SnapshotSection? underWay) =>
        s_notAboutTheStatement.Contains(exception.SqlState[..2]) || exception.EndsSession() ? null
            : exception.BatchCommand is { } command ? sections.FirstOrDefault(s => s.Sql == command.CommandText)
            : underWay;

    /// <summary>
    /// What of a statement the server refuses. Messages are in the server's language, names are not: a word of the message that the statement has, too, is the one.
    /// </summary>
    private static string RefusedIn(PostgresException exception, SnapshotSection section)
    {
        if (CatalogName().Matches(ServerMessage.Cut(exception.MessageText)).Select(m => m.Value).FirstOrDefault(name => CatalogName().Matches(section.Sql).Any(m => m.Value == name)) is { } named)
        {
            return named;
        }

        return exception.SqlState == PostgresErrorCodes.InsufficientPrivilege && Read().Matches(section.Sql).Select(m => m.Groups[1].Value).Distinct().ToList() is { Count: > 0 } all
            ? string.Join(", ", all)
            : section.Name;
    }

    [GeneratedRegex("\\bpg_[a-z0-9_]+", RegexOptions.CultureInvariant)]
    private static partial Regex CatalogName();

    [GeneratedRegex("\\b(?:FROM|JOIN)\\s+(pg_[a-z0-9_]+)\\s", RegexOptions.CultureInvariant)]
    private static partial Regex Read();

    private static async Task RunAsync(NpgsqlConnection connection, IReadOnlyList<SnapshotSection> sections, SnapshotDraft draft, CancellationToken cancellationToken)
    {
        var batch = new NpgsqlBatch(connection) { Timeout = connection.CommandTimeout };
        await using (batch.ConfigureAwait(false))
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(CatalogQueries.Begin));
            batch.BatchCommands.Add(new NpgsqlBatchCommand(CatalogQueries.SearchPath));
            foreach (var section in sections)
            {
                var command = new NpgsqlBatchCommand(section.Sql);
                foreach (var value in section.Parameters)
                {
                    command.Parameters.Add(new NpgsqlParameter { Value = value });
                }

                batch.BatchCommands.Add(command);
            }

            batch.BatchCommands.Add(new NpgsqlBatchCommand(CatalogQueries.Commit));
            var reader = await batch.ExecuteReaderAsync(CommandBehavior.Default, cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                // Statements without rows (BEGIN, SET, COMMIT) give no result: the first one is the first section's.
                foreach (var section in sections)
                {
                    // What fails between two rows (a name that cannot be converted) comes without the statement it belongs to.
                    draft.UnderWay = section;
                    while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    {
                        section.Read(reader, draft);
                    }

                    section.Done?.Invoke(draft);
                    draft.UnderWay = null;
                    await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }
}
