using System.Diagnostics;

namespace SetupWizard.Server.Tests.Export.Code;

/// <summary>A program that stands in for a real one.</summary>
internal static class FakeProgram
{
    /// <summary>
    /// Makes one. Another process writes it: what this one has open for writing a process that another thread starts at that moment has open too, for as
    /// long as it takes to become its own program, and until then nobody can run it ("Text file busy").
    /// </summary>
    /// <param name="folder">Where.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="text">The script.</param>
    public static async Task WriteAsync(string folder, string name, string text)
    {
        var path = Path.Combine(folder, name);
        await File.WriteAllTextAsync(path + ".text", text);
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "cp \"$1.text\" \"$1\" && chmod +x \"$1\"", "sh", path]))!;
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
