using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Text;
using SetupWizard.Core.Watching;

namespace SetupWizard.Core.Wording;

/// <summary>Turns differences from a finished set-up into sentences. Keys: <c>Since.{Case}</c>.</summary>
public static class BaselineText
{
    /// <summary>What differs, with the old and the new value.</summary>
    /// <param name="difference">The difference.</param>
    /// <param name="baseline">What it differs from.</param>
    /// <param name="culture">The language.</param>
    public static string For(BaselineDifference difference, SetupBaseline baseline, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(difference);
        ArgumentNullException.ThrowIfNull(baseline);
        return Messages.Get(
            "Since." + difference.Case,
            culture,
            ("name", difference.Name),
            ("before", Value(difference.Before, culture)),
            ("after", Value(difference.After, culture)),
            ("user", baseline.UserName),
            ("publication", baseline.Publication.Name),
            ("count", difference.Tables.Count),
            ("tables", FindingText.Names([.. difference.Tables.Select(t => Subject.Of(t))], culture)));
    }

    private static string Value(string value, CultureInfo culture) => value is "" or "-" ? Messages.Get("Since.None", culture) : value;
}
