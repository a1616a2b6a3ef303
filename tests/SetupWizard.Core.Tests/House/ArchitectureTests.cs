using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Tests.House;

/// <summary>
/// What may know of what. A file of Core knows the rooms it names with <c>using</c>, and no other: unneeded ones are an error of the build, and there are no global ones.
/// <c>UPDATE_DOCS=1 dotnet test tests/SetupWizard.Core.Tests --filter ArchitectureTests</c> draws docs/rooms.svg anew.
/// </summary>
public sealed partial class ArchitectureTests
{
    /// <summary>Core's rooms, ground first. A room knows those before it.</summary>
    private static readonly string[] s_rooms =
        ["Sql", "Text", "Model", "Providers", "Audit", "Requirements", "Connecting", "Reading", "Watching", "Wording", "Guides", "HandOff", "Engine", "Export"];

    /// <summary>The rooms without I/O and without a clock: what they say is the same whenever they are asked.</summary>
    private static readonly string[] s_pure = ["Sql", "Text", "Model", "Providers", "Requirements", "Watching", "Wording", "Guides"];

    /// <summary>Data by provider that is not about the provider: which sandbox stands in for it, whose name a drawing has, and what samples are of.</summary>
    private static readonly string[] s_byProvider = ["src/SetupWizard/Components/Gallery/", "src/SetupWizard/Components/Illustrations/Samples.cs", "src/SetupWizard/Sessions/Sandboxes/SandboxLauncher.cs"];

    private static readonly Lazy<IReadOnlyList<SourceFile>> s_core = new(static () =>
    [
        .. Files("src/SetupWizard.Core", ".cs")
            .Select(static f => new SourceFile(f, File.ReadAllText(Path.Combine(Repository.Top, f))))
            .Where(static f => f.Path.Count(static c => c == '/') > 2),
    ]);

    /// <summary>The rooms' types, as far as they have files of their names.</summary>
    private static readonly Lazy<HashSet<(string Room, string Type)>> s_types = new(static () => [.. s_core.Value.Select(static f => (f.Room, Path.GetFileNameWithoutExtension(f.Path)))]);

    [Fact]
    public void Every_file_of_Core_is_in_a_room() =>
        Assert.All(s_core.Value, static f =>
        {
            Assert.Contains(f.Room, s_rooms);
            Assert.Matches($@"(?m)^namespace SetupWizard\.Core\.{f.Room}(\.\w+)?;", f.Text);
        });

    [Fact]
    public void Rooms_know_only_those_below_them()
    {
        var upwards = s_core.Value.SelectMany(static f => f.Known.Select(k => (f.Path, f.Room, Known: k)))
            .Where(static u => Array.IndexOf(s_rooms, u.Known) > Array.IndexOf(s_rooms, u.Room))
            .Select(static u => $"{u.Path} is in {u.Room} and knows {u.Known}");

        Assert.Empty(upwards);
    }

    [Fact]
    public void Projects_know_only_those_below_them()
    {
        Assert.Empty(References("src/SetupWizard.Core/SetupWizard.Core.csproj"));
        Assert.Empty(References("src/SetupWizard.Sandbox/SetupWizard.Sandbox.csproj"));
        Assert.Equal(["SetupWizard.Core", "SetupWizard.Sandbox"], References("src/SetupWizard/SetupWizard.csproj").Order(StringComparer.Ordinal));

        Assert.DoesNotContain(
            Files("src/SetupWizard", ".cs").Concat(Files("src/SetupWizard", ".razor")),
            static f => NpgsqlName().IsMatch(WithoutComments(File.ReadAllText(Path.Combine(Repository.Top, f)))));
    }

    /// <summary>The area of a rule is where its file is: SW205 and its like may give a finding another, a rule may not.</summary>
    [Fact]
    public void A_rule_is_in_the_folder_of_its_area() =>
        Assert.All(RequirementCatalog.All, static r => Assert.Equal($"SetupWizard.Core.Requirements.{r.Area}", r.GetType().Namespace));

    [Fact]
    public void Rules_and_words_do_no_IO_and_look_at_no_clock() =>
        Assert.Empty(s_core.Value.Where(static f => s_pure.Contains(f.Room)).SelectMany(static f => Effects().Matches(f.Code).Select(m => $"{f.Path}: {m.Value}")));

    [Fact]
    public void Providers_are_named_where_they_live()
    {
        var names = Files("src/SetupWizard.Core/Providers", ".cs").Where(static f => File.ReadAllText(Path.Combine(Repository.Top, f)).Contains(": ProviderProfile", StringComparison.Ordinal)
            || File.ReadAllText(Path.Combine(Repository.Top, f)).Contains("ProviderProfile Profile", StringComparison.Ordinal)).Select(Path.GetFileNameWithoutExtension).ToList();
        Assert.Contains("AmazonRds", names);
        var name = new Regex($@"(?<!SandboxProfile\.)\b({string.Join('|', names)})\b", RegexOptions.CultureInvariant);

        Assert.DoesNotContain(
            Files("src", ".cs").Concat(Files("src", ".razor")).Where(static f =>
                !f.Contains("/Providers/", StringComparison.Ordinal) && !f.Contains(".Sandbox/", StringComparison.Ordinal) && !s_byProvider.Any(p => f.StartsWith(p, StringComparison.Ordinal))),
            f => name.IsMatch(WithoutComments(File.ReadAllText(Path.Combine(Repository.Top, f)))));
    }

