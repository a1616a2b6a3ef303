using System.Globalization;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements.Tables;

/// <summary>
/// SW412: one query on the largest chosen tree of partitions fits the server's lock table. ClickPipes asks each table for its columns by its root's name, and
/// planning that locks every partition and every index.
/// See <see href="https://www.postgresql.org/docs/current/runtime-config-locks.html#GUC-MAX-LOCKS-PER-TRANSACTION"/>.
/// </summary>
public sealed class LockTable : IRequirement
{
    /// <inheritdoc/>
    public RequirementId Id => RequirementId.LockTable;

    /// <inheritdoc/>
    public Area Area => Area.Tables;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["full", "tight", "pending", Verdicts.UnreadableCase, Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "pg_class", "pg_namespace") is { } tables)
        {
            yield return tables;
            yield break;
        }

        var families = context.Families;
        var trees = context.Tables.Chosen.Where(t => t.Kind == RelationKind.Partitioned || families.Below(t).Count > 0).ToList();
        if (trees.Count == 0)
        {
            yield return this.NotApplicable();
            yield break;
        }

        if (this.UnknownIfUnreadable(context, "pg_settings", "pg_roles", "pg_index") is { } blind)
        {
            yield return blind;
            yield break;
        }

        if (LockBudget.Of(context.Snapshot) is not { } budget)
        {
            yield return this.Unreadable(LockBudget.Setting, "not listed");
            yield break;
        }

        var byLocks = trees
            .Select(t => (Table: t, Locks: LockBudget.LocksOf(t, families, context.Snapshot.Server.Major)))
            .OrderByDescending(t => t.Locks).ThenBy(t => t.Table.Ref)
            .ToList();
        var (largest, locks) = byLocks[0];
        var fact = context.Snapshot.Settings[LockBudget.Setting];
        var raised = budget.Raised(locks).ToString(CultureInfo.InvariantCulture);
        var members = families.Below(largest);
        (string, object?)[] arguments =
        [
            ("table", largest.Ref.ToString()),
            ("locks", locks),
            ("partitions", (long)members.Count),
            ("indexes", locks - 1 - members.Count),
            ("capacity", budget.Capacity),
            ("value", fact.Value),
            ("raised", raised),
        ];
        var over = byLocks.Where(t => t.Locks > budget.Share).Select(t => t.Table).ToList();
        var certain = locks > budget.Most;

        // What is beyond the promise is room that happens to be there.
        var state = certain ? FindingState.Blocking : locks > budget.Capacity ? FindingState.Warning : FindingState.Advice;
        var finding = over.Count == 0 ? this.Satisfied(arguments)
            : fact.PendingRestart ? this.Finding(certain ? FindingState.Pending : state, "pending", arguments) with { Fixes = ParameterChanges.Restart(context, Id, LockBudget.Setting) }
            : ParameterChanges.Raise(context, this.Finding(state, certain ? "full" : "tight", arguments), LockBudget.Setting, raised);
        yield return finding with
        {
            Actual = locks.ToString(CultureInfo.InvariantCulture),
            Desired = raised,
            Subjects = over.Subjects(),
            Evidence = [new Evidence(LockBudget.Setting, fact.Value)],
        };
    }
}
