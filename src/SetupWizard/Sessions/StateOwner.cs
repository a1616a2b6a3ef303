
namespace SetupWizard.Sessions;

/// <summary>
/// The one owner of a state: changes are made one after the other, each to what the one before left, whichever thread they come from. A change is a pure function and takes
/// no time, so whoever comes second waits for it and goes on with the result; nothing is awaited in between.
/// </summary>
/// <typeparam name="TState">An immutable state.</typeparam>
/// <param name="first">What there is in the beginning.</param>
/// <param name="changed">Told after each change that left something else, outside of the queue.</param>
public sealed class StateOwner<TState>(TState first, Action changed)
    where TState : class
{
    private readonly Lock _gate = new();
    private TState _current = first;

    /// <summary>The state as the last change left it.</summary>
    public TState Current => Volatile.Read(ref _current);

    /// <summary>Makes a change.</summary>
    /// <param name="change">Gives the next state, or the same where there is nothing to change.</param>
    /// <returns>What it was before and what it is now.</returns>
    public (TState Before, TState After) Apply(Func<TState, TState> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        TState before, after;
        lock (_gate)
        {
            before = _current;
            after = change(before);
            Volatile.Write(ref _current, after);
        }

        if (!ReferenceEquals(before, after))
        {
            changed();
        }

        return (before, after);
    }
}