    [Fact]
    public void Picture_of_the_rooms_is_what_the_code_says()
    {
        var file = Path.Combine(Repository.Top, "docs", "rooms.svg");
        var wanted = Picture();
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            File.WriteAllText(file, wanted);
        }

        Assert.True(File.Exists(file) && File.ReadAllText(file).ReplaceLineEndings("\n") == wanted, "docs/rooms.svg is not what the code says. Draw it: UPDATE_DOCS=1 dotnet test tests/SetupWizard.Core.Tests --filter ArchitectureTests");
    }

    /// <summary>A matrix: a dot where the room of the row knows that of the column. Nothing stands right of the diagonal.</summary>
    private static string Picture()
    {
        const int cell = 34, left = 130, top = 120;
        var known = s_core.Value.GroupBy(static f => f.Room).ToDictionary(static g => g.Key, static g => g.SelectMany(static f => f.Known).ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);
        var svg = new StringBuilder();
        int width = left + (s_rooms.Length * cell) + 20, height = top + (s_rooms.Length * cell) + 20;
        Line($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" font-family="system-ui, sans-serif" font-size="14">""");
        Line($"<title>Rooms of Core: a dot where the room of the row knows the room of the column</title>");
        Line($"""<rect width="{width}" height="{height}" fill="#ffffff"/>""");
        foreach (var (i, room) in s_rooms.Index())
        {
            var (x, y) = (left + (i * cell), top + (i * cell));
            Line($"""<text x="{left - 10}" y="{y + 22}" text-anchor="end" fill="#1f2328">{room}</text>""");
            Line($"""<text transform="translate({x + 22} {top - 10}) rotate(-60)" fill="#1f2328">{room}</text>""");
            foreach (var (j, other) in s_rooms.Index())
            {
                var there = known[room].Contains(other);
                Line($"""<rect x="{left + (j * cell)}" y="{y}" width="{cell - 2}" height="{cell - 2}" rx="4" fill="{(i == j ? "#57606a" : j < i ? "#eaeef2" : "#f6f8fa")}"/>""");
                if (there && i != j)
                {
                    Line($"""<circle cx="{left + (j * cell) + 16}" cy="{y + 16}" r="7" fill="{(j < i ? "#0969da" : "#cf222e")}"/>""");
                }
            }
        }

        Line($"</svg>");
        return svg.ToString();

        void Line(FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    private static IEnumerable<string> References(string project) =>
        ProjectReference().Matches(File.ReadAllText(Path.Combine(Repository.Top, project))).Select(static m => m.Groups["name"].Value);

    private static IEnumerable<string> Files(string folder, string extension) =>
        Directory.EnumerateFiles(Path.Combine(Repository.Top, folder), "*" + extension, SearchOption.AllDirectories)
            .Select(static f => Path.GetRelativePath(Repository.Top, f).Replace('\\', '/'))
            .Where(static f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    private static string WithoutComments(string text) => Comment().Replace(text, "");

    [GeneratedRegex(@"//[^\n]*|@\*.*?\*@", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"\bNpgsql", RegexOptions.CultureInvariant)]
    private static partial Regex NpgsqlName();

    [GeneratedRegex(@"Include=""[^""]*/(?<name>[\w.]+)\.csproj""", RegexOptions.CultureInvariant)]
    private static partial Regex ProjectReference();

    [GeneratedRegex(@"\bNpgsqlConnection\b|\b(File|Directory|Process|Dns|Socket|HttpClient|Thread|Environment)\.\w+|\bDateTime(Offset)?\.(Utc)?Now\b|\bTimeProvider\.System\b|\bawait\b", RegexOptions.CultureInvariant)]
    private static partial Regex Effects();

    private sealed partial record SourceFile(string Path, string Text)
    {
        public string Code { get; } = WithoutComments(Text);

        public string Room { get; } = Path.Split('/')[2];

        /// <summary>The other rooms it names, by a using or before a type's name.</summary>
        public IReadOnlyList<string> Known =>
        [
            .. Using().Matches(Text).Select(static m => m.Groups["room"].Value)
                .Concat(Qualified().Matches(Text).Where(static m => s_types.Value.Contains((m.Groups["room"].Value, m.Groups["type"].Value))).Select(static m => m.Groups["room"].Value))
                .Where(r => r != Room && s_rooms.Contains(r))
                .Distinct(StringComparer.Ordinal),
        ];

        [GeneratedRegex(@"(?m)^using (\w+ = )?(static )?SetupWizard\.Core\.(?<room>\w+)", RegexOptions.CultureInvariant)]
        private static partial Regex Using();

        [GeneratedRegex(@"(?<![\w.])(SetupWizard\.Core\.|Core\.)?(?<room>[A-Z]\w*)\.(\w+\.)?(?<type>[A-Z]\w*)", RegexOptions.CultureInvariant)]
        private static partial Regex Qualified();
    }
}
