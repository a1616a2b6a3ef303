using SetupWizard.Core.Model;
using SetupWizard.Core.Source;

namespace SetupWizard.Core.Requirements;

/// <summary>Short ways to write a rule's verdicts.</summary>
internal static class Verdicts
{
    /// <summary>The situation of a requirement that does not concern the source. It has a title and nothing else.</summary>
    public const string NotApplicableCase = "not-applicable";

    /// <summary>The situation in which a fact could not be read.</summary>
    public const string UnreadableCase = "unreadable";

    /// <summary>As it should be.</summary>
    public static Finding Ok(this IRequirement rule, params (string Name, object? Value)[] arguments) =>
        rule.Say(FindingState.Satisfied, "ok", arguments);

    /// <summary>Does not concern this source.</summary>
    public static Finding NotApplicable(this IRequirement rule, params (string Name, object? Value)[] arguments) =>
        rule.Say(FindingState.NotApplicable, NotApplicableCase, arguments);

    /// <summary>A verdict.</summary>
    public static Finding Say(this IRequirement rule, FindingState state, string situation, params (string Name, object? Value)[] arguments) => new()
    {
        Id = rule.Id,
        Step = rule.Step,
        State = state,
        Case = situation,
        Arguments = Args(arguments),
    };

    /// <summary>Arguments by name.</summary>
    public static Dictionary<string, object?> Args(params (string Name, object? Value)[] arguments) =>
        arguments.ToDictionary(a => a.Name, a => a.Value, StringComparer.Ordinal);

    /// <summary>Why a fact could not be read; null when it could.</summary>
    public static string? WhyUnreadable(this SourceSnapshot snapshot, string what) =>
        snapshot.Unreadable.FirstOrDefault(u => u.What == what)?.Why;

    /// <summary>Tables as subjects.</summary>
    public static IReadOnlyList<Subject> Subjects(this IEnumerable<TableFact> tables) => [.. tables.Select(t => Subject.Of(t.Ref))];
}
