using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements.Tables;

/// <summary>
/// SW407: generated columns are copied at the start and not streamed; before PostgreSQL 18 none is, from 18 on a publication can send those that are stored.
/// From 18 on UPDATE and DELETE fail while one of them identifies rows and is not sent (<see cref="GeneratedKeys"/>); before, it is only missing in ClickHouse.
/// See <see href="https://www.postgresql.org/docs/18/logical-replication-gencols.html"/>.
/// </summary>
public sealed class GeneratedColumns : IRequirement
{
    /// <inheritdoc/>
    public RequirementId Id => RequirementId.GeneratedColumns;

    /// <inheritdoc/>
    public Area Area => Area.Tables;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } =
        ["in-key", "stops-updates", "stops-updates-held-back", "stops-updates-elsewhere", "stops-updates-virtual", "publishable", "not-streamed", Verdicts.UnreadableCase, Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "pg_attribute", "pg_class", "pg_publication", "pg_roles") is { } blind)
        {
            return [blind];
        }

        var total = context.Tables.Chosen.Count;
        if (total == 0)
        {
            return [this.NotApplicable()];
        }

        var publication = context.Snapshot.Publication;
        var canSend = context.Snapshot.Server.Major >= PostgresFeatures.PublishGeneratedColumns;
        var keys = GeneratedKeys.Of(context);
        var stopping = context.Tables.Chosen.SelectMany(t => keys.Wanted(t), (t, c) => (Table: t, Stops: c)).ToLookup(c => c.Stops.Obstacle);
        var named = stopping.SelectMany(g => g).Select(c => (c.Stops.Column.Table, c.Stops.Column.Name)).ToHashSet();

        // What a column list names is sent, whatever the publication says of generated columns. One that is still to be made may have to send them all.
        var listed = context.Snapshot.Filters.SelectMany(f => f.ListedGenerated ?? [], (f, name) => (f.Table, name)).ToHashSet();
        var sendsStored = publication?.GeneratedColumns ?? keys.NeedStored(context.Tables.Chosen);
        var missing = ColumnSubjects.Chosen(context)
            .Where(c => c.Origin != ColumnOrigin.Written && !listed.Contains((c.Table, c.Name)) && !named.Contains((c.Table, c.Name)) && !(c.Origin == ColumnOrigin.Stored && sendsStored))
            .ToList();
        var findings = new List<Finding>();
        Add("in-key", FindingState.Blocking, missing.Where(c => c.InIdentity && !canSend), []);
        AddStopping(ForeignReaders.HoldBack(context) ? "stops-updates-held-back" : "stops-updates", KeyObstacle.Setting, keys.Setting());
        AddStopping("stops-updates-elsewhere", KeyObstacle.Elsewhere, []);
        AddStopping("stops-updates-virtual", KeyObstacle.Virtual, []);
        Add(
            "publishable",
            FindingState.Advice,
            missing.Where(c => canSend && c.Origin == ColumnOrigin.Stored),
            publication is null || ForeignReaders.HoldBack(context) ? [] : PublicationChanges.SendGenerated(context));
        Add("not-streamed", FindingState.Advice, missing.Where(c => !(c.InIdentity && !canSend) && !(canSend && c.Origin == ColumnOrigin.Stored)), []);
        return findings.Count > 0 ? findings : [this.Satisfied(("total", total))];

        void Add(string situation, FindingState state, IEnumerable<ColumnFact> columns, IReadOnlyList<Change> fixes)
        {
            var subjects = columns.Select(Subject).ToList();
            if (subjects.Count > 0)
            {
                findings.Add(this.Finding(state, situation, ("publication", context.Goal.Publication)) with { Subjects = subjects, Fixes = fixes });
            }
        }

        void AddStopping(string situation, KeyObstacle obstacle, IReadOnlyList<Change> fixes)
        {
            var columns = stopping[obstacle].ToList();
            if (columns.Count > 0)
            {
                var others = columns.SelectMany(c => c.Stops.Column.UnsentBy).Where(p => p != context.Goal.Publication).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
                findings.Add(this.Finding(
                    FindingState.Blocking,
                    situation,
                    ("publication", context.Goal.Publication),
                    ("others", string.Join(", ", others)),
                    ("own", ForeignReaders.OwnName(context)),
                    ("statement", obstacle == KeyObstacle.Virtual
                        ? IdentityAdvice.InsteadOfFull([.. columns.Select(c => c.Stops.Member)])
                        : string.Join("; ", others.Select(o => $"ALTER PUBLICATION {PgIdentifier.Quote(o)} SET (publish_generated_columns = stored)")))) with
                {
                    Subjects = [.. columns.Select(c => Subject(c.Stops.Column))],
                    Fixes = fixes,
                });
            }
        }
    }

    private static Subject Subject(ColumnFact column) => ColumnSubjects.Of(column, column.Origin == ColumnOrigin.Virtual ? "virtual" : "stored");
}
