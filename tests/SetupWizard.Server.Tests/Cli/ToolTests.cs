using System.Diagnostics;
using System.IO.Compression;
using System.Text.RegularExpressions;

namespace SetupWizard.Server.Tests.Cli;

/// <summary>The program as a .NET tool: what was built is packed, installed from a folder, and started where nothing of the repository is.</summary>
public sealed partial class ToolTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private readonly string _root = Directory.CreateTempSubdirectory("setupwizard-test-").FullName;

    private string Packages => Path.Combine(_root, "packages");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Tool_is_packed_installed_and_serves_everything_its_first_page_links()
    {
        var built = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        await DotnetAsync("pack", Path.Combine(Repository.Top, "src", "SetupWizard"), "--no-build", "--configuration", built, "--output", Packages, "--verbosity", "quiet");
        var package = Assert.Single(Directory.GetFiles(Packages));
        await LooksWholeAsync(package);

        var version = Path.GetFileName(package)["SetupWizard.".Length..^".nupkg".Length];
        await DotnetAsync("tool", "install", "SetupWizard", "--version", version, "--tool-path", Path.Combine(_root, "tools"), "--source", Packages);

        var elsewhere = Directory.CreateDirectory(Path.Combine(_root, "elsewhere")).FullName;
        using var patience = new CancellationTokenSource(s_patience);
        using var program = Process.Start(Isolated(new ProcessStartInfo(Path.Combine(_root, "tools", "SetupWizard"), ["--port", "0", "--no-browser"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = elsewhere,
        }))!;
        try
        {
            var error = program.StandardError.ReadToEndAsync(patience.Token);
            await program.StandardOutput.ReadLineAsync(patience.Token);
            var url = new Uri(await program.StandardOutput.ReadLineAsync(patience.Token) ?? await error);
            using var client = new HttpClient { BaseAddress = new Uri(url.GetLeftPart(UriPartial.Authority)) };
            await client.GetStringAsync(url, patience.Token);
            var page = await client.GetStringAsync("/", patience.Token);

            var links = Link().Matches(page).Select(static m => m.Groups[1].Value).Where(static l => l != "/").Distinct().ToList();
            Assert.Contains(links, static l => l.Contains("css/app.", StringComparison.Ordinal));
            Assert.Contains(links, static l => l.Contains("_framework/blazor.web.", StringComparison.Ordinal));
            Assert.All(links, l => Assert.NotEmpty(client.GetByteArrayAsync(l, patience.Token).GetAwaiter().GetResult()));
            Assert.Empty(Directory.GetFileSystemEntries(elsewhere));
        }
        finally
        {
            program.Kill();
            await program.WaitForExitAsync(CancellationToken.None);
        }
    }

    /// <summary>With its readme and its licence, and without what only a library needs: the static files once more.</summary>
    private static async Task LooksWholeAsync(string package)
    {
        using var zip = await ZipFile.OpenReadAsync(package);
        var names = zip.Entries.Select(static e => e.FullName).ToList();
        Assert.Contains("README.md", names);
        Assert.Contains(names, static n => n.EndsWith("/wwwroot/css/app.css", StringComparison.Ordinal));
        Assert.Single(names, static n => n.EndsWith("css/app.css", StringComparison.Ordinal));
        Assert.DoesNotContain(names, static n => n.StartsWith("staticwebassets/", StringComparison.Ordinal) || n.StartsWith("content", StringComparison.Ordinal));

        using var reader = new StreamReader(await zip.Entries.Single(static e => e.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).OpenAsync());
        var about = await reader.ReadToEndAsync();
        Assert.Contains("<license type=\"expression\">Apache-2.0</license>", about, StringComparison.Ordinal);
        Assert.Contains("<readme>README.md</readme>", about, StringComparison.Ordinal);
        Assert.Contains("<packageType name=\"DotnetTool\" />", about, StringComparison.Ordinal);
    }

    private async Task DotnetAsync(params string[] args)
    {
        using var process = Process.Start(Isolated(new ProcessStartInfo(Host, args) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _root }))!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', args)}\n{output}{await error}");
    }

    private static string Host => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>With what it keeps in a place of this test's own.</summary>
    private ProcessStartInfo Isolated(ProcessStartInfo start)
    {
        start.Environment["DOTNET_CLI_HOME"] = Path.Combine(_root, "home");
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["Wizard__DataDirectory"] = Path.Combine(_root, "data");
        if (Path.GetDirectoryName(Host) is { Length: > 0 } root)
        {
            // The tool's own starter looks for .NET in its usual places only.
            start.Environment["DOTNET_ROOT"] = root;
        }

        return start;
    }

    [GeneratedRegex("(?:href|src)=\"([^\"#:]+)\"")]
    private static partial Regex Link();
}
