using System.Text.Json.Serialization;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Model;

/// <summary>
/// What a change does to the state of a thing, told by a query. An undo takes back what still is as the change left it; what somebody set since is theirs.
/// </summary>
/// <param name="Query">
/// A SQL expression that gives the state as text, NULL when there is none or what it is the state of is gone. It names nothing without its schema and fails for no missing thing.
/// With a <see cref="Template"/> it is asked for each of <see cref="Tables"/>: <c>c</c> is its row in <c>pg_class</c>.
/// </param>
/// <param name="Before">What it gave before the change.</param>
/// <param name="After">What it gives right after the change.</param>
public sealed record LeftState(string Query, string? Before, string? After)
{
    /// <summary>Where the names of tables stand in <see cref="Template"/>. It has NULs in it, so no name or literal can imitate it.</summary>
    public const string TablesHole = "\0tables\0";

    /// <summary>The tables the change was about, or, for default privileges, those that were there already; empty when it was about something else.</summary>
    public IReadOnlyList<LeftTable> Tables { get; init; } = [];

    /// <summary>The schemas that a publication got as a whole.</summary>
    public IReadOnlyList<string> Schemas { get; init; } = [];

    /// <summary>What takes the change back for some of the tables only; null when it is taken back as a whole or not at all.</summary>
    public string? Template { get; init; }

    /// <summary>Whether <see cref="Template"/> names tables with <c>ONLY</c>, so that it reaches nothing that inherits from them; those of <see cref="Partitioned"/> it never does.</summary>
    public bool Only { get; init; }

    /// <summary>Those of <see cref="Tables"/> that are partitioned, where <see cref="Only"/> makes a difference of it.</summary>
    public IReadOnlyList<TableRef> Partitioned { get; init; } = [];

    /// <summary>A boolean SQL expression that is true while the state is as the change left it. For a state that is asked for once.</summary>
    [JsonIgnore]
    public string Stands => Query + " IS NOT DISTINCT FROM " + (After is null ? "NULL" : PgLiteral.Quote(After));

    /// <summary>The same for a state of tables: true while it is so for any of these.</summary>
    /// <param name="oids">Their numbers.</param>
    public string StandsFor(IEnumerable<long> oids) =>
        $"EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid IN ({string.Join(", ", oids)}) AND {Stands})";

    /// <summary>What takes the change back for these tables.</summary>
    /// <exception cref="InvalidOperationException">There is no <see cref="Template"/>.</exception>
    public SqlText UndoFor(IEnumerable<TableRef> tables) =>
        new((Template ?? throw new InvalidOperationException("It is taken back as a whole.")).Replace(TablesHole, string.Join(", ", tables.Select(t => (Only && !Partitioned.Contains(t) ? "ONLY " : "") + t.Quoted)), StringComparison.Ordinal));
}

/// <summary>A table that a change was about. It is looked for by its number; under its old name somebody may have another one by then.</summary>
/// <param name="Schema">Its schema at that time.</param>
/// <param name="Name">Its name at that time.</param>
/// <param name="Oid">Its number (<c>pg_class.oid</c>).</param>
public readonly record struct LeftTable(string Schema, string Name, long Oid)
{
    /// <summary>The same, by name alone.</summary>
    [JsonIgnore]
    public TableRef Ref => new(Schema, Name);
}

/// <summary>Something that an undo does not take back, because it is no longer as the change left it.</summary>
/// <param name="Change">What would take it back.</param>
/// <param name="Problem">Why it is left, in four parts.</param>
public sealed record LeftAlone(SqlChange Change, Problem Problem);
