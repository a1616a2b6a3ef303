using System.Text.RegularExpressions;

namespace SetupWizard.Core.Tests.House;

/// <summary>What the test projects may know and do: two of them are pure, so that they can be run after every change.</summary>
public sealed partial class TestProjectTests
{
    /// <summary>No server, no browser and no other process. What listens for them is in this process: a fake, or the wizard's own host.</summary>
    private static readonly string[] s_pure = ["tests/SetupWizard.Core.Tests", "tests/SetupWizard.Web.Tests"];

    /// <summary>Files of pure projects that name a starter and start nothing.</summary>
    private static readonly string[] s_namesOnly = ["tests/SetupWizard.Core.Tests/House/TestProjectTests.cs"];

    [Fact]
    public void Pure_projects_start_nothing() =>
        Assert.Empty(
            from project in s_pure
            from file in Files(project, "*.cs")
            where !s_namesOnly.Contains(file)
            from Match found in Starters().Matches(File.ReadAllText(Path.Combine(Repository.Top, file)))
            select $"{file}: {found.Value} belongs into tests/SetupWizard.Server.Tests");

    [Fact]
    public void Pure_projects_reference_no_driver_of_a_server_or_a_browser() =>
        Assert.All(s_pure, static p => Assert.DoesNotMatch("Npgsql|Playwright|Server\\.Tests|E2E", Project(p)));

    /// <summary>What several projects need is compiled once, in SetupWizard.Testing.</summary>
    [Fact]
    public void No_project_takes_files_of_another() =>
        Assert.All(
            Directory.GetDirectories(Path.Combine(Repository.Top, "tests"), "SetupWizard.*").Select(static d => Path.GetRelativePath(Repository.Top, d)),
            static p => Assert.DoesNotContain("Include=\"../", Regex.Replace(Project(p), "<ProjectReference [^>]*>", ""), StringComparison.Ordinal));

    private static string Project(string folder) => File.ReadAllText(Path.Combine(Repository.Top, folder, Path.GetFileName(folder) + ".csproj"));

    private static IEnumerable<string> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Repository.Top, folder), pattern, SearchOption.AllDirectories)
            .Select(static f => Path.GetRelativePath(Repository.Top, f).Replace('\\', '/'))
            .Where(static f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal));

    [GeneratedRegex(@"\bProcess(StartInfo|\.Start)\b|\b(PostgresSandbox|NpgsqlConnection|SshServer|PgBouncer|CommandRunner|ServerProcess|NpmPostgres\.Install\w*|IPlaywright)\b|\bnew SandboxLauncher\b")]
    private static partial Regex Starters();
}
