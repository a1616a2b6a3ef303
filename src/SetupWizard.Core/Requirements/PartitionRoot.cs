using SetupWizard.Core.Model;
using SetupWizard.Core.Source;

namespace SetupWizard.Core.Requirements;

/// <summary>
/// SW404: changes in partitions arrive under the name of the partitioned table that was chosen.
/// See <see href="https://www.postgresql.org/docs/current/sql-createpublication.html#SQL-CREATEPUBLICATION-PARAMS-WITH-PUBLISH-VIA-PARTITION-ROOT"/>.
/// </summary>
public sealed class PartitionRoot : IRequirement
{
    /// <inheritdoc/>
    public RequirementId Id => RequirementId.PartitionRoot;

    /// <inheritdoc/>
    public WizardStep Step => WizardStep.Tables;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["off", Verdicts.UnreadableCase, Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.Blind(context, "pg_publication", "pg_class", "pg_roles") is { } blind)
        {
            yield return blind;
            yield break;
        }

        var publication = context.Snapshot.Publication;
        var partitioned = context.Tables.Chosen.Where(t => t.Kind == RelationKind.Partitioned).ToList();
        (string, object?)[] arguments = [("publication", context.Goal.Publication)];
        if (publication is null || partitioned.Count == 0 || context.Snapshot.Server.Major < PostgresFeatures.PublishViaPartitionRoot)
        {
            yield return this.NotApplicable(arguments);
            yield break;
        }

        yield return (publication.ViaRoot
            ? this.Ok(arguments)
            : this.Say(FindingState.Blocking, "off", arguments) with
            {
                Fixes = PublicationChanges.Option(
                    context, Id, "publication-root", "publish_via_partition_root = true", "publish_via_partition_root = false"),
            }) with
        {
            Actual = publication.ViaRoot ? "true" : "false",
            Desired = "true",
            Subjects = partitioned.Subjects(),
            Evidence = [new Evidence("publish_via_partition_root", publication.ViaRoot ? "true" : "false")],
        };
    }
}
