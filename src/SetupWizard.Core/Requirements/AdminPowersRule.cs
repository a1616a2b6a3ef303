using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements;

/// <summary>
/// SW108: this login may do what is left to do. Judged by the work itself: a power is missing when a rule had to hand a statement to somebody else,
/// so that a finished source never complains about powers nobody needs any more.
/// </summary>
public sealed class AdminPowersRule : IRequirement
{
    private static readonly (string Case, IRequirement[] Rules)[] s_powers =
    [
        ("roles", [new ClickPipesUser(), new WalSenderTimeout()]),
        ("replication", [new ReplicationPrivilege()]),
        ("grants", [new ConnectPrivilege(), new SchemaUsage(), new TableSelect(), new DefaultPrivileges()]),
        ("ownership", [new RowSecurity(), new ReplicaIdentity()]),
        ("publication", [new PublicationExists(), new PublicationTables(), new PublicationOperations(), new PartitionRoot()]),
    ];

    /// <inheritdoc/>
    public RequirementId Id => RequirementId.AdminPowers;

    /// <inheritdoc/>
    public WizardStep Step => WizardStep.Connect;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = [.. s_powers.Select(p => p.Case), Verdicts.UnreadableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.Blind(context, "pg_roles") is { } blind)
        {
            yield return blind;
            yield break;
        }

        var admin = context.Snapshot.Admin;
        var complete = true;
        foreach (var (situation, rules) in s_powers)
        {
            var handedOff = rules.SelectMany(context.Judge)
                .Where(f => f.IsProblem)
                .SelectMany(f => f.Fixes)
                .OfType<SqlChange>()
                .Where(c => c.RunBy is not null)
                .DistinctBy(c => c.Key)
                .ToList();
            if (handedOff.Count == 0)
            {
                continue;
            }

            complete = false;
            var who = handedOff.Select(c => c.RunBy!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
            yield return this.Say(
                FindingState.Warning,
                situation,
                ("admin", admin.Name),
                ("user", context.Goal.User),
                ("database", context.Snapshot.Server.Database),
                ("who", string.Join(", ", who)),
                ("statements", handedOff.Count)) with
            {
                Subjects = [.. who.Select(w => new Subject(SubjectKind.Role, w))],
                Fixes = handedOff,
            };
        }

        if (complete)
        {
            yield return this.Ok(("admin", admin.Name)) with
            {
                Evidence =
                [
                    new Evidence("rolsuper", admin.Superuser ? "on" : "off"),
                    new Evidence("rolcreaterole", admin.CreateRole ? "on" : "off"),
                    new Evidence("rolreplication", admin.Replication ? "on" : "off"),
                ],
            };
        }
    }
}
