
namespace SetupWizard.Core.Model;

/// <summary>The verdict of a requirement. The zero value is <see cref="Unknown"/> on purpose: "could not be read" is never "fine".</summary>
public enum FindingState
{
    /// <summary>It could not be determined.</summary>
    Unknown,

    /// <summary>As it should be.</summary>
    Satisfied,

    /// <summary>The requirement does not concern this source.</summary>
    NotApplicable,

    /// <summary>It works; something could be better.</summary>
    Advice,

    /// <summary>It works today and may hurt later.</summary>
    Warning,

    /// <summary>Changed, and waits for a restart.</summary>
    Pending,

    /// <summary>ClickPipes will refuse the source, or lose or miss data.</summary>
    Blocking,
}

/// <summary>What kind of thing a finding is about.</summary>
public enum SubjectKind
{
    /// <summary>A table.</summary>
    Table,

    /// <summary>A schema.</summary>
    Schema,

    /// <summary>A role.</summary>
    Role,

    /// <summary>A replication slot.</summary>
    Slot,

    /// <summary>A server setting.</summary>
    Setting,

    /// <summary>A column of a table.</summary>
    Column,

    /// <summary>A session, or a prepared transaction.</summary>
    Session,

    /// <summary>An address that ClickPipes comes from.</summary>
    Address,
}

/// <summary>How certain a verdict is.</summary>
public enum Confidence
{
    /// <summary>What was read here proves it.</summary>
    Verified,

    /// <summary>Everything that can be read here says so; something that cannot be read here may still say otherwise.</summary>
    Likely,

    /// <summary>Nothing that can be read here settles it: only ClickPipes, when it connects, can tell.</summary>
    OnlyClickPipesCanTell,
}

/// <summary>One thing a finding is about.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="Note">A machine-short remark about it, such as <c>no-key</c>; null when there is nothing to add.</param>
public sealed record Subject(SubjectKind Kind, string Name, string? Note = null)
{
    /// <summary>Its name for people.</summary>
    public string Name { get; init; } = Sql.ServerText.Shown(Name);

    /// <summary>The table, when <see cref="Kind"/> is <see cref="SubjectKind.Table"/> or <see cref="SubjectKind.Column"/>.</summary>
    public TableRef? Table { get; init; }

    /// <summary>A table as a subject.</summary>
    public static Subject Of(TableRef table, string? note = null) => new(SubjectKind.Table, table.ToString(), note) { Table = table };
}

/// <summary>A fact that led to the verdict, machine-short: <c>max_replication_slots = 10</c>.</summary>
/// <param name="Name">What was read.</param>
/// <param name="Value">What it said.</param>
public sealed record Evidence(string Name, string Value);

/// <summary>What the server itself said. Shown in a fold-out, verbatim but for its length, never alone.</summary>
/// <param name="SqlState">The five-character SQLSTATE, or null when no server answered.</param>
/// <param name="Text">The primary message.</param>
/// <param name="Detail">The detail line, when there was one.</param>
/// <param name="Hint">The hint, when there was one.</param>
public sealed record ServerMessage(string? SqlState, string Text, string? Detail = null, string? Hint = null)
{
    /// <summary>Maximum length of each part, in characters. PostgreSQL's own messages are shorter; another server in its place may send megabytes, and each view makes copies.</summary>
    public const int MostCharacters = 8192;

    /// <summary>The five-character SQLSTATE, or null when no server answered.</summary>
    public string? SqlState { get; init; } = Cut(SqlState);

    /// <summary>The primary message.</summary>
    public string Text { get; init; } = Cut(Text);

    /// <summary>The detail line, when there was one.</summary>
    public string? Detail { get; init; } = Cut(Detail);

    /// <summary>The hint, when there was one.</summary>
    public string? Hint { get; init; } = Cut(Hint);

    /// <summary>The text, truncated to <see cref="MostCharacters"/>.</summary>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(text))]
    public static string? Cut(string? text) => text is not { Length: > MostCharacters } ? text
        : text[..(char.IsHighSurrogate(text[MostCharacters - 1]) ? MostCharacters - 1 : MostCharacters)] + " …";
}

/// <summary>The verdict of one requirement about one source.</summary>
public sealed record Finding
{
    /// <summary>The argument that names sentences any requirement shares, when those of its own situation would not be true: <c>Any.{value}.…</c>.</summary>
    internal const string Shared = "shared";

    /// <summary>The argument that names the way out when another than the situation's own is the right one: <c>Any.{value}.Fix</c>.</summary>
    internal const string SharedFix = "sharedFix";

    /// <summary>The requirement.</summary>
    public required RequirementId Id { get; init; }

    /// <summary>What it is about.</summary>
    public required Area Area { get; init; }

    /// <summary>The verdict.</summary>
    public required FindingState State { get; init; }

    /// <summary>
    /// Which of the requirement's situations this is, as a lower-case word with hyphens; it selects the sentences.
    /// <c>ok</c> for a satisfied finding.
    /// </summary>
    public required string Case { get; init; }

    /// <summary>How certain the verdict is.</summary>
    public Confidence Confidence { get; init; }

    /// <summary>What was found, machine-short: <c>replica</c>.</summary>
    public string Actual { get; init; } = "";

    /// <summary>What should be: <c>logical</c>.</summary>
    public string Desired { get; init; } = "";

    /// <summary>What it is about, complete; views cap what they show and give the total.</summary>
    public IReadOnlyList<Subject> Subjects { get; init; } = [];

    /// <summary>The facts behind the verdict.</summary>
    public IReadOnlyList<Evidence> Evidence { get; init; } = [];

    /// <summary>What would make it right: statements we can run, steps for the console, or both. Empty when nothing can be done from here.</summary>
    public IReadOnlyList<Change> Fixes { get; init; } = [];

    /// <summary>Values for the sentences, by placeholder name. Names of the user's own objects, numbers, texts; no secrets.</summary>
    public IReadOnlyDictionary<string, object?> Arguments { get; init; } = new Dictionary<string, object?>(StringComparer.Ordinal);

    /// <summary>What the server said, when it said something.</summary>
    public ServerMessage? Server { get; init; }

    /// <summary>
    /// Whether it should have been seen from here and was not. What only ClickPipes can tell is open as well, but reading again, or as
    /// somebody else, would not settle it: it takes no part in the outcome.
    /// </summary>
    public bool IsUndetermined => State == FindingState.Unknown && Confidence != Confidence.OnlyClickPipesCanTell;

    /// <summary>Advice that guides have people follow as a matter of course: a plan without further wishes has it, too.</summary>
    public bool PlannedByDefault { get; init; }

    /// <summary>Whether a plan without further wishes does what it says: it blocks, warns, waits, or is <see cref="PlannedByDefault"/>.</summary>
    public bool IsPlanned => State is FindingState.Blocking or FindingState.Pending or FindingState.Warning || (PlannedByDefault && State == FindingState.Advice);

    /// <summary>Whether it asks for something to be done.</summary>
    public bool IsProblem => State is FindingState.Blocking or FindingState.Pending or FindingState.Warning || IsUndetermined;
}

/// <summary>
/// Something that went wrong while connecting, applying or proving: the text key selects four-part sentences
/// (<c>Problem.{Key}.Title</c>, <c>.Why</c>, <c>.Consequence</c>, <c>.Fix</c>).
/// </summary>
/// <param name="Key">Lower-case words with hyphens.</param>
/// <param name="Arguments">Values for the sentences; no secrets.</param>
/// <param name="Server">What the server said.</param>
public sealed record Problem(string Key, IReadOnlyDictionary<string, object?> Arguments, ServerMessage? Server = null);
