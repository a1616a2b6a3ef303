using System.Diagnostics;
using SetupWizard.Server.Tests.Cli;

namespace SetupWizard.Server.Tests.Scripts;

/// <summary>A checkout with the real scripts, in which every other program is a stand-in.</summary>
internal sealed class ScriptHome : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("setupwizard-test-");

    public ScriptHome()
    {
        Directory.CreateDirectory(Path.Combine(Top, "scripts"));
        Directory.CreateDirectory(Programs);
        foreach (var name in new[] { "common", "run", "test" })
        {
            File.Copy(Path.Combine(Repository.Top, "scripts", name), Path.Combine(Top, "scripts", name));
        }
    }

    /// <summary>The checkout.</summary>
    public string Top => Path.Combine(_root.FullName, "checkout of mine");

    /// <summary>What the stand-ins wrote to <c>$CALLS</c>.</summary>
    public string Calls => File.Exists(CallsFile) ? File.ReadAllText(CallsFile) : "";

    private string Programs => Path.Combine(_root.FullName, "programs");

    private string CallsFile => Path.Combine(_root.FullName, "calls");

    /// <summary>Writes a file of the checkout.</summary>
    public void Write(string path, string text = "")
    {
        var full = Path.Combine(Top, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    /// <summary>Puts everything in the checkout an hour back, each before and after the others as it was: what is written next is newer, however coarse the file system's clock.</summary>
    public void Age()
    {
        foreach (var entry in new DirectoryInfo(Top).EnumerateFileSystemInfos("*", SearchOption.AllDirectories))
        {
            entry.LastWriteTimeUtc -= TimeSpan.FromHours(1);
        }
    }

    /// <summary>Puts a program into the PATH, as a shell script.</summary>
    public void Program(string name, string body)
    {
        var path = Path.Combine(Programs, name);
        File.WriteAllText(path, "#!/bin/bash\n" + body + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Puts programs of this machine into the PATH.</summary>
    public void Real(params string[] names)
    {
        foreach (var name in names)
        {
            var path = new[] { "/usr/bin", "/bin" }.Select(d => Path.Combine(d, name)).First(File.Exists);
            File.CreateSymbolicLink(Path.Combine(Programs, name), path);
        }
    }

    /// <summary>Runs a script.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="alone">Whether nothing but the stand-ins is in the PATH.</param>
    /// <param name="args">Its arguments.</param>
    public async Task<CliRun> RunAsync(string name, bool alone, params string[] args)
    {
        var start = new ProcessStartInfo("/bin/bash", [Path.Combine(Top, "scripts", name), .. args])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _root.FullName,
        };
        start.Environment["PATH"] = alone ? Programs : Programs + ":/usr/bin:/bin";
        start.Environment["CALLS"] = CallsFile;
        start.Environment["ROOT"] = _root.FullName;
        start.Environment.Remove("CHROMIUM_PATH");
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new CliRun(process.ExitCode, output, await error);
    }

    public void Dispose() => _root.Delete(recursive: true);
}
