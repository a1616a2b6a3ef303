using System.CommandLine;
using System.Globalization;
using SetupWizard.Core.Text;

namespace SetupWizard.Cli;

/// <summary>Options that take one of a few words.</summary>
internal static class OptionWords
{
    /// <summary>Refuses every other word, by the option's name and in the reader's language.</summary>
    public static void TakesOneOf<T>(this Option<T> option, IReadOnlyCollection<string> words, CultureInfo culture)
    {
        option.CompletionSources.Add([.. words]);
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token, ..] && !words.Contains(token.Value, StringComparer.Ordinal))
            {
                result.AddError(Messages.Get("Cli.OneOf", culture, ("option", option.Name), ("value", token.Value), ("known", string.Join(", ", words))));
            }
        });
    }
}
