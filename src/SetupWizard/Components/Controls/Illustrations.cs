namespace SetupWizard.Components.Controls;

/// <summary>The drawings of consoles, by guide.</summary>
public static class Illustrations
{
    private static readonly Dictionary<string, Type> s_drawings = new(StringComparer.Ordinal);

    /// <summary>The component that draws a guide's console; null when there is none.</summary>
    public static Type? Find(string guideId) => s_drawings.GetValueOrDefault(guideId);
}
