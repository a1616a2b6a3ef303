
namespace SetupWizard.Components.Basics;

/// <summary>What a callout is about.</summary>
public enum CalloutKind
{
    Note,
    Good,
    Caution,
    Problem,
}
