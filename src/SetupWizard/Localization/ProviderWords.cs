using SetupWizard.Core.Providers;

namespace SetupWizard.Localization;

/// <summary>A provider's name as it stands alone and inside a sentence, in the visitor's language.</summary>
public static class ProviderWords
{
    /// <summary>As it stands alone: <c>My own server</c>.</summary>
    public static string Name(string id) =>
        Ui.Find($"Provider.{id}.Name", System.Globalization.CultureInfo.CurrentUICulture) ?? ProviderCatalog.Find(id)?.ShortName ?? id;

    /// <summary>Inside a sentence: <c>a server of your own</c>.</summary>
    public static string Inline(string id) =>
        Ui.Find($"Provider.{id}.Inline", System.Globalization.CultureInfo.CurrentUICulture) ?? Name(id);

    /// <summary>Whose manual it is: <c>PostgreSQL</c>.</summary>
    public static string Manual(string id) =>
        Ui.Find($"Provider.{id}.Manual", System.Globalization.CultureInfo.CurrentUICulture) ?? Name(id);
}
