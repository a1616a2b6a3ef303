using Microsoft.AspNetCore.Components;

namespace SetupWizard.Components.Forms;

/// <summary>One of several things to choose from.</summary>
/// <param name="Value">Its value.</param>
/// <param name="Label">Its name.</param>
public sealed record Choice<T>(T Value, string Label)
{
    /// <summary>One line about it.</summary>
    public string? Help { get; init; }

    /// <summary>A picture before it; null when it has none.</summary>
    public RenderFragment? Mark { get; init; }

    /// <summary>Short remarks.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    public bool Disabled { get; init; }
}
