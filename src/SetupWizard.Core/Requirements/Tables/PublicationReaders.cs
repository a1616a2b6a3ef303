using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements.Tables;

/// <summary>
/// SW415: a publication that somebody else reads is not changed without saying who reads it and what they will get. A publication of one's own is the first way out,
/// to agree to the change the second.
/// </summary>
public sealed class PublicationReaders : IRequirement
{
    /// <summary>Rules whose fixes change a publication that exists.</summary>
    private static readonly IRequirement[] s_changing = [new PublicationTables(), new PublicationOperations(), new PartitionRoot(), new GeneratedColumns()];

    /// <summary>So much of a statement is shown in a sentence.</summary>
    private const int ShownOfStatement = 120;

    /// <inheritdoc/>
    public RequirementId Id => RequirementId.PublicationReaders;

    /// <inheritdoc/>
    public Area Area => Area.Tables;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["read-elsewhere", "reader-hidden", "agreed", "reader-away", "shared", Verdicts.UnreadableCase, Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "pg_publication", FactSources.ReadersOfSlots) is { } blind)
        {
            yield return blind;
            yield break;
        }

        if (context.Snapshot.Publication is not { } publication)
        {
            yield return this.NotApplicable(("publication", context.Goal.Publication));
            yield break;
        }

        var reading = ForeignReaders.Reading(context);
        var hidden = ForeignReaders.Hidden(context);
        var away = ForeignReaders.Away(context);
        var needed = reading.Count + hidden.Count + away.Count == 0 ? [] : Needed(context);
        yield return (needed.Count > 0, context.Goal.ChangePublication) switch
        {
            (true, true) when reading.Count + hidden.Count > 0 => Judged(FindingState.Warning, "agreed", [.. reading, .. hidden]),
            (true, false) when reading.Count > 0 => Judged(FindingState.Blocking, "read-elsewhere", reading),
            (true, false) when hidden.Count > 0 => Judged(FindingState.Unknown, "reader-hidden", hidden),
            (true, _) when away.Count > 0 => Judged(FindingState.Warning, "reader-away", away),
            (false, _) when reading.Count > 0 => Judged(FindingState.Advice, "shared", reading),
            _ => this.Satisfied(("publication", publication.Name)),
        };

        Finding Judged(FindingState state, string situation, IReadOnlyList<SlotReaderFact> readers) => Verdicts.Finding(
            this,
            state,
            situation,
            ("publication", publication.Name),
            ("own", ForeignReaders.OwnName(context)),
            ("readers", string.Join(", ", readers.Select(Name))),
            ("slots", string.Join(", ", readers.Select(static r => r.Slot))),
            ("changes", string.Join("; ", needed.Select(c => Short(c, publication.Name))))) with
        {
            Subjects = [.. readers.Select(static r => new Subject(SubjectKind.Slot, r.Slot, r.User))],
            Evidence = [.. readers.Select(static r => new Evidence(r.Slot, r.Publications is null ? "-" : string.Join(", ", r.Publications)))],
        };
    }

    /// <summary>Statements that would change the publication, were it nobody else's.</summary>
    private static List<SqlChange> Needed(RequirementContext context)
    {
        var free = context with { Goal = context.Goal with { ChangePublication = true } };
        return
        [
            .. s_changing.SelectMany(r => r.Evaluate(free)).Where(static f => f.IsProblem).SelectMany(static f => f.Fixes).OfType<SqlChange>()
                .Where(static c => c.Phase == ChangePhase.Publication || c.Kind == PublicationChanges.Generated).DistinctBy(static c => c.Key),
        ];
    }

    /// <summary>A reader: <c>debezium (dbz, Debezium Streaming, pid 4711)</c>.</summary>
    private static string Name(SlotReaderFact reader) => reader.Active
        ? string.Create(CultureInfo.InvariantCulture, $"{reader.Slot} ({reader.User ?? "?"}{(string.IsNullOrEmpty(reader.Application) ? "" : ", " + reader.Application)}, pid {reader.Pid})")
        : reader.Slot;

    /// <summary>What a statement does to the publication: <c>ADD TABLE "public"."t"</c>.</summary>
    private static string Short(SqlChange change, string publication)
    {
        var beginning = "ALTER PUBLICATION " + PgIdentifier.Quote(publication) + " ";
        var text = change.Statement.Display;
        text = text.StartsWith(beginning, StringComparison.Ordinal) ? text[beginning.Length..] : text;
        return text.Length <= ShownOfStatement ? text : text[..text.LastIndexOf(' ', ShownOfStatement)].TrimEnd(',') + " (+)";
    }
}
