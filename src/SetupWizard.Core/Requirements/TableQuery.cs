using System.IO.Enumeration;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements;

/// <summary>Finds tables by what a person types: a part of a name, a pattern (<c>sales_*</c>), or a list of names.</summary>
public static class TableQuery
{
    private static readonly char[] s_between = [',', ';', '\n', '\r', '\t'];

    /// <summary>Whether a table is meant by what stands in a filter: part of its name, or a pattern for all of it; several with commas between, one of which has to fit.</summary>
    public static Func<TableRef, bool> Filter(string text)
    {
        var parts = Split(text);
        return parts.Count == 0 ? static _ => true : table => parts.Exists(p => IsPattern(p) ? Fits(p, table) : table.ToString().Contains(p, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>
    /// Finds the tables of a list: one name or pattern a line, or with commas between; with or without a schema, with or without quotes. A name that is written as the table is goes before one in
    /// other letters. Each entry that means no table is in <see cref="NamedTables.Unknown"/>.
    /// </summary>
    /// <param name="text">What was typed or pasted.</param>
    /// <param name="tables">The tables there are.</param>
    public static NamedTables Named(string text, IEnumerable<TableRef> tables)
    {
        ArgumentNullException.ThrowIfNull(tables);
        var all = tables.ToList();
        var exact = Names(all, StringComparer.Ordinal);
        var loose = Names(all, StringComparer.OrdinalIgnoreCase);
        var found = new SortedSet<TableRef>();
        var unknown = new List<string>();
        foreach (var entry in Split(text).Select(static e => e.Replace("\"", "", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal))
        {
            var meant = IsPattern(entry) ? all.FindAll(t => Fits(entry, t)) : exact.GetValueOrDefault(entry) ?? loose.GetValueOrDefault(entry) ?? [];
            found.UnionWith(meant);
            if (meant.Count == 0)
            {
                unknown.Add(entry);
            }
        }

        return new NamedTables([.. found], unknown);
    }

    private static List<string> Split(string text) => [.. (text ?? "").Split(s_between, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    private static bool IsPattern(string text) => text.Contains('*', StringComparison.Ordinal) || text.Contains('?', StringComparison.Ordinal);

    /// <summary>A pattern with a dot is for schema and name, one without for the name in any schema.</summary>
    private static bool Fits(string pattern, TableRef table) =>
        FileSystemName.MatchesSimpleExpression(pattern, pattern.Contains('.', StringComparison.Ordinal) ? table.Schema + "." + table.Name : table.Name, ignoreCase: true);

    private static Dictionary<string, List<TableRef>> Names(List<TableRef> tables, StringComparer comparer)
    {
        var names = new Dictionary<string, List<TableRef>>(comparer);
        foreach (var table in tables)
        {
            foreach (var name in new[] { table.Name, table.Schema + "." + table.Name })
            {
                if (!names.TryGetValue(name, out var list))
                {
                    names[name] = list = [];
                }

                list.Add(table);
            }
        }

        return names;
    }
}

/// <summary>The tables of a list of names.</summary>
/// <param name="Found">Those that are there, by schema and name.</param>
/// <param name="Unknown">Entries that mean none, as they were written.</param>
public sealed record NamedTables(IReadOnlyList<TableRef> Found, IReadOnlyList<string> Unknown);
