
namespace SetupWizard.Components;

/// <summary>How much text a field takes.</summary>
public static class FieldLimit
{
    /// <summary>In characters. An SSH key of 16,384 bits has about 13,000.</summary>
    public const int Most = 20_000;

    /// <summary>In bytes: what the connection of a page takes at once. A character takes up to six as JSON writes it, and a little goes around it.</summary>
    internal const int MessageBytes = (Most * 6) + 8_192;
}
