
namespace SetupWizard.Components;

/// <summary>Sentences for people who cannot see the page change. One for each circuit.</summary>
public sealed class Announcements
{
    private readonly HashSet<object> _told = new(ReferenceEqualityComparer.Instance);

    public event Action? Changed;

    public string Polite { get; private set; } = "";

    public string Assertive { get; private set; } = "";

    /// <summary>Says a sentence once what is being said is over, or at once when it cannot wait.</summary>
    public void Say(string sentence, bool assertive = false)
    {
        if (assertive)
        {
            Assertive = sentence;
        }
        else
        {
            Polite = sentence;
        }

        Changed?.Invoke();
    }

    /// <summary>
    /// Says how something ended, the first time anybody asks: whoever shows it may have come after its end, or have come back to it.
    /// </summary>
    /// <returns>False when that was said before.</returns>
    public bool SayOnce(object about, string sentence, bool assertive = false)
    {
        if (!_told.Add(about))
        {
            return false;
        }

        Say(sentence, assertive);
        return true;
    }
}
