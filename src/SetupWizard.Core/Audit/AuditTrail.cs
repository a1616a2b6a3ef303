using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Audit;

/// <summary>Reads an audit back: what was applied to a database and not taken back since.</summary>
public static class AuditTrail
{
    /// <summary>What the kind of a change begins with that takes another one back.</summary>
    public const string UndoPrefix = "undo-";

    /// <summary>The kind of a change that gives privileges on single columns again, which taking one on the whole table back has taken along.</summary>
    public const string KeepColumns = "keep-columns";

    /// <summary>Reads back what became of the changes of a database.</summary>
    /// <param name="entries">The lines about it, oldest first.</param>
    /// <param name="fates">What became of transactions that the record leaves open, by their number; one that is not named is not known.</param>
    public static AuditStanding Of(IReadOnlyList<AuditEntry> entries, IReadOnlyDictionary<string, TransactionFate> fates)
    {
        ArgumentNullException.ThrowIfNull(entries);
        ArgumentNullException.ThrowIfNull(fates);
        var standing = new List<AuditEntry>();
        var undecided = new List<AuditEntry>();
        var happened = new List<AuditEntry>();
        var takenBack = new Dictionary<(string, int), DateTimeOffset>();
        var open = Open(entries).Select(static e => (e.Run, e.Index, e.Event)).ToHashSet();
        foreach (var entry in entries)
        {
            var fate = entry.Event == AuditEvent.InEffect ? TransactionFate.Committed
                : !open.Contains((entry.Run, entry.Index, entry.Event)) ? TransactionFate.Aborted
                : entry.Transaction is { } number ? fates.GetValueOrDefault(number) : TransactionFate.Unknown;
            if (fate == TransactionFate.Committed)
            {
                happened.Add(entry);
            }

            switch (fate)
            {
                case TransactionFate.Committed when entry.Undoing:
                    // A copy of a server has its identifier and its numbers: what was taken back at one address is there at the other, unless its state says so.
                    if (standing.FindLastIndex(e => e.Undo == (entry.Undoes ?? entry.Sql) && (e.Source == entry.Source || e.Leaves is null)) is >= 0 and var undone)
                    {
                        takenBack[(standing[undone].Run, standing[undone].Index)] = entry.At;
                        standing.RemoveAt(undone);
                    }

                    break;

                // Where the server knows no more, the state of what was changed tells: as the change leaves it, it is in effect.
                case TransactionFate.Committed:
                case TransactionFate.Unknown when !entry.Undoing && entry.Leaves is not null:
                    standing.Add(entry);
                    break;

                case TransactionFate.Running:
                case TransactionFate.Unknown when entry is { Undoing: false, Undo: not null } && entry.Kind != SqlChange.ReloadKind:
                    undecided.Add(entry);
                    break;
            }
        }

        return new AuditStanding(standing, undecided, happened) { TakenBack = takenBack };
    }

    /// <summary>
    /// The last lines about changes of which the record does not say what became of them: those that were about to be committed, and statements outside of a
    /// transaction that were begun. What was not about to be committed ended with its session.
    /// </summary>
    public static IReadOnlyList<AuditEntry> Open(IReadOnlyList<AuditEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var open = new Dictionary<(string, int), AuditEntry>();
        foreach (var entry in entries)
        {
            if (entry.Event is AuditEvent.InEffect or AuditEvent.RolledBack or AuditEvent.Failed)
            {
                open.Remove((entry.Run, entry.Index));
            }
            else if (entry.Transaction is not null || !entry.Transactional)
            {
                open[(entry.Run, entry.Index)] = entry;
            }
        }

        return [.. open.Values];
    }

    /// <summary>The change that takes back what a line says is in effect.</summary>
    /// <exception cref="ArgumentException">Nothing takes it back.</exception>
    public static SqlChange UndoOf(AuditEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry.Undo is { } undo ? UndoOf(entry, new SqlText(undo)) : throw new ArgumentException("Nothing takes it back.", nameof(entry));
    }

    /// <summary>The same with another statement than the recorded one: what is left of it to be taken back.</summary>
    internal static SqlChange UndoOf(AuditEntry entry, SqlText statement) => new()
    {
        For = new RequirementId(entry.Code, ""),
        Kind = UndoPrefix + entry.Kind,
        Phase = Enum.Parse<ChangePhase>(entry.Phase),
        Statement = statement,
        Undoes = statement.Display == entry.Undo ? null : entry.Undo,
        Transactional = entry.Transactional,
        OwnTransaction = entry.Alone,
        EffectComesLater = entry.Kind == SqlChange.ReloadKind,
        Arguments = (entry.Arguments ?? new Dictionary<string, string>(StringComparer.Ordinal)).ToDictionary(a => a.Key, a => Value(a.Key, a.Value), StringComparer.Ordinal),
    };

    /// <summary>The audit stores arguments as text; a count is parsed back to a number for its plural forms.</summary>
    private static object? Value(string name, string value) =>
        name == "count" && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : value;
}
