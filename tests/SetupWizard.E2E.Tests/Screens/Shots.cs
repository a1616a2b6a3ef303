namespace SetupWizard.E2E.Tests.Screens;

/// <summary>Which pictures of a screen belong to the tour.</summary>
[Flags]
public enum Shots
{
    None = 0,
    Light = 1,
    Dark = 2,
    Korean = 4,
    Narrow = 8,
    Themes = Light | Dark,
}
