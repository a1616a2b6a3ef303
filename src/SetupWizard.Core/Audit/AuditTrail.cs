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

    /// <summary>The changes that would take back what is in effect, newest first.</summary>
    /// <param name="audit">The audit.</param>
    /// <param name="source">The database, see <see cref="IAuditLog.NameOf"/>.</param>
    /// <param name="needed">Keys of the changes the facts of now ask for: one that is asked for again was taken back by somebody else.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static async Task<IReadOnlyList<SqlChange>> UndoOfAsync(IAuditLog audit, string source, IReadOnlySet<string> needed, CancellationToken cancellationToken)
    {
        var standing = await StandingAsync(audit, source, cancellationToken).ConfigureAwait(false);
        standing.Reverse();

        // A reload comes behind what it brings in, here as there.
        return
        [
            .. standing.Where(e => e.Undo is not null && !needed.Contains(SqlChange.KeyOf(e.Code, e.Sql)))
                .OrderBy(static e => e.Kind == ParameterChanges.ReloadKind)
                .Select(ToUndo)
                .DistinctBy(c => c.Key),
        ];
    }

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
            else if (standing.FindLastIndex(e => e.Undo == entry.Sql) is >= 0 and var undone)
            {
                standing.RemoveAt(undone);
            }
        }

        return standing;
    }

    private static SqlChange ToUndo(AuditEntry entry) => new()
    {
        For = new RequirementId(entry.Code, ""),
        Kind = UndoPrefix + entry.Kind,
        Phase = Enum.Parse<ChangePhase>(entry.Phase),
        Statement = new SqlText(entry.Undo!),
        Transactional = entry.Transactional,
        OwnTransaction = entry.Alone,
        EffectComesLater = entry.Kind == ParameterChanges.ReloadKind,
        Arguments = (entry.Arguments ?? new Dictionary<string, string>(StringComparer.Ordinal)).ToDictionary(a => a.Key, a => Value(a.Key, a.Value), StringComparer.Ordinal),
    };

    /// <summary>The audit has words only; a count must be a number again, so that its noun can agree with it.</summary>
    private static object? Value(string name, string value) =>
        name == "count" && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : value;
}
