using System.Globalization;

namespace SetupWizard.Sandbox;

/// <summary>Which directory the sandbox on a port has, for other processes of the same user. No secrets: those go over the socket in that directory.</summary>
internal static class SandboxRegistry
{
    /// <summary>Makes the sandbox known. Where the user has no place to write, the sandbox works all the same; only nobody can attach to it.</summary>
    public static void Add(int port, string directory)
    {
        if (FileFor(port) is not { } file)
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, directory);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // As said above.
        }
    }

    /// <summary>The directory of the sandbox that was last on a port; whether it still runs is for its socket to say.</summary>
    public static string? Find(int port)
    {
        try
        {
            return FileFor(port) is { } file && File.Exists(file) ? File.ReadAllText(file) : null;
        }
        catch (FileNotFoundException)
        {
            // Another process has removed it between the two looks.
            return null;
        }
    }

    /// <summary>Removes the entry, unless the port has another sandbox by now.</summary>
    public static void Remove(int port, string directory)
    {
        if (FileFor(port) is { } file && Find(port) == directory)
        {
            File.Delete(file);
        }
    }

    private static string? FileFor(int port) =>
        UserDirectories.OwnCache is { } cache ? Path.Combine(cache, "sandboxes", port.ToString(CultureInfo.InvariantCulture)) : null;
}
