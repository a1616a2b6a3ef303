using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Audit;

/// <summary>Reads an audit back: what was applied to a database and not taken back since.</summary>
public static class AuditTrail
{
    /// <summary>What the kind of a change begins with that takes another one back.</summary>
    public const string UndoPrefix = "undo-";

    /// <summary>The kind of a change that gives privileges on single columns again, which taking one on the whole table back has taken along.</summary>
    public const string KeepColumns = "keep-columns";

    /// <summary>What was applied and not taken back by this tool, oldest first: the lines that say that it is in effect.</summary>
    /// <param name="audit">The audit.</param>
    /// <param name="source">The database, see <see cref="IAuditLog.NameOf"/>.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static async Task<List<AuditEntry>> StandingAsync(IAuditLog audit, string source, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(audit);
        var standing = new List<AuditEntry>();
        await foreach (var entry in audit.ReadAsync(source, cancellationToken).ConfigureAwait(false))
        {
            if (entry.Event != AuditEvent.InEffect)
            {
                continue;
            }

            if (!entry.Undoing)
            {
                standing.Add(entry);
            }
            else if (standing.FindLastIndex(e => e.Undo == (entry.Undoes ?? entry.Sql)) is >= 0 and var undone)
            {
                standing.RemoveAt(undone);
            }
        }

        return standing;
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
        EffectComesLater = entry.Kind == ParameterChanges.ReloadKind,
        Arguments = (entry.Arguments ?? new Dictionary<string, string>(StringComparer.Ordinal)).ToDictionary(a => a.Key, a => Value(a.Key, a.Value), StringComparer.Ordinal),
    };

    /// <summary>The audit has words only; a count must be a number again, so that its noun can agree with it.</summary>
    private static object? Value(string name, string value) =>
        name == "count" && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : value;
}
