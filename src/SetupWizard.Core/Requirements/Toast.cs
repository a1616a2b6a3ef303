using SetupWizard.Core.Model;
using SetupWizard.Core.Source;

namespace SetupWizard.Core.Requirements;

/// <summary>
/// SW408: tables whose long values are kept outside the row. An update that leaves such a value alone does not send it, unless the whole old row is logged.
/// See <see href="https://www.postgresql.org/docs/current/storage-toast.html"/>.
/// </summary>
public sealed class Toast : IRequirement
{
    /// <inheritdoc/>
    public RequirementId Id => RequirementId.Toast;

    /// <inheritdoc/>
    public WizardStep Step => WizardStep.Tables;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["not-full", Verdicts.UnreadableCase, Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.Blind(context, "pg_class") is { } blind)
        {
            yield return blind;
            yield break;
        }

        if (context.Tables.Chosen.Count == 0)
        {
            yield return this.NotApplicable();
            yield break;
        }

        var open = context.Tables.Chosen
            .Where(t => RowIdentity.ChoiceFor(context.Goal, t) is not { Kind: IdentityKind.Full })
            .Select(t => (Table: t, Member: MayMiss(t) ? t : context.Families.RowsBelow(t).FirstOrDefault(MayMiss)))
            .Where(t => t.Member is not null)
            .ToList();
        yield return open.Count == 0
            ? this.Ok(("total", context.Tables.Chosen.Count))
            : this.Say(FindingState.Advice, "not-full", ("statement", $"ALTER TABLE {open[0].Member!.Ref.Quoted} REPLICA IDENTITY FULL")) with
            {
                Actual = "not-full",
                Desired = "FULL",
                Subjects = open.Select(t => t.Table).Subjects(),
            };
    }

    private static bool MayMiss(TableFact table) => table is { MayToast: true, Identity: not ReplicaIdentityKind.Full, Kind: RelationKind.Ordinary };
}
