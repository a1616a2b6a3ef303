using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements.Replication;

/// <summary>
/// SW212: with IAM the stream of changes may log in so too, which has a parameter of its own (Amazon RDS: <c>rds.iam_auth_for_replication</c>).
/// See <see href="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.FeatureSupport.IAMLogicalReplication.html"/>.
/// </summary>
public sealed class IamReplication : IRequirement
{
    /// <inheritdoc/>
    public RequirementId Id => RequirementId.IamReplication;

    /// <inheritdoc/>
    public Area Area => Area.Replication;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["off", "absent", Verdicts.UnreadableCase, Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (!UserChanges.WithIam(context))
        {
            yield return this.NotApplicable();
            yield break;
        }

        if (this.UnknownIfUnreadable(context, "pg_settings", "pg_settings " + context.Provider.Id) is { } blind)
        {
            yield return blind;
            yield break;
        }

        var setting = context.Provider.Iam!.ReplicationSetting;
        var value = context.Snapshot.Setting(setting);
        (string, object?)[] arguments = [("setting", setting), ("value", value), ("user", context.Goal.User)];
        yield return value is "on" or "1" or "true" or "yes"
            ? this.Satisfied(arguments) with { Actual = value, Desired = "on", Evidence = [new Evidence(setting, value)] }
            : this.Finding(value is null ? FindingState.Unknown : FindingState.Blocking, value is null ? "absent" : "off", arguments) with
            {
                Actual = value ?? "",
                Desired = "on",
                Evidence = value is null ? [] : [new Evidence(setting, value)],
                Fixes = ParameterChanges.Set(context, Id, setting, "1", RestartNeed.None),
            };
    }
}
