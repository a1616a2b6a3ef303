using System.Globalization;

namespace SetupWizard.Sandbox;

/// <summary>Which directory the sandbox on a port has, for other processes of the same user. No secrets: those go over the socket in that directory.</summary>
internal static class SandboxRegistry
{
    private static string Folder => Path.Combine(UserDirectories.OwnCache, "sandboxes");

    public static void Add(int port, string directory)
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(FileFor(port), directory);
    }

    public static string? Find(int port) => File.Exists(FileFor(port)) ? File.ReadAllText(FileFor(port)) : null;

    /// <summary>Removes the entry, unless the port has another sandbox by now.</summary>
    public static void Remove(int port, string directory)
    {
        if (Find(port) == directory)
        {
            File.Delete(FileFor(port));
        }
    }

    private static string FileFor(int port) => Path.Combine(Folder, port.ToString(CultureInfo.InvariantCulture));
}
