using System.Globalization;
using Microsoft.Extensions.Localization;
using MudBlazor;

namespace SetupWizard.Localization;

/// <summary>The words of the component library's own parts, in the visitor's language; where there is none of ours, the library's English.</summary>
public sealed class LibraryWords : MudLocalizer
{
    /// <inheritdoc/>
    public override LocalizedString this[string key] =>
        Ui.Find(key, CultureInfo.CurrentUICulture) is { } words ? new LocalizedString(key, words) : new LocalizedString(key, key, resourceNotFound: true);
}
