using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements.Tables;

/// <summary>SW403: the publication publishes insert, update and delete. ClickPipes ignores truncate, so that stays as it is.</summary>
public sealed class PublicationOperations : IRequirement
{
    /// <summary>What <see cref="Operations"/> says, asked of the server.</summary>
    private const string Published =
        "pg_catalog.concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END, CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END)";

    /// <inheritdoc/>
    public RequirementId Id => RequirementId.PublicationOperations;

    /// <inheritdoc/>
    public Area Area => Area.Tables;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["incomplete", "held-back", "incomplete-unsafe", Verdicts.UnreadableCase, Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "pg_publication", "pg_class", "pg_roles") is { } blind)
        {
            yield return blind;
            yield break;
        }

        if (context.Snapshot.Publication is not { } publication)
        {
            yield return this.NotApplicable(("publication", context.Goal.Publication));
            yield break;
        }

        var actual = Operations(publication.Insert, publication.Update, publication.Delete, publication.Truncate);
        var wanted = Operations(true, true, true, publication.Truncate);
        (string, object?)[] arguments =
        [
            ("publication", publication.Name),
            ("operations", actual.Length == 0 ? "-" : actual),
            ("wanted", wanted),
            ("own", ForeignReaders.OwnName(context)),
        ];
        if (publication is { Insert: true, Update: true, Delete: true })
        {
            yield return this.Satisfied(arguments) with { Actual = actual, Desired = wanted };
            yield break;
        }

        if (this.UnknownIfUnreadable(context, FactSources.PublishedParts) is { } unknown)
        {
            yield return unknown;
            yield break;
        }

        // Turning on update or delete makes the application's own fail on published tables whose rows cannot be identified.
        // What inherits is published by its own name, and is looked at by it.
        var keys = GeneratedKeys.Of(context);
        var parts = PublishedParts.Of(context);
        var published = context.Snapshot.Tables.Where(t => t.InPublication && TableKinds.IsTable(t)).ToList();
        var unsafeTables = published
            .Where(t => (t.Kind == RelationKind.Partitioned ? RowIdentity.ProblemOf(t, context.Families) : RowIdentity.ProblemOf(t)) is not null || keys.Withhold(t, heirs: false) || parts.Withhold(t))
            .ToList();
        var heldBack = ForeignReaders.HoldBack(context);
        yield return this.Finding(FindingState.Warning, unsafeTables.Count > 0 ? "incomplete-unsafe" : heldBack ? "held-back" : "incomplete", arguments) with
        {
            Actual = actual,
            Desired = wanted,
            Subjects = unsafeTables.Subjects(),
            Fixes = unsafeTables.Count > 0 || heldBack
                ? []
                :
                [
                    .. keys.Settings(published, heirs: false),
                    .. PublicationChanges.Option(context, Id, "publication-operations", $"publish = '{wanted}'", $"publish = '{actual}'", LeftStates.Option(publication.Name, Published, actual, wanted)),
                ],
        };
    }

    /// <summary>The operations as <c>publish</c> spells them.</summary>
    internal static string Operations(bool insert, bool update, bool delete, bool truncate) => string.Join(
        ", ",
        new[] { (insert, "insert"), (update, "update"), (delete, "delete"), (truncate, "truncate") }.Where(o => o.Item1).Select(o => o.Item2));
}
