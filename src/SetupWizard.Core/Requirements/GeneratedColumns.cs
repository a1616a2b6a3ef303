using SetupWizard.Core.Model;
using SetupWizard.Core.Source;

namespace SetupWizard.Core.Requirements;

/// <summary>
/// SW407: generated columns are copied at the start and not streamed; before PostgreSQL 18 none is, from 18 on a publication can send those that are stored.
/// See <see href="https://www.postgresql.org/docs/18/logical-replication-gencols.html"/>.
/// </summary>
public sealed class GeneratedColumns : IRequirement
{
    /// <inheritdoc/>
    public RequirementId Id => RequirementId.GeneratedColumns;

    /// <inheritdoc/>
    public WizardStep Step => WizardStep.Tables;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["in-key", "publishable", "not-streamed", Verdicts.UnreadableCase, Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.Blind(context, "pg_attribute", "pg_class", "pg_publication", "pg_roles") is { } blind)
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

        // What a column list names is sent, whatever the publication says of generated columns.
        var listed = context.Snapshot.Filters.SelectMany(f => f.ListedGenerated ?? [], (f, name) => (f.Table, name)).ToHashSet();
        var missing = ColumnSubjects.Chosen(context)
            .Where(c => c.Origin != ColumnOrigin.Written && !listed.Contains((c.Table, c.Name)) && !(c.Origin == ColumnOrigin.Stored && publication is { GeneratedColumns: true }))
            .ToList();
        var findings = new List<Finding>();
        Add("in-key", FindingState.Blocking, missing.Where(c => c.InIdentity));
        Add("publishable", FindingState.Advice, missing.Where(c => !c.InIdentity && canSend && c.Origin == ColumnOrigin.Stored));
        Add("not-streamed", FindingState.Advice, missing.Where(c => !c.InIdentity && !(canSend && c.Origin == ColumnOrigin.Stored)));
        return findings.Count > 0 ? findings : [this.Ok(("total", total))];

        void Add(string situation, FindingState state, IEnumerable<ColumnFact> columns)
        {
            var named = columns.Select(c => ColumnSubjects.Of(c, c.Origin == ColumnOrigin.Virtual ? "virtual" : "stored")).ToList();
            if (named.Count > 0)
            {
                findings.Add(this.Say(state, situation, ("publication", context.Goal.Publication)) with
                {
                    Subjects = named,
                    Fixes = situation == "publishable" && publication is not null && !ForeignReaders.HoldBack(context)
                        ? PublicationChanges.Option(context, Id, "publication-generated", "publish_generated_columns = stored", "publish_generated_columns = none", LeftStates.Option(publication.Name, "CASE p.pubgencols WHEN 's' THEN 'stored' ELSE 'none' END", "none", "stored"))
                        : [],
                });
            }
        }
    }
}
