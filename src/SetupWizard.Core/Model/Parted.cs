namespace SetupWizard.Core.Model;

/// <summary>Lists in two.</summary>
internal static class Parted
{
    /// <summary>What something holds for, and the rest, each in order. Nearly always it is all of them, which then are not copied.</summary>
    public static (IReadOnlyList<T> Yes, IReadOnlyList<T> No) By<T>(IReadOnlyList<T> items, Func<T, bool> holds)
    {
        List<T>? yes = null;
        var no = new List<T>();
        for (var i = 0; i < items.Count; i++)
        {
            if (holds(items[i]))
            {
                yes?.Add(items[i]);
            }
            else
            {
                yes ??= [.. items.Take(i)];
                no.Add(items[i]);
            }
        }

        return (yes ?? items, no);
    }
}
