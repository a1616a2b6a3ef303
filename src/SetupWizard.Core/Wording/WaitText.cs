using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Text;

namespace SetupWizard.Core.Wording;

/// <summary>Says what a change waits for: "Waits for: create user clickpipes_user (by rdsadmin)".</summary>
public static class WaitText
{
    /// <summary>How many it names.</summary>
    private const int Shown = 3;

    /// <summary>The sentence.</summary>
    /// <param name="waiting">The change and what it waits for.</param>
    /// <param name="culture">The language.</param>
    public static string Of(WaitingChange waiting, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(waiting);
        var named = waiting.For.Take(Shown).Select(c => c.RunBy is { } role
            ? Say("Waits.By", culture, ("title", FindingText.Title(c, culture)), ("role", role))
            : FindingText.Title(c, culture));
        var names = string.Join(", ", named);
        return Say("Waits.For", culture, ("changes", waiting.For.Count <= Shown ? names : Say("List.More", culture, ("shown", names), ("more", waiting.For.Count - Shown))));
    }

    private static string Say(string key, CultureInfo culture, params (string Name, object? Value)[] arguments) =>
        Messages.Get(key, culture, arguments);
}
