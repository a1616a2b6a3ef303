using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements.Access;

/// <summary>SW304: the user has USAGE on each schema with chosen tables, or with partitions or heirs of these.</summary>
public sealed class SchemaUsage : IRequirement
{
    /// <inheritdoc/>
    public RequirementId Id => RequirementId.SchemaUsage;

    /// <inheritdoc/>
    public Area Area => Area.Access;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["missing", Verdicts.UnreadableCase, Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "pg_namespace", "pg_class", "pg_roles") is { } blind)
        {
            yield return blind;
            yield break;
        }

        var wanted = context.Tables.Schemas.Concat(context.Families.SchemasBelow(context.Tables)).ToList();
        if (wanted.Count == 0)
        {
            yield return this.NotApplicable();
            yield break;
        }

        var names = wanted.ToHashSet(StringComparer.Ordinal);
        var missing = context.Snapshot.Schemas.Where(s => names.Contains(s.Name) && !(s.UserHasUsage ?? s.PublicHasUsage)).ToList();
        (string, object?)[] arguments = [("user", context.Goal.User), ("total", wanted.Count)];
        yield return (missing.Count == 0 ? this.Satisfied(arguments) : this.Finding(FindingState.Blocking, "missing", arguments)) with
        {
            Desired = "USAGE",
            Subjects = [.. missing.Select(s => new Subject(SubjectKind.Schema, s.Name))],
            Fixes = [.. missing.SelectMany(s => Grant(context, s))],
        };
    }

    private static IEnumerable<Change> Grant(RequirementContext context, SchemaFact schema)
    {
        var snapshot = context.Snapshot;
        var direct = schema.AdminMayGrant || AdminPowers.ReachOf(snapshot, schema.Owner) == Reach.Direct;
        var name = PgIdentifier.Quote(schema.Name);
        var user = PgIdentifier.Quote(context.Goal.User);
        return
        [
            .. direct ? [] : OwnerChanges.Memberships(snapshot, [schema.Owner]),
            new SqlChange
            {
                For = RequirementId.SchemaUsage,
                Kind = "grant-usage",
                Needs = Needs.User(context),
                Phase = ChangePhase.Grants,
                Statement = new SqlText($"GRANT USAGE ON SCHEMA {name} TO {user}"),
                Undo = new SqlText($"REVOKE USAGE ON SCHEMA {name} FROM {user}"),
                Leaves = LeftStates.Granted("pg_catalog.pg_namespace n", "n.nspacl", "n.nspowner", $"n.nspname = {PgLiteral.Quote(schema.Name)}", context.Goal.User, "USAGE"),
                RunBy = direct || AdminPowers.CanBecome(snapshot, schema.Owner) ? null : AdminPowers.Actual(snapshot, schema.Owner),
                Arguments = Verdicts.Args(("user", context.Goal.User), ("schema", schema.Name)),
            },
        ];
    }
}
