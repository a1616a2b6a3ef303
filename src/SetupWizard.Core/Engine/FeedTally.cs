using Npgsql.Replication.PgOutput;
using Npgsql.Replication.PgOutput.Messages;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Engine;

/// <summary>Counts what a feed receives. Of a row it reads the key; every other column is passed over without being read.</summary>
/// <param name="takenUnder">Under which chosen table the changes of a relation count.</param>
/// <param name="primaryKeys">The primary keys of tables whose identity is FULL.</param>
internal sealed class FeedTally(IReadOnlyDictionary<TableRef, TableRef> takenUnder, IReadOnlyDictionary<TableRef, IReadOnlySet<string>> primaryKeys)
{
    /// <summary>Maximum length of a key column's value, in characters; longer ones are truncated.</summary>
    private const int KeyLength = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<uint, Relation> _relations = [];
    private readonly Dictionary<TableRef, Counts> _counts = [];
    private readonly Queue<FeedOperation> _last = [];
    private DateTimeOffset _committedAt;
    private long _changes;

    /// <summary>How many changes came in, those of tables that were not chosen among them.</summary>
    public long Received { get; private set; }

    /// <summary>Counts one message of the replication stream.</summary>
    public async Task TakeAsync(PgOutputReplicationMessage message, CancellationToken cancellationToken)
    {
        switch (message)
        {
            case BeginMessage begin:
                _committedAt = new DateTimeOffset(DateTime.SpecifyKind(begin.TransactionCommitTimestamp, DateTimeKind.Utc));
                break;
            case RelationMessage relation:
                _relations[relation.RelationId] = Describe(relation);
                break;
            case InsertMessage insert:
                await RowAsync(insert.Relation, FeedOperationKind.Insert, insert.NewRow, cancellationToken).ConfigureAwait(false);
                break;
            case UpdateMessage update:
                await RowAsync(update.Relation, FeedOperationKind.Update, update.NewRow, cancellationToken).ConfigureAwait(false);
                break;
            case KeyDeleteMessage delete:
                await RowAsync(delete.Relation, FeedOperationKind.Delete, delete.Key, cancellationToken).ConfigureAwait(false);
                break;
            case FullDeleteMessage delete:
                await RowAsync(delete.Relation, FeedOperationKind.Delete, delete.OldRow, cancellationToken).ConfigureAwait(false);
                break;
            case TruncateMessage truncate:
                foreach (var relation in truncate.Relations)
                {
                    Count(_relations[relation.RelationId], FeedOperationKind.Truncate, []);
                }

                break;
        }
    }

    /// <summary>What was counted until now.</summary>
    public FeedPulse Pulse(FeedState state, TimeSpan elapsed)
    {
        lock (_gate)
        {
            List<FeedCount> tables = [.. _counts.Select(c => c.Value.Take(c.Key)).OrderByDescending(c => c.Total).ThenBy(c => c.Table)];
            return new FeedPulse(state, elapsed) { Changes = _changes, LastSecond = tables.Sum(t => t.LastSecond), Tables = tables, Last = [.. _last.Reverse()] };
        }
    }

    /// <summary>
    /// Which columns are the key. With the identity FULL the stream marks every column as part of it
    /// (<see href="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-REPLICA-IDENTITY"/>): there only a primary key counts.
    /// </summary>
    private Relation Describe(RelationMessage relation)
    {
        var table = new TableRef(relation.Namespace, relation.RelationName);
        var primary = primaryKeys.GetValueOrDefault(table);
        bool IsKey(RelationMessage.Column column) => relation.ReplicaIdentity == RelationMessage.ReplicaIdentitySetting.AllColumns
            ? primary?.Contains(column.ColumnName) == true
            : column.Flags.HasFlag(RelationMessage.Column.ColumnFlags.PartOfKey);
        var chosen = takenUnder.TryGetValue(table, out var taken);
        return new Relation(chosen ? taken : table, chosen, [.. relation.Columns.Select(c => IsKey(c) ? c.ColumnName : null)]);
    }

    private async Task RowAsync(RelationMessage message, FeedOperationKind kind, ReplicationTuple row, CancellationToken cancellationToken)
    {
        var relation = _relations[message.RelationId];
        var key = new List<FeedKey>();
        if (relation is { Chosen: true, KeyColumns: > 0 })
        {
            var column = 0;
            await foreach (var value in row.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                if (column < relation.Keys.Length && relation.Keys[column] is { } name)
                {
                    key.Add(new FeedKey(name, await ReadAsync(value, cancellationToken).ConfigureAwait(false)));
                    if (key.Count == relation.KeyColumns)
                    {
                        // What follows is nobody's business; the connection passes over it.
                        break;
                    }
                }

                column++;
            }
        }

        Count(relation, kind, key);
    }

    private static async Task<string?> ReadAsync(ReplicationValue value, CancellationToken cancellationToken)
    {
        if (value.IsDBNull)
        {
            return null;
        }

        if (value.IsUnchangedToastedValue)
        {
            return "…";
        }

        using var reader = value.GetTextReader();
        var buffer = new char[KeyLength + 1];
        var length = await reader.ReadBlockAsync(buffer, cancellationToken).ConfigureAwait(false);
        return length <= KeyLength ? new string(buffer, 0, length) : new string(buffer, 0, char.IsHighSurrogate(buffer[KeyLength - 1]) ? KeyLength - 1 : KeyLength) + "…";
    }

    private void Count(Relation relation, FeedOperationKind kind, IReadOnlyList<FeedKey> key)
    {
        lock (_gate)
        {
            Received++;
            if (!relation.Chosen)
            {
                return;
            }

            _changes++;
            if (!_counts.TryGetValue(relation.Table, out var counts))
            {
                _counts[relation.Table] = counts = new Counts();
            }

            counts.Add(kind);
            _last.Enqueue(new FeedOperation(_changes, _committedAt, relation.Table, kind, key));
            if (_last.Count > FeedLimits.Last)
            {
                _last.Dequeue();
            }
        }
    }

    /// <summary>A table of the stream; a column that is no part of the key has no name here.</summary>
    private sealed record Relation(TableRef Table, bool Chosen, string?[] Keys)
    {
        public int KeyColumns { get; } = Keys.Count(k => k is not null);
    }

    private sealed class Counts
    {
        private readonly long[] _byKind = new long[4];
        private long _taken;

        public void Add(FeedOperationKind kind) => _byKind[(int)kind]++;

        public FeedCount Take(TableRef table)
        {
            var total = _byKind.Sum();
            var since = total - _taken;
            _taken = total;
            return new FeedCount(table, _byKind[0], _byKind[1], _byKind[2], _byKind[3], since);
        }
    }
}
