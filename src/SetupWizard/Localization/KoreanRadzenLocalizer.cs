using System.Globalization;
using Radzen;

namespace SetupWizard.Localization;

/// <summary>Korean for the strings of the library components in use; the library itself has none. Null falls back to its English.</summary>
public sealed class KoreanRadzenLocalizer : ILocalizer
{
    public string? Get(string key, CultureInfo? culture) =>
        (culture ?? CultureInfo.CurrentUICulture).TwoLetterISOLanguageName == "ko" ? Ui.Find("Radzen." + key, culture ?? CultureInfo.CurrentUICulture) : null;
}
