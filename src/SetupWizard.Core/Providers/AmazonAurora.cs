using System.Text.RegularExpressions;

namespace SetupWizard.Core.Providers;

/// <summary>
/// Amazon Aurora PostgreSQL. Its servers have everything Amazon RDS has and are more than one: parameters live in a DB cluster parameter group,
/// and a slot lives on the writer alone.
/// See <see href="https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Replication.Logical-Configure.html"/>.
/// </summary>
public static partial class AmazonAurora
{
    /// <summary>The id, as the CLI spells it.</summary>
    public const string Id = "amazon-aurora";

    /// <summary>The guide that turns logical replication on.</summary>
    public const string ParameterGroupGuide = "aurora-parameter-group";

    /// <summary>The guide that reboots the writer.</summary>
    public const string RebootGuide = "aurora-reboot";

    /// <summary>The guide that changes any other parameter.</summary>
    public const string ParameterGuide = "aurora-parameter";

    /// <summary>The guide that opens the security group.</summary>
    public const string SecurityGroupGuide = "aurora-security-group";

    /// <summary>The guide that lets an IAM role log in.</summary>
    public const string IamGuide = "aurora-iam";

    private const string ClusterPage = "https://{region}.console.aws.amazon.com/rds/home?region={region}#database:id={instance};is-cluster=true";
    private const string GroupsPage = "https://{region}.console.aws.amazon.com/rds/home?region={region}#parameter-groups:";

    // Why an instruction has no picture.
    private const string Named = "named";
    private const string Editor = "editor";
    private const string ServiceSettings = "service-settings";

    /// <summary>The profile.</summary>
    public static ProviderProfile Profile { get; } = new()
    {
        Id = Id,
        Name = "Amazon Aurora PostgreSQL",
        ShortName = "Amazon Aurora",
        ClickPipesType = "aurorapostgres",
        Hosts = [ClusterName()],

        // Settings and roles are those of Amazon RDS.
        MarkerFunctions = ["aurora_version"],
        AdminRole = AmazonRds.Profile.AdminRole,
        ReplicationGrant = ReplicationGrant.Membership,
        ReplicationRole = AmazonRds.Profile.ReplicationRole,
        ReplicationSwitch = AmazonRds.Profile.ReplicationSwitch,
        LoginRoles = AmazonRds.Profile.LoginRoles,
        Iam = AmazonRds.Profile.Iam! with { GuideId = IamGuide },
        Parameters = [.. AmazonRds.Profile.Parameters.Select(static p => p with { GuideId = ParameterGroupGuide })],
        OtherParameters = new("", ParameterRoute.Console, GuideId: ParameterGuide),
        Scope = ParameterScope.Cluster,
        ParameterFamily = "aurora-postgresql",
        CertificateBundle = AmazonRds.Profile.CertificateBundle,
        Poolers = AmazonRds.Profile.Poolers,

        // What is not the cluster's own name leads to a reader, or will when the cluster fails over.
        Readers =
        [
            new(ReaderName(), "${instance}.cluster-${rest}"),
            new(CustomName(), "<cluster>.cluster-${rest}"),
            new(InstanceName(), "<cluster>.cluster-${rest}"),
        ],
        WriterAlone = true,
        Guides =
        [
            new(
                ParameterGroupGuide,
                [
                    new("open-groups") { Picture = "rds-parameter-groups" },
                    new("create-group") { Value = "{group}", Picture = "rds-create-group" },
                    new("choose-family") { Value = "{family}", Picture = "rds-create-group" },
                    new("edit-group") { Value = "{group}", Picture = "rds-open-group" },
                    new("set-switch") { Name = "rds.logical_replication", Value = "1", Picture = "rds-logical-replication" },
                    new("modify") { Picture = "rds-databases" },
                    new("attach-group") { Value = "{group}", Picture = "rds-attach-group" },
                    new("apply-immediately") { Picture = "rds-apply-immediately" },
                    new("reboot") { Picture = "rds-reboot" },
                ])
            {
                ConsoleUrl = GroupsPage,
                Restarts = true,
            },
            new(
                RebootGuide,
                [
                    new("open-database") { Picture = "rds-reboot" },
                    new("reboot") { Picture = "rds-reboot" },
                    new("confirm") { Picture = "rds-reboot" },
                ])
            {
                ConsoleUrl = ClusterPage,
                Restarts = true,
            },
            new(
                ParameterGuide,
                [
                    new("open-database") { Picture = "rds-configuration" },
                    new("open-group") { Picture = "rds-configuration" },
                    new("edit") { Name = "{setting}", Value = "{value}", Picture = "rds-parameter" },
                    new("save") { Picture = "rds-parameter" },
                    new("apply") { Picture = "rds-reboot" },
                ])
            {
                ConsoleUrl = GroupsPage,
            },
            new(
                SecurityGroupGuide,
                [
                    new("open-database") { Picture = "rds-security-group" },
                    new("open-security-group") { Picture = "rds-security-group" },
                    new("edit-inbound") { Picture = "rds-inbound-rules" },
                    new("add-rules") { Value = "{addresses}", Picture = "rds-edit-inbound-rules" },
                    new("save") { Picture = "rds-edit-inbound-rules" },
                ])
            {
                ConsoleUrl = ClusterPage,
            },
            new(
                IamGuide,
                [
                    new("open-database") { NoPicture = Named },
                    new("turn-on") { NoPicture = Named },
                    new("apply") { NoPicture = Named },
                    new("resource-id") { NoPicture = Named },
                    new("service-role") { NoPicture = ServiceSettings },
                    new("create-role") { Value = "{trustPolicy}", NoPicture = Editor },
                    new("name-role") { Value = "{role}", NoPicture = Editor },
                    new("allow-connect") { Value = "{connectPolicy}", NoPicture = Editor },
                    new("copy-arn") { NoPicture = Editor },
                ])
            {
                ConsoleUrl = ClusterPage,
            },
            NetworkGuides.Bastion,
            NetworkGuides.AuroraVpcResource,
            NetworkGuides.AuroraEndpointService,
            NetworkGuides.PipesVpcResource,
            NetworkGuides.PipesEndpointService,
            NetworkGuides.RdsTargetCron,
        ],
        RestartGuide = RebootGuide,
        NetworkGuide = SecurityGroupGuide,
        PrivatePaths =
        [
            new("vpc-resource", "aws", NetworkGuides.AuroraVpcResource.Id, NetworkGuides.PipesVpcResource.Id, SameRegion: true),
            new("endpoint-service", "aws", NetworkGuides.AuroraEndpointService.Id, NetworkGuides.PipesEndpointService.Id, SameRegion: false),
        ],
        AddressGuides = [NetworkGuides.RdsTargetCron.Id, NetworkGuides.AuroraEndpointService.Id],
        NamesFromHost = Names,
        Mark = "M12 4h8v8h-8ZM3 8h5v5H3Zm21 0h5v5h-5ZM16 12v5M5.500 13v4h21v-4M4 21c4-3 8 3 12 0s8 3 12 0M4 26c4-3 8 3 12 0s8 3 12 0",
        Manual = new Uri("https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Replication.Logical.html"),
        ClickPipesGuide = new Uri("https://clickhouse.com/docs/integrations/clickpipes/postgres/source/aurora"),
    };

