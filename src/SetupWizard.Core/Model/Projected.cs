using System.Collections;

namespace SetupWizard.Core.Model;

/// <summary>
/// A list that is made of another one, item by item, when somebody looks at it: a reading of 50,000 tables names them all several times, and hardly anybody looks at more than
/// the first few.
/// </summary>
/// <param name="source">The other list, which does not change any more.</param>
/// <param name="make">Makes an item, each time the same.</param>
internal sealed class Projected<TSource, T>(IReadOnlyList<TSource> source, Func<TSource, T> make) : IReadOnlyList<T>
{
    /// <inheritdoc/>
    public int Count => source.Count;

    /// <inheritdoc/>
    public T this[int index] => make(source[index]);

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => source.Select(make).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
