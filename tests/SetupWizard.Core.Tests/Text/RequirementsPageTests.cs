using System.Globalization;
using System.Text;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Text;

namespace SetupWizard.Core.Tests.Text;

/// <summary>docs/requirements.md is made of the rules and their words. <c>UPDATE_DOCS=1 dotnet test tests/SetupWizard.Core.Tests --filter RequirementsPage</c> rewrites it.</summary>
public sealed class RequirementsPageTests
{
    private const string Update = "UPDATE_DOCS";

    private static readonly Dictionary<string, object?> s_none = new(StringComparer.Ordinal);

    private static readonly RequirementId[] s_proof =
    [
        RequirementId.ProofLogin, RequirementId.ProofReplication, RequirementId.ProofRead, RequirementId.ProofPublication,
        RequirementId.ProofSlot, RequirementId.ProofChange, RequirementId.ProofClean,
    ];

    [Fact]
    public void The_page_says_what_the_rules_and_their_words_say()
    {
        var file = Path.Combine(Repository.Top, "docs", "requirements.md");
        var wanted = Page();
        if (Environment.GetEnvironmentVariable(Update) == "1")
        {
            File.WriteAllText(file, wanted);
        }

        var found = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";

        Assert.True(found == wanted, $"docs/requirements.md is not what the rules say. Rewrite it: {Update}=1 dotnet test tests/SetupWizard.Core.Tests --filter RequirementsPage");
    }

    private static string Page()
    {
        var page = new StringBuilder();
        Line("# Requirements");
        Line();
        Line("Made of the rules and their words by a test; do not edit by hand. Words in braces are filled in with the names and values of the source.");
        Line("`{count|table|tables}` is one word or the other, by the number.");
        Line();
        Line("What is unknown because only ClickPipes can tell, when it connects, takes no part in the outcome: not in the exit code, not in `ready`.");
        Line();
        Line("SW205 belongs to Access while the ClickPipes user does not exist, because it is set when that is made.");
        Line();
        Line("| Code | Slug | Name | Area | Situations |");
        Line("|---|---|---|---|---|");
        Row(RequirementId.Reachable, nameof(Area.Connect), ConnectionFailure.Cases);
        foreach (var rule in RequirementCatalog.All)
        {
            Row(rule.Id, rule.Area.ToString(), rule.Cases);
        }

        foreach (var proof in s_proof)
        {
            Row(proof, "Verify", []);
        }

        Section(RequirementId.Reachable, ConnectionFailure.Cases, _ => "blocking");
        foreach (var rule in RequirementCatalog.All)
        {
            Section(rule.Id, rule.Cases, c => States(rule.Id.Code, c));
        }

        return page.ToString();

        void Line(string text = "") => page.Append(text).Append('\n');

        void Row(RequirementId id, string area, IReadOnlyList<string> cases) =>
            Line($"| {(cases.Count > 0 ? $"[{id.Code}](#{id.Code.ToLowerInvariant()}-{id.Slug})" : id.Code)} | `{id.Slug}` | {Word(id.Code + ".Name")} | {area} | {string.Join(", ", cases.Select(c => $"`{c}`"))} |");

        void Section(RequirementId id, IReadOnlyList<string> cases, Func<string, string> states)
        {
            Line();
            Line($"## {id.Code} {id.Slug}");
            Line();
            Line($"**{Word(id.Code + ".Name")}.** Green: {Word(id.Code + ".Ok")}");
            foreach (var situation in cases)
            {
                var key = id.Code + "." + situation + ".";
                Line();
                Line($"### `{situation}`: {states(situation)}");
                Line();
                Line(Word(Own(key, "Title")));
                Line();
                foreach (var (part, label) in new[] { ("Why", "Why"), ("Consequence", id == RequirementId.Reachable ? "As a result" : "If you don't"), ("Fix", "Way out") })
                {
                    if (Messages.Find(Own(key, part), CultureInfo.InvariantCulture, s_none) is { Length: > 0 })
                    {
                        Line($"- {label}: {Word(Own(key, part))}");
                    }
                }
            }
        }
    }

    /// <summary>The key of a sentence: the requirement's own, or else what is said of the situation for any.</summary>
    private static string Own(string key, string part) =>
        Messages.Find(key + part, CultureInfo.InvariantCulture, s_none) is null ? "Any." + key.Split('.')[1] + "." + part : key + part;

    private static string Word(string key) => Messages.Get(key, CultureInfo.InvariantCulture, s_none).Replace("|", "\\|", StringComparison.Ordinal);

    /// <summary>The verdicts a situation gets, as the tests of every situation have them.</summary>
    private static string States(string code, string situation) => string.Join(
        " or ",
        Scenarios.All.Where(s => s.Code == code && s.Case == situation)
            .Select(s => (s.State, s.Source().Judge(code).First(f => f.Case == situation).Confidence))
            .Distinct()
            .OrderByDescending(s => s.State)
            .Select(s => (s.State == FindingState.NotApplicable ? "does not apply" : s.State.ToString().ToLowerInvariant())
                + (s.Confidence == Confidence.OnlyClickPipesCanTell ? " (only ClickPipes can tell)" : "")));
}