    private static Dictionary<string, string> Names(string host)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        if (AmazonRds.Region().Match(host) is { Success: true } region)
        {
            names["region"] = region.Groups["region"].Value.ToLowerInvariant();
        }

        // The reader's name begins with the cluster's too; the names of custom endpoints and instances do not.
        if ((Cluster(ClusterName()) ?? Cluster(ReaderName())) is { } cluster)
        {
            names["instance"] = cluster;
            names["group"] = cluster + "-clickpipes";
        }

        return names;

        string? Cluster(Regex pattern) => pattern.Match(host) is { Success: true } match && match.Groups["instance"] is { Success: true } name ? name.Value.ToLowerInvariant() : null;
    }

    /// <summary>Any name with <c>cluster-</c>: <c>shop.cluster-hash.region…</c> is the writer's, <c>cluster-ro-</c> the readers', <c>cluster-custom-</c> one of the user's own.</summary>
    [GeneratedRegex(@"^([a-z0-9-]+\.cluster-(ro|custom)-|(?<instance>[a-z0-9-]+)\.cluster-)[a-z0-9]+\.[a-z0-9-]+(?<suffix>\.rds\.amazonaws\.com(\.cn)?)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ClusterName();

    [GeneratedRegex(@"^(?<instance>[a-z0-9-]+)\.cluster-ro-(?<rest>[a-z0-9]+\.[a-z0-9-]+\.rds\.amazonaws\.com(\.cn)?)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ReaderName();

    [GeneratedRegex(@"^[a-z0-9-]+\.cluster-custom-(?<rest>[a-z0-9]+\.[a-z0-9-]+\.rds\.amazonaws\.com(\.cn)?)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex CustomName();

    [GeneratedRegex(@"^[a-z0-9-]+\.(?<rest>[a-z0-9]+\.[a-z0-9-]+\.rds\.amazonaws\.com(\.cn)?)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex InstanceName();
}
