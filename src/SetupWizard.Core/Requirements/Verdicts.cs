using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements;

/// <summary>Short ways to write a rule's verdicts.</summary>
internal static class Verdicts
{
    /// <summary>Readings that are made from the oldest supported version on only.</summary>
    private static readonly string[] s_ofTables = ["pg_class", "pg_namespace", "pg_default_acl", "pg_publication"];

    /// <summary>SQLSTATEs of a name that the server cannot convert: no right would help.</summary>
    private static readonly string[] s_notText = ["22021", "22P05"];

    /// <summary>The situation of a requirement that does not concern the source. It has a title and nothing else.</summary>
    public const string NotApplicableCase = "not-applicable";

    /// <summary>The situation in which a fact could not be read.</summary>
    public const string UnreadableCase = "unreadable";

    /// <summary>As it should be.</summary>
    public static Finding Satisfied(this IRequirement rule, params (string Name, object? Value)[] arguments) =>
        rule.Finding(FindingState.Satisfied, "ok", arguments);

    /// <summary>Does not concern this source.</summary>
    public static Finding NotApplicable(this IRequirement rule, params (string Name, object? Value)[] arguments) =>
        rule.Finding(FindingState.NotApplicable, NotApplicableCase, arguments);

    /// <summary>A verdict.</summary>
    public static Finding Finding(this IRequirement rule, FindingState state, string situation, params (string Name, object? Value)[] arguments) => new()
    {
        Id = rule.Id,
        Area = rule.Area,
        State = state,
        Case = situation,
        Arguments = Args(arguments),
    };

    /// <summary>Arguments by name.</summary>
    public static Dictionary<string, object?> Args(params (string Name, object? Value)[] arguments) =>
        arguments.ToDictionary(a => a.Name, a => a.Value, StringComparer.Ordinal);

    /// <summary>Something that has to be known could not be read: the verdict is open, never "fine" and never "missing".</summary>
    public static Finding Unreadable(this IRequirement rule, string what, string reason) => s_notText.Contains(reason)
        ? rule.Finding(FindingState.Unknown, UnreadableCase, ("what", what), ("reason", reason), (Model.Finding.Shared, "not-text"))
        : rule.Finding(FindingState.Unknown, UnreadableCase, ("what", what), ("reason", reason));

    /// <summary>The open verdict when one of these readings was refused, or was not tried because the server is too old; null when all is known.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="context">What is known.</param>
    /// <param name="needs">The readings the verdict rests on, by the names <see cref="Model.Unreadable.What"/> has.</param>
    public static Finding? UnknownIfUnreadable(this IRequirement rule, RequirementContext context, params string[] needs)
    {
        var refused = context.Snapshot.Unreadable.FirstOrDefault(u => needs.Contains(u.What));
        if (refused is not null)
        {
            var open = rule.Unreadable(refused.Refused, refused.Why);
            return refused.Message is { } message ? open with { Server = new ServerMessage(refused.Why, message) } : open;
        }

        var server = context.Snapshot.Server;
        return server.Major < PostgresFeatures.OldestReadable && needs.FirstOrDefault(s_ofTables.Contains) is { } table
            ? rule.Unreadable(table, "PostgreSQL " + server.Version)
            : null;
    }

    /// <summary>Tables as subjects.</summary>
    public static IReadOnlyList<Subject> Subjects(this IEnumerable<TableFact> tables) =>
        new Projected<TableFact, Subject>(tables as IReadOnlyList<TableFact> ?? [.. tables], static t => Subject.Of(t.Ref));
}
