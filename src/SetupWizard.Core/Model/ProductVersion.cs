using System.Reflection;

namespace SetupWizard.Core.Model;

/// <summary>Which SetupWizard this is.</summary>
public static class ProductVersion
{
    /// <summary>The version, without the mark of a build: <c>1.2.3</c>.</summary>
    public static string Text { get; } =
        (typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0").Split('+')[0];
}
