using System.Globalization;
using System.Resources;
using SetupWizard.Core.Text;

namespace SetupWizard.Localization;

/// <summary>The words of the screens, by key, in the visitor's language. Findings, changes and guides have theirs in the engine's resources.</summary>
public static class Ui
{
    /// <summary>The resource files, by subject.</summary>
    public static readonly IReadOnlyList<string> Sources = ["UiTexts", "StepTexts", "NetworkTexts", "ConsoleTexts", "WatchTexts"];

    private static readonly ResourceManager[] s_managers = [.. Sources.Select(s => new ResourceManager("SetupWizard.Localization." + s, typeof(Ui).Assembly))];

    /// <summary>A sentence with its placeholders filled in; the key itself when there is none, so that a gap is seen.</summary>
    public static string T(string key, params (string Name, object? Value)[] arguments) =>
        Find(key, CultureInfo.CurrentUICulture, arguments) ?? key;

    /// <summary>The same, or null when there is no such key.</summary>
    public static string? Find(string key, CultureInfo culture, params (string Name, object? Value)[] arguments)
    {
        foreach (var manager in s_managers)
        {
            if (manager.GetString(key, culture) is { } template)
            {
                return arguments.Length == 0
                    ? template
                    : Messages.Fill(template, arguments.ToDictionary(a => a.Name, a => a.Value, StringComparer.Ordinal), culture);
            }
        }

        return null;
    }

    /// <summary>A name as a page shows it: whatever is hidden in it is seen. A sentence of <see cref="T"/> has its names like this already.</summary>
    public static string Visible(object? name) => VisibleText.Of(name?.ToString() ?? "");

    /// <summary>A duration in a few characters: <c>84 ms</c>, <c>1.4 s</c>, <c>00:48</c>.</summary>
    public static string Elapsed(TimeSpan elapsed) => elapsed switch
    {
        { TotalSeconds: < 1 } => string.Create(CultureInfo.CurrentCulture, $"{elapsed.TotalMilliseconds:0} ms"),
        { TotalSeconds: < 10 } => string.Create(CultureInfo.CurrentCulture, $"{elapsed.TotalSeconds:0.0} s"),
        _ => Clock(elapsed),
    };

    /// <summary>Minutes and seconds: <c>00:48</c>.</summary>
    public static string Clock(TimeSpan elapsed) =>
        string.Create(CultureInfo.InvariantCulture, $"{(int)elapsed.TotalMinutes:00}:{elapsed.Seconds:00}");

    /// <summary>Bytes with a unit: <c>1.2 GB</c>.</summary>
    public static string Bytes(long bytes) => ByteSize.Show(bytes, CultureInfo.CurrentCulture);
}
