using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements.Tables;

/// <summary>
/// SW404: changes in partitions arrive under the name of the partitioned table that was chosen, and those of child tables can be taken for their parent's.
/// See <see href="https://www.postgresql.org/docs/current/sql-createpublication.html#SQL-CREATEPUBLICATION-PARAMS-WITH-PUBLISH-VIA-PARTITION-ROOT"/>.
/// </summary>
public sealed class PartitionRoot : IRequirement
{
    /// <inheritdoc/>
    public RequirementId Id => RequirementId.PartitionRoot;

    /// <inheritdoc/>
    public Area Area => Area.Tables;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["off", "held-back", "two-parents", "second-level", "future-children", Verdicts.UnreadableCase, Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "pg_publication", "pg_class", "pg_roles") is { } blind)
        {
            return [blind];
        }

        List<Finding> findings = [.. Inherited(context)];
        var publication = context.Snapshot.Publication;
        var partitioned = context.Tables.Chosen.Where(t => t.Kind == RelationKind.Partitioned).ToList();
        (string, object?)[] arguments = [("publication", context.Goal.Publication), ("own", ForeignReaders.OwnName(context))];
        if (publication is null || partitioned.Count == 0 || context.Snapshot.Server.Major < PostgresFeatures.PublishViaPartitionRoot)
        {
            return findings.Count > 0 ? findings : [this.NotApplicable(arguments)];
        }

        findings.Insert(0, (publication.ViaRoot ? this.Satisfied(arguments)
            : ForeignReaders.HoldBack(context) ? this.Finding(FindingState.Blocking, "held-back", arguments)
            : this.Finding(FindingState.Blocking, "off", arguments) with
            {
                Fixes = PublicationChanges.Option(
                    context, Id, "publication-root", "publish_via_partition_root = true", "publish_via_partition_root = false", LeftStates.Option(publication.Name, "p.pubviaroot::pg_catalog.text", "false", "true")),
            }) with
        {
            Actual = publication.ViaRoot ? "true" : "false",
            Desired = "true",
            Subjects = partitioned.Subjects(),
            Evidence = [new Evidence("publish_via_partition_root", publication.ViaRoot ? "true" : "false")],
        });
        return findings.Count > 1 && publication.ViaRoot ? findings[1..] : findings;
    }

    /// <summary>
    /// Changes of a table that inherits carry its own name: it is ClickPipes that takes them for the parent's. It knows one parent of each, and looks one level down.
    /// </summary>
    private IEnumerable<Finding> Inherited(RequirementContext context)
    {
        var families = context.Families;
        var shared = families.Shared(context.Tables).OrderBy(s => s.Key.Ref).ToList();
        if (shared.Count > 0)
        {
            yield return this.Finding(FindingState.Blocking, "two-parents", ("parents", string.Join(", ", shared[0].Value.Select(p => p.Ref)))) with
            {
                Subjects = [.. shared.Select(s => Subject.Of(s.Key.Ref, string.Join(", ", s.Value.Select(p => p.Ref))))],
            };
        }

        var deeper = context.Tables.Chosen.Where(t => families.Heirs(t).Count > 0).SelectMany(t => families.Heirs(t).Where(h => !h.Parents.Contains(t.Ref))).DistinctBy(t => t.Ref).ToList();
        if (deeper.Count > 0)
        {
            yield return this.Finding(FindingState.Warning, "second-level") with { Subjects = deeper.Subjects() };
        }

        var later = LaterMembers.Of(context).Where(l => l.Need == LaterNeed.Publication).ToList();
        if (later.Count > 0)
        {
            yield return this.Finding(FindingState.Advice, "future-children", ("publication", context.Goal.Publication), ("statement", later[0].Statement)) with
            {
                Subjects = [.. later.Select(l => Subject.Of(l.Table))],
            };
        }
    }
}
