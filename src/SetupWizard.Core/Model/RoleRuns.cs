namespace SetupWizard.Core.Model;

/// <summary>
/// Statements for other roles, in the order in which they have to be run: neighbours for the same role together. One list for each role would put grants to a
/// user before the statement that makes it.
/// </summary>
public static class RoleRuns
{
    /// <summary>Neighbours for the same role.</summary>
    /// <param name="statements">Statements in their order.</param>
    /// <param name="runBy">Who runs one.</param>
    public static IReadOnlyList<(string Role, IReadOnlyList<T> Statements)> Of<T>(IEnumerable<T> statements, Func<T, string?> runBy)
    {
        ArgumentNullException.ThrowIfNull(statements);
        ArgumentNullException.ThrowIfNull(runBy);
        var runs = new List<(string Role, IReadOnlyList<T> Statements)>();
        var current = new List<T>();
        foreach (var statement in statements)
        {
            var role = runBy(statement) ?? "";
            if (runs.Count == 0 || runs[^1].Role != role)
            {
                current = [];
                runs.Add((role, current));
            }

            current.Add(statement);
        }

        return runs;
    }
}
