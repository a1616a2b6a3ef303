using System.Globalization;
using SetupWizard.Core.Export;
using SetupWizard.Core.Model;

namespace SetupWizard.Cli;

/// <summary>
/// Changes told in one breath: parts of the same thing that follow each other and stand where the first of them stands. A publication of 50,000 tables
/// takes 50 statements, and nobody reads 50 lines that differ in a number.
/// </summary>
/// <param name="First">The place of its first change, from 0.</param>
/// <param name="Changes">The changes, in order.</param>
public sealed record ChangeGroup(int First, IReadOnlyList<SqlChange> Changes)
{
    /// <summary>One change that stands for all: its title counts what all of them do.</summary>
    public SqlChange Whole => Changes.Count == 1
        ? Changes[0]
        : Changes[0] with
        {
            Arguments = new Dictionary<string, object?>(Changes[0].Arguments, StringComparer.Ordinal)
            {
                ["count"] = Changes.Sum(c => Convert.ToInt32(c.Arguments.GetValueOrDefault("count"), CultureInfo.InvariantCulture)),
            },
        };

    /// <summary>The first and the last table of all parts; null when the changes name none.</summary>
    public (string From, string To)? Range
    {
        get
        {
            // An undo takes the parts in the opposite order, so its first part holds the last tables.
            var ends = Changes.Where(c => c.OwnTransaction).Select(c => (From: Text(c, "first"), To: Text(c, "last"))).Where(e => e.From.Length > 0).ToList();
            return ends.Count == 0 ? null
                : string.CompareOrdinal(ends[0].From, ends[^1].From) <= 0 ? (ends[0].From, ends[^1].To)
                : (ends[^1].From, ends[0].To);
        }
    }

    /// <summary>Groups changes; <paramref name="state"/> tells apart what does not stand alike.</summary>
    public static IReadOnlyList<ChangeGroup> Of(IReadOnlyList<SqlChange> changes, Func<int, ChangeState>? state = null)
    {
        var groups = new List<ChangeGroup>();
        for (var first = 0; first < changes.Count;)
        {
            var end = first + 1;
            while (end < changes.Count && Together(changes[first], changes[end]) && state?.Invoke(first) == state?.Invoke(end))
            {
                end++;
            }

            groups.Add(new ChangeGroup(first, [.. changes.Skip(first).Take(end - first)]));
            first = end;
        }

        return groups;
    }

    private static bool Together(SqlChange a, SqlChange b) =>
        a.OwnTransaction && b.OwnTransaction && a.Kind == b.Kind && a.For == b.For && a.Phase == b.Phase && a.RunBy == b.RunBy;

    private static string Text(SqlChange change, string argument) => change.Arguments.GetValueOrDefault(argument)?.ToString() ?? "";
}
