using System.Text;

namespace SetupWizard.Testing;

/// <summary>How much there is to read.</summary>
public static class WordCount
{
    /// <summary>The words of a text: what stands between spaces and has a letter or a digit. Korean is counted as it is spaced.</summary>
    public static int Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Count(static part => part.EnumerateRunes().Any(Rune.IsLetterOrDigit));
    }
}
