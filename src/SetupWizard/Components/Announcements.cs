namespace SetupWizard.Components;

/// <summary>Sentences for people who cannot see the page change. One for each circuit.</summary>
public sealed class Announcements
{
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
}
