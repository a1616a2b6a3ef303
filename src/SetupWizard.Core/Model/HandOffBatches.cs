namespace SetupWizard.Core.Model;

/// <summary>
/// Groups consecutive statements by the role that must run them, in the order in which they have to be run. One list for each role would put grants to a
/// user before the statement that creates it.
/// </summary>
public static class HandOffBatches
{
    /// <summary>Consecutive statements of one role as one batch.</summary>
    /// <param name="statements">Statements in their order.</param>
    /// <param name="runBy">Who runs one.</param>
    public static IReadOnlyList<(string Role, IReadOnlyList<T> Statements)> Of<T>(IEnumerable<T> statements, Func<T, string?> runBy)
    {
        ArgumentNullException.ThrowIfNull(statements);
        ArgumentNullException.ThrowIfNull(runBy);
        var batches = new List<(string Role, IReadOnlyList<T> Statements)>();
        var current = new List<T>();
        foreach (var statement in statements)
        {
            var role = runBy(statement) ?? "";
            if (batches.Count == 0 || batches[^1].Role != role)
            {
                current = [];
                batches.Add((role, current));
            }

            current.Add(statement);
        }

        return batches;
    }
}
