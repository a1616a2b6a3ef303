using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;

namespace SetupWizard.Core.Requirements.Access;

/// <summary>
/// SW311: what IAM needs outside the database, which cannot be seen from inside it: IAM authentication turned on for the instance, and a role
/// that ClickHouse may assume and that may connect. What can be told is whether ClickPipes could use it at all.
/// See <see href="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html"/>.
/// </summary>
public sealed class IamRole : IRequirement
{
    /// <inheritdoc/>
    public RequirementId Id => RequirementId.IamRole;

    /// <inheritdoc/>
    public Area Area => Area.Access;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["other-cloud", "no-region", "private", "unseen", Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (!UserChanges.WithIam(context))
        {
            yield return this.NotApplicable();
            yield break;
        }

        var iam = context.Provider.Iam!;
        var host = context.Goal.Pipe.TlsHost ?? context.Endpoint.ShownHost;
        (string, object?)[] arguments =
        [
            ("host", host),
            ("user", context.Goal.User),
            ("provider", context.Provider.ShortName),
            ("cloud", iam.Cloud),
            ("service", context.Goal.Region is { Length: > 0 } id ? new RegionNames(id) : null),
            ("arn", context.Goal.IamRoleArn ?? "–"),
        ];
        if (context.Goal.Region is { } service && !service.StartsWith(iam.Cloud + ":", StringComparison.Ordinal))
        {
            yield return this.Finding(FindingState.Blocking, "other-cloud", arguments) with { Actual = service, Desired = iam.Cloud };
        }

        // ClickPipes takes the region a token is for from the host name, or from the TLS host when there is one.
        if (!context.Provider.NamesFromHost(host).ContainsKey("region"))
        {
            yield return this.Finding(FindingState.Warning, "no-region", arguments) with { Actual = host };
        }
        else if (context.Goal.Network == NetworkPath.PrivateLink)
        {
            yield return this.Finding(FindingState.Advice, "private", arguments) with { Actual = host };
        }

        yield return this.Finding(FindingState.Advice, "unseen", arguments) with
        {
            Actual = context.Goal.IamRoleArn ?? "",
            Fixes =
            [
                new ConsoleChange
                {
                    For = Id,
                    Kind = "set-up-iam",
                    Phase = ChangePhase.User,
                    GuideId = iam.GuideId,
                    Arguments = Verdicts.Args(("user", context.Goal.User), ("provider", context.Provider.ShortName)),
                },
            ],
        };
    }
}
