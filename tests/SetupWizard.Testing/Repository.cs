namespace SetupWizard.Testing;

/// <summary>The files the tests were built from.</summary>
public static class Repository
{
    /// <summary>The directory of the solution.</summary>
    public static string Top { get; } = Find();

    private static string Find()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "SetupWizard.sln")))
        {
            directory = directory.Parent ?? throw new DirectoryNotFoundException("The tests do not run inside the repository.");
        }

        return directory.FullName;
    }
}
